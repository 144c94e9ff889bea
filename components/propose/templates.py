"""The template proposer: what links and forms of the map let one do, in fixed wordings.

It needs no model and knows no meaning. It proposes following a link, two links in a row, searching, filling in a form,
pressing a button; a person would ask for more. Its conditions are the addresses and requests that this leads to.

Links from pages of one kind to pages of another are one task with many cases; a page there is only one of (a menu's
entry) is a task of its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import parse_qsl

from components.benchmarks.sites.form import Check, PageCheck, RequestCheck, SiteTask, literal
from components.browser.scene import plain
from components.maps.address import ANY, sections_of
from components.maps.crawl import leaves
from components.maps.look import Field, Form, Link, Look
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal

MOST_CASES = 12
MOST_FIELDS = 3
WRITES = ("text", "textarea", "search")
TEXTS = (
    *("Notes from Tuesday", "A question about the weather", "Thank you for the help", "Three small things"),
    *("What I found out", "Does anybody know more?", "Not quite as planned", "Good news from the river"),
    *("A list for later", "It works again", "Seen on the way home", "One more try"),
)
OPEN = ('Open "{name}".', "Go to {name}.", "Show {name}.")
OPEN_BY_WAY = ('Open "{via}" and there "{name}".', "Go to {via}, then to {name}.", "Show {name}, which is under {via}.")
SEARCH = ('Search for "{word}".', "Look for {word}.", "Find what there is about {word}.")
PRESS = ('Press "{button}".', "Click the button {button}.")
Case = dict[str, str]
T = TypeVar("T")


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
        for look_form in self._forms().values():
            yield from self._form(look_form)

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
            cases = [self._case(page, link) for page, link in _spread(found)]
            yield self._opening(OPEN, cases, key=f"{source} {target}", region=source)
        for (name, target), found in sorted(alone.items()):
            cases = [self._case(page, link) for page, link in _spread(self._by_section(found))]
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
            yield self._opening(OPEN_BY_WAY, _spread(cases), key=" ".join(key), region=key[0])

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
        return self._proposal("open", said, filled, check, key=key, region=region, hint="the page is open")

    def _forms(self) -> dict[tuple[str, str, str], list[tuple[Look, Form]]]:
        """Forms that can be told by their button, by the kinds of page they stand on and of address they go to."""
        found: dict[tuple[str, str, str], list[tuple[Look, Form]]] = defaultdict(list)
        for look in self.map.looks.values():
            buttons = Counter(form.button for form in look.forms)
            for form in look.forms:
                searches = form.method == "GET" and [field.kind in WRITES for field in form.visible] == [True]
                if not form.button or not form.address or '"' in form.button or leaves(form.button, form.address):
                    continue
                if searches:
                    found["", form.address, form.button].append((look, form))
                elif form.method == "POST" and form.shown and buttons[form.button] == 1 and self._may_send(form):
                    found[self.map.sections[look.address], self._sent_to[form.address], form.button].append(
                        (look, form)
                    )
        return found

    @cached_property
    def _sent_to(self) -> Mapping[str, str]:
        """The section of every address that forms are sent to; most are no pages, so the map does not know them."""
        return sections_of({form.address for look in self.map.looks.values() for form in look.forms if form.address})

    def _may_send(self, form: Form) -> bool:
        kinds = {field.kind for field in form.fields}
        return self.resettable and not kinds & {"password", "file"} and not leaves(form.button, form.address)

    def _form(self, found: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        form = found[0][1]
        if form.method == "GET":
            yield from self._search(found)
        elif not form.visible:
            yield from self._press(found)
        else:
            yield from self._fill(found)

    def _search(self, found: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        form = found[0][1]
        names = [look.name.split()[-1].strip('.,:;!?"') for look in self.map.looks.values() if look.name]
        pages = list(dict.fromkeys(self.map.sections[look.address] for look, _ in found))
        first = {
            section: next(look for look, _ in found if self.map.sections[look.address] == section) for section in pages
        }
        words = [word for word in dict.fromkeys(names) if word.isalpha() and len(word) > 2]
        cases = [
            {"page": first[pages[number % len(pages)]].address, "word": word}
            for number, word in enumerate(_spread(words))
        ]
        check = Check(page=PageCheck(path=literal(form.address), query={literal(form.visible[0].name): "{word}"}))
        if cases:
            yield self._proposal(
                "search", SEARCH, cases, check, key=form.address, region=pages[0], hint="what was found"
            )

    def _press(self, found: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        cases = [{"page": look.address, "to": form.address.partition("?")[0]} for look, form in _spread(found)]
        said = [each.format(button=literal(found[0][1].button)) for each in PRESS]
        check = Check(request=RequestCheck(path="{to}", redirected=True))
        yield self._sending("press", said, cases, check, found=found)

    def _fill(self, found: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        form = found[0][1]
        fields = _to_fill(form)
        if not fields:
            return
        wanted = {literal(field.name): f"{{v{number}}}" for number, field in enumerate(fields)}
        cases = []
        for turn, (look, each) in enumerate(_spread(found, repeat=True)):
            by_name = {field.name: field for field in each.fields}
            if all(field.name in by_name for field in fields):
                case = {"page": look.address, "to": each.address.partition("?")[0]}
                for number, field in enumerate(fields):
                    case |= _words(by_name[field.name], number, turn)
                cases.append(case)
        check = Check(request=RequestCheck(path="{to}", form=wanted, redirected=True))
        yield self._sending("fill", _filling(fields, form.button), cases, check, found=found)

    def _sending(
        self, kind: str, said: Sequence[str], cases: Sequence[Case], check: Check, *, found: Sequence[tuple[Look, Form]]
    ) -> Proposal:
        region = self.map.sections[found[0][0].address]
        key = f"{region} {self._sent_to[found[0][1].address]} {said[0]}"
        return self._proposal(kind, said, cases, check, key=key, region=region, hint="the site has taken what was sent")

    def _proposal(
        self, kind: str, said: Sequence[str], cases: Sequence[Case], check: Check, *, key: str, region: str, hint: str
    ) -> Proposal:
        name = hashlib.sha256(f"{self.site} {self.user} {key}".encode()).hexdigest()[:8]
        task = SiteTask(
            id=f"{kind}-{name}",
            family=f"proposed {kind}",
            intent=said[0],
            reworded=tuple(said[1:]),
            site=self.site,
            start="{page}",
            user=self.user,
            cases=tuple(cases),
            check=check,
        )
        pages = tuple(dict.fromkeys(case["page"] for case in cases))
        return Proposal(by="templates", task=task, region=region, hint=hint, sources=pages)


def _to_fill(form: Form) -> list[Field]:
    """Lists with a choice first, as rules and people do; then what must be written, else what can be."""
    labelled = [
        field for field in form.visible if field.label and '"' not in field.label and field.shown and field.name
    ]
    texts = [field for field in labelled if field.kind in WRITES]
    choices = [field for field in labelled if len(_choices(field)) > 1]
    must = [field for field in form.visible if field.required]
    chosen = [*choices, *([field for field in texts if field.required] or texts)][:MOST_FIELDS]
    return chosen if all(field in chosen or field.value for field in must) else []


def _filling(fields: Sequence[Field], button: str) -> tuple[str, ...]:
    """How filling in a form is asked for: by its labels as they stand and its button, and in other words."""
    exact, set_to, with_ = [], [], []
    for number, field in enumerate(fields):
        word = f"{{{'o' if field.options else 'v'}{number}}}"
        label, called = literal(field.label), literal(plain(field.label))
        exact.append(f'choose "{word}" in "{label}"' if field.options else f'put "{word}" into "{label}"')
        set_to.append(f"the {called} to {word}")
        with_.append(f'the {called} "{word}"')
    first = f'{" and ".join(exact)}, then press "{literal(button)}".'
    return first[0].upper() + first[1:], f"Set {_listed(set_to)}.", f"{literal(button)} with {_listed(with_)}."


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _choices(field: Field) -> list[tuple[str, str]]:
    return [(each.value, each.label) for each in field.options if each.value and each.label and '"' not in each.label]


def _words(field: Field, number: int, turn: int) -> Case:
    if field.options:
        choices = [each for each in _choices(field) if each[0] != field.value] or _choices(field)
        value, label = choices[turn % len(choices)]
        return {f"v{number}": value, f"o{number}": label}
    return {f"v{number}": TEXTS[(turn + 5 * number) % len(TEXTS)]}


def _spread(found: Sequence[T], *, repeat: bool = False) -> list[T]:
    """At most so many, evenly; with `repeat` so many, again and again where there are fewer."""
    if len(found) > MOST_CASES:
        return [found[number * len(found) // MOST_CASES] for number in range(MOST_CASES)]
    return [found[number % len(found)] for number in range(MOST_CASES)] if repeat and found else list(found)
