"""What deeds on the map of states become: opening, pressing, choosing, switching, filtering, filling in.

No model, no meaning: a deed is asked for by what its elements are called, and counts as done where the page shows what
no other state of the map does. Things of one kind (rows, choices) are one task with many cases.
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
from components.sites.login import leaves

DEEPEST, LONGEST = 3, 60
PRESSED = ("button", "menuitem", "option")
TICKED = ("checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A deed that can be asked for.

    Attributes:
        said: its wordings, with `{name}` and `{v0}`, `{v1}` ... open.
        name: how its element is called, as an intent writes it: `"Edit" beside "Labels"`.
        blocks: lines that tell that it was done.
        thing: it is about one of many things of a kind.
    """

    kind: str
    said: tuple[str, ...]
    name: str
    tried: Try
    blocks: tuple[str, ...]
    thing: bool


@dataclass(frozen=True, kw_only=True)
class ClickTemplates:
    """Attributes: `start` is the address that every way of the map begins on."""

    map: StateMap
    start: str
    site: str
    user: str

    def propose(self) -> Iterator[Proposal]:
        for state in self.map.states.values():
            groups: dict[tuple[str, ...], list[Done]] = defaultdict(list)
            for done in self._deeds(state):
                groups[(*done.said, done.tried.section if done.thing else done.name)].append(done)
            for key, found in groups.items():
                yield self._proposal(state, key, found)

    @cached_property
    def _evidence(self) -> Evidence:
        return Evidence(self.map)

    def _deeds(self, state: State) -> Iterator[Done]:
        way, before = self._way(state), {each.seen.text for each in self._above(state)}
        for tried in state.tries if way is not None else ():
            if tried.feedback or tried.text in before:
                continue
            sent = len(tried.deed) > 1
            blocks = self._evidence.of(tried, before=state.seen, word=WRITTEN[0] if sent else "")
            asked = self._sending(state, tried) if sent else self._asking(state, tried)
            if asked is None or not blocks:
                continue
            kind, said, name = asked
            listed = kind == "choose" and tried.deed[0].kind == "click"
            steps = (way or [])[:-1] if listed else way or []
            far = ANY in tried.section and tried.section != state.seen.section
            thing = listed or tried.deed[0].kind == "select" or kind == "filter" or far
            yield Done(kind=kind, said=_by_way(steps, said), name=name, tried=tried, blocks=blocks, thing=thing)

    def _above(self, state: State) -> Iterator[State]:
        """The state and all that are on the way to it."""
        yield state
        while state.seen.way:
            state = self.map.states[state.seen.source]
            yield state

    def _way(self, state: State) -> list[str] | None:
        """What the elements on the way there are called; None where that is not to be said."""
        names: list[str] = []
        while state.seen.way:
            above, [act, *more] = self.map.states[state.seen.source], state.seen.deed
            called = self._called(above, state.seen)
            if more or act.kind != "click" or not called or len(names) == DEEPEST - 1:
                return None
            names.insert(0, called)
            state = above
        return names

    def _called(self, state: State, tried: Try) -> str:
        """A thing is called as the page that it leads to; a count behind a name is left out. Empty: not to be said, as
        a count alone (`178` beside a heart)."""
        name, beside = state.reading.called(tried.deed[-1])
        leads = tried.section != state.seen.section and len(tried.heading) > 1 and tried.heading in name
        name = tried.heading if leads else uncounted(name) or name
        words = [word for word in (name, beside) if word]
        told = any(map(str.isalpha, "".join(words))) and all(map(_speakable, words))
        if not told or leaves(*words) or GIVES_UP.search(words[0]):
            return ""
        return " beside ".join(f'"{word}"' for word in words)

    def _asking(self, state: State, tried: Try) -> tuple[str, tuple[str, ...], str] | None:
        """The kind, wordings and name of one act."""
        [act] = tried.deed
        if act.kind != "click":
            field = next(filter(None, state.reading.called(act)), "")
            if not _speakable(field) or not _speakable(act.text):
                return None
            said = "Choose {name} in" if act.kind == "select" else "Look in the list for {name} by"
            kind = "choose" if act.kind == "select" else "filter"
            return kind, (f'{said} "{literal(field)}".',), f'"{act.text}"'
        called = "" if self._sends(state, act) else self._called(state, tried)
        return (*self._clicking(state, tried, act), called) if called else None

    def _sends(self, state: State, act: Act) -> bool:
        """Whether it is the button of a form, which is asked for with its fields."""
        return any(len(offer.deed) > 1 and offer.deed[-1] == act for offer in state.offers)

    def _clicking(self, state: State, tried: Try, act: Act) -> tuple[str, tuple[str, ...]]:
        if act.role in TICKED:
            return "switch", ("Uncheck {name}." if state.reading.has(act, "checked") else "Check {name}.",)
        if not act.name and Reading(tried.text).signs <= state.reading.signs:
            return "switch", ("Switch {name}.", "Turn the switch {name}.")
        above = self.map.states.get(state.seen.source)
        if act.role != "button" and above is not None and above is not state and self._has_shut(state, above, tried):
            [opener], under = state.seen.deed, literal(self._called(above, state.seen))
            label = (f'Set "{literal(opener.beside)}" to {{name}}.',) if _speakable(opener.beside) else ()
            return "choose", (f"Choose {{name}} under {under}.", *label)
        if act.role in PRESSED:
            return "press", ("Press {name}.", "Click the button {name}.")
        return "open", ("Open {name}.", "Go to {name}.")

    def _has_shut(self, state: State, above: State, tried: Try) -> bool:
        """Whether the state was a list that a click had opened, and this choice has shut."""
        own = state.reading.signs - above.reading.signs
        left = own & Reading(tried.text).signs
        stays = state.seen.section == above.seen.section == tried.section
        return stays and len(own) > 1 and 2 * len(left) < len(own)

    def _sending(self, state: State, tried: Try) -> tuple[str, tuple[str, ...], str] | None:
        """Fields are filled in and sent."""
        *fields, button = tried.deed
        labels = [next(filter(None, state.reading.called(act)), "") for act in fields]
        name, beside = state.reading.called(button)
        if not all(map(_speakable, (*labels, name))) or beside:
            return None
        put = " and ".join(f'put "{{v{number}}}" into "{literal(label)}"' for number, label in enumerate(labels))
        with_ = " and ".join(f'the {literal(plain(label))} "{{v{number}}}"' for number, label in enumerate(labels))
        exact = f'{put}, then press "{literal(name)}".'
        return "fill", (exact[0].upper() + exact[1:], f"{literal(name)} with {with_}."), ""

    def _proposal(self, state: State, key: Sequence[str], found: Sequence[Done]) -> Proposal:
        first, region = found[0], self.map.name(state)
        said = first.said if first.thing else [each.replace("{name}", literal(first.name)) for each in first.said]
        path, _, anchor = first.tried.address.partition("#")
        if first.kind == "fill":
            lines = tuple(map(_with_variables, first.blocks))
            cases = [
                {"page": self.start, "anchor": anchor}
                | {f"v{number}": TEXTS[(turn + 5 * number) % len(TEXTS)] for number in range(len(first.tried.deed) - 1)}
                for turn in range(MOST_CASES)
            ]
        else:
            count = max(len(each.blocks) for each in found)
            lines = tuple(f"{{line{number}}}" for number in range(count))
            cases = [self._case(each, count) for each in found[:MOST_CASES]]
        page = PageCheck(path=literal_path(path.partition("?")[0]), anchor="{anchor}" if anchor else None)
        return written(
            first.kind,
            said,
            cases,
            Check(page=page, lines=lines),
            key=f"{region} {' '.join(key)}",
            region=region,
            hint="the page shows what only this brings about",
            site=self.site,
            user=self.user,
            by="clicks",
        )

    def _case(self, done: Done, count: int) -> Case:
        shown = {f"line{number}": done.blocks[number % len(done.blocks)] for number in range(count)}
        return {"page": self.start, "anchor": done.tried.address.partition("#")[2], "name": done.name, **shown}


def _speakable(word: str) -> bool:
    return 1 < len(word) <= LONGEST and '"' not in word and any(map(str.isalnum, word))


def _by_way(steps: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    there, inside = "", ""
    for step in map(literal, steps):
        there, inside = f"{there}open {step} and there ", f"{inside}in {step}, "
    if not steps:
        return tuple(said)
    ways = [there + each[0].lower() + each[1:] for each in said[:1]] + [inside + said[-1][0].lower() + said[-1][1:]]
    return tuple(each[0].upper() + each[1:] for each in ways)


def _with_variables(block: str) -> str:
    text = literal(block)
    for number, word in enumerate(WRITTEN):
        text = text.replace(word, f"{{v{number}}}")
    return text
