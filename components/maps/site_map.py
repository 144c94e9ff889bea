"""The map of a site: pages that were looked at, other known addresses, sections, edges, and agents' visits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from components.maps.address import addresses_of, sections_of
from components.maps.look import Look
from components.trajectories.schema import Episode

SUCH_AS = 3


@dataclass(kw_only=True)
class Visits:
    """Who was on the pages of a section: steps by agent, and the rounds in which they were."""

    steps: Counter[str] = field(default_factory=Counter)
    rounds: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What one page added: the number of new addresses, and whether its structure was new."""

    asked: str
    addresses: int
    new: bool


class SiteMap:
    """What is known of one site, as one of its users sees it.

    Attributes:
        looks: pages that were looked at, by address, in the order they were seen; `gains`: what each added.
        known: every address that a page or an episode has shown, including those of `looks`.
    """

    def __init__(self, looks: Iterable[Look] = (), episodes: Iterable[Episode] = ()) -> None:
        self.looks: dict[str, Look] = {}
        self.asked: set[str] = set()
        self.known: set[str] = set()
        self.gains: list[Gain] = []
        self._walks: list[tuple[str, str]] = []
        self._visits: list[tuple[str, str, int]] = []
        for look in looks:
            self.add(look)
        for episode in episodes:
            self.add_episode(episode)

    def add(self, look: Look) -> None:
        """Puts a page on the map."""
        before, structures = len(self.known), {earlier.structure for earlier in self.looks.values()}
        self.asked |= {look.asked, look.address}
        self.looks.setdefault(look.address, look)
        self.known |= {look.asked, look.address, *(link.address for link in look.links)}
        new = look.structure not in structures
        self.gains.append(Gain(asked=look.asked, addresses=len(self.known) - before, new=new))
        self._forget()

    def add_episode(self, episode: Episode) -> None:
        """Adds the pages that an agent visited, and what its steps led to."""
        addresses = addresses_of(episode)
        agent = episode.agent.kind if episode.agent.kind == "random" else episode.phase.rpartition("-")[2]
        self.known.update(filter(None, addresses))
        self._visits += [(address, agent, episode.round) for address in addresses if address]
        self._walks += [(a, b) for a, b in pairwise(addresses) if a and b and a != b]
        self._forget()

    def _forget(self) -> None:
        for name in ("sections", "edges", "visits"):
            self.__dict__.pop(name, None)

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """The section of every known address."""
        return sections_of(self.known)

    @cached_property
    def edges(self) -> Counter[tuple[str, str]]:
        """From section to section: links of pages that were looked at, and steps of episodes."""
        links = ((look.address, link.address) for look in self.looks.values() for link in look.links)
        pairs = ((self.sections[a], self.sections[b]) for a, b in [*dict.fromkeys(links), *self._walks])
        return Counter((a, b) for a, b in pairs if a != b)

    @cached_property
    def visits(self) -> Mapping[str, Visits]:
        """Agents' steps by section."""
        visits: dict[str, Visits] = defaultdict(Visits)
        for address, agent, round in self._visits:
            visits[self.sections[address]].steps[agent] += 1
            visits[self.sections[address]].rounds.add(round)
        return visits

    def pages(self, section: str) -> list[Look]:
        """Those of a section that were looked at."""
        return [look for address, look in self.looks.items() if self.sections[address] == section]

    def summary(self, section: str) -> str:
        """A section in a sentence: examples of its pages, and what can be done there."""
        pages = self.pages(section)
        names = ", ".join(f'"{name}"' for name in list(dict.fromkeys(look.name for look in pages))[:SUCH_AS])
        deeds = dict.fromkeys(form.button for look in pages for form in look.forms if form.button and form.visible)
        count = sum(other_section == section for other_section in self.sections.values())
        text = f"{count} page{'' if count == 1 else 's'}" + (f" such as {names}" if names else ", not looked at")
        return text + (f"; to send: {', '.join(list(deeds)[:SUCH_AS])}" if deeds else "")

    def depths(self) -> Mapping[str, int]:
        """Number of links from the start's section to each section; sections that cannot be reached are left out."""
        first = next(iter(self.looks), "")
        depths = {self.sections[first]: 0} if first else {}
        todo = list(depths)
        while todo:
            current = todo.pop(0)
            for (a, b), _ in sorted(self.edges.items()):
                if a == current and b not in depths:
                    depths[b] = depths[current] + 1
                    todo.append(b)
        return depths
