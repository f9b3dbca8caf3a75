#!/bin/sh
# Puts the image that .env names in place of the running one, one bot after the other; nobody notices.
#   ./change.sh [-f compose.yml -f compose.wechat.yml]
# The second bot is left as it is where the first does not come up.
set -eu
cd "$(dirname "$0")"
docker compose "$@" run --rm migrate
for bot in bot_a bot_b; do
    docker compose "$@" up -d --no-deps --wait "$bot"
done
