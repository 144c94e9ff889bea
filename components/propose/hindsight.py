"""Hindsight: the page that an episode reached becomes a task of its own, whatever the episode was asked to do.

After Hindsight Experience Replay (Andrychowicz et al., 2017); the rules are ours. An episode counts if it went from one
page to another by links with names. Only links that changed the address count; what was typed in between is ignored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from components.benchmarks.sites.form import Check, PageCheck
from components.maps.address import addresses_of
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal
from components.propose.templates import OPEN, OPEN_BY_WAY
from components.propose.written import MOST_CASES, written
from components.sites.login import logs_out
from components.trajectories.schema import Episode

MOST_LINKS = 2


def hindsight_proposals(episodes: Iterable[Episode], map: SiteMap, *, site: str, user: str) -> Iterator[Proposal]:
    """One task for each kind of way (links, first section, last section), with the episodes' ways as its cases."""
    ways: dict[tuple[int, str, str], dict[str, tuple[dict[str, str], str]]] = defaultdict(dict)
    for episode in episodes:
        way = _way(episode)
        if way is not None:
            names, addresses = way
            case = {"page": addresses[0], "path": addresses[-1], "name": names[-1], "via": names[0]}
            kinds = (len(names), map.sections[addresses[0]], map.sections[addresses[-1]])
            ways[kinds].setdefault(" ".join((*addresses, *names)), (case, episode.key))
    for kinds, examples in sorted(ways.items()):
        cases, sources = zip(*sorted(examples.values(), key=str)[:MOST_CASES], strict=True)
        yield written(
            "again",
            OPEN if kinds[0] == 1 else OPEN_BY_WAY,
            cases,
            Check(page=PageCheck(path="{path}")),
            key=str(kinds),
            region=kinds[1],
            hint="the page is open",
            site=site,
            user=user,
            by="hindsight",
            family="open",
            sources=sources,
        )


def _way(episode: Episode) -> tuple[list[str], list[str]] | None:
    """Names of the links that an episode followed, and the addresses in order; None where it went otherwise."""
    addresses = addresses_of(episode)
    names, visited = [], addresses[:1]
    for step, before, after in zip(episode.steps, addresses, addresses[1:], strict=False):
        if before == after:
            continue
        if step.target is None or step.target.role != "link" or not step.target.name or '"' in step.target.name:
            return None
        if logs_out(step.target.name, after):
            return None
        names.append(step.target.name)
        visited.append(after)
    plain = all(visited) and not any("?" in address for address in visited)
    return (names, visited) if plain and 0 < len(names) <= MOST_LINKS and visited[0] != visited[-1] else None
