"""Constrained decoding by a regular expression, for our small server: tests whether a text can still become a match.

With the pattern of `agents.decoding.Possible` it allows the same texts as that class. So a student behind an address
writes what it would write in process.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex
from pydantic import BaseModel, ConfigDict, Field

from components.text import goes_on_beyond_ascii

ANY = "\ue000"
"""Stands for every character beyond ASCII that a pattern does not name."""


class Copied(BaseModel):
    """Quoted texts that must stand in what was read."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="what was read, quotes and escapes as in JSON")
    after: Sequence[str] = Field(description="beginnings of lines whose quoted text must stand in it; others are free")


class Matching:
    """The texts that a pattern allows.

    Args:
        pattern: a regular expression, matched against the whole text.
        copied: quoted texts that must be copied from the prompt, which would make the pattern too long.

    Raises:
        ValueError: the pattern is not a regular expression.
    """

    def __init__(self, pattern: str, *, copied: Copied | None = None) -> None:
        try:
            self._pattern = regex.compile(pattern)
        except regex.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        self._copied = copied
        self._beyond_ascii = sorted({ANY, *(character for character in pattern if character > "\x7f")})

    def ends(self, text: str) -> bool:
        """Whether this is a whole allowed text."""
        return self._pattern.fullmatch(text) is not None and self._stands(text)

    def begins(self, text: str) -> bool:
        """Whether an allowed text begins with this one.

        Tokens may split a character. Its first bytes decode to U+FFFD at the end, which only a quoted text may have.
        """
        whole = text.rstrip("\ufffd")
        if whole != text:
            goes_on = any(self._pattern.fullmatch(whole + character, partial=True) for character in self._beyond_ascii)
            return '"' in whole and not self.ends(whole) and goes_on and self._stands(whole, split=True)
        return self._pattern.fullmatch(text, partial=True) is not None and self._stands(text)

    def _stands(self, text: str, *, split: bool = False) -> bool:
        """Whether what is quoted was copied.

        Args:
            split: the text ends within a character.
        """
        head, quoted, body = text.lstrip(" ").partition('"')
        if self._copied is None or not quoted or not head.startswith(tuple(self._copied.after)):
            return True
        if split:
            return goes_on_beyond_ascii(body, self._copied.text)
        closed = regex.match(r'((?:[^"\\]|\\.)*)"', body)
        return (closed[1] if closed else body) in self._copied.text
