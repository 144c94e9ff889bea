#!/usr/bin/env bash
# Builds the three images with docker, podman or buildah, whichever is found. Usage: build.sh REGISTRY [BUILD ARGUMENTS]
# For instance: build.sh registry.example.com/symbiont --build-arg BASE=registry.example.com/python:3.11-slim
set -euo pipefail
cd "$(dirname "$0")/../.."
registry=$1
shift

for engine in docker podman buildah; do
    if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then break; fi
    engine=
done
if [ -z "$engine" ]; then
    echo "No container engine answers: docker, podman and buildah were looked for." >&2
    echo "  fix: start one (sudo systemctl start docker), or sudo apt-get install podman" >&2
    exit 2
fi

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
revision=$(git rev-parse HEAD)
for image in tools explorer trainer; do
    "$engine" build --file infra/images/Dockerfile --target "$image" --tag "$registry/$image:$version" \
        --build-arg VERSION="$version" --build-arg REVISION="$revision" "$@" .
    echo "$registry/$image:$version"
done
