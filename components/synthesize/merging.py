"""Merges equal examples, however many there are: what does not fit in memory waits on the scratch disk."""

from __future__ import annotations

import io
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import zstandard

HELD_CHARS = 32 << 20
"""Characters of text that wait in memory."""
PILE = 2
"""Digits of an id by which examples are laid on piles: 256 of them, of which one is in memory at a time."""
Row = dict[str, Any]


def merge_equal(rows: Iterable[Row], dropped: Counter[str], *, scratch: Path) -> Iterator[Row]:
    """Each example once, in the order of ids. An example that occurred n times has the weight sqrt(n) (ours): it is
    likelier to be met again, but with its full number it would drown the others.

    Args:
        dropped: is told how many were equal to another, once all were asked for.
        scratch: an empty folder.
    """
    piles = _Piles(scratch)
    for row in rows:
        piles.add(row)
    for pile in piles:
        first: dict[str, Row] = {}
        count: Counter[str] = Counter()
        for row in pile:
            first.setdefault(row["example_id"], row)
            count[row["example_id"]] += 1
        dropped["equal example"] += count.total() - len(count)
        for name in sorted(first):
            yield {**first[name], "weight": round(math.sqrt(count[name]), 4)}


class _Piles:
    """Rows by the beginning of their ids, each pile in the order they came."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._held: dict[str, list[Row]] = defaultdict(list)
        self._chars = 0

    def add(self, row: Row) -> None:
        self._held[row["example_id"][:PILE]].append(row)
        self._chars += sum(len(value) for value in row.values() if isinstance(value, str))
        if self._chars >= HELD_CHARS:
            self._lay_down()

    def __iter__(self) -> Iterator[Iterator[Row]]:
        names = {path.name for path in self._scratch.iterdir()} | self._held.keys()
        return (self._pile(name) for name in sorted(names))

    def _lay_down(self) -> None:
        for name, rows in self._held.items():
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            with (self._scratch / name).open("ab") as file:
                file.write(zstandard.compress(lines.encode()))
        self._held.clear()
        self._chars = 0

    def _pile(self, name: str) -> Iterator[Row]:
        path = self._scratch / name
        if path.exists():
            with zstandard.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True) as stream:
                yield from map(json.loads, io.TextIOWrapper(stream, encoding="utf-8"))
        yield from self._held.pop(name, ())
