"""Proposals from the forms of the map: search, fill in and send, press, read; on the page itself or after one link.

A sent form counts as accepted if the site answers with a redirect. The same form on pages of one kind is one task, and
each page is a case of it.
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
from components.sites.login import logs_out

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
    """A form and where it is found.

    Attributes:
        start: address of the page that the task begins on.
        via: name of the link from there to the form's page; empty where the form is on `start`.
        look: the form's page.
    """

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
    """Proposes from the forms of one map.

    Attributes:
        resettable: whether the site can undo what is sent; only then is anything sent.
        named: by page, the links that their name alone identifies.
    """

    map: SiteMap
    site: str
    user: str
    resettable: bool
    named: Mapping[str, Sequence[Link]]

    def propose(self) -> Iterator[Proposal]:
        for forms in self._searches().values():
            yield from self._search(forms)
        for places in self._forms().values():
            for group in (places, self._by_way_to(places)):
                if group:
                    yield from self._press(group) if not group[0].form.visible else self._fill(group)
                    yield from self._read(group)

    def _searches(self) -> Mapping[str, Sequence[tuple[Look, Form]]]:
        """Search forms, which have one field to write in, by the address that they lead to."""
        searches: dict[str, list[tuple[Look, Form]]] = defaultdict(list)
        for look, form in self._speakable_forms():
            if form.method == "GET" and [field.kind in WRITES for field in form.visible] == [True]:
                searches[form.address].append((look, form))
        return searches

    def _forms(self) -> Mapping[tuple[str, str, str], list[Place]]:
        """Forms that their button identifies, by section of their page, section that they are sent to, and button."""
        forms: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
        for look, form in self._speakable_forms():
            alone = sum(form.button == sibling.button for sibling in look.forms) == 1
            if form.method == "POST" and form.shown and alone and self._may_send(form):
                key = self.map.sections[look.address], self._sent_to[form.address], form.button
                forms[key].append(Place(start=look.address, via="", look=look, form=form))
        return forms

    def _speakable_forms(self) -> Iterator[tuple[Look, Form]]:
        for look in self.map.looks.values():
            for form in look.forms:
                if form.button and form.address and '"' not in form.button and not logs_out(form.button, form.address):
                    yield look, form

    @cached_property
    def _sent_to(self) -> Mapping[str, str]:
        """The section of every address that forms are sent to; most are no pages, so the map does not know them."""
        return sections_of({form.address for look in self.map.looks.values() for form in look.forms if form.address})

    def _may_send(self, form: Form) -> bool:
        kinds = {field.kind for field in form.fields}
        return self.resettable and not kinds & {"password", "file"}

    def _by_way_to(self, places: Sequence[Place]) -> list[Place]:
        """The same forms from pages of another kind, by a link."""
        by_address = {place.start: place for place in places}
        section = self.map.sections[places[0].start]
        return [
            Place(start=page, via=link.name, look=by_address[link.address].look, form=by_address[link.address].form)
            for page, links in self.named.items()
            for link in links
            if link.address in by_address and self.map.sections[page] != section
        ]

    def _search(self, forms: Sequence[tuple[Look, Form]]) -> Iterator[Proposal]:
        form = forms[0][1]
        names = [look.name.split()[-1].strip('.,:;!?"') for look in self.map.looks.values() if look.name]
        first = {self.map.sections[look.address]: look.address for look, _ in reversed(forms)}
        pages = list(dict.fromkeys(first[self.map.sections[look.address]] for look, _ in forms))
        words = [word for word in dict.fromkeys(names) if _is_word(word)]
        cases = [{"page": pages[number % len(pages)], "word": word} for number, word in enumerate(spread(words))]
        check = Check(page=PageCheck(path=literal_path(form.address), query={literal(form.visible[0].name): "{word}"}))
        if cases:
            region = self.map.sections[pages[0]]
            key, hint = form.address, "what was found"
            yield written(
                "search", SEARCH, cases, check, key=key, region=region, hint=hint, site=self.site, user=self.user
            )
            yield from self._search_and_open(form, pages)

    def _search_and_open(self, form: Form, pages: Sequence[str]) -> Iterator[Proposal]:
        """Search for the last word of a page's name, then open it. Only pages that links call by their own name."""
        kinds: dict[str, dict[str, Case]] = defaultdict(dict)
        for link in (link for links in self.named.values() for link in links):
            look, kind = self.map.looks.get(link.address), self.map.sections[link.address]
            *others, word = link.name.split()
            if look and look.name == link.name and ANY in kind and others and _is_word(word):
                path = link.address.partition("?")[0]
                kinds[kind][path] = {"word": word, "name": link.name, "path": path}
        for kind, cases_by_path in sorted(kinds.items()):
            cases = [
                case | {"page": pages[number % len(pages)]}
                for number, case in enumerate(spread(list(cases_by_path.values())))
            ]
            check = Check(page=PageCheck(path="{path}"))
            key, region, hint = f"{form.address} {kind}", self.map.sections[pages[0]], "the page is open"
            yield written(
                "search", FIND, cases, check, key=key, region=region, hint=hint, site=self.site, user=self.user
            )

    def _press(self, places: Sequence[Place]) -> Iterator[Proposal]:
        wordings = [wording.format(button=literal(places[0].form.button)) for wording in PRESS]
        check = Check(request=RequestCheck(path="{to}", redirected=True))
        yield self._proposal("press", wordings, [place.case for place in spread(places)], check, places=places)

    def _fill(self, places: Sequence[Place]) -> Iterator[Proposal]:
        form = places[0].form
        fields = _to_fill(form)
        if not fields:
            return
        values = {literal(field.name): f"{{v{number}}}" for number, field in enumerate(fields)}
        cases = []
        for turn, place in enumerate(spread(places, repeat=True)):
            by_name = {field.name: field for field in place.form.fields}
            if all(field.name in by_name for field in fields):
                case = place.case
                for number, field in enumerate(fields):
                    case |= _case_values(by_name[field.name], number, turn)
                cases.append(case)
        check = Check(request=RequestCheck(path="{to}", form=values, redirected=True))
        yield self._proposal("fill", _filling(fields, form.button), cases, check, places=places)

    def _read(self, places: Sequence[Place]) -> Iterator[Proposal]:
        """What the form's first field with a value holds."""
        field = next((field for field in places[0].form.visible if _content(field)), None)
        if field is None or not field.label or '"' in field.label:
            return
        cases = [
            place.case | {"held": _content(other_field)}
            for place in places
            for other_field in place.form.visible
            if other_field.name == field.name and _content(other_field)
        ]
        wordings = [wording.format(label=literal(field.label)) for wording in ANSWER]
        check = Check(answer="{held}", page=PageCheck(path="{at}"))
        yield self._proposal("read", wordings, spread(cases), check, places=places)

    def _proposal(
        self, kind: str, wordings: Sequence[str], cases: Sequence[Case], check: Check, *, places: Sequence[Place]
    ) -> Proposal:
        region = self.map.sections[places[0].start]
        key = f"{region} {self._sent_to[places[0].form.address]} {wordings[0]}"
        hint = "what was read is right" if kind == "read" else "the site has taken what was sent"
        full_wordings = _by_way(wordings) if places[0].via else wordings
        return written(
            kind, full_wordings, cases, check, key=key, region=region, hint=hint, site=self.site, user=self.user
        )


def _is_word(word: str) -> bool:
    return word.isalpha() and len(word) > 2


def _by_way(wordings: Sequence[str]) -> tuple[str, str]:
    exact, loose = (wording[0].lower() + wording[1:] for wording in wordings[:2])
    return f'Open "{{via}}" and there {exact}', f"Go to {{via}} and {loose}"


def _content(field: Field) -> str:
    """The text that a reader sees in a field; empty where there is none, nothing is chosen, or it is long."""
    chosen = next((option.label for option in field.options if option.value == field.value), "") if field.value else ""
    content = chosen if field.options else field.value
    readable = field.shown and field.kind in (*WRITES, "select") and '"' not in content
    return content if readable and len(content) <= READ else ""


def _to_fill(form: Form) -> list[Field]:
    """The fields to fill in: lists first, then the required text fields, or all text fields where none is required.

    None at all where a required field would stay empty.
    """
    labelled = [
        field for field in form.visible if field.label and '"' not in field.label and field.shown and field.name
    ]
    texts = [field for field in labelled if field.kind in WRITES]
    choices = [field for field in labelled if len(_choices(field)) > 1]
    must = [field for field in form.visible if field.required]
    chosen = [*choices, *([field for field in texts if field.required] or texts)][:MOST_FIELDS]
    return chosen if all(field in chosen or field.value for field in must) else []


def _filling(fields: Sequence[Field], button: str) -> tuple[str, ...]:
    """Three wordings for filling in a form: with its exact labels and button, and two that are looser."""
    exact, set_to, with_ = [], [], []
    for number, field in enumerate(fields):
        word = f"{{{'o' if field.options else 'v'}{number}}}"
        label, called = literal(field.label), literal(plain(field.label))
        exact.append(f'choose "{word}" in "{label}"' if field.options else f'put "{word}" into "{label}"')
        set_to.append(f"the {called} to {word}")
        with_.append(f'the {called} "{word}"')
    first = f'{" and ".join(exact)}, then press "{literal(button)}".'
    return first[0].upper() + first[1:], f"Set {_enumerated(set_to)}.", f"{literal(button)} with {_enumerated(with_)}."


def _enumerated(parts: Sequence[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def _choices(field: Field) -> list[tuple[str, str]]:
    return [
        (option.value, option.label)
        for option in field.options
        if option.value and option.label and '"' not in option.label
    ]


def _case_values(field: Field, number: int, turn: int) -> Case:
    if field.options:
        choices = [choice for choice in _choices(field) if choice[0] != field.value] or _choices(field)
        value, label = choices[turn % len(choices)]
        return {f"v{number}": value, f"o{number}": label}
    return {f"v{number}": TEXTS[(turn + 5 * number) % len(TEXTS)]}
