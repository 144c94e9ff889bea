#!/usr/bin/env bash
# Writes the locks of the images: every package by version and hash, from pyproject's extras. Usage: lock.sh [UV]
# torch, and what it brings for its devices, comes from the index that the build names, so it is in no lock; kfp is
# without its dependencies, since its executor needs none and they would pin what we pin otherwise; so is miniwob, of
# which only the pages are wanted.
set -euo pipefail
cd "$(dirname "$0")/../.."
uv=${1:-uv}

lock() { # IMAGE ALONE EXTRAS..., where ALONE are packages that come without their dependencies
    local image=$1 alone=$2 options=()
    shift 2
    for extra in "$@"; do options+=(--extra "$extra"); done
    {
        echo "# Image $image, extras $*: made by infra/images/lock.sh"
        "$uv" pip compile --quiet --no-header --no-annotate --generate-hashes --python-version 3.11 \
            --python-platform x86_64-manylinux_2_28 "${options[@]}" \
            --no-emit-package torch --no-emit-package triton pyproject.toml |
            awk '/^[a-z0-9]/ { skip = /^(nvidia-|cuda-)/ } !skip'
        printf '%s\n' $alone | "$uv" pip compile --quiet --no-header --no-annotate --generate-hashes --no-deps --python-version 3.11 -
    } >"infra/images/$image.lock"
}

lock tools 'kfp<2.17.3' tools
lock explorer 'kfp<2.17.3 miniwob==1.1.0' browser train
lock trainer 'kfp<2.17.3' train
