"""Which lines of a page tell that a deed was done: those that no other state of the map shows.

A line alone where it is new; else with the few lines before it: that a switch is on is told by its label above. Of
these as few as tell the state from all others that the map has seen, three at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from components.maps.state_map import StateMap, Try
from components.text import lines_of, shows

MOST_LINES, MOST_BEFORE = 3, 3


class Evidence:
    """Args: `map` is not added to any more."""

    def __init__(self, map: StateMap) -> None:
        seen = [each for each in map.tries if not each.feedback]
        self._lines = {each.text: lines_of(each.text) for each in seen}
        self._places = defaultdict[str, set[str]](set)
        for each in seen:
            self._places[each.address].add(each.text)
        self._holders = defaultdict[str, set[str]](set)
        for text, lines in self._lines.items():
            for line in lines:
                self._holders[line].add(text)
        self._start = seen[0] if seen else None

    def of(self, tried: Try, *, before: Try, word: str = "") -> tuple[str, ...]:
        """Blocks of lines; none where nothing tells.

        Args:
            before: the state it was done in.
            word: what was written there, which the first of the blocks must hold.
        """
        left = {text for text in self._lines if text != tried.text}
        if tried.address != before.address and "#" in tried.address:
            left &= self._places[tried.address]
        candidates = list(dict.fromkeys(self._new(tried, before)))
        if any(act.kind == "type" for act in tried.deed):
            candidates = [each for each in candidates if not _is_field(each.splitlines()[-1])]
        written = [each for each in candidates if word in each]
        chosen: list[str] = []
        while (found := self._best(candidates if chosen else written, left)) is not None:
            if len(found[1]) == len(left) and chosen:
                break
            block, left = found
            chosen.append(block)
            if not left or len(chosen) == MOST_LINES:
                break
        return tuple(chosen)

    def _best(self, blocks: Sequence[str], left: set[str]) -> tuple[str, set[str]] | None:
        """The block that fewest of these texts show, and which do."""
        found = [(block, self._showing(block, left)) for block in blocks]
        return min(found, key=lambda each: (len(each[1]), not each[0].startswith("heading"))) if found else None

    def _showing(self, block: str, texts: set[str]) -> set[str]:
        held = set.intersection(texts, *(self._holders[line] for line in block.splitlines()))
        return held if "\n" not in block else {text for text in held if shows(self._lines[text], block)}

    def _new(self, tried: Try, before: Try) -> Iterator[str]:
        """Of every line that the deed brought the shortest block that neither the start nor the state before shows."""
        here, there = self._lines[tried.text], self._lines[before.text]
        known = [there, self._lines[self._start.text]] if self._start else [there]
        for kind, _, _, first, end in SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for at in range(first, max(end, first + 1)):
                blocks = ("\n".join(here[max(0, at - more) : at + 1]) for more in range(MOST_BEFORE + 1))
                yield from next(([each] for each in blocks if each and not any(shows(k, each) for k in known)), [])


def _is_field(line: str) -> bool:
    """Whether it shows what the agent itself wrote."""
    return line.startswith(("textbox", "searchbox"))
