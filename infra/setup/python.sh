#!/usr/bin/env bash
# Makes the virtual environment with the newest Python >= 3.11 this machine has. Usage: python.sh .venv
set -euo pipefail
venv=$1

pick_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo "$candidate"; return; }
    done
    return 1
}

if ! python=$(pick_python); then
    echo "Symbiont needs Python 3.11 or newer and found none." >&2
    echo "  fix: sudo apt-get install python3 python3-venv   (or PYTHON=/path/to/python3.11 make setup)" >&2
    exit 2
fi
# Debian splits ensurepip off into python3-venv; without it `venv` fails half-way with a long message.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments." >&2
    echo "  fix: sudo apt-get install python3-venv" >&2
    exit 2
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Python: $("$venv/bin/python" --version) in $venv"
