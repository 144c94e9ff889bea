"""The template proposer: tasks from the map's links (and forms, see `form_templates`) in fixed wordings. Ours.

It needs no model. It proposes following a link, two links in a row, searching, filling in a form, pressing a button and
reading a field. A task is solved when the right address is open or the right request was sent.

Links from pages of one kind to pages of another are one task with many cases. A page of which there is only one, such
as a menu's entry, is a task of its own.
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
from components.sites.login import logs_out

OPEN = ('Open "{name}".', "Go to {name}.", "Show {name}.")
OPEN_BY_WAY = ('Open "{via}" and there "{name}".', "Go to {via}, then to {name}.", "Show {name}, which is under {via}.")


@dataclass(frozen=True, kw_only=True)
class Templates:
    """Proposes from one map. Attributes: `resettable`: the site can undo what is sent; only then is anything sent."""

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
        """By page, the links that their name alone identifies and that lead to a page of the map."""
        return {address: list(self._telling(look)) for address, look in self.map.looks.items()}

    def _telling(self, look: Look) -> Iterator[Link]:
        """The links of a page that a task can name. Links of one name count only if all lead to the same page."""
        targets: dict[str, set[str]] = defaultdict(set)
        for link in look.links:
            targets[link.name].add(link.address)
        for link in {link.name: link for link in look.links if link.shown}.values():
            mapped = link.address in self.map.looks or (
                link.address
                and any(other.asked == other.address for other in self.map.pages(self.map.sections[link.address]))
            )
            sayable = link.name and '"' not in link.name and len(targets[link.name]) == 1
            if mapped and sayable and link.address != look.address and not logs_out(link.name, link.address):
                yield link

    @cached_property
    def _menu(self) -> set[str]:
        """Addresses that most pages lead to."""
        counts = Counter(
            link.address for links in self._named.values() for link in {link.address: link for link in links}.values()
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
        for (source, target), pairs in sorted(kinds.items()):
            cases = [self._case(page, link) for page, link in spread(pairs)]
            yield self._opening(OPEN, cases, key=f"{source} {target}", region=source)
        for (name, target), pairs in sorted(alone.items()):
            cases = [self._case(page, link) for page, link in spread(self._by_section(pairs))]
            region = self.map.sections[pairs[0][0]]
            wordings = [wording.format(name=literal(name)) for wording in OPEN]
            yield self._opening(wordings, cases, key=f"{name} {target}", region=region)

    def _by_section(self, pairs: Sequence[tuple[str, Link]]) -> list[tuple[str, Link]]:
        """One page of every section."""
        return list({self.map.sections[page]: (page, link) for page, link in reversed(pairs)}.values())[::-1]

    def _ways(self) -> Iterator[Proposal]:
        """Two links in a row, where the first page has no link to the last."""
        groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
        for page, links in self._named.items():
            at_once = {link.address for link in self.map.looks[page].links} | {page}
            for via in links:
                for link in self._named.get(via.address, ()):
                    if link.address not in at_once | self._menu and via.address not in self._menu:
                        sections = [self.map.sections[address] for address in (page, via.address, link.address)]
                        case = self._case(page, link) | {"via": via.name}
                        groups[sections[0], sections[1], sections[2]].append(case)
        for key, cases in sorted(groups.items()):
            yield self._opening(OPEN_BY_WAY, spread(cases), key=" ".join(key), region=key[0])

    def _case(self, page: str, link: Link) -> Case:
        path, _, query = link.address.partition("?")
        return {"page": page, "name": link.name, "path": path, "query": query}

    def _opening(self, wordings: Sequence[str], cases: Sequence[Case], *, key: str, region: str) -> Proposal:
        """A task whose success shows in the address."""
        names = sorted({name for case in cases for name, _ in parse_qsl(case["query"])})
        filled = [
            {name: value for name, value in case.items() if name != "query"}
            | {f"query{number}": dict(parse_qsl(case["query"])).get(name, "") for number, name in enumerate(names)}
            for case in cases
        ]
        query = {literal(name): f"{{query{number}}}" for number, name in enumerate(names)}
        check = Check(page=PageCheck(path="{path}", query=query))
        return written(
            "open",
            wordings,
            filled,
            check,
            key=key,
            region=region,
            hint="the page is open",
            site=self.site,
            user=self.user,
        )
