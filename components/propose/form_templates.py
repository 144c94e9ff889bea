"""What forms of the map let one do: search, fill in and send, press, read; on the page at hand or by way of a link.

What is sent counts as taken where the site answers by leading elsewhere. A form is one task whichever page of a kind it
stands on, and wherever each of them is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.benchmarks.sites.form import Check, PageCheck, RequestCheck, literal, literal_path
from components.browser.scene import plain
from components.maps.address import ANY, sections_of
from components.maps.deeds import WRITTEN
from components.maps.look import Field, Form, Link, Look
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal
from components.propose.written import Case, spread, written
from components.sites.login import leaves

MOST_FIELDS = 3
WRITES = ("text", "textarea", "search")
READ = 60
"""Characters of the longest value that is asked for."""
TEXTS = (
    *WRITTEN,
    *("What I found out", "Does anybody know more?", "Not quite as planned", "Good news from the river"),
    *("A list for later", "It works again", "Seen on the way home", "One more try"),
)
SEARCH = ('Search for "{word}".', "Look for {word}.", "Find what there is about {word}.")
FIND = ('Search for "{word}" and open "{name}".', "Find {name} by looking for {word}.")
PRESS = ('Press "{button}".', "Click the button {button}.")
ANSWER = ('Answer with what "{label}" holds.', 'Read "{label}" and answer with it.')


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A form where it is met: `start` is the page one begins on, `via` the link from there, empty where it is there."""

    start: str
    via: str
    look: Look
    form: Form

    @property
    def case(self) -> Case:
        to = {"page": self.start, "at": self.look.address.partition("?")[0], "to": self.form.address.partition("?")[0]}
        return to | ({"via": self.via} if self.via else {})


@dataclass(frozen=True, kw_only=True)
class FormTemplates:
    """Attributes: `named` are the links of each page that can be told by their names."""

    map: SiteMap
    site: str
    user: str
    resettable: bool
    named: Mapping[str, Sequence[Link]]

    def propose(self) -> Iterator[Proposal]:
        for found in self._searches().values():
            yield from self._search(found)
        for here in self._forms().values():
            for places in (here, self._by_way_to(here)):
                if places:
                    yield from self._press(places) if not places[0].form.visible else self._fill(places)
                    yield from self._read(places)

    def _searches(self) -> Mapping[str, Sequence[tuple[Look, Form]]]:
        """Forms of one field to write in, by where they lead."""
        found: dict[str, list[tuple[Look, Form]]] = defaultdict(list)
        for look, form in self._told():
            if form.method == "GET" and [field.kind in WRITES for field in form.visible] == [True]:
                found[form.address].append((look, form))
        return found

    def _forms(self) -> Mapping[tuple[str, str, str], list[Place]]:
        """Forms that can be told by their button, by the kinds of page they stand on and of address they go to."""
        found: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
        for look, form in self._told():
            alone = sum(form.button == other.button for other in look.forms) == 1
            if form.method == "POST" and form.shown and alone and self._may_send(form):
                kind = self.map.sections[look.address], self._sent_to[form.address], form.button
                found[kind].append(Place(start=look.address, via="", look=look, form=form))
        return found

    def _told(self) -> Iterator[tuple[Look, Form]]:
        for look in self.map.looks.values():
            for form in look.forms:
                if form.button and form.address and '"' not in form.button and not leaves(form.button, form.address):
                    yield look, form

    @cached_property
    def _sent_to(self) -> Mapping[str, str]:
        """The section of every address that forms are sent to; most are no pages, so the map does not know them."""
        return sections_of({form.address for look in self.map.looks.values() for form in look.forms if form.address})

    def _may_send(self, form: Form) -> bool:
        kinds = {field.kind for field in form.fields}
        return self.resettable and not kinds & {"password", "file"}

    def _by_way_to(self, here: Sequence[Place]) -> list[Place]:
        """The same forms from pages of another kind, by a link."""
        there = {place.start: place for place in here}
        own = self.map.sections[here[0].start]
        return [
            Place(start=page, via=link.name, look=there[link.address].look, form=there[link.address].form)
            for page, links in self.named.items()
            for link in links
            if link.address in there and self.map.sections[page] != own
        ]

    def _search(self, found: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        form = found[0][1]
        names = [look.name.split()[-1].strip('.,:;!?"') for look in self.map.looks.values() if look.name]
        first = {self.map.sections[look.address]: look.address for look, _ in reversed(found)}
        pages = list(dict.fromkeys(first[self.map.sections[look.address]] for look, _ in found))
        words = [word for word in dict.fromkeys(names) if _is_word(word)]
        cases = [{"page": pages[number % len(pages)], "word": word} for number, word in enumerate(spread(words))]
        check = Check(page=PageCheck(path=literal_path(form.address), query={literal(form.visible[0].name): "{word}"}))
        if cases:
            region = self.map.sections[pages[0]]
            yield self._written("search", SEARCH, cases, check, key=form.address, region=region, hint="what was found")
            yield from self._search_and_open(form, pages)

    def _search_and_open(self, form: Form, pages: Sequence[str]) -> Iterator[Proposal]:
        """Pages of a kind that are called as links to them are, found by the last word of that."""
        kinds: dict[str, dict[str, Case]] = defaultdict(dict)
        for link in (link for links in self.named.values() for link in links):
            look, kind = self.map.looks.get(link.address), self.map.sections[link.address]
            *others, word = link.name.split()
            if look and look.name == link.name and ANY in kind and others and _is_word(word):
                path = link.address.partition("?")[0]
                kinds[kind][path] = {"word": word, "name": link.name, "path": path}
        for kind, found in sorted(kinds.items()):
            cases = [
                case | {"page": pages[number % len(pages)]} for number, case in enumerate(spread(list(found.values())))
            ]
            check = Check(page=PageCheck(path="{path}"))
            key, region = f"{form.address} {kind}", self.map.sections[pages[0]]
            yield self._written("search", FIND, cases, check, key=key, region=region, hint="the page is open")

    def _press(self, places: Sequence[Place]) -> Iterator[Proposal]:
        said = [each.format(button=literal(places[0].form.button)) for each in PRESS]
        check = Check(request=RequestCheck(path="{to}", redirected=True))
        yield self._asked("press", said, [place.case for place in spread(places)], check, places=places)

    def _fill(self, places: Sequence[Place]) -> Iterator[Proposal]:
        form = places[0].form
        fields = _to_fill(form)
        if not fields:
            return
        wanted = {literal(field.name): f"{{v{number}}}" for number, field in enumerate(fields)}
        cases = []
        for turn, place in enumerate(spread(places, repeat=True)):
            by_name = {field.name: field for field in place.form.fields}
            if all(field.name in by_name for field in fields):
                case = place.case
                for number, field in enumerate(fields):
                    case |= _words(by_name[field.name], number, turn)
                cases.append(case)
        check = Check(request=RequestCheck(path="{to}", form=wanted, redirected=True))
        yield self._asked("fill", _filling(fields, form.button), cases, check, places=places)

    def _read(self, places: Sequence[Place]) -> Iterator[Proposal]:
        """What the form's first field with a value holds."""
        field = next((field for field in places[0].form.visible if _held(field)), None)
        if field is None or not field.label or '"' in field.label:
            return
        held = [
            place.case | {"held": _held(each)}
            for place in places
            for each in place.form.visible
            if each.name == field.name and _held(each)
        ]
        said = [each.format(label=literal(field.label)) for each in ANSWER]
        check = Check(answer="{held}", page=PageCheck(path="{at}"))
        yield self._asked("read", said, spread(held), check, places=places)

    def _asked(
        self, kind: str, said: Sequence[str], cases: Sequence[Case], check: Check, *, places: Sequence[Place]
    ) -> Proposal:
        region = self.map.sections[places[0].start]
        key = f"{region} {self._sent_to[places[0].form.address]} {said[0]}"
        hint = "what was read is right" if kind == "read" else "the site has taken what was sent"
        asked = _by_way(said) if places[0].via else said
        return self._written(kind, asked, cases, check, key=key, region=region, hint=hint)

    def _written(
        self, kind: str, said: Sequence[str], cases: Sequence[Case], check: Check, *, key: str, region: str, hint: str
    ) -> Proposal:
        return written(kind, said, cases, check, key=key, region=region, hint=hint, site=self.site, user=self.user)


def _is_word(word: str) -> bool:
    return word.isalpha() and len(word) > 2


def _by_way(said: Sequence[str]) -> tuple[str, str]:
    exact, other = (each[0].lower() + each[1:] for each in said[:2])
    return f'Open "{{via}}" and there {exact}', f"Go to {{via}} and {other}"


def _held(field: Field) -> str:
    """What a reader sees in it; empty where that is nothing, no choice yet, or long."""
    chosen = next((each.label for each in field.options if each.value == field.value), "") if field.value else ""
    held = chosen if field.options else field.value
    shown = field.shown and field.kind in (*WRITES, "select") and '"' not in held
    return held if shown and len(held) <= READ else ""


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
