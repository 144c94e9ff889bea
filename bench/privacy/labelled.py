"""The labelled set: pages of made-up lines, each with at most one private value of a known class and place.

A template is a line; templates are split into those that rules may be tuned on, those that only a reader is taught by,
those that nothing was tuned on, and hard ones, on which nothing was tuned either: without a label, or in words that no
list has. `strangers` are the untouched ones once more with names, streets and numbers that somebody else made up. Files
that have families are fragments of pages, as the browser gives them to an agent (`render`), in three or four languages;
those that are `fresh` are by somebody who had read none of the rules. Every page also holds lines of its language on
which nothing is private: all of them look private in files up to `seen-8`, a third of them in `seen-9`, half in later
ones, where no line stands on more than a fifth of a language's pages.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from bench.privacy.values import LINES, Values, read
from components.privacy.hits import Kind

Part = Literal["tuned", "taught", "untouched", "hard", "strangers", "fresh-12", "fresh-13"]
FILES: dict[Part, tuple[tuple[str, ...], ...]] = {
    "tuned": (
        *(("seen-1",), ("seen-2",), ("seen-3",), ("seen-4",)),
        ("tuning", "seen-1", "tuning-values"),
        *((f"seen-{number}", f"seen-{number}-values") for number in range(5, 17)),
    ),
    "taught": tuple((f"seen-{number}", f"seen-{number}-values") for number in range(17, 23)),
    "untouched": (("held-out",),),
    "hard": (("held-out",),),
    "strangers": (("held-out", "strangers"),),
    "fresh-12": (("fresh-12", "fresh-12-values"),),
    "fresh-13": (("fresh-13", "fresh-13-values"),),
}
"""Where a part's lines and values stand; a later file's values take the place of an earlier one's."""
NOTHING = "nothing"
REPEATS = 12
"""Pages of every template, each with other values and other lines around."""
AROUND = 6
_VALUE = re.compile(r"\{v(?:\.(\w+))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page, and where in it something private stands: `kind` None where nothing does."""

    text: str
    template: str
    language: str
    kind: Kind | None
    start: int = 0
    end: int = 0


def pages(part: Part, *, seed: int = 0, repeats: int = REPEATS) -> Iterator[Page]:
    """Every template of a part so many times, and as many pages without anything private as of one class."""
    for names in FILES[part]:
        yield from _pages(part, [LINES / f"{name}.yaml" for name in names], seed=seed, repeats=repeats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A way to write something private, or something that is not, in a fragment of a page."""

    kind: str
    language: str
    template: str
    lists: tuple[Path, ...]

    def filled(self, seed: str) -> Page:
        """The fragment alone, with made-up values."""
        values = Values(self.language, f"{seed} {self.template}", lists=self.lists)
        return _page(self.template, self.kind, values, around=[], repeat=0)


def families(part: Part) -> Iterator[Family]:
    """Those of all files of a part that have fragments of pages."""
    for names in FILES[part]:
        files = [LINES / f"{name}.yaml" for name in names]
        if (LINES.with_name("families") / files[0].name).exists():
            for kind, language, template in _templates(part, files):
                yield Family(kind=kind, language=language, template=template, lists=tuple(files))


def _pages(part: Part, files: list[Path], *, seed: int, repeats: int) -> Iterator[Page]:
    nothing = read(files[0])[NOTHING]
    for kind, language, template in _templates(part, files):
        for repeat in range(repeats if kind != NOTHING else repeats // 3):
            values = Values(language, f"{seed} {part} {template} {repeat}", lists=files)
            around = _of(nothing[language], "tuned")
            yield _page(template, kind, values, around=around, repeat=repeat)


def _templates(part: Part, files: list[Path]) -> Iterator[tuple[str, str, str]]:
    """Class, language and line of each."""
    for kind, languages in read(files[0]).items():
        for language, parts in languages.items() if kind != "values" else ():
            for template in _of(parts, part):
                yield kind, language, template


def _of(parts: dict[str, list[str]], part: Part) -> list[str]:
    """The lines of a part; two share one file, of the others a file has nothing else."""
    if part in ("untouched", "strangers", "hard"):
        return parts.get("hard" if part == "hard" else "untouched", [])
    return [line for lines in parts.values() for line in lines]


def _page(template: str, kind: str, values: Values, *, around: list[str], repeat: int) -> Page:
    chance = random.Random(f"{template} {values.language} {repeat}")
    lines = [_filled(line, values) for line in chance.sample(around, min(AROUND, len(around)))]
    at = chance.randrange(len(lines) + 1)
    before, _, after = template.partition(match[0]) if (match := _VALUE.search(template)) else (template, "", "")
    value = values.of(match[1] or kind) if match else ""
    before, after = _filled(before, values), _filled(after, values)
    lines.insert(at, before + value + after)
    start = sum(len(line) + 1 for line in lines[:at]) + (len(before) if value else 0)
    return Page(
        text="\n".join(lines),
        template=f"{values.language} {template}",
        language=values.language,
        kind=None if kind == NOTHING else cast("Kind", kind),
        start=start,
        end=start + len(value),
    )


def _filled(line: str, values: Values) -> str:
    def value(match: re.Match[str]) -> str:
        match match[1]:
            case "name":
                return values.name()
            case "w":
                return values.word()
            case "hex":
                return values.hex()
            case number:
                return values.digits(int(number[1:] or 2))

    return re.sub(r"\{(name|w|hex|n\d*)\}", value, line)
