"""The container image every stage runs in: it holds this package, so nothing is installed at run time."""

from __future__ import annotations

import os

IMAGE = os.environ.get("SYMBIONT_IMAGE", "ghcr.io/symbiont/symbiont:0.1.0")
