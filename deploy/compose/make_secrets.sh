#!/bin/sh
# Makes the passwords and keys of compose.yml, once: what is there stays. They are hexadecimal, so they fit into an address.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets certs acme
chmod 755 acme
random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
# The folder keeps others out; inside the containers the files are read by users that are not root.
make() { [ -e "secrets/$1" ] || { printf '%s' "$2" > "secrets/$1"; chmod 444 "secrets/$1"; }; }
make session_key "$(random)"
make postgres_password "$(random)"
make redis_password "$(random)"
make database "postgresql://bot:$(cat secrets/postgres_password)@postgres:5432/bot"
make redis "redis://:$(cat secrets/redis_password)@redis:6379/0"
