"""What a run's map knows of the forum, compared with a crawl of every link by plain requests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from typing_extensions import override

from bench.proposals.sample import newest_round
from components.benchmarks.forum.benchmark import Forum
from components.documents.html import Html
from components.maps.address import address_of
from components.maps.kept import KeptMap
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.sites.login import logs_out
from components.sites.web import Web

SITE, USER = "forum", "mira_holt"


class _Links(Html):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def measure_coverage(out: Path) -> dict[str, Any]:
    """The number of addresses that the crawl finds, how many of them the map knows, and how many pages it looked at."""
    with newest_round(out) as round:
        map = SiteMap(KeptMap(Look, round, site=SITE, user=USER).met())
    crawled = asyncio.run(_crawled())
    return {
        "crawl": len(crawled),
        "looked_at": len(map.looks),
        "known_of_the_crawl": len(crawled & map.known),
        "missing": sorted(crawled - map.known)[:20],
    }


async def _crawled() -> set[str]:
    async with Forum() as forum, forum.visit_as(USER, sites=(SITE,), store=None) as visit:
        replica = visit.replicas[SITE]
        web = Web(replica.address, seconds=replica.site.seconds, cookies=replica.signed_in(USER))
        return await asyncio.to_thread(_linked, web, replica.address)


def _linked(web: Web, site: str) -> set[str]:
    """Every address that links lead to; what ends the log-in is not asked for."""
    addresses, todo = {"/"}, ["/"]
    while todo:
        current = todo.pop(0)
        answer, links = web.get(current), _Links()
        if answer.status == 200:
            links.feed(answer.text)
        for link in links.found:
            address = address_of(urljoin(site + current, link), site=site)
            if address and address not in addresses and not logs_out(address):
                addresses.add(address)
                todo.append(address)
    return addresses
