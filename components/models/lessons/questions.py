"""Questions about a page, and how they mention names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.pages import Line, SyntheticPage

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


def ref(line: Line) -> str:
    return f"[{line.ref}]"


def say(rng: Random, text: str) -> str:
    """A name as a sentence mentions it: in double quotes, single quotes or none."""
    return rng.choice((quote(text), quote(text), f"'{text}'", text))


def amid(rng: Random, page: SyntheticPage, core: str) -> str:
    """The core of a question among filler words that occur in no name of the page."""
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
    """Elements with a unique name."""
    names = [line.name for line in page.elements]
    return [line for line in page.elements if line.name and names.count(line.name) == 1]
