"""A page's text as a reader's eye joins it, and what is written in code inside it.

Every view has the characters of the text at the same places, so that a span found in one is a span of the text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

_STRUCTURE = re.compile(
    r'^[ ]*(?:\[\d+\] )?[\w-]+(?= ")|(?<=\|)[ ]\[\d+\] [\w-]+(?= ")|"(?:[ ]value)?|\|', re.MULTILINE
)
_FOLDED = str.maketrans(
    {
        **{chr(0xFF01 + at): chr(0x21 + at) for at in range(94)},  # full-width forms
        **dict.fromkeys("\u00a0\u1680\u2007\u202f\u205f\u3000\t", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
    }
)
_FOLDS = re.compile(f"[{re.escape(''.join(map(chr, _FOLDED)))}]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_PERCENT = re.compile(r"(?<![^\s\"'<>()?&#;=/])[^\s\"'<>()?&#;=/]{0,200}%[0-9A-Fa-f]{2}[^\s\"'<>()?&#;=/]{0,400}")
_ESCAPED = re.compile(r'[^"\n]{0,400}\\u[0-9A-Fa-f]{4}[^"\n]{0,400}')
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,2000}={0,2}(?![A-Za-z0-9+/_-])")


def folded(text: str) -> str:
    """Full-width letters and kinds of spaces and hyphens as the plain ones."""
    return text if text.isascii() else _FOLDS.sub(lambda found: _FOLDED[ord(found[0])], text)


def flat(text: str) -> str:
    """Roles, references, quotes, bars and line breaks of a page's text as spaces: a label stands before its value."""
    return _STRUCTURE.sub(lambda found: " " * len(found[0]), text.replace("\\n", "  "))


def visible(text: str) -> str | None:
    """The text without characters that nobody sees; None where it has none."""
    return _INVISIBLE.sub("", text) if not text.isascii() and _INVISIBLE.search(text) else None


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it says) of every stretch in percent signs, JSON's escapes or base64 that says something
    readable."""
    if "%" in text:
        for found in _PERCENT.finditer(text):
            yield found.start(), found.end(), unquote(found[0].replace("+", " "))
    if "\\u" in text:
        for found in _ESCAPED.finditer(text):
            yield found.start(), found.end(), _ESCAPE.sub(lambda each: chr(int(each[1], 16)), found[0])
    for found in _BASE64.finditer(text):
        said = _from_base64(found[0])
        if said:
            yield found.start(), found.end(), said


def _from_base64(word: str) -> str:
    """What a word says in base64; nothing where it says nothing that can be read."""
    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 == 1:
        return ""
    try:
        said = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return said if said.isprintable() else ""
