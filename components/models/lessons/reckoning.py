"""Questions that need more than finding: comparing numbers, and upper or lower case."""

from __future__ import annotations

from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import FIELD_ROLES, Line, SyntheticPage
from components.models.lessons.questions import Lookup, amid, ref, say, with_own_name

NEAR = 4
"""A number in a question is often the one on the page, else mostly at most this far from it."""


def extreme(rng: Random, page: SyntheticPage) -> Lookup | None:
    """Of elements named by numbers, the one with the greatest or the smallest number."""
    pool = {number: line for line in with_own_name(page) if (number := _number(line.name)) is not None}
    if len(pool) < 2:
        return None
    choose, superlatives = rng.choice(
        ((max, ("greatest", "largest", "highest")), (min, ("smallest", "least", "lowest")))
    )
    core = rng.choice(("the {} number", "the one with the {} number", "the {}")).format(rng.choice(superlatives))
    return Lookup(question=amid(rng, page, core), answer=ref(pool[choose(pool)]))


def compared(rng: Random, page: SyntheticPage) -> Lookup | None:
    """Which element to take if a number on the page is below another one, above it, or equal."""
    numbers = [number for line in page.lines if (number := _number(line.value or _static(line))) is not None]
    others = [line for line in with_own_name(page) if _number(line.name) is None and not line.value]
    if len(numbers) != 1 or len(others) < 3:
        return None
    limit = numbers[0] + rng.choice((0, 0, *range(-NEAR, NEAR + 1), rng.randint(-50, 50)))
    below, above, same = rng.sample(others, 3)
    line = same if numbers[0] == limit else below if numbers[0] < limit else above
    parts = [
        f"{rng.choice(('below', 'less'))} {say(rng, below.name)}",
        f"{rng.choice(('above', 'more'))} {say(rng, above.name)}",
    ]
    rng.shuffle(parts)
    return Lookup(question=f"{limit}: {', '.join(parts)}, then {say(rng, same.name)}", answer=ref(line))


def in_case(rng: Random, page: SyntheticPage) -> Lookup | None:
    """A text of the question in upper or lower case, and the field for it, which is named or the only one."""
    fields = [line for line in page.elements if line.role in FIELD_ROLES and not line.options]
    if not fields:
        return None
    line, text = rng.choice(fields), words.label(rng)
    if len(fields) > 1 and line not in with_own_name(page):
        return None
    source = rng.choice((text, text.upper(), text.lower(), text.capitalize()))
    change = rng.choice((str.upper, str.lower))
    letters = rng.choice(("upper case", "capital letters") if change is str.upper else ("lower case", "small letters"))
    place = f" {rng.choice(('in', 'into'))} {say(rng, line.name) if line.name else line.role}"
    core = f"{rng.choice((quote(source), source))} in {letters}{place if len(fields) > 1 or rng.random() < 0.5 else ''}"
    return Lookup(question=amid(rng, page, core), answer=f"{ref(line)} {quote(change(source))}")


def _static(line: Line) -> str:
    return line.name if line.ref is None else ""


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 5 else None
