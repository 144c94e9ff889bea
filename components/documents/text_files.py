"""Documents that people write for people (Markdown, HTML, plain text), as words, in parts that are read at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from components.documents.html import Html
from components.errors import InputError

PART_CHARS = 3000
_PIECE = re.compile(rf"\S(?:.{{0,{PART_CHARS - 1}}}(?!\S)|.{{0,{PART_CHARS - 1}}})", re.DOTALL)
"""A part of a long paragraph: as many characters, up to the end of a word if there is one."""


def read_text(path: Path) -> str:
    """A document's words; of HTML without its tags.

    Raises:
        InputError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        fix = "correct the path; it is seen from where the command is given"
        raise InputError(f"a document cannot be read: {error.strerror}", where=str(path), fix=fix) from error
    if path.suffix.lower() not in (".html", ".htm"):
        return text
    words = _Words()
    words.feed(text)
    return "\n".join(words.found)


def parts_of(text: str) -> Sequence[str]:
    """Paragraphs, put together to parts of some thousand characters; one that is longer is several."""
    parts = [""]
    for piece in (piece for paragraph in re.split(r"\n\s*\n", text) for piece in _PIECE.findall(paragraph)):
        if parts[-1] and len(parts[-1]) + len(piece) > PART_CHARS:
            parts.append("")
        parts[-1] = f"{parts[-1]}\n\n{piece}".strip()
    return [part for part in parts if part]


class _Words(Html):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.found.append(data.strip())
