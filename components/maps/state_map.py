"""A map of the states that addresses do not distinguish, and of what was done to get from one to the next.

States are of one kind if their addresses (with the part behind the `#`) are of one section and their structure is the
same. The first of each kind is a node, from which the map is extended. A click that only ticks, sorts or hides leads to
no new kind, and of things with numbers in their addresses two are enough. What opens in place (a list, a dialog) is a
kind of its own. A node's own deeds are those that the node it was reached from does not offer.

The next deed is the one whose neighbours have lately shown the most that was new; deeds near the beginning come sooner,
deeds whose neighbours led nowhere come later. So a few of a list's rows are opened, and every entry of a menu.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from components.maps.address import ANY
from components.maps.deeds import Act, Deed, Offer, Reading
from components.trajectories.schema import Record

HOPED, RECENT = 10.0, 3
"""New things expected of a deed before any of its neighbours was tried; the number of neighbours that count."""
DEEPER, NOWHERE = 0.7, 0.8
TRIED_HERE, TRIED_ELSEWHERE = 0.1, 0.5
ENOUGH = 2
MOST_SAID = 40
_NUMBERED = re.compile(r"[^/#?&=]*\d[^/#?&=]*")
Way = tuple[Act, ...]


def section_of(address: str) -> str:
    """The address with `*` for every part that has a number in it."""
    return _NUMBERED.sub(ANY, address)


class Try(Record):
    """One deed, done once, and the state it led to; the first one of a map does nothing.

    Attributes:
        way: all acts from the beginning; `last` of them are the deed.
        feedback: why it could not be done; empty if it was.
        text: what an agent sees then.
    """

    way: Way
    last: int
    address: str = ""
    structure: str = ""
    heading: str = ""
    text: str = ""
    feedback: str = ""

    @property
    def section(self) -> str:
        return section_of(self.address)

    @property
    def source(self) -> Way:
        return self.way[: len(self.way) - self.last]

    @property
    def deed(self) -> Deed:
        return self.way[len(self.way) - self.last :]


@dataclass(kw_only=True)
class State:
    """A node. Attributes: `offers` are its own, `left` those that were not tried; `depth` is in deeds."""

    seen: Try
    depth: int
    reading: Reading
    offers: Sequence[Offer]
    tries: list[Try] = field(default_factory=list)
    left: Sequence[Offer] = ()


class StateMap:
    """Attributes: `tries` in their order; `states` the nodes, by the way there; `gains`: how much new each try
    showed.
    """

    def __init__(self, tries: Iterable[Try] = ()) -> None:
        self.tries: list[Try] = []
        self.states: dict[Way, State] = {}
        self.gains: list[int] = []
        self._signs: set[tuple[str, str, str]] = set()
        self._recent: dict[tuple[Way, str], list[int]] = defaultdict(list)
        self._nowhere: dict[tuple[Way, str], int] = defaultdict(int)
        self._done: dict[Deed, set[str]] = defaultdict(set)
        for tried in tries:
            self.add(tried)

    def name(self, state: State) -> str:
        """Its section, and what leads there where the address does not."""
        above = self.states.get(state.seen.source)
        if above is None or above is state or above.seen.section != state.seen.section:
            return state.seen.section
        act = state.seen.deed[-1]
        return f"{self.name(above)} > {(act.name or act.beside or act.role)[:MOST_SAID]}"

    def add(self, tried: Try) -> None:
        """Puts what a deed led to on the map."""
        self.tries.append(tried)
        source = self.states.get(tried.source)
        if source is not None:
            source.tries.append(tried)
            source.left = [offer for offer in source.left if offer.deed != tried.deed]
            self._done[tried.deed].add(source.seen.section)
        if tried.feedback:
            self._gain(tried, 0, new=False)
            return
        reading = Reading(tried.text)
        new = source is None or self._is_new(tried, reading, source)
        self._gain(tried, len(reading.signs - self._signs), new=new)
        self._signs |= reading.signs
        if new:
            signs = source.reading.signs if source else frozenset()
            depth = source.depth + 1 if source else 0
            offers = tuple(reading.offers(known=signs))
            self.states[tried.way] = State(seen=tried, depth=depth, reading=reading, offers=offers, left=offers)

    def _is_new(self, tried: Try, reading: Reading, source: State) -> bool:
        same = [state for state in self.states.values() if state.seen.section == tried.section]
        if source.seen.section != tried.section:
            enough = ANY in tried.section and len(same) >= ENOUGH
            return not enough and tried.structure not in {state.seen.structure for state in same}
        if reading.signs <= source.reading.signs:
            return False
        opened = source.reading.signs <= reading.signs and not reading.signs <= self._signs
        return opened or tried.structure not in {state.seen.structure for state in same}

    def _gain(self, tried: Try, gain: int, *, new: bool) -> None:
        self.gains.append(gain)
        source = self.states.get(tried.source)
        run = next((offer.run for offer in source.offers if offer.deed == tried.deed), "") if source else ""
        self._recent[tried.source, run].append(gain)
        self._nowhere[tried.source, run] = 0 if new else self._nowhere[tried.source, run] + 1

    def next(self) -> tuple[State, Deed] | None:
        """The deed to try next; None if everything was tried."""
        best, chosen = 0.0, None
        for way, state in self.states.items():
            for offer in state.left:
                recent = self._recent[way, offer.run][-RECENT:]
                worth = (sum(recent) + HOPED) / (len(recent) + 1)
                worth *= DEEPER**state.depth * NOWHERE ** self._nowhere[way, offer.run]
                if worth > best and (sections := self._done.get(offer.deed)):
                    worth *= TRIED_HERE if state.seen.section in sections else TRIED_ELSEWHERE
                if worth > best:
                    best, chosen = worth, (state, offer.deed)
        return chosen
