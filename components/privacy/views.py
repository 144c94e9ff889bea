"""Views of a page's text: joined as a reader's eye does, in plain characters, and with encoded parts decoded.

`folded` and `flat` keep every character at its place, so that a span in a view is a span of the text.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from components.privacy.spelling import spelt

_STRUCTURE = tuple(
    map(re.compile, (r'\n[ ]*(?:\[\d+\] )?[\w-]++(?= ")', r'\|[ ]\[\d+\] [\w-]++(?= ")', '"[ ](?:value|options(?= "))'))
)
_FOLDED = dict.fromkeys("\u00a0\u1680\u2007\u202f\u205f\u3000", " ") | dict.fromkeys(
    "\u2010\u2011\u2012\u2013\u2212", "-"
)
_ALIKE = str.maketrans("аАеЕоОрРсСхХуУіІјЈѕЅВКМНТԁΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν", "aAeEoOpPcCxXyYiIjJsSBKMHTdABEZHIKMNOPTYXopv")
"""Letters of Cyrillic and Greek that look like ours."""
_FOLDS = re.compile("[\u00a0\u0370-\u052f\u0660-\u1680\u17e0-\u1c59\u2007-\u2013\u202f-\uffff\U00010000-\U0010ffff]")
"""Ranges of characters, some of which are variants of plain ones."""
INVISIBLE = re.compile(
    "[\u00ad\u0334-\u0338\u034f\u20d0-\u20f0\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
_TAGS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}
"""Characters that nobody sees and every model may read as letters."""
_PERCENT = re.compile(r"(?<![^\s\"'<>()?&#;=/])[^\s\"'<>()?&#;=/]{0,200}%[0-9A-Fa-f]{2}[^\s\"'<>()?&#;=/]{0,400}")
_QUOTED_SIGN = re.compile(r"=[0-9A-F]{2}")
_QUOTED = re.compile(r"[^\s\"'<>()?&#;=/]{1,200}(?:=[0-9A-F]{2})[^\s\"'<>()?&#;/]{1,400}")
_ESCAPE = (
    r"\\{1,3}u(?:\{(?P<b>[0-9A-Fa-f]{2,6})\}|(?P<u>[0-9A-Fa-f]{4}))|\\{1,3}x(?P<x>[0-9A-Fa-f]{2})"
    r"|\\(?P<o>[0-7]{3})(?!\d)|\\(?P<c>[0-9a-f]{2})[ ]|&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|[a-zA-Z]{2,8});"
)
AROUND = 400
"""Characters beside an escape that are read with it."""
_ESCAPES = re.compile(_ESCAPE)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){6,2000}")
_BASE32 = re.compile(r"[A-Z2-7]{12,2000}={0,6}")
ASCII = 0.6
"""Share of ASCII characters in a decoded text; with less it is taken for chance."""
_BASE64 = re.compile(r"[^A-Za-z0-9+/_-](?P<word>[A-Za-z0-9+/_-]{12,2000}={0,2})(?![A-Za-z0-9+/_-])")


def folded(text: str) -> str:
    """The text with plain characters for digits of other scripts, styled letters, and kinds of spaces and hyphens."""
    return text if text.isascii() else _FOLDS.sub(lambda match: _plain(match[0]), text)


@lru_cache(4096)
def _plain(letter: str) -> str:
    """The plain character for one. Raised numbers stay: behind another number they mark a footnote."""
    if letter in _FOLDED:
        return _FOLDED[letter]
    if ord(letter) in _ALIKE:
        return letter.translate(_ALIKE)
    if unicodedata.category(letter) == "No" and not unicodedata.decomposition(letter).startswith(("<super>", "<sub>")):
        return str(unicodedata.digit(letter, letter))
    dressed, digit = unicodedata.normalize("NFKC", letter), unicodedata.decimal(letter, None)
    plain = dressed if digit is None else str(digit)
    return plain if len(plain) == 1 and unicodedata.category(letter) != "No" else letter


def flat(text: str) -> str:
    """The text with spaces for roles, references, quotes, bars and `\\\\n`, so that a label is right before its
    value."""
    spaced = "\n" + text.replace("\\n", "  ")
    for structure in _STRUCTURE:
        spaced = structure.sub(lambda match: match[0][0].ljust(len(match[0])), spaced)
    return spaced[1:].replace('"', " ").replace("|", " ")


def visible(text: str) -> str | None:
    """The text without invisible characters; None where it has none."""
    return None if text.isascii() or not INVISIBLE.search(text) else INVISIBLE.sub("", text.translate(_TAGS))


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, the decoded text) of every stretch in percent signs, escapes of JSON, JavaScript or HTML, base64,
    base32 or hex that decodes to readable text; and of spelt-out stretches."""
    if "%" in text:
        for match in _PERCENT.finditer(text):
            yield match.start(), match.end(), unquote(unquote(match[0].replace("+", " ")))
    if _QUOTED_SIGN.search(text):
        for match in _QUOTED.finditer(text):
            yield match.start(), match.end(), unquote(match[0].replace("=", "%"))
    yield from spelt(text)
    if "\\" in text or ("&" in text and ";" in text):
        for start, end in _escaped(text):
            yield start, end, unescaped(text[start:end])
    for match in _BASE64.finditer(f" {text}"):
        for content in decoded_words(match["word"]):
            yield match.start(), match.end() - 1, content


def _escaped(text: str) -> Iterator[tuple[int, int]]:
    """Spans around escapes, up to a quote or the line's end; escapes in a row are one span."""
    start, end = 0, -1
    for match in _ESCAPES.finditer(text):
        if match.start() >= end:
            if end >= 0:
                yield start, end
            before = max(end, match.start() - AROUND, 0)
            start = max(before, *(text.rfind(stop, before, match.start()) + 1 for stop in '"\n'))
        stops = (text.find(stop, match.end(), match.end() + AROUND) for stop in '"\n')
        end = min((stop for stop in stops if stop >= 0), default=min(match.end() + AROUND, len(text)))
    if end >= 0:
        yield start, end


def unescaped(text: str) -> str:
    """The text with escapes of JSON, JavaScript and HTML decoded."""
    return _ESCAPES.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if match["o"]:
        return chr(int(match["o"], 8))
    code = match["b"] or match["u"] or match["x"] or match["c"]
    if not code:
        return html.unescape(match[0])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else match[0]


def decoded_words(word: str) -> Iterator[str]:
    """The readable texts that a word decodes to in base64, hex or base32."""
    bare = word.rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 != 1:
        yield from _readable(base64.b64decode, bare + "=" * (-len(bare) % 4))
    if _HEX.fullmatch(word):
        yield from _readable(bytes.fromhex, word)
    elif _BASE32.fullmatch(word):
        yield from _readable(base64.b32decode, word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 8))


def _readable(decode: Callable[[str], bytes], word: str) -> Iterator[str]:
    try:
        data = decode(word)
    except (binascii.Error, ValueError):
        return
    wide = data.count(0) * 3 > len(data)
    try:
        content = data.decode("utf-16-be" if wide and data[:1] == b"\0" else "utf-16-le" if wide else "utf-8")
    except ValueError:
        content = data.decode("latin-1")
    if (
        sum(character.isprintable() or character in "\r\n\t" for character in content) == len(content)
        and sum(character.isascii() for character in content) > len(content) * ASCII
    ):
        yield content
