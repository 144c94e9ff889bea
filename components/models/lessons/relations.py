"""Questions that need two places of a page or more: rows, neighbours, what is left to do, what comes next."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import FIELD_ROLES, MARK_ROLES, SyntheticPage
from components.models.lessons.questions import Lookup, amid, ref, say, with_own_name


def neighbour(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The element or text next to a line, as in rows of a list."""
    names = [line.name for line in page.lines]
    pool = [i for i, line in enumerate(page.lines) if line.name and names.count(line.name) == 1]
    if not pool:
        return None
    at = rng.choice(pool)
    after = rng.random() < 0.7
    lines = page.lines[at + 1 :] if after else page.lines[:at][::-1]
    name, side = say(rng, page.lines[at].name), "after" if after else "before"
    if rng.random() < 0.6:
        line = next((o for o in lines if o.ref is not None), None)
        return (
            line if line is None else Lookup(question=amid(rng, page, f"what stands {side} {name}"), answer=ref(line))
        )
    line = next((o for o in lines if o.name), None)
    return (
        line if line is None else Lookup(question=amid(rng, page, f"the text {side} {name}"), answer=quote(line.name))
    )


def in_row(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The element of a given name after a given text, where several have that name."""
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
            question=amid(rng, page, core.format(say(rng, name), say(rng, page.lines[at].name))),
            answer=ref(line),
        )
    )


def in_table(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The cell after one with a given text, in its row; with the only field of the page, if there is just one."""
    names = [line.name for line in page.lines]
    cells = [
        (cell, after)
        for cell, after in pairwise(page.lines)
        if cell.row and cell.row == after.row and after.name and names.count(cell.name) == 1
    ]
    if not cells:
        return None
    cell, after = rng.choice(cells)
    core = rng.choice(("the value of {}", "{} in its row", "what {} is")).format(say(rng, cell.name))
    fields = [line for line in page.elements if line.role in FIELD_ROLES]
    if len(fields) == 1 and rng.random() < 0.7:
        core = f"{core} {rng.choice(('in', 'into'))} the {rng.choice((fields[0].role, 'field'))}"
        return Lookup(question=amid(rng, page, core), answer=f"{ref(fields[0])} {quote(after.name)}")
    return Lookup(question=amid(rng, page, core), answer=quote(after.name))


def copied(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the page and a field: the field's reference, then the text to copy into it."""
    texts = [line for line in page.lines if line.ref is None and line.name]
    fields = [line for line in page.elements if line.role in FIELD_ROLES]
    if not texts or not fields:
        return None
    source, field = rng.choice(texts), rng.choice(fields)
    if sum(o.role == source.role for o in page.lines) > 1 or sum(o.role == field.role for o in page.lines) > 1:
        return None
    core = f"{rng.choice(('the {0} in the {1}', 'in {1} the {0}'))}".format(source.role, field.role)
    return Lookup(question=amid(rng, page, core), answer=f"{ref(field)} {quote(source.name)}")


def not_yet(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The first of several names that is not checked; if all are, the element that the question names for that case."""
    pool = [line for line in with_own_name(page) if line.role in MARK_ROLES]
    others = [line for line in with_own_name(page) if line.role not in MARK_ROLES]
    if not pool or not others:
        return None
    wanted = rng.sample(pool, rng.randint(1, min(len(pool), 5)))
    then = rng.choice(others)
    line = next((o for o in page.elements if o in wanted and not o.marked), then)
    names = ", ".join(say(rng, o.name) for o in wanted) if rng.random() < 0.7 else " and ".join(o.name for o in wanted)
    return Lookup(question=f"of {names} the one not {page.notation.mark}, else {say(rng, then.name)}", answer=ref(line))


def wrong_field(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The first of several fields without its given value, with that value; if none, the element named for that
    case."""
    pool = [line for line in with_own_name(page) if line.role in FIELD_ROLES]
    others = [line for line in with_own_name(page) if line.role not in FIELD_ROLES]
    if not pool or not others:
        return None
    chosen = [o for o in rng.sample(pool, rng.randint(1, min(len(pool), 3)))]
    chosen.sort(key=pool.index)
    wanted = [(o, o.value if o.value and rng.random() < 0.6 else words.label(rng)) for o in chosen]
    then = rng.choice(others)
    answer = next((f"{ref(o)} {quote(value)}" for o, value in wanted if o.value != value), ref(then))
    pairs = ", ".join(f"{say(rng, o.name)} {rng.choice(('is', '=', 'as'))} {say(rng, v)}" for o, v in wanted)
    return Lookup(
        question=f"{rng.choice(('with', 'where', 'so that'))} {pairs}, else {say(rng, then.name)}", answer=answer
    )


def in_turn(rng: Random, page: SyntheticPage) -> Lookup | None:
    """Of elements to use in turn, the one after the last that was used."""
    pool = with_own_name(page)
    if len(pool) < 2:
        return None
    wanted = rng.sample(pool, rng.randint(2, min(4, len(pool))))
    at = rng.randrange(len(wanted))
    names = rng.choice((", then ", ", ", " and then ", " > ")).join(say(rng, line.name) for line in wanted)
    last = page.show(wanted[at - 1]).strip() if at else "none"
    return Lookup(question=f"one by one {names}", answer=ref(wanted[at]), last=last)
