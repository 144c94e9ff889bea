"""Quoted text: one line, readable, and never to be mistaken for the observation's own syntax."""

from __future__ import annotations

import json
import re

from components.text import clean

__all__ = ["clean", "quote", "tidy"]

# Line breaks to Python's str.splitlines that JSON leaves as they are.
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")


def quote(text: str) -> str:
    """A JSON string literal of one line; `json.loads` gives the text back."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isascii() and "\x7f" not in quoted else _BREAKS.sub(_escape, quoted)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def tidy(text: str) -> str:
    """The text on one line, with single spaces and no half of a character."""
    return clean(" ".join(text.split()))
