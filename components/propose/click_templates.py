"""Proposals from the map of states: opening, pressing, choosing, switching, filtering, filling in.

No model is asked. A task names the elements of a deed as the page names them. It is solved when the page shows lines
that no other state of the map shows. Things of one kind (rows, choices) are one task with many cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.benchmarks.sites.form import Check, PageCheck, literal, literal_path
from components.browser.scene import plain, uncounted
from components.maps.address import ANY
from components.maps.deeds import GIVES_UP, WRITTEN, Act, Reading
from components.maps.state_map import State, StateMap, Try
from components.proposals.proposal import Proposal
from components.propose.evidence import Evidence
from components.propose.form_templates import TEXTS
from components.propose.written import MOST_CASES, Case, written
from components.sites.login import logs_out

DEEPEST, LONGEST = 3, 60
PRESSED = ("button", "menuitem", "option")
TICKED = ("checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDeed:
    """A deed that can be asked for.

    Attributes:
        wordings: with the variables `{name}` and `{v0}`, `{v1}` ... .
        name: its element's name as an intent writes it: `"Edit" beside "Labels"`.
        attempt: the deed on the map, and what it led to.
        blocks: lines that prove that it was done.
        is_one_of_many: its element is one of many of a kind, such as a row or a choice.
    """

    kind: str
    wordings: tuple[str, ...]
    name: str
    attempt: Try
    blocks: tuple[str, ...]
    is_one_of_many: bool


@dataclass(frozen=True, kw_only=True)
class ClickTemplates:
    """Proposes from one map of states. Attributes: `start` is the address that every way of the map begins on."""

    map: StateMap
    start: str
    site: str
    user: str

    def propose(self) -> Iterator[Proposal]:
        for state in self.map.states.values():
            groups: dict[tuple[str, ...], list[AskedDeed]] = defaultdict(list)
            for deed in self._deeds(state):
                groups[(*deed.wordings, deed.attempt.section if deed.is_one_of_many else deed.name)].append(deed)
            for key, deeds in groups.items():
                yield self._proposal(state, key, deeds)

    @cached_property
    def _evidence(self) -> Evidence:
        return Evidence(self.map)

    def _deeds(self, state: State) -> Iterator[AskedDeed]:
        way, before = self._way(state), {above.seen.text for above in self._above(state)}
        for attempt in state.tries if way is not None else ():
            if attempt.feedback or attempt.text in before:
                continue
            is_form = len(attempt.deed) > 1
            blocks = self._evidence.of(attempt, before=state.seen, word=WRITTEN[0] if is_form else "")
            phrase = self._form_phrase(state, attempt) if is_form else self._phrase(state, attempt)
            if phrase is None or not blocks:
                continue
            kind, wordings, name = phrase
            from_list = kind == "choose" and attempt.deed[0].kind == "click"
            steps = (way or [])[:-1] if from_list else way or []
            leads_to_thing = ANY in attempt.section and attempt.section != state.seen.section
            thing = from_list or attempt.deed[0].kind == "select" or kind == "filter" or leads_to_thing
            yield AskedDeed(
                kind=kind,
                wordings=_by_way(steps, wordings),
                name=name,
                attempt=attempt,
                blocks=blocks,
                is_one_of_many=thing,
            )

    def _above(self, state: State) -> Iterator[State]:
        """The state and all that are on the way to it."""
        yield state
        while state.seen.way:
            state = self.map.states[state.seen.source]
            yield state

    def _way(self, state: State) -> list[str] | None:
        """Names of the elements on the way to a state; None where one has no usable name, or the way is too long."""
        names: list[str] = []
        while state.seen.way:
            above, [act, *others] = self.map.states[state.seen.source], state.seen.deed
            name = self._spoken_name(above, state.seen)
            if others or act.kind != "click" or not name or len(names) == DEEPEST - 1:
                return None
            names.insert(0, name)
            state = above
        return names

    def _spoken_name(self, state: State, attempt: Try) -> str:
        """The element's name for an intent: the heading of the page that it leads to, or its own name without a count.

        Empty where it has no usable name: a count alone (`178` beside a heart), or a button that logs out.
        """
        name, beside = state.reading.called(attempt.deed[-1])
        is_heading = attempt.section != state.seen.section and len(attempt.heading) > 1 and attempt.heading in name
        name = attempt.heading if is_heading else uncounted(name) or name
        words = [word for word in (name, beside) if word]
        sayable = any(map(str.isalpha, "".join(words))) and all(map(_speakable, words))
        if not sayable or logs_out(*words) or GIVES_UP.search(words[0]):
            return ""
        return " beside ".join(f'"{word}"' for word in words)

    def _phrase(self, state: State, attempt: Try) -> tuple[str, tuple[str, ...], str] | None:
        """The kind, wordings and name of one act."""
        [act] = attempt.deed
        if act.kind != "click":
            field = next(filter(None, state.reading.called(act)), "")
            if not _speakable(field) or not _speakable(act.text):
                return None
            opening = "Choose {name} in" if act.kind == "select" else "Look in the list for {name} by"
            kind = "choose" if act.kind == "select" else "filter"
            return kind, (f'{opening} "{literal(field)}".',), f'"{act.text}"'
        name = "" if self._sends(state, act) else self._spoken_name(state, attempt)
        return (*self._click_phrase(state, attempt, act), name) if name else None

    def _sends(self, state: State, act: Act) -> bool:
        """Whether it is the button of a form; then it is proposed together with the form's fields."""
        return any(len(offer.deed) > 1 and offer.deed[-1] == act for offer in state.offers)

    def _click_phrase(self, state: State, attempt: Try, act: Act) -> tuple[str, tuple[str, ...]]:
        if act.role in TICKED:
            return "switch", ("Uncheck {name}." if state.reading.has(act, "checked") else "Check {name}.",)
        if not act.name and Reading(attempt.text).signs <= state.reading.signs:
            return "switch", ("Switch {name}.", "Turn the switch {name}.")
        above = self.map.states.get(state.seen.source)
        if (
            act.role != "button"
            and above is not None
            and above is not state
            and self._shuts_list(state, above, attempt)
        ):
            [opener], under = state.seen.deed, literal(self._spoken_name(above, state.seen))
            label = (f'Set "{literal(opener.beside)}" to {{name}}.',) if _speakable(opener.beside) else ()
            return "choose", (f"Choose {{name}} under {under}.", *label)
        if act.role in PRESSED:
            return "press", ("Press {name}.", "Click the button {name}.")
        return "open", ("Open {name}.", "Go to {name}.")

    def _shuts_list(self, state: State, above: State, attempt: Try) -> bool:
        """Whether the state was a list that a click had opened, and this choice has shut."""
        list_signs = state.reading.signs - above.reading.signs
        remaining = list_signs & Reading(attempt.text).signs
        stays = state.seen.section == above.seen.section == attempt.section
        return stays and len(list_signs) > 1 and 2 * len(remaining) < len(list_signs)

    def _form_phrase(self, state: State, attempt: Try) -> tuple[str, tuple[str, ...], str] | None:
        """The kind, wordings and (empty) name of filling in fields and sending them."""
        *fields, button = attempt.deed
        labels = [next(filter(None, state.reading.called(act)), "") for act in fields]
        name, beside = state.reading.called(button)
        if not all(map(_speakable, (*labels, name))) or beside:
            return None
        put = " and ".join(f'put "{{v{number}}}" into "{literal(label)}"' for number, label in enumerate(labels))
        with_ = " and ".join(f'the {literal(plain(label))} "{{v{number}}}"' for number, label in enumerate(labels))
        exact = f'{put}, then press "{literal(name)}".'
        return "fill", (exact[0].upper() + exact[1:], f"{literal(name)} with {with_}."), ""

    def _proposal(self, state: State, key: Sequence[str], deeds: Sequence[AskedDeed]) -> Proposal:
        first, region = deeds[0], self.map.name(state)
        wordings = (
            first.wordings
            if first.is_one_of_many
            else [wording.replace("{name}", literal(first.name)) for wording in first.wordings]
        )
        path, _, anchor = first.attempt.address.partition("#")
        if first.kind == "fill":
            lines = tuple(map(_with_variables, first.blocks))
            cases = [
                {"page": self.start, "anchor": anchor}
                | {
                    f"v{number}": TEXTS[(turn + 5 * number) % len(TEXTS)]
                    for number in range(len(first.attempt.deed) - 1)
                }
                for turn in range(MOST_CASES)
            ]
        else:
            count = max(len(deed.blocks) for deed in deeds)
            lines = tuple(f"{{line{number}}}" for number in range(count))
            cases = [self._case(deed, count) for deed in deeds[:MOST_CASES]]
        page = PageCheck(path=literal_path(path.partition("?")[0]), anchor="{anchor}" if anchor else None)
        return written(
            first.kind,
            wordings,
            cases,
            Check(page=page, lines=lines),
            key=f"{region} {' '.join(key)}",
            region=region,
            hint="the page shows what only this brings about",
            site=self.site,
            user=self.user,
            by="clicks",
        )

    def _case(self, deed: AskedDeed, count: int) -> Case:
        lines = {f"line{number}": deed.blocks[number % len(deed.blocks)] for number in range(count)}
        return {"page": self.start, "anchor": deed.attempt.address.partition("#")[2], "name": deed.name, **lines}


def _speakable(word: str) -> bool:
    return 1 < len(word) <= LONGEST and '"' not in word and any(map(str.isalnum, word))


def _by_way(steps: Sequence[str], wordings: Sequence[str]) -> tuple[str, ...]:
    path, inside = "", ""
    for step in map(literal, steps):
        path, inside = f"{path}open {step} and there ", f"{inside}in {step}, "
    if not steps:
        return tuple(wordings)
    ways = [path + wording[0].lower() + wording[1:] for wording in wordings[:1]] + [
        inside + wordings[-1][0].lower() + wordings[-1][1:]
    ]
    return tuple(wording[0].upper() + wording[1:] for wording in ways)


def _with_variables(block: str) -> str:
    text = literal(block)
    for number, word in enumerate(WRITTEN):
        text = text.replace(word, f"{{v{number}}}")
    return text
