"""Dates of birth that are no user's: those of animals, brands, years of children, people whom papers write about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.hits import Hit
from components.privacy.lexicon import FULL_NAME, Span, Spans, end_of_line, line_ends

_BETWEEN = re.compile(
    r"(?<!\w)(?:born (?:between|in the years?)|geboren zwischen|zwischen (?:dem )?\d|nés? entre|nées? entre"
    r"|nacid[oa]s? entre)(?!\w)|(?<!\w)(?:jahrgänge|nées? et nés en|nés en|nacid[oa]s en) \Z"
)
_AND_YOUNGER = re.compile(
    r" ?(?:und|and|or|oder|et|ou|y|o) (?:jünger|älter|später|früher|younger|older|later|earlier|before|after"
    r"|plus jeunes|avant|après|anteriores|posteriores|menores)(?!\w)| ?[-–/] ?(?:19|20)?\d\d(?!\d)"
)
"""Behind a year: it bounds when people are born."""
_ALLERGY = re.compile(r"allerg|alérgic")
_PAUSE = re.compile(r"[.;:,\n\"]")
LONGEST, SUBJECT, OLDEST = 160, 60, 1990
"""Characters behind a date that are read, and those before it in which its subject stands; the year before which no
animal was born that lives."""
_ROW, _TERM, _TEXT, _HEADING = (
    re.compile(rf"[ ]*{begins}") for begins in (r"\|", r"term \"", r"(?:text|definition) \"", r"heading \"")
)
ALIVE, MOURNED = 1900, 1990
"""Years: nobody born before the first is alive; who died before the second is a person of history, no user."""
_LIFE = re.compile(r"\s?[–—-]\s?(?:†\s?)?[\w. ]{0,20}?(1\d\d\d)\s?[);,]")
"""The end of a life, behind its beginning."""
_TOLD_OF = re.compile(
    r"[^.;\n\"]{0,40}?\)?,? (?:is|was|ist|war|es|fue|est|était) (?:an?|the|one of|eine?r?|der|die|un[ae]?|el|la|le"
    r"|l['’])(?!\w)"
)
"""Behind a date of birth: who somebody is, as a work of reference says it."""
SAID = 40
"""Characters behind it in which a word may say that it is a patient, a tenant or the like."""
_BOUND = re.compile(
    r"(?<!\w)(?:(?:babies|children|people|persons|anyone|everyone|those|adults|kids|pupils|boys|girls|women|men) born"
    r" (?:in|on|since|from|between)|(?:kinder|personen|alle|wer|jungen|mädchen|jahrgänge) (?:der jahrgänge|geboren)?"
    r"|before|prior to|between|on or after|on or before|vor dem|zwischen dem|ab dem|bis zum|avant le|entre le"
    r"|à partir du|antes del?|entre el|a partir del?) \Z"
)
"""Before a date that bounds when people are born."""
_ANCIENT = re.compile(r"(?<!\d)1[0-9]\d\d(?!\d)")
ROWS, TERMS = 60, 12
"""Rows above a row, and lines around a term and what it says, that are read."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class Births:
    """What of a page's dates of birth is no user's.

    Args:
        plain, text, lower: from `views.folded`, from `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """

    def __init__(self, plain: str, text: str, lower: str, spans_of: dict[str, Spans]) -> None:
        self._plain, self._text, self._lower, self._spans_of = plain, text, lower, spans_of

    def holds(self, hit: Hit, line: Span, *, is_personal: bool) -> bool:
        """
        Args:
            line: the hit's.
            is_personal: whether the line speaks of somebody, or to somebody.
        """
        if self._is_told_of_an_animal(hit) or self._is_of_the_dead(hit, line, is_personal=is_personal):
            return True
        return not is_personal and (
            _BOUND.search(self._lower, line[0], hit.start) is not None
            or self.is_of_nobody(hit, line[0])
            or self._is_kept(hit, line[0])
        )

    def is_of_nobody(self, hit: Hit, begins: int) -> bool:
        """Whether it only bounds when people are born, or is that of an animal, of a brand or of an athlete.

        Args:
            begins: where the hit's line begins.
        """
        ends = line_ends(self._lower, hit.end, LONGEST)
        if hit.source != "form" and (
            _BETWEEN.search(self._lower, begins, hit.start)
            or _AND_YOUNGER.match(self._lower, hit.end)
            or self._spans_of["famed"].within(begins, ends)
            or self._is_a_things(hit)
        ):
            return True
        around = [*_above(self._plain, hit)]
        if any(self._spans_of[name].within(*line) for line in around for name in ("famed", "feats")):
            return True
        return self._is_an_animals(hit, (begins, ends), around)

    def _is_told_of_an_animal(self, hit: Hit) -> bool:
        """Whether right before a date an animal is named that was born on it."""
        at = self._spans_of["animal"].last_before(self._text, hit.start, SUBJECT)
        return at is not None and not _PAUSE.search(self._text, at, hit.start)

    def _is_an_animals(self, hit: Hit, line: Span, around: list[Span]) -> bool:
        begins, ends = line
        year = _YEAR.search(self._text, hit.start, hit.end)
        if (
            (year is not None and int(year[0]) < OLDEST)
            or any(self._spans_of[name].within(begins, hit.start) for name in ("child", "person", "people", "kin"))
            or _ALLERGY.search(self._lower, begins, ends)
        ):
            return False
        told = (begins, hit.start) if FULL_NAME.search(self._text, begins, hit.start) else (begins, ends)
        return any(self._spans_of["animal"].within(*line) for line in (told, *around))

    def _is_kept(self, hit: Hit, begins: int) -> bool:
        """Whether it is a day without its year on which everybody may keep somebody's birthday."""
        ends = line_ends(self._lower, hit.end, LONGEST)
        return not _YEAR.search(self._text, hit.start, hit.end) and self._spans_of["kept_day"].within(begins, ends)

    def _is_a_things(self, hit: Hit) -> bool:
        """Whether right before a date a firm, a brand or an idea is said to have been born."""
        at = self._spans_of["thing"].last_before(self._text, hit.start, SUBJECT)
        born = self._spans_of["birth_date"].last_before(self._text, hit.start, SUBJECT)
        return (
            at is not None
            and born is not None
            and at < born
            and not _PAUSE.search(self._text, at, hit.start)
            and not FULL_NAME.search(self._text, at, hit.start)
        )

    def _is_of_the_dead(self, hit: Hit, line: Span, *, is_personal: bool) -> bool:
        year = _ANCIENT.search(self._text, hit.start, hit.end)
        born = int(year[0]) if year else ALIVE
        if born < ALIVE:
            return True
        if (told := _TOLD_OF.match(self._text, hit.end)) and not self._spans_of["people"].within(
            told.end(), told.end() + SAID
        ):
            return not is_personal
        life = _LIFE.match(self._text, hit.end)
        if life and int(life[1]) < MOURNED:
            return True
        years = (int(died[0]) for died in _ANCIENT.finditer(self._text, hit.end, line[1]))
        return self._spans_of["dead"].within(hit.end, line[1]) and any(born < died < MOURNED for died in years)


def _above(plain: str, hit: Hit) -> Iterator[Span]:
    """The head and the title of a date's table; the terms around its term; the heading right above its line."""
    at = plain.rfind("\n", 0, hit.start) + 1
    if _ROW.match(plain, at):
        for _ in range(ROWS):
            start = plain.rfind("\n", 0, max(at - 1, 0)) + 1
            if at == 0 or not _ROW.match(plain, start):
                break
            at = start
        yield at, end_of_line(plain, at)
        return
    start = plain.rfind("\n", 0, max(at - 1, 0)) + 1
    if at and _HEADING.match(plain, start):
        yield start, at
    if not at or not _TERM.match(plain, start):
        return
    for step in (_before, _behind):
        line = at
        for _ in range(TERMS):
            line = step(plain, line)
            if line < 0 or not (_TERM.match(plain, line) or _TEXT.match(plain, line)):
                break
            yield line, end_of_line(plain, line)


def _before(plain: str, at: int) -> int:
    return plain.rfind("\n", 0, at - 1) + 1 if at > 0 else -1


def _behind(plain: str, at: int) -> int:
    return plain.find("\n", at) + 1 or -1
