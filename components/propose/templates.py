"""The template proposer: what links (and forms, see `form_templates`) of the map let one do, in fixed wordings.

It needs no model and knows no meaning. It proposes following a link, two links in a row, searching, filling in a form,
pressing a button, reading a field; a person would ask for more. Its conditions are the addresses and requests that this
leads to.

Links from pages of one kind to pages of another are one task with many cases; a page there is only one of (a menu's
entry) is a task of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from components.benchmarks.sites.form import Check, PageCheck, literal
from components.maps.address import ANY
from components.maps.look import Link, Look
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal
from components.propose.form_templates import FormTemplates
from components.propose.written import Case, spread, written
from components.sites.login import leaves

OPEN = ('Open "{name}".', "Go to {name}.", "Show {name}.")
OPEN_BY_WAY = ('Open "{via}" and there "{name}".', "Go to {via}, then to {name}.", "Show {name}, which is under {via}.")


@dataclass(frozen=True, kw_only=True)
class Templates:
    """Attributes: `resettable` says whether anything may be sent to the site: what is sent must be undone."""

    map: SiteMap
    site: str
    user: str
    resettable: bool

    def propose(self) -> Iterator[Proposal]:
        yield from self._links()
        yield from self._ways()
        yield from FormTemplates(
            map=self.map, site=self.site, user=self.user, resettable=self.resettable, named=self._named
        ).propose()

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Link]]:
        """By page, its links that can be told by their names and lead to where the map has been."""
        return {address: list(self._telling(look)) for address, look in self.map.looks.items()}

    def _telling(self, look: Look) -> Iterator[Link]:
        """Of links of one name only where all lead to one page: else nobody could say which is meant."""
        targets: dict[str, set[str]] = defaultdict(set)
        for link in look.links:
            targets[link.name].add(link.address)
        for link in {link.name: link for link in look.links if link.shown}.values():
            known = link.address in self.map.looks or (
                link.address
                and any(each.asked == each.address for each in self.map.pages(self.map.sections[link.address]))
            )
            spoken = link.name and '"' not in link.name and len(targets[link.name]) == 1
            if known and spoken and link.address != look.address and not leaves(link.name, link.address):
                yield link

    @cached_property
    def _menu(self) -> set[str]:
        """Addresses that most pages lead to."""
        counts = Counter(
            link.address for links in self._named.values() for link in {x.address: x for x in links}.values()
        )
        return {address for address, count in counts.items() if 2 * count > len(self.map.looks)}

    def _links(self) -> Iterator[Proposal]:
        kinds: dict[tuple[str, str], list[tuple[str, Link]]] = defaultdict(list)
        alone: dict[tuple[str, str], list[tuple[str, Link]]] = defaultdict(list)
        for page, links in self._named.items():
            for link in links:
                section = self.map.sections[link.address]
                group = (kinds, self.map.sections[page]) if ANY in section else (alone, link.name)
                group[0][group[1], section].append((page, link))
        for (source, target), found in sorted(kinds.items()):
            cases = [self._case(page, link) for page, link in spread(found)]
            yield self._opening(OPEN, cases, key=f"{source} {target}", region=source)
        for (name, target), found in sorted(alone.items()):
            cases = [self._case(page, link) for page, link in spread(self._by_section(found))]
            region = self.map.sections[found[0][0]]
            said = [each.format(name=literal(name)) for each in OPEN]
            yield self._opening(said, cases, key=f"{name} {target}", region=region)

    def _by_section(self, found: Sequence[tuple[str, Link]]) -> list[tuple[str, Link]]:
        """One page of every section."""
        return list({self.map.sections[page]: (page, link) for page, link in reversed(found)}.values())[::-1]

    def _ways(self) -> Iterator[Proposal]:
        """Two links in a row, where the second page is not to be had from the first."""
        groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
        for page, links in self._named.items():
            at_once = {link.address for link in self.map.looks[page].links} | {page}
            for via in links:
                for link in self._named.get(via.address, ()):
                    if link.address not in at_once | self._menu and via.address not in self._menu:
                        sections = [self.map.sections[each] for each in (page, via.address, link.address)]
                        case = self._case(page, link) | {"via": via.name}
                        groups[sections[0], sections[1], sections[2]].append(case)
        for key, cases in sorted(groups.items()):
            yield self._opening(OPEN_BY_WAY, spread(cases), key=" ".join(key), region=key[0])

    def _case(self, page: str, link: Link) -> Case:
        path, _, query = link.address.partition("?")
        return {"page": page, "name": link.name, "path": path, "query": query}

    def _opening(self, said: Sequence[str], cases: Sequence[Case], *, key: str, region: str) -> Proposal:
        """A task whose success shows in the address."""
        names = sorted({name for case in cases for name, _ in parse_qsl(case["query"])})
        filled = [
            {name: value for name, value in case.items() if name != "query"}
            | {f"query{number}": dict(parse_qsl(case["query"])).get(name, "") for number, name in enumerate(names)}
            for case in cases
        ]
        wanted = {literal(name): f"{{query{number}}}" for number, name in enumerate(names)}
        check = Check(page=PageCheck(path="{path}", query=wanted))
        return written(
            "open",
            said,
            filled,
            check,
            key=key,
            region=region,
            hint="the page is open",
            site=self.site,
            user=self.user,
        )
