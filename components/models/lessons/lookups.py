"""Questions about a synthetic page and their answers, which teach a tiny model to find and to copy.

An answer is a reference (`[12]`), a text (`"Red"`) or both. The action language does not appear: acting is taught by
errands.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import FIELD_ROLES, SyntheticPage
from components.models.lessons.questions import ORDINALS, Lookup, amid, ref, say, with_own_name
from components.models.lessons.reckoning import compared, extreme, in_case
from components.models.lessons.relations import (
    copied,
    in_row,
    in_table,
    in_turn,
    neighbour,
    not_yet,
    wrong_field,
)


def ask(rng: Random, page: SyntheticPage, *, easy: bool = False, memory: bool = False) -> Lookup:
    """A question of a random kind that this page answers.

    Args:
        easy: it needs no more than one place of the page.
        memory: it may depend on what was done before.
    """
    kinds = EASY if easy else len(_KINDS) - (not memory)
    while True:
        lookup = rng.choices(_KINDS[:kinds], _WEIGHTS[:kinds])[0](rng, page)
        if lookup is not None:
            return lookup


def _by_name(rng: Random, page: SyntheticPage) -> Lookup | None:
    unique = with_own_name(page)
    if not unique:
        return None
    line = rng.choice(unique)
    return Lookup(
        question=amid(rng, page, rng.choice(("the {}", "on {}", "{}")).format(say(rng, line.name))),
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
    core = rng.choice(("{1} {0}", "{0} {1}", "{0} named {1}", "{1} (a {0})")).format(line.role, say(rng, line.name))
    return Lookup(question=amid(rng, page, core), answer=ref(line))


def _name_of(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in page.elements if line.name]
    if not pool:
        return None
    line = rng.choice(pool)
    return Lookup(question=amid(rng, page, f"the name of [{line.ref}]"), answer=quote(line.name))


def _value_of(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in with_own_name(page) if line.value]
    if not pool:
        return None
    line = rng.choice(pool)
    return Lookup(question=amid(rng, page, f"the value of {say(rng, line.name)}"), answer=quote(line.value))


def _ordinal(rng: Random, page: SyntheticPage) -> Lookup | None:
    role = rng.choice([line.role for line in page.elements])
    pool = [line for line in page.elements if line.role == role]
    at = rng.randrange(min(len(pool), len(ORDINALS)))
    which, line = (rng.choice(ORDINALS[at]), pool[at]) if rng.random() < 0.75 else ("last", pool[-1])
    if rng.random() < 0.7 or not line.name:
        return Lookup(question=amid(rng, page, f"the {which} {role}"), answer=ref(line))
    return Lookup(question=amid(rng, page, f"the name of the {which} {role}"), answer=quote(line.name))


def _quoted_in_goal(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the question itself, and the element it belongs to."""
    unique = [line for line in with_own_name(page) if line.role in FIELD_ROLES] or with_own_name(page)
    if not unique:
        return None
    line, text = rng.choice(unique), words.label(rng)
    core = rng.choice(("{0} in {1}", "{0} into the {1}", "{1}: {0}", "{1} gets {0}")).format(
        quote(text), say(rng, line.name)
    )
    return Lookup(question=amid(rng, page, core), answer=f"{ref(line)} {quote(text)}")


def _only_of_role(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the question and the only element of a role, which need not have a name."""
    roles = [line.role for line in page.elements]
    single = [line for line in page.elements if roles.count(line.role) == 1]
    if not single:
        return None
    line, text = rng.choice(single), words.label(rng)
    if rng.random() < 0.5:
        return Lookup(question=amid(rng, page, f"the {line.role}"), answer=ref(line))
    return Lookup(question=amid(rng, page, f"{quote(text)} in the {line.role}"), answer=f"{ref(line)} {quote(text)}")


def _part_of_name(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in with_own_name(page) if " " in line.name]
    if not pool:
        return None
    line = rng.choice(pool)
    part = rng.choice(line.name.split(" "))
    if sum(part in o.name.split(" ") for o in page.elements) > 1:
        return None
    return Lookup(question=amid(rng, page, f"with {say(rng, part)} in its name"), answer=ref(line))


def _option(rng: Random, page: SyntheticPage) -> Lookup | None:
    """The list that offers a choice, with the choice."""
    pool = [line for line in page.elements if line.options]
    if not pool:
        return None
    line = rng.choice(pool)
    choice = rng.choice(line.options)
    if sum(choice in o.options for o in pool) > 1:
        return None
    core = say(rng, choice)
    if line.name and rng.random() < 0.5:
        core = f"{core} {rng.choice(('of', 'in the', 'for'))} {say(rng, line.name)}"
    return Lookup(question=amid(rng, page, core), answer=f"{ref(line)} {quote(choice)}")


def _by_hint(rng: Random, page: SyntheticPage) -> Lookup | None:
    """An element without a name, by one word of its hint; where several have it, the one after a given text."""
    pool = [line for line in page.elements if line.hint]
    if not pool:
        return None
    line = rng.choice(pool)
    hint_word = rng.choice(line.hint.strip("#.").replace("-", ".").split("."))
    if sum(hint_word in o.hint for o in pool) == 1:
        return Lookup(
            question=amid(rng, page, f"the {hint_word} {rng.choice((line.role, 'icon', 'one'))}"), answer=ref(line)
        )
    at = page.lines.index(line)
    before = next((o for o in page.lines[:at][::-1] if o.name and sum(o.name == p.name for p in page.lines) == 1), None)
    between = page.lines[page.lines.index(before) + 1 : at] if before else []
    if before is None or any(hint_word in o.hint for o in between):
        return None
    name, part = before.name, rng.choice(before.name.split(" "))
    if sum(part in o.name.split(" ") for o in page.lines) == 1 and rng.random() < 0.5:
        name = part
    return Lookup(question=amid(rng, page, f"the {hint_word} of {say(rng, name)}"), answer=ref(line))


def _marked(rng: Random, page: SyntheticPage) -> Lookup | None:
    pool = [line for line in page.elements if line.marked]
    if not pool:
        return None
    which, line = rng.choice((("first", pool[0]), ("last", pool[-1])))
    return Lookup(question=amid(rng, page, f"the {which} that is {page.notation.mark}"), answer=ref(line))


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
        (neighbour, 6),
        (in_row, 4),
        (copied, 3),
        (_marked, 2),
        (in_table, 4),
        (not_yet, 8),
        (wrong_field, 6),
        (extreme, 4),
        (compared, 2),
        (in_case, 3),
        (in_turn, 6),
    ),
    strict=True,
)
EASY = 9
"""How many kinds, from the first one on, are easy; one of them, the ordinal, every page can answer. The last kind alone
depends on what was done before."""
HARD = (_option, neighbour, in_row, in_table, not_yet, in_turn, compared, in_case)
"""Kinds that a model of this size learns only when it is asked them many times about one page."""
