"""Hindsight: what an episode did get to, whatever it was asked to do, asked for as a task of its own.

Of every episode that clicked its way to another page by links with names the last page is what it achieved. Only the
links count that changed the address; what was typed in between is not known to matter.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from components.benchmarks.sites.form import Check, PageCheck, SiteTask
from components.maps.address import addresses_of
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal
from components.propose.templates import OPEN, OPEN_BY_WAY
from components.sites.login import leaves
from components.trajectories.schema import Episode

MOST_CASES = 12
MOST_LINKS = 2


def hindsight_proposals(episodes: Iterable[Episode], map: SiteMap, *, site: str, user: str) -> Iterator[Proposal]:
    """One task for every kind of way, with the episodes' own ways as its cases."""
    ways: dict[tuple[int, str, str], dict[str, tuple[dict[str, str], str]]] = defaultdict(dict)
    for episode in episodes:
        found = _way(episode)
        if found is not None:
            names, addresses = found
            case = {"page": addresses[0], "path": addresses[-1], "name": names[-1], "via": names[0]}
            kinds = (len(names), map.sections[addresses[0]], map.sections[addresses[-1]])
            ways[kinds].setdefault(" ".join((*addresses, *names)), (case, episode.key))
    for kinds, found_ways in sorted(ways.items()):
        cases, sources = zip(*sorted(found_ways.values(), key=str)[:MOST_CASES], strict=True)
        said = OPEN if kinds[0] == 1 else OPEN_BY_WAY
        digest = hashlib.sha256(f"{site} {user} {kinds}".encode()).hexdigest()[:8]
        task = SiteTask(
            id=f"again-{digest}",
            family="proposed open",
            intent=said[0],
            reworded=said[1:],
            site=site,
            start="{page}",
            user=user,
            cases=tuple(cases),
            check=Check(page=PageCheck(path="{path}")),
        )
        yield Proposal(by="hindsight", task=task, region=kinds[1], hint="the page is open", sources=tuple(sources))


def _way(episode: Episode) -> tuple[list[str], list[str]] | None:
    """Names of the links an episode followed, and the addresses they led over; None where it is no such way."""
    addresses = addresses_of(episode)
    names, over = [], addresses[:1]
    for step, here, there in zip(episode.steps, addresses, addresses[1:], strict=False):
        if here == there:
            continue
        if step.target is None or step.target.role != "link" or not step.target.name or '"' in step.target.name:
            return None
        if leaves(step.target.name, there):
            return None
        names.append(step.target.name)
        over.append(there)
    plain = all(over) and not any("?" in each for each in over)
    return (names, over) if plain and 0 < len(names) <= MOST_LINKS and over[0] != over[-1] else None
