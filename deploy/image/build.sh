#!/bin/sh
# Builds the image and names it after what is in it: version of the knowledge, commit of the code.
#   deploy/image/build.sh [NAME]      NAME as policy-bot or registry.example.cn/policy-bot; prints NAME:TAG
set -eu
cd "$(dirname "$0")/../.."
name="${1:-policy-bot}"
docker build --quiet -f deploy/image/Dockerfile -t "$name:building" . >/dev/null
knowledge=$(docker run --rm "$name:building" knowledge check | sed -n 's/.*版本 \([0-9a-f]*\).*/\1/p')
tag="$knowledge-$(git rev-parse --short HEAD)"
docker tag "$name:building" "$name:$tag"
echo "$name:$tag"
