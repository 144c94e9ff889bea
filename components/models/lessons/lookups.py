"""Questions about a synthetic page and their answers: what teaches a tiny model to find and to copy.

An answer is a reference (`[12]`), a text (`"Red"`) or both. The action language appears nowhere: a model trained on
these knows where things are and has never been told what to do with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import FIELD_ROLES, MARK_ROLES, Line, SyntheticPage

ORDINALS = (
    ("first", "1st"),
    ("second", "2nd"),
    ("third", "3rd"),
    ("fourth", "4th"),
    ("fifth", "5th"),
    ("sixth", "6th"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Attributes: last: what was done before, where the answer depends on it."""

    question: str
    answer: str
    last: str | None = None


def ask(rng: Random, page: SyntheticPage, *, easy: bool = False, memory: bool = False) -> Lookup:
    """A question this page can answer, of a random kind.

    Args:
        easy: it needs no more than one place of the page.
        memory: it may depend on what was done before.
    """
    kinds = EASY if easy else len(_KINDS) - (not memory)
    while True:
        found = rng.choices(_KINDS[:kinds], _WEIGHTS[:kinds])[0](rng, page)
        if found is not None:
            return found


def ref(line: Line) -> str:
    return f"[{line.ref}]"


def _said(rng: Random, text: str) -> str:
    """A name as a sentence mentions it: in double quotes, in single quotes or bare."""
    return rng.choice((quote(text), quote(text), f"'{text}'", text))


def _around(rng: Random, page: SyntheticPage, core: str) -> str:
    """The core of a question within words that mean nothing to it and stand in no name of the page."""
    before = " ".join(_idle(rng, page) for _ in range(rng.choice((0, 0, 1, 2, 4))))
    after = " ".join(_idle(rng, page) for _ in range(rng.choice((0, 0, 0, 1, 3))))
    text = f"{before} {core} {after}".strip()
    return text[:1].upper() + text[1:] if rng.random() < 0.5 else text


def _idle(rng: Random, page: SyntheticPage) -> str:
    while True:
        word = words.word(rng)
        if not any(word in line.name.lower().split() for line in page.lines):
            return word


def with_own_name(page: SyntheticPage) -> list[Line]:
    """Elements with a name that no other element has."""
    names = [line.name for line in page.elements]
    return [line for line in page.elements if line.name and names.count(line.name) == 1]


def _by_name(rng: Random, page: SyntheticPage) -> Lookup | None:
    unique = with_own_name(page)
    if not unique:
        return None
    line = rng.choice(unique)
    return Lookup(
        question=_around(rng, page, rng.choice(("the {}", "on {}", "{}")).format(_said(rng, line.name))),
        answer=ref(line),
    )


def _by_role_and_name(rng: Random, page: SyntheticPage) -> Lookup | None:
    named = [line for line in page.elements if line.name]
    same = [line for line in named if sum(o.name == line.name for o in named) > 1]
    pool = [
        line
        for line in (same if same and rng.random() < 0.7 else named)
        if sum((o.name, o.role) == (line.name, line.role) for o in named) == 1
    ]
    if not pool:
        return None
    line = rng.choice(pool)
    core = rng.choice(("{1} {0}", "{0} {1}", "{0} named {1}", "{1} (a {0})")).format(line.role, _said(rng, line.name))
    return Lookup(question=_around(rng, page, core), answer=ref(line))


def _name_of(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in page.elements if line.name]
    if not pool:
        return None
    line = rng.choice(pool)
    return Lookup(question=_around(rng, page, f"the name of [{line.ref}]"), answer=quote(line.name))


def _value_of(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in with_own_name(page) if line.value]
    if not pool:
        return None
    line = rng.choice(pool)
    return Lookup(question=_around(rng, page, f"the value of {_said(rng, line.name)}"), answer=quote(line.value))


def _neighbour(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The element or the text just after or before a line, as rows of a list need it."""
    names = [line.name for line in page.lines]
    pool = [i for i, line in enumerate(page.lines) if line.name and names.count(line.name) == 1]
    if not pool:
        return None
    at = rng.choice(pool)
    after = rng.random() < 0.7
    rest = page.lines[at + 1 :] if after else page.lines[:at][::-1]
    said, where = _said(rng, page.lines[at].name), "after" if after else "before"
    if rng.random() < 0.6:
        line = next((o for o in rest if o.ref is not None), None)
        return (
            line
            if line is None
            else Lookup(question=_around(rng, page, f"what stands {where} {said}"), answer=ref(line))
        )
    line = next((o for o in rest if o.name), None)
    return (
        line
        if line is None
        else Lookup(question=_around(rng, page, f"the text {where} {said}"), answer=quote(line.name))
    )


def _in_row(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The element of a given name that follows a given text, where that name stands more than once."""
    names = [line.name for line in page.elements]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    texts = [i for i, o in enumerate(page.lines) if o.ref is None and o.name]
    if not repeated or not texts:
        return None
    name, at = rng.choice(repeated), rng.choice(texts)
    if sum(o.name == page.lines[at].name for o in page.lines) > 1:
        return None
    line = next((o for o in page.lines[at + 1 :] if o.ref is not None and o.name == name), None)
    core = rng.choice(("{0} of {1}", "for {1} the {0}", "in {1} the {0}"))
    return (
        line
        if line is None
        else Lookup(
            question=_around(rng, page, core.format(_said(rng, name), _said(rng, page.lines[at].name))),
            answer=ref(line),
        )
    )


def _ordinal(rng: Random, page: SyntheticPage) -> Lookup | None:
    role = rng.choice([line.role for line in page.elements])
    pool = [line for line in page.elements if line.role == role]
    at = rng.randrange(min(len(pool), len(ORDINALS)))
    which, line = (rng.choice(ORDINALS[at]), pool[at]) if rng.random() < 0.75 else ("last", pool[-1])
    if rng.random() < 0.7 or not line.name:
        return Lookup(question=_around(rng, page, f"the {which} {role}"), answer=ref(line))
    return Lookup(question=_around(rng, page, f"the name of the {which} {role}"), answer=quote(line.name))


def _not_yet(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The first of some names that is not marked; where all are, the element that was named for then."""
    pool = [line for line in with_own_name(page) if line.role in MARK_ROLES]
    others = [line for line in with_own_name(page) if line.role not in MARK_ROLES]
    if not pool or not others:
        return None
    wanted = rng.sample(pool, rng.randint(1, min(len(pool), 5)))
    then = rng.choice(others)
    line = next((o for o in page.elements if o in wanted and not o.marked), then)
    names = (
        ", ".join(_said(rng, o.name) for o in wanted) if rng.random() < 0.7 else " and ".join(o.name for o in wanted)
    )
    return Lookup(
        question=f"of {names} the one not {page.notation.mark}, else {_said(rng, then.name)}", answer=ref(line)
    )


def _wrong_field(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The first of some fields whose value is not the given one, with that value; else the element named for then."""
    pool = [line for line in with_own_name(page) if line.role in FIELD_ROLES]
    others = [line for line in with_own_name(page) if line.role not in FIELD_ROLES]
    if not pool or not others:
        return None
    chosen = [o for o in rng.sample(pool, rng.randint(1, min(len(pool), 3)))]
    chosen.sort(key=pool.index)
    wanted = [(o, o.value if o.value and rng.random() < 0.6 else words.label(rng)) for o in chosen]
    then = rng.choice(others)
    answer = next((f"{ref(o)} {quote(value)}" for o, value in wanted if o.value != value), ref(then))
    pairs = ", ".join(f"{_said(rng, o.name)} {rng.choice(('is', '=', 'as'))} {_said(rng, v)}" for o, v in wanted)
    return Lookup(
        question=f"{rng.choice(('with', 'where', 'so that'))} {pairs}, else {_said(rng, then.name)}", answer=answer
    )


def _quoted_in_goal(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the question itself, and the element it belongs to."""
    unique = [line for line in with_own_name(page) if line.role in FIELD_ROLES] or with_own_name(page)
    if not unique:
        return None
    line, text = rng.choice(unique), words.label(rng)
    core = rng.choice(("{0} in {1}", "{0} into the {1}", "{1}: {0}", "{1} gets {0}")).format(
        quote(text), _said(rng, line.name)
    )
    return Lookup(question=_around(rng, page, core), answer=f"{ref(line)} {quote(text)}")


def _only_of_role(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the question and the only element of a role, which need not have a name."""
    roles = [line.role for line in page.elements]
    single = [line for line in page.elements if roles.count(line.role) == 1]
    if not single:
        return None
    line, text = rng.choice(single), words.label(rng)
    if rng.random() < 0.5:
        return Lookup(question=_around(rng, page, f"the {line.role}"), answer=ref(line))
    return Lookup(question=_around(rng, page, f"{quote(text)} in the {line.role}"), answer=f"{ref(line)} {quote(text)}")


def _copied(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the page beside a field: where it stands, then what to hold there."""
    texts = [line for line in page.lines if line.ref is None and line.name]
    fields = [line for line in page.elements if line.role in FIELD_ROLES]
    if not texts or not fields:
        return None
    source, field = rng.choice(texts), rng.choice(fields)
    if sum(o.role == source.role for o in page.lines) > 1 or sum(o.role == field.role for o in page.lines) > 1:
        return None
    core = f"{rng.choice(('the {0} in the {1}', 'in {1} the {0}'))}".format(source.role, field.role)
    return Lookup(question=_around(rng, page, core), answer=f"{ref(field)} {quote(source.name)}")


def _part_of_name(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in with_own_name(page) if " " in line.name]
    if not pool:
        return None
    line = rng.choice(pool)
    part = rng.choice(line.name.split(" "))
    if sum(part in o.name.split(" ") for o in page.elements) > 1:
        return None
    return Lookup(question=_around(rng, page, f"with {_said(rng, part)} in its name"), answer=ref(line))


def _option(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The list that offers a choice, with the choice."""
    pool = [line for line in page.elements if line.options]
    if not pool:
        return None
    line = rng.choice(pool)
    choice = rng.choice(line.options)
    if sum(choice in o.options for o in pool) > 1:
        return None
    core = _said(rng, choice)
    if line.name and rng.random() < 0.5:
        core = f"{core} {rng.choice(('of', 'in the', 'for'))} {_said(rng, line.name)}"
    return Lookup(question=_around(rng, page, core), answer=f"{ref(line)} {quote(choice)}")


def _by_hint(rng: Random, page: SyntheticPage) -> Lookup | None:
    """An element without a name, by one word of its hint; where several have it, the one after a given text."""
    pool = [line for line in page.elements if line.hint]
    if not pool:
        return None
    line = rng.choice(pool)
    said = rng.choice(line.hint.strip("#.").replace("-", ".").split("."))
    if sum(said in o.hint for o in pool) == 1:
        return Lookup(
            question=_around(rng, page, f"the {said} {rng.choice((line.role, 'icon', 'one'))}"), answer=ref(line)
        )
    at = page.lines.index(line)
    before = next((o for o in page.lines[:at][::-1] if o.name and sum(o.name == p.name for p in page.lines) == 1), None)
    between = page.lines[page.lines.index(before) + 1 : at] if before else []
    if before is None or any(said in o.hint for o in between):
        return None
    name, part = before.name, rng.choice(before.name.split(" "))
    if sum(part in o.name.split(" ") for o in page.lines) == 1 and rng.random() < 0.5:
        name = part
    return Lookup(question=_around(rng, page, f"the {said} of {_said(rng, name)}"), answer=ref(line))


def _marked(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in page.elements if line.marked]
    if not pool:
        return None
    which, line = rng.choice((("first", pool[0]), ("last", pool[-1])))
    return Lookup(question=_around(rng, page, f"the {which} that is {page.notation.mark}"), answer=ref(line))


def _in_table(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The cell after one of a given text, in its row; and where there is one field alone, that it is to hold it."""
    names = [line.name for line in page.lines]
    cells = [
        (cell, after)
        for cell, after in pairwise(page.lines)
        if cell.row and cell.row == after.row and after.name and names.count(cell.name) == 1
    ]
    if not cells:
        return None
    cell, after = rng.choice(cells)
    core = rng.choice(("the value of {}", "{} in its row", "what {} is")).format(_said(rng, cell.name))
    fields = [line for line in page.elements if line.role in FIELD_ROLES]
    if len(fields) == 1 and rng.random() < 0.7:
        core = f"{core} {rng.choice(('in', 'into'))} the {rng.choice((fields[0].role, 'field'))}"
        return Lookup(question=_around(rng, page, core), answer=f"{ref(fields[0])} {quote(after.name)}")
    return Lookup(question=_around(rng, page, core), answer=quote(after.name))


def _in_turn(rng: Random, page: SyntheticPage) -> Lookup | None:
    """Of elements to be had one after the other, the one after that which was had last."""
    pool = with_own_name(page)
    if len(pool) < 2:
        return None
    wanted = rng.sample(pool, rng.randint(2, min(4, len(pool))))
    at = rng.randrange(len(wanted))
    names = rng.choice((", then ", ", ", " and then ", " > ")).join(_said(rng, line.name) for line in wanted)
    last = page.show(wanted[at - 1]).strip() if at else "none"
    return Lookup(question=f"one by one {names}", answer=ref(wanted[at]), last=last)


_Kind = Callable[[Random, SyntheticPage], Lookup | None]
_KINDS: tuple[_Kind, ...]
_KINDS, _WEIGHTS = zip(
    *(
        (_by_name, 5),
        (_by_role_and_name, 5),
        (_name_of, 2),
        (_value_of, 2),
        (_quoted_in_goal, 3),
        (_only_of_role, 3),
        (_option, 4),
        (_ordinal, 2),
        (_part_of_name, 2),
        (_by_hint, 3),
        (_neighbour, 6),
        (_in_row, 4),
        (_copied, 3),
        (_marked, 2),
        (_in_table, 4),
        (_not_yet, 8),
        (_wrong_field, 6),
        (_in_turn, 6),
    ),
    strict=True,
)
EASY = 9
"""How many kinds, from the first one on, are easy; one of them, the ordinal, every page can answer. The last kind alone
depends on what was done before."""
