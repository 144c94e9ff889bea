"""Many questions of one kind about one page: a small model needs them to learn the hard kinds."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from components.browser.quoting import quote
from components.models.lessons.lookups import HARD
from components.models.lessons.pages import SyntheticPage, page_up_to
from components.models.lessons.questions import Lookup, with_own_name

FEWEST, MOST = 3, 12
"""Different questions a drill needs, and has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question in the form of a student's prompt, and its answer; the loss is on the answer alone."""

    prompt: str
    answer: str


def list_names(rng: Random, page: SyntheticPage) -> list[Turn]:
    """Questions for the reference of an element with a unique name: twice as many as there are such elements."""
    elements = with_own_name(page)
    before = f"PAGE:\n{page.text}"
    return [
        Turn(prompt=f"{'' if number else before}\n{quote(line.name)}", answer=f" [{line.ref}]")
        for number, line in enumerate(rng.choices(elements, k=2 * len(elements)) if elements else [])
    ]


def drill(rng: Random, *, size: int) -> list[Turn]:
    """Questions of one kind that needs two places of a page or more, about a random page of this size."""
    kind = rng.choice(HARD)
    while True:
        page = page_up_to(rng, size=size)
        lookups = (kind(rng, page) for _ in range(2 * MOST))
        distinct = list({(lookup.answer, lookup.last): lookup for lookup in lookups if lookup is not None}.values())
        if len(distinct) >= FEWEST:
            first, *others = map(turn_of, distinct[:MOST])
            return [Turn(prompt=f"PAGE:\n{page.text}{first.prompt}", answer=first.answer), *others]


def turn_of(lookup: Lookup) -> Turn:
    """A question without its page, which an earlier turn showed."""
    last = f"\nLAST: {lookup.last}" if lookup.last else ""
    return Turn(prompt=f"\nGOAL: {lookup.question}{last}\nANSWER:", answer=f" {lookup.answer}")
