"""Digests of values that are written as JSON: inputs of a stage, settings, manifests."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def json_digest(value: Any) -> str:
    """SHA-256 of the value as JSON with sorted keys, in hexadecimal: the same however its mappings are ordered."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
