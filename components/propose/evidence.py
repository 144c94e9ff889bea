"""Which lines of a page prove that a deed was done: those that no other state of the map shows. Ours.

A new line stands alone. A line that also stands elsewhere is taken with the few lines before it: that a switch is on
is known by the label above it. As few blocks are chosen as tell the state from all others of the map, at most three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from components.maps.state_map import StateMap, Try
from components.text import lines_of, shows

MOST_LINES, MOST_BEFORE = 3, 3


class Evidence:
    """Reads a finished map once. Args: `map` must not grow afterwards."""

    def __init__(self, map: StateMap) -> None:
        attempts = [attempt for attempt in map.tries if not attempt.feedback]
        self._lines = {attempt.text: lines_of(attempt.text) for attempt in attempts}
        self._places = defaultdict[str, set[str]](set)
        for attempt in attempts:
            self._places[attempt.address].add(attempt.text)
        self._holders = defaultdict[str, set[str]](set)
        for text, lines in self._lines.items():
            for line in lines:
                self._holders[line].add(text)
        self._start = attempts[0] if attempts else None

    def of(self, attempt: Try, *, before: Try, word: str = "") -> tuple[str, ...]:
        """Blocks of lines (joined by newlines) that prove an attempt; empty where nothing does.

        Args:
            before: the state in which it was done.
            word: the text that was typed, which the first block must contain; empty: none.
        """
        alike = {text for text in self._lines if text != attempt.text}
        if attempt.address != before.address and "#" in attempt.address:
            alike &= self._places[attempt.address]
        candidates = list(dict.fromkeys(self._new(attempt, before)))
        if any(act.kind == "type" for act in attempt.deed):
            candidates = [block for block in candidates if not _is_field(block.splitlines()[-1])]
        with_word = [block for block in candidates if word in block]
        chosen: list[str] = []
        while (best := self._best(candidates if chosen else with_word, alike)) is not None:
            if len(best[1]) == len(alike) and chosen:
                break
            block, alike = best
            chosen.append(block)
            if not alike or len(chosen) == MOST_LINES:
                break
        return tuple(chosen)

    def _best(self, blocks: Sequence[str], alike: set[str]) -> tuple[str, set[str]] | None:
        """The block that the fewest of these texts show, and those texts."""
        showing = [(block, self._showing(block, alike)) for block in blocks]
        return min(showing, key=lambda pair: (len(pair[1]), not pair[0].startswith("heading"))) if showing else None

    def _showing(self, block: str, texts: set[str]) -> set[str]:
        holders = set.intersection(texts, *(self._holders[line] for line in block.splitlines()))
        return holders if "\n" not in block else {text for text in holders if shows(self._lines[text], block)}

    def _new(self, attempt: Try, before: Try) -> Iterator[str]:
        """For every new line, the shortest block ending there that neither the start nor the state before shows."""
        after_lines, before_lines = self._lines[attempt.text], self._lines[before.text]
        known_pages = [before_lines, self._lines[self._start.text]] if self._start else [before_lines]
        for kind, _, _, first, end in SequenceMatcher(None, before_lines, after_lines, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for at in range(first, max(end, first + 1)):
                blocks = ("\n".join(after_lines[max(0, at - count) : at + 1]) for count in range(MOST_BEFORE + 1))
                yield from next(
                    ([block] for block in blocks if block and not any(shows(k, block) for k in known_pages)), []
                )


def _is_field(line: str) -> bool:
    """Whether the line shows text that the agent itself typed."""
    return line.startswith(("textbox", "searchbox"))
