"""The labelled set: pages of made-up lines, each with at most one private value of a known class and place.

A template is a line; templates are split into those that rules may be tuned on, those that nothing was tuned on, and
hard ones, on which nothing was tuned either: without a label, or in words that no list has.
Every page also holds lines of its language and of the same part that only look private.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import yaml

from bench.privacy.values import Values
from components.privacy.hits import Kind

Part = Literal["tuned", "untouched", "hard"]
TEMPLATES = Path(__file__).with_name("templates.yaml")
NOTHING = "nothing"
REPEATS = 12
"""Pages of every template, each with other values and other lines around."""
AROUND = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and where in it something private stands: `kind` None where nothing does."""

    text: str
    template: str
    language: str
    kind: Kind | None
    start: int = 0
    end: int = 0


def pages(part: Part, *, seed: int = 0) -> Iterator[Page]:
    """Every template of a part `REPEATS` times, and as many pages without anything private as of one class."""
    written = yaml.safe_load(TEMPLATES.read_text())
    around = {language: parts["untouched" if part == "hard" else part] for language, parts in written[NOTHING].items()}
    for kind, languages in written.items():
        for language, parts in languages.items():
            for template in parts.get(part, ()):
                for repeat in range(REPEATS if kind != NOTHING else REPEATS // 3):
                    values = Values(language, f"{seed} {part} {template} {repeat}")
                    yield _page(template, kind, values, around=around[language], repeat=repeat)


def _page(template: str, kind: str, values: Values, *, around: list[str], repeat: int) -> Page:
    chance = random.Random(f"{template} {values.language} {repeat}")
    lines = [_filled(line, values) for line in chance.sample(around, AROUND)]
    at = chance.randrange(AROUND + 1)
    value = "" if kind == NOTHING else values.of(cast("Kind", kind))
    lines.insert(at, _filled(template, values).replace("{v}", value))
    start = sum(len(line) + 1 for line in lines[:at]) + (lines[at].index(value) if value else 0)
    return Page(
        text="\n".join(lines),
        template=f"{values.language} {template}",
        language=values.language,
        kind=None if kind == NOTHING else cast("Kind", kind),
        start=start,
        end=start + len(value),
    )


def _filled(line: str, values: Values) -> str:
    def value(found: re.Match[str]) -> str:
        match found[1]:
            case "name":
                return values.name()
            case "w":
                return values.word()
            case "hex":
                return values.hex()
            case number:
                return values.digits(int(number[1:] or 2))

    return re.sub(r"\{(name|w|hex|n\d*)\}", value, line)
