"""Errands on synthetic pages: a goal of one or several demands, and the next action, in the action language.

They teach the base what a large model knows already: that a goal is met piece by piece, that what the page shows as
done is done, and how an action is written. Names mean nothing, there are many wordings, and no page, label or sentence
is a benchmark's.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from components.models.lessons import words
from components.models.lessons.copies import copying, table
from components.models.lessons.demands import Demand, Part, clicked, one_of, press
from components.models.lessons.drills import Turn
from components.models.lessons.forms import (
    amounts,
    date_or_time,
    dropdown,
    form,
    marks,
    same_twice,
    suggestions,
    text_field,
)
from components.models.lessons.pages import FIELD_ROLES, Line, Notation, SyntheticPage
from components.models.lessons.ways import buttons, menu, message, rows, search, sections

GOALS = 15
"""How many goals are tried for one page; in every other one all but the last demand must be met."""
WRITTEN = Notation(value="value ", mark="checked", nesting=False)
"""The notation of real observations."""
KINDS = {
    text_field: 6,
    form: 6,
    date_or_time: 2,
    same_twice: 4,
    copying: 6,
    marks: 5,
    dropdown: 3,
    amounts: 3,
    table: 4,
    suggestions: 4,
    buttons: 4,
    sections: 5,
    menu: 3,
    rows: 6,
    search: 5,
    message: 3,
}
ENDS = ("Submit", "OK", "Send", "Save", "Done", "Go")
ONCE = 0.4
"""Of the next clicks that leave no trace, the share that has been done already, as the last deed in the history
says."""


def errand(rng: Random, *, size: int) -> list[Turn]:
    """One page and several goals on it: the first as a student's whole prompt, the others without the page."""
    while True:
        parts, final = _parts(rng, size=size)
        page = _page([*(part.lines for part in parts), *([(final,)] if final else [])])
        fields = _fields(page)
        drawn = (_goal(rng, parts, final, fields=fields, ends=bool(number % 2)) for number in range(GOALS))
        goals = list({goal: (goal, last, action) for goal, last, action in filter(None, drawn)}.values())
        if goals:
            (goal, last, action), *others = goals
            text = f"GOAL: {goal}\nLAST: {last}\nPAGE:\n{page.text}\nGOAL: {goal}\nACTION:"
            more = (
                Turn(prompt=f"\nLAST: {last}\nGOAL: {goal}\nACTION:", answer=f" {act}") for goal, last, act in others
            )
            return [Turn(prompt=text, answer=f" {action}"), *more]


def _parts(rng: Random, *, size: int) -> tuple[list[Part], Line | None]:
    """Parts with about this many lines in all, with references, and the button that submits the page."""
    parts: list[Part] = []
    most = rng.choice((1, 1, 2, 2, 3, 4))
    while len(parts) < most:
        part = rng.choices(list(KINDS), list(KINDS.values()))[0](rng)
        if parts and sum(len(each.lines) for each in (*parts, part)) > size:
            break
        parts.append(part)
    if rng.random() < 0.3:
        idle = tuple(Line(role="text", name=words.sentence(rng)) for _ in range(rng.choice((1, 1, 2, 3))))
        parts.insert(rng.randrange(len(parts) + 1), Part(lines=idle, ask=lambda *_: None))
    final = None
    if rng.random() < 0.75:
        name = rng.choice(ENDS) if rng.random() < 0.4 else words.label(rng)
        final = Line(role=rng.choice(("button", "button", "button", "link", "clickable")), name=name, ref=0)
    refs = iter(range(1, 400) if rng.random() < 0.7 else sorted(rng.sample(range(1, 400), 200)))
    numbered = [
        replace(
            part, lines=tuple(replace(line, ref=next(refs)) if line.ref is not None else line for line in part.lines)
        )
        for part in parts
    ]
    return numbered, replace(final, ref=next(refs)) if final else None


def _page(groups: list[tuple[Line, ...]]) -> SyntheticPage:
    lines: list[Line] = []
    for group in groups:
        row = max([0, *(line.row for line in lines)])
        lines += [replace(line, row=line.row + row if line.row else 0) for line in group]
    return SyntheticPage(lines=tuple(lines), notation=WRITTEN)


def _fields(page: SyntheticPage) -> tuple[Line, ...]:
    """The fields that can be asked to hold a text, in order."""
    return tuple(line for line in page.lines if line.role in FIELD_ROLES and not line.options and not line.state)


def _goal(
    rng: Random, parts: list[Part], final: Line | None, *, fields: tuple[Line, ...], ends: bool
) -> tuple[str, str, str] | None:
    """Goal, last action and the next one; None where nothing is left to do, or it cannot be said, or, where the goal
    is to be at its end, something else than the last click."""
    chosen = sorted(rng.sample(range(len(parts)), rng.randint(1, min(3, len(parts)))))
    demands = [demand for at in chosen if (demand := parts[at].ask(rng, parts[at].lines, fields))]
    if not demands:
        return None
    if final is not None and rng.random() < 0.85:
        demands.append(press(rng, final))
    at = next((at for at, demand in enumerate(demands) if demand.action), None)
    if at is None or (ends and final is not None and demands[at].action != clicked(final)):
        return None
    after = demands[at + 1] if at + 1 < len(demands) else None
    if demands[at].once and after and after.action and not after.done and rng.random() < ONCE:
        return _joined(rng, demands), demands[at].once, after.action
    last = demands[at].done or next((demand.done for demand in demands[:at][::-1] if demand.done), "")
    return _joined(rng, demands), last or "none", demands[at].action


LINKS = (", ", " and ", ", then ", " and then ", ", and ", ". Then ", "; ")
BEFORE = ("Please {}", "Now {}", "On this page {}", "Here: {}", "Your task: {}")


def _joined(rng: Random, demands: list[Demand]) -> str:
    text = rng.choice(LINKS).join(demand.wording for demand in demands)
    text = one_of(rng, BEFORE, text) if rng.random() < 0.3 else text
    return (text[:1].upper() + text[1:] if rng.random() < 0.8 else text) + rng.choice(("", ".", "."))
