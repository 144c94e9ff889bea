"""What an errand can demand of a part of a page, and in which words: the pieces that errands are made of.

A part is in some state: a field may hold a text, a section may be open. A demand that is met already is skipped, so
each part tells whether a demand is met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import Line
from components.models.lessons.questions import ORDINALS, ref, say

COUNTED = ORDINALS[:5]
"""Ordinals by which elements of a part are named."""
FIELD_WORDS = ("field", "text field", "box", "textbox", "input", "text box")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One thing that an errand asks for.

    Attributes:
        wording: the demand in words.
        action: the next action for it; empty where it is met.
        done: the deed that led to the page's state, as a student's history shows it; empty where unknown.
        once: a deed that would meet it without a trace on the page.
    """

    wording: str
    action: str
    done: str = ""
    once: str = ""


Ask = Callable[[Random, tuple[Line, ...], tuple[Line, ...]], Demand | None]
"""Makes a random demand, given the part's lines with their references and all text fields of the page; None where there
is none that words could tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines of a page that belong together, and the demands that they allow."""

    lines: tuple[Line, ...]
    ask: Ask


def typed(line: Line, text: str) -> str:
    return f"type {ref(line)} {quote(text)}"


def clicked(line: Line) -> str:
    return f"click {ref(line)}"


def deed(action: str, line: Line) -> str:
    """An action as a student's history shows it, with its element before the action: without reference, value and
    state."""
    name = quote(line.name) if line.name else line.hint
    state = "collapsed" if "expanded" in line.state else ""
    return " ".join(filter(None, (action, line.role, name, state)))


def entered(line: Line, text: str, wording: str) -> Demand:
    """The demand that a field hold this text."""
    return met_by(typed(line, text), line, met=line.value in (text, masked(text)), wording=wording)


def masked(text: str) -> str:
    """What a password field shows of a text."""
    return "•" * len(text)


def met_by(action: str, line: Line, *, met: bool, wording: str) -> Demand:
    """A demand that takes one action, before it or after it (`met`)."""
    return (
        Demand(wording=wording, done=deed(action, line), action="") if met else Demand(wording=wording, action=action)
    )


def in_order(demands: Sequence[Demand]) -> Demand:
    """Of several demands in one sentence the first unmet one, with the deed that met the one before it."""
    first_open = next((at for at, demand in enumerate(demands) if demand.action), len(demands))
    done = demands[first_open - 1].done if first_open else ""
    return replace(demands[min(first_open, len(demands) - 1)], done=done)


def text_of(rng: Random) -> str:
    return words.label(rng) if rng.random() < 0.7 else f"{words.label(rng)} {words.word(rng)}"


def labels(rng: Random, least: int, most: int) -> list[str]:
    """Different random labels, at most this many."""
    return list(dict.fromkeys(words.label(rng) for _ in range(rng.randint(least, most))))


def recased(rng: Random, name: str) -> str:
    """A name as it stands, or in lower case, with or without quotes, and without a colon at its end."""
    name = name.rstrip(":")
    return say(rng, name) if rng.random() < 0.6 else name.lower()


def listed(rng: Random, names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return rng.choice((", ".join(names), f"{', '.join(names[:-1])} and {names[-1]}", " and ".join(names)))


def one_of(rng: Random, forms: Sequence[str], *parts: str) -> str:
    """A random one of these templates, filled in."""
    return " ".join(rng.choice(forms).format(*parts).split())


def mentioned(rng: Random, line: Line, name: str, fields: tuple[Line, ...]) -> str:
    """How a sentence mentions a field: by its name, as the only one, or by its ordinal; empty where nothing of this
    fits."""
    if len(fields) == 1 and rng.random() < 0.5:
        return f"the {rng.choice(FIELD_WORDS)}"
    at = fields.index(line) if line in fields else len(COUNTED)
    if at < len(COUNTED) and (not name or rng.random() < 0.15):
        return f"the {rng.choice(COUNTED[at])} {rng.choice(FIELD_WORDS)}"
    if not name:
        return ""
    forms = ("{}", "the {}", "{} {}", "the {} {}", "the {1} {0}", "the {1} for {0}", "the {1} called {0}")
    return one_of(rng, forms, recased(rng, name), rng.choice(FIELD_WORDS))


def named_field(rng: Random, *, name: str, value: str = "", role: str = "textbox") -> list[Line]:
    """A field with a name of its own, or with a text before it that names it."""
    label = name + rng.choice(("", ":"))
    if rng.random() < 0.4:
        return [Line(role=role, name=label, ref=0, value=value)]
    hint = rng.choice(("", words.hint(rng), f"#{'-'.join(name.lower().split())}"))
    before = Line(role=rng.choice(("text", "text", "label")), name=label)
    return [before, Line(role=role, name="", hint=hint, ref=0, value=value)]


ENTER = (
    "enter {0} in {1}",
    "type {0} into {1}",
    "put {0} into {1}",
    "write {0} in {1}",
    "fill {1} with {0}",
    "set {1} to {0}",
    "{1}: {0}",
    "{0} as {1}",
    "let {1} be {0}",
    "for {1} give {0}",
    "{1} {0}",
    "with {0} in {1}",
    "fill in {0} for {1}",
    "{1} should be {0}",
    "use {0} as {1}",
)
"""Wordings of the demand that a field hold a text."""
PRESS = (
    "click {0}",
    "press {0}",
    "click on {0}",
    "hit {0}",
    "press the {1} {0}",
    "click the {0} {1}",
    "push {0}",
    "follow {0}",
    "use the {1} {0}",
    "{0}",
    "go to {0}",
)


def press(rng: Random, line: Line) -> Demand:
    wording = one_of(rng, PRESS, recased(rng, line.name), line.role)
    return Demand(wording=wording, action=clicked(line), once=deed(clicked(line), line))
