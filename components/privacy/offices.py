"""Whose address or telephone number it is: an office's, a shop's, an event's or one to let, or somebody's."""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy import branches, desks, imprints, notices
from components.privacy.hits import Hit
from components.privacy.hours import HOURS, OPEN
from components.privacy.imprints import LEGAL
from components.privacy.lexicon import FULL_NAME, Span, Spans, line_begins, line_ends
from components.privacy.phones import SERVED
from components.privacy.words import any_of, lists_of

CONTEXT = lists_of("offices")
"""`office`: bodies that everybody may call and visit; `practice`: whose address and number stand on a sign, where both
are told; `firm`: what firms say of themselves at the foot of their pages; `us`: who offers something to everybody, and
speaks of himself; `company`, `venue`: what has an address that everybody may know; `service`: whom everybody may call;
`home`, `open`, `happening`, `listing`: as their remarks say."""
_CLOCK = re.compile(r"(?<![\d.,])\d{1,2}(?:[:.]\d{2}(?![\d.])| ?h(?: ?\d{2})?(?!\w)| ?[ap]\.?m(?!\w)| uhr)")
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch")
_TOWN = re.compile(r"(?<!\d)\d{4,5} [A-ZÀ-Þ][a-zß-ÿ]{2}|(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
HEAD = 45
"""Characters at the start of a line in which an office must be named if the line is about it."""
LONGEST = 240
"""Characters of a line before and behind a hit that are read."""
SHORT = 8
"""The end of an address that may be the beginning of opening hours: `Avenida del Mar 5, 24 horas`."""
MOST = 0.9
"""Of a line, the share that an address must be to be all that it tells."""
ABOVE, BELOW, TITLE = 4, 3, 70
"""Lines above a line that may belong to it, with their heading; lines below it; characters of one that is a title."""
_BLOCK = re.compile(r"[ ]*(?:(?:text|paragraph|listitem|term|definition|strong|heading) )?\"")
_BESIDE = re.compile(r"[ ]*(?:(?:\[\d+\] )?(?:text|paragraph|listitem|term|definition|strong|link|button) )?\"")
_SHOWN = re.compile(r"[ ]*(?:(?:text|paragraph|listitem|term|definition|heading) )?\"")
_HEADING, _TERM = re.compile(r"[ ]*heading "), re.compile(r"[ ]*term ")
_DAY_OR_PERSON = frozenset(("mon", "sa", "mi", "di", "do", "so", "ma", "don", "sat"))
_AS_DAY = re.compile(r"\.?\s?[-–,&/+]|\.?:?\s\d|\s(?:to|bis|à|a|und|and|y|et)\s")
_SCLEROSIS = "MS"
"""An illness; in small letters, how a woman is addressed."""
_STREET = re.compile(r"(?<!\w)" + any_of("street") + r"(?!\w)|" + any_of("german_street") + r"(?!\w)", re.IGNORECASE)
_OURSELVES = frozenset(("our", "we", "wir", "nous"))
_SPOT = re.compile(r"\s*(?:where|venue|location|place|wo|ort|veranstaltungsort|treffpunkt|dónde|lugar|où|lieu)\W*")
"""A heading or a term for a place that everybody may visit."""
_FOR_WHOM = re.compile(r"(?<!\w)(?:bei|für|an|chez|pour|for|with|para|con|Familie|Fam\.)[ ](?=[A-ZÀ-Þ])")
IN_FIELD = re.compile(r"[ ]value \"[^\n]*\Z|[ ](?:radio|checkbox|option) \"[^\n]*\Z")
_WORD = re.compile(r"[^\W\d_]+")


class Offices:
    """What of a page's addresses and telephone numbers is everybody's.

    Args:
        plain: `views.folded`.
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """

    def __init__(self, plain: str, text: str, lower: str, spans_of: dict[str, Spans]) -> None:
        self._plain, self._text, self._lower, self._spans_of = plain, text, lower, spans_of
        self._ours = [*imprints.told(plain)]

    def line(self, hit: Hit) -> Span:
        return line_begins(self._text, hit.start, LONGEST), line_ends(self._text, hit.end, LONGEST)

    def speaks_of(self, begins: int, ends: int) -> bool:
        """Whether a word for a person stands between two places, where it is no day (`Mon-Fri`)."""
        phrases = self._spans_of["personal"].phrases
        for start, end in phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]:
            if self._text[start:end] == _SCLEROSIS:
                continue
            if not (self._lower[start:end] in _DAY_OR_PERSON and _AS_DAY.match(self._lower, end)):
                return True
        return False

    def holds(self, hit: Hit) -> bool:
        begins, ends = self.line(hit)
        while begins < hit.start and self._text[begins].isspace():
            begins += 1
        if hit.kind == "address" and (
            notices.is_nowhere(self._lower, begins, ends) or branches.is_a_stretch(self._text, hit.end)
        ):
            return True
        if self.speaks_of(begins, ends) or self._spans_of["kin"].within(begins, hit.start):
            return False
        if hit.kind == "phone" and self._is_a_desks(hit, begins):
            return True
        if hit.source == "form":
            return self._is_shown_to_all(hit, begins)
        if self._is_a_notice(hit, begins, ends) or self._is_a_firms(hit, begins, ends):
            return True
        addressed = self._spans_of["addressed"].within(begins, ends)
        if any(start <= hit.start < end for start, end in self._ours):
            return not (addressed and self._spans_of["home"].within(begins, ends))
        if addressed:
            return False
        head = begins, min(begins + HEAD, self._name_ends(hit, begins))
        if self._is_listed(hit, begins) or self._spans_of["office"].within(*head):
            return True
        if (
            hit.kind == "phone"
            and self._spans_of["office"].within(hit.end, ends)
            and not self.is_named(begins, hit.start)
        ):
            return True
        open_at = HOURS.search(self._lower, begins, ends)
        is_shown = open_at or _TOWN.search(self._text, begins, ends) or branches.NUMBER.search(self._text, begins, ends)
        if (
            (is_shown and self._spans_of["practice"].within(*head))
            or self._is_of_a_place(hit, begins, ends)
            or branches.is_a_shops(self._lower, (begins, ends), hit)
        ):
            return True
        return hit.kind == "phone" and open_at is not None and not self.is_named(begins, ends)

    def _is_a_notice(self, hit: Hit, begins: int, ends: int) -> bool:
        """Whether its line is for everybody, speaks to nobody and names nobody before it."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        return (
            notices.is_told(hit, (begins, ends), self._lower, self._spans_of)
            and not self._speaks_to(begins, ends)
            and not self.is_named(begins, hit.start)
            and not IN_FIELD.search(self._plain, at, hit.start)
        )

    def tells_everybody(self, hit: Hit) -> bool:
        """Whether a page's foot or imprint holds it, in a line that speaks of nobody and to nobody."""
        begins, ends = self.line(hit)
        at = self._plain.rfind("\n", 0, hit.start) + 1
        return (
            any(start <= hit.start < end for start, end in self._ours)
            and not IN_FIELD.search(self._plain, at, hit.start)
            and not any(self._spans_of[name].within(begins, ends) for name in ("personal", "addressed", "home"))
        )

    def _name_ends(self, hit: Hit, begins: int) -> int:
        """Where a hit begins, or the end of its first piece where that is a name at the beginning of its line."""
        comma = self._text.find(",", begins, hit.end)
        if hit.start > begins or comma < 0 or any(map(str.isdigit, self._text[begins:comma])):
            return hit.start
        return comma

    def _is_a_desks(self, hit: Hit, begins: int) -> bool:
        """Whether the sentence before a number names a desk, a line or a service, and nobody."""
        start = desks.sentence(self._text, begins, hit.start)
        at = self._plain.rfind("\n", 0, hit.start) + 1
        return (
            (desks.is_named(self._lower, start, hit.start) or self._spans_of["office"].within(start, hit.start))
            and not self._spans_of["home"].within(start, hit.start)
            and not IN_FIELD.search(self._plain, at, hit.start)
            and not self.is_named(start, hit.start)
        )

    def is_under_payment(self, hit: Hit) -> bool:
        """Whether the heading above a line asks for gifts or says how to pay a firm, and nobody is named below it."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        above = self._above(at)
        return (
            bool(above)
            and self._plain[at : at + 1] != "|"
            and imprints.is_about_payment(self._lower, *above[-1])
            and not self._spans_of["payer"].within(*self.line(hit))
            and not self.is_named(*self.line(hit))
            and not any(self.speaks_of(*line) or self._is_a_name(*line) for line in above)
        )

    def _is_listed(self, hit: Hit, begins: int) -> bool:
        """Whether an address or number stands in a list of branches, with a place's stars or hours, or on a route."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        if branches.is_in_a_table(self._plain, at, self._spans_of):
            return True
        if self._plain[at : at + 1] == "|" or self._spans_of["home"].within(begins, hit.start):
            return False
        if hit.kind == "address" and (
            branches.is_on_the_way(self._lower, begins, hit.start)
            or branches.is_to_a_department(self._lower, begins, hit.end)
        ):
            return True
        if self.is_named(begins, hit.start) or IN_FIELD.search(self._plain, at, hit.start):
            return False
        if branches.is_of_many(begins, self._lower, self._spans_of):
            return True
        if hit.kind == "phone" and branches.is_open(self._plain, self._lower, at, hit.start):
            return not self._is_theirs(at)
        shown = self._is_alone(hit) and branches.is_rated(self._plain, self._lower, at)
        return shown and not self._is_theirs(at)

    def _is_shown_to_all(self, hit: Hit, begins: int) -> bool:
        """Whether a value behind a label is listed or under a heading of a shop or an office, and in no field."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        if self._is_listed(hit, begins):
            return True
        is_served = hit.kind == "phone" and self._spans_of["service"].before(self._text, hit.start, SERVED)
        if is_served and not IN_FIELD.search(self._plain, at, hit.start) and not self.is_named(begins, hit.start):
            return True
        if any(start <= hit.start < end for start, end in self._ours) and not self._is_theirs(at):
            return not (self._spans_of["home"].within(begins, hit.start) or IN_FIELD.search(self._plain, at, hit.start))
        return (
            self._plain[at : at + 1] != "|"
            and not IN_FIELD.search(self._plain, at, hit.start)
            and not self._spans_of["home"].within(begins, hit.start)
            and (self._is_under_a_place(hit, at) or (self._is_followed(at, "open") and not self._is_theirs(at)))
        )

    def _is_a_firms(self, hit: Hit, begins: int, ends: int) -> bool:
        """Whether a line is part of a company's footer or of a shop's contact details; neither names a person."""
        if hit.kind == "phone" and self._spans_of["service"].before(self._text, hit.start, SERVED):
            return self._text[hit.start] != "+" or FULL_NAME.search(self._text, begins, hit.start) is None
        if self._spans_of["firm"].within(begins, ends) or LEGAL.match(self._lower, begins):
            return True
        us = self._spans_of["us"].last_before(self._text, hit.start, LONGEST)
        return us is not None and FULL_NAME.search(self._text, begins, us) is None

    def _is_of_a_place(self, hit: Hit, begins: int, ends: int) -> bool:
        """Whether an address or number is an event's, one to let or sell, or what a heading says is a shop's."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        if self._spans_of["home"].within(begins, ends) or not _SHOWN.match(self._plain, at):
            return False
        happens = self._spans_of["happening"].within(begins, ends)
        if hit.kind == "address" and (
            (happens and _CLOCK.search(self._lower, begins, ends))
            or (self._spans_of["incident"].within(begins, ends) and not self.is_named(begins, ends))
        ):
            return True
        above = self._above(at)
        if any(self._is_of_all(*line) for line in (*above[:1], *above[-1:])) and self._is_under_a_place(hit, at):
            return True
        if self.is_named(begins, hit.start):
            return False
        if hit.kind == "address":
            named = self._name_ends(hit, begins)
            if branches.is_an_institutes(self._text, max(begins, named - HEAD), named):
                return True
            if OPEN.search(self._lower, max(hit.end - SHORT, hit.start), min(ends, hit.end + HEAD)):
                return not self._is_theirs(at)
            if hit.start - begins <= HEAD and self._spans_of["open"].within(begins, hit.start):
                return True
            under = "rooms" if _HEADING.match(self._plain, at) else "listing"
            if self._spans_of["listing"].within(begins, ends) or self._is_followed(at, under):
                return not self._is_theirs(at)
        return self._is_under_a_place(hit, at) or (
            hit.kind == "address" and self._is_alone(hit) and self._is_followed(at, "open") and not self._is_theirs(at)
        )

    def _is_alone(self, hit: Hit) -> bool:
        """Whether it is nearly all that its line tells."""
        begins, ends = self.line(hit)
        return hit.end - hit.start >= MOST * len(self._text[begins:ends].strip())

    def is_named(self, begins: int, at: int) -> bool:
        """Whether somebody is named in a line before a place."""
        return any(
            not (
                _DAY.search(match[0])
                or _STREET.search(match[0])
                or desks.is_no_name(match[0])
                or self._is_a_places(*match.span())
            )
            for match in FULL_NAME.finditer(self._text, begins, at)
        )

    def _above(self, at: int) -> list[Span]:
        """The lines above a line that belong to it, the nearest first, the last of them a heading if there is one."""
        lines = list[Span]()
        while at > 0 and len(lines) < ABOVE:
            start = self._plain.rfind("\n", 0, at - 1) + 1
            if not _BLOCK.match(self._plain, start, at):
                break
            lines.append((start, at - 1))
            if _HEADING.match(self._plain, start):
                break
            at = start
        return lines

    def _is_theirs(self, at: int) -> bool:
        """Whether what stands above a line says that somebody lives there, or is a name."""
        lines = self._above(at)
        of_all = bool(lines) and self._spans_of["us"].within(*lines[-1])
        return any(
            (self.speaks_of(*line) and not self._is_of_all(*line))
            or (self._speaks_to(*line) and not self._spans_of["us"].within(*line))
            or self._spans_of["home"].within(*line)
            or branches.is_on_a_round(self._lower, *line)
            or (not of_all and self._is_a_name(*line))
            or self._is_at_somebodys(*line)
            for line in lines
        )

    def _is_a_name(self, begins: int, ends: int) -> bool:
        named = FULL_NAME.fullmatch(self._text[begins:ends].strip()) is not None
        return named and not self._is_a_places(begins, ends)

    def _is_at_somebodys(self, begins: int, ends: int) -> bool:
        """Whether a line ends with whom somebody comes to, or for whom something is."""
        at = _FOR_WHOM.search(self._text, begins, ends)
        return (
            at is not None and FULL_NAME.match(self._text, at.end()) is not None and not self._is_a_places(begins, ends)
        )

    def _is_of_all(self, begins: int, ends: int) -> bool:
        """Whether a line is for everybody who wants to visit or to call."""
        named = self._spans_of["us"].within(begins, ends) or self._spans_of["service"].within(begins, ends)
        return named or _SPOT.fullmatch(self._lower, begins, ends) is not None

    def _speaks_to(self, begins: int, ends: int) -> bool:
        phrases = self._spans_of["addressed"].phrases
        return any(
            self._lower[start:end] not in _OURSELVES
            for start, end in phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]
        )

    def _is_under_a_place(self, hit: Hit, at: int) -> bool:
        """Whether the heading above a line is that of a shop, an office or a place to go, or a title above what is no
        sentence."""
        titles = [line for line in self._above(at) if line[1] - line[0] <= TITLE]
        if hit.kind == "phone" or hit.source == "form" or not self._is_alone(hit):
            titles = [
                line
                for at_line, line in enumerate(titles)
                if _HEADING.match(self._plain, line[0])
                or (at_line == 0 and _TERM.match(self._plain, line[0]))
                or self._is_a_title(*line)
            ]
        return any(self._is_a_places(*line) for line in titles) and not self._is_theirs(at)

    def _is_a_title(self, begins: int, ends: int) -> bool:
        """Whether a line is a company's name, or a term that asks for a place that everybody may visit."""
        start = next((word.start() for word in _WORD.finditer(self._text, begins, ends)), begins)
        return _SPOT.fullmatch(self._lower, begins, ends) is not None or LEGAL.match(self._lower, start) is not None

    def _is_a_places(self, begins: int, ends: int) -> bool:
        names = ("company", "venue", "office", "practice", "us", "open", "service", "happening", "listing")
        return any(self._spans_of[name].within(begins, ends) for name in names) or self._is_a_title(begins, ends)

    def _is_followed(self, at: int, name: str) -> bool:
        """Whether a phrase of a list stands in the lines below a line, before the next heading."""
        if not _SHOWN.match(self._plain, at):
            return False
        for _ in range(BELOW):
            at = self._plain.find("\n", at) + 1
            if not at or not _BESIDE.match(self._plain, at):
                return False
            if self._spans_of[name].within(at, line_ends(self._text, at, LONGEST)):
                return True
        return False
