#!/usr/bin/env bash
# Finds a Chromium, or gets one: Playwright's own, else the distribution's package. Usage: browser.sh .venv/bin
set -uo pipefail
bin=$1

found() { "$bin/python" -m components.browser.find 2>/dev/null; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi; }

# Libraries come with --with-deps, which needs root; without root the bare download is tried.
from_playwright() {
    echo "No browser found; trying Playwright's ..."
    if as_root true 2>/dev/null; then
        as_root "$bin/playwright" install --with-deps --only-shell chromium
    else
        "$bin/playwright" install --only-shell chromium
    fi >/dev/null 2>&1
}

from_distribution() {
    echo "Playwright's browser could not be had; trying the distribution's package ..."
    as_root apt-get update -qq
    as_root apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 ||
        as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1
}

if path=$(found) || { from_playwright; path=$(found); } || { from_distribution; path=$(found); }; then
    echo "Browser: $path"
    exit 0
fi
echo "No Chromium was found and none could be installed." >&2
echo "  fix: sudo apt-get install chromium-headless-shell   (Ubuntu: sudo snap install chromium), then make setup" >&2
exit 2
