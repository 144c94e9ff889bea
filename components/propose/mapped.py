"""Maps in the form in which the result stores them: sections, edges, and how much each page or deed added."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

from components.maps.site_map import SiteMap
from components.maps.state_map import StateMap
from components.results.propose import MapResult, MapSection


def as_result(map: SiteMap, *, site: str, user: str) -> MapResult:
    depths = map.depths()
    return MapResult(
        site=site,
        user=user,
        sections=tuple(_section(map, name, depth=depths.get(name)) for name in sorted(set(map.sections.values()))),
        edges=tuple((a, b, count) for (a, b), count in sorted(map.edges.items())),
        known=tuple(accumulate(gain.addresses for gain in map.gains)),
        structures=tuple(accumulate(int(gain.new) for gain in map.gains)),
    )


def _section(map: SiteMap, name: str, *, depth: int | None) -> MapSection:
    visits = map.visits.get(name)
    return MapSection(
        section=name,
        pages=sum(section == name for section in map.sections.values()),
        looked=len(map.pages(name)),
        depth=depth,
        summary=map.summary(name),
        steps=dict(sorted(visits.steps.items())) if visits else {},
        rounds=tuple(sorted(visits.rounds)) if visits else (),
    )


def states_as_result(map: StateMap, *, site: str, user: str) -> MapResult:
    """A map of clicking in the form of a map of pages: a state counts as a page, states of one name as a section."""
    names = {way: map.name(state) for way, state in map.states.items()}
    pages = Counter(names.values())
    first = {name: map.states[way] for way, name in reversed(names.items())}
    edges = Counter((names[state.seen.source], name) for name, state in first.items() if state.seen.way)
    new = [int(attempt.way in map.states) for attempt in map.tries]
    return MapResult(
        site=site,
        user=user,
        by="clicks",
        sections=tuple(
            MapSection(
                section=name,
                pages=pages[name],
                looked=pages[name],
                depth=state.depth,
                summary=f'"{state.seen.heading}"; {len(state.tries)} of {len(state.offers)} deeds tried',
            )
            for name, state in sorted(first.items())
        ),
        edges=tuple((a, b, count) for (a, b), count in sorted(edges.items())),
        known=tuple(accumulate(new)),
        structures=tuple(accumulate(new)),
    )
