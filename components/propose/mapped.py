"""A map as the result keeps it: sections, edges, and what each page gave."""

from __future__ import annotations

from itertools import accumulate

from components.maps.site_map import SiteMap
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
        pages=sum(each == name for each in map.sections.values()),
        looked=len(map.pages(name)),
        depth=depth,
        summary=map.summary(name),
        steps=dict(sorted(visits.steps.items())) if visits else {},
        rounds=tuple(sorted(visits.rounds)) if visits else (),
    )
