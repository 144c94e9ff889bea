"""Many questions of one kind about one page: what a model of this size needs to learn a kind that is hard."""

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
    """A question in the form of a student's prompt, and its answer; only the answer is learnt."""

    prompt: str
    answer: str


def list_names(rng: Random, page: SyntheticPage) -> list[Turn]:
    """Twice as many times as the page has elements with a name of their own, the question for the reference of one."""
    elements = with_own_name(page)
    before = f"PAGE:\n{page.text}"
    return [
        Turn(prompt=f"{'' if number else before}\n{quote(line.name)}", answer=f" [{line.ref}]")
        for number, line in enumerate(rng.choices(elements, k=2 * len(elements)) if elements else [])
    ]


def drill(rng: Random, *, size: int) -> list[Turn]:
    """Questions of one kind that needs two places of a page or more, about a page of this size that gives enough."""
    kind = rng.choice(HARD)
    while True:
        page = page_up_to(rng, size=size)
        lookups = (kind(rng, page) for _ in range(2 * MOST))
        distinct = list({(lookup.answer, lookup.last): lookup for lookup in lookups if lookup is not None}.values())
        if len(distinct) >= FEWEST:
            first, *others = map(turn_of, distinct[:MOST])
            return [Turn(prompt=f"PAGE:\n{page.text}{first.prompt}", answer=first.answer), *others]


def turn_of(lookup: Lookup) -> Turn:
    """The question alone, about a page that was shown before."""
    last = f"\nLAST: {lookup.last}" if lookup.last else ""
    return Turn(prompt=f"\nGOAL: {lookup.question}{last}\nANSWER:", answer=f" {lookup.answer}")
