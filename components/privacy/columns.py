"""Values of CSV with their columns' headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span

_BARE = r'(?![ ]*(?:\||(?:\[\d+\] )?[a-z]+ "))[^\n;,\t]+(?:[;,\t][^\n;,\t]+)+'
_SEPARATED = re.compile(rf'\n(?:[ ]*code "([^"\\\n]*(?:\\.[^"\\\n]*)*)"|({_BARE}(?:\n{_BARE})+)$)', re.MULTILINE)
_SEPARATOR = re.compile(r"[;,\t]")
_SPACE = re.compile(r"\s")
_COLUMN = re.compile(r"[^\W\d][\w.-]{0,30}")


def values(text: str) -> Iterator[tuple[str, int, int]]:
    """Heading, start and end of every value.

    A browser turns line breaks into spaces, so the first piece with a space ends the heading.
    """
    text = f"\n{text}"
    for line in _SEPARATED.finditer(text):
        start, end = line.span(1) if line[1] else line.span(2)
        separator = _SEPARATOR.search(text, start, end)
        if separator is None:
            continue
        pieces = _pieces(text, start, end, separator[0])
        width = next((at for at, piece in enumerate(pieces) if _SPACE.search(text, *piece)), 0)
        if not width or (len(pieces) - 1) % width:
            continue
        cells = list[Span]()
        for at, (begins, ends) in enumerate(pieces):
            quoted = text.find('\\" \\"', begins, ends)
            spaces = [quoted + 2] if quoted >= 0 else [space.start() for space in _SPACE.finditer(text, begins, ends)]
            if at and at % width == 0 and at < len(pieces) - 1 and spaces:
                cut = spaces[0] if at == width else spaces[-1]
                cells += [(begins, cut), (cut + 1, ends)]
            else:
                cells.append((begins, ends))
        cells = [_bare(text, *cell) for cell in cells]
        head = [text[slice(*cell)] for cell in cells[: width + 1]]
        if all(map(_COLUMN.fullmatch, head)):
            for at, (begins, ends) in enumerate(cells[width + 1 :]):
                yield head[at % (width + 1)], begins - 1, ends - 1


def _bare(text: str, start: int, end: int) -> Span:
    """Without the quotes, as code in a page's text has them."""
    return (start + 2, end - 2) if text.startswith('\\"', start) and text.endswith('\\"', start, end) else (start, end)


def _pieces(text: str, start: int, end: int, separator: str) -> list[Span]:
    pieces = list[Span]()
    while (at := text.find(separator, start, end)) >= 0:
        pieces.append((start, at))
        start = at + 1
    return [*pieces, (start, end)]
