"""What looks private but is public: examples, offices, the long dead, the sick in general, goods.

What patterns and words find is asked about, and of forms addresses and telephone numbers: what else stands in a filled
field or under a private label stays private.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy import accounts, matters
from components.privacy.examples import is_explained, is_shown
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, Span, Spans, line_ends
from components.privacy.offices import IN_FIELD, LONGEST, Offices
from components.privacy.papers import is_a_companys
from components.privacy.published import is_published
from components.privacy.renown import ALIVE, MOURNED, Births
from components.privacy.words import any_of, lists_of

CONTEXT = lists_of("public")
"""`example`: before what is nobody's; `personal`: who speaks of somebody; `addressed`: who speaks to somebody, or for
many; `body`, `payer`, `paid`, `tried`, `outcome`, `brand`: as their remarks say; `dead`, `donation`, `crowd`, `goods`,
`offered`: as their names say."""
EXAMPLE = CONTEXT["example"]
EXEMPLARY: frozenset[Kind] = frozenset(
    ("birth_date", "national_id", "phone", "bank", "card", "code", "address", "email", "password", "key")
)
"""Classes of private data of which pages give examples."""
LISTED = 8
"""Lines of a list that belong to the heading above it, at most."""
QUOTES = 2
"""Quotes of a line or a row that has one text."""
TITLED = 70
"""Characters of a line that may be the name of a body."""
TRIED = 400
"""Characters before a number in which a page may say that its numbers are for tests."""
_LETTER = re.compile(r"[^\W_]|\n")
_YEAR = re.compile(r"(?<!\d)1[0-9]\d\d(?!\d)")
_LIFETIME = re.compile(r"(?<!\d)1[0-9]{3}\s?[–—-]\s?(?:[\w.,]{1,20}\s){0,5}(1[0-9]{3})(?!\d)")
"""The years of somebody's birth and death."""
_SHARE = re.compile(
    r"\d\s?%|(?<!\w)(?:per ?cent|prozent|pour ?cent|por ?ciento|millions?|millionen|millones|thousands?|tausend"
    r"|milliers|miles|[\w.,]{1,9} (?:in|out of|sur|von|de cada) (?:\d+|two|three|four|five|six|seven|eight|nine|ten"
    r"|twelve|twenty|hundred|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwanzig|hundert|deux|trois|quatre|cinq"
    r"|sept|huit|neuf|dix|vingt|cent|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|cien)|jede[rs]? \w{1,10}te"
    r"|(?!(?:19|20)\d\d(?!\d))\d(?:\d{2,12}|\d{0,2}[.,  ]\d[\d.,  ]{0,9}))(?!\w)"
)
_DEFINED = re.compile(
    r"(?:[ ]\d{1,4}[ ]?m?g)?(?:[ ](?:symptoms?|symptome?|causes?|treatments?))?[\s\"]{0,3}"
    + any_of("defined")
    + r"(?!\w)"
)
"""What says what an illness is, right behind its name."""
_TITLED = re.compile(
    r"[ ]?[:?][ ](?:when|how|what|why|who|the|signs|symptoms|causes|wann|wie|was|warum|ursachen|anzeichen|symptome"
    r"|cuándo|cómo|qué|por qué|síntomas|causas|quand|comment|que|pourquoi|quels|les|symptômes|reconnaître)(?!\w)"
)
"""What says that a text is about an illness."""
_BEGUN = re.compile(r"(?:\A|[\"“.?!:])\s{0,60}(?:(?:the|an?|die|der|das|eine?|la|le|les|l['’]|el|los|las|una?)[ ]?)?\Z")
_ASKED = re.compile(
    r"[\s\"¿]*(?:how|can|could|should|may|when|what|which|do|does|is|are|am|will|where|why|kann|darf|soll|muss|wie|was"
    r"|wann|wo|warum|welche\w?|ist|sind|bin|puedo|debo|cómo|qué|cuándo|cuánto|es|puis-je|dois-je|peut-on|comment|que"
    r"|quel\w*|quand|est-ce|combien)(?!\w)"
)
"""How a question begins that anybody could ask."""
_POSSESSIVE = re.compile(
    r"(?<!\w)(?:my|our|his|her|their|your|i['’]m|i['’]ve|mein\w{0,2}|unser\w{0,2}|sein\w{0,2}|ihr\w{0,2}|dein\w{0,2}"
    r"|mis?|nuestr[oa]s?|sus?|tus?|mon|ma|mes|notre|nos|son|ses|votre|vos|ton|tes)(?!\w)"
)
_STOPS = re.compile(r"[.!?][\s\"]")
_CHOICE, _CHOSEN = (
    re.compile(r"[ ]*(?:\[\d+\] )?(?:radio|checkbox|option) \""),
    re.compile(r"\"[^\"\n]*(?:checked|selected)"),
)
_NAME_OF_FIELD = re.compile(
    r'[ ]*(?:\[\d+\] )?(?:textbox|combobox|searchbox|spinbutton|listbox|slider|switch) "(?:[^"\\\n]|\\.)*"'
)
_TITLE, _ENTRY = re.compile(r"[ ]*heading \""), re.compile(r"[ ]*(?:\[\d+\] )?(?:listitem|link|button|text) \"")


class Public:
    """What of a page's text is public.

    Args:
        plain: `views.folded`.
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """

    def __init__(self, plain: str, text: str, lower: str, spans_of: dict[str, Spans]) -> None:
        self._plain, self._text, self._lower, self._spans_of = plain, text, lower, spans_of
        self._offices = Offices(plain, text, lower, spans_of)
        self._births = Births(plain, text, lower, spans_of)

    def holds(self, hit: Hit) -> bool:
        if (
            hit.kind in ("card", "bank")
            and is_published(hit.kind, self._text[hit.start : hit.end])
            and self._is_nobodys(hit)
        ) or self._is_shown(hit):
            return True
        if hit.kind in EXEMPLARY and not self._is_in_a_field(hit) and self._is_an_example(hit):
            return True
        if hit.source not in ("pattern", "words"):
            return hit.source == "form" and self._holds_labelled(hit)
        if hit.kind in ("health", "sensitive") and (
            self._is_a_choice(hit)
            or (matters.is_code(self._plain, hit.start) and not self._offices.is_named(*self._offices.line(hit)))
            or matters.is_a_clause(self._plain, hit.start)
            or matters.is_catalogued(self._plain, hit.start)
        ):
            return True
        match hit.kind:
            case "email":
                return self._offices.tells_everybody(hit)
            case "birth_date":
                line, is_personal = self._offices.line(hit), self._is_personal(hit)
                is_order = self._right_behind("order", hit.start)
                return is_order or self._births.holds(hit, line, is_personal=is_personal)
            case "phone" | "address":
                is_told = hit.kind == "address" and self._is_of_history(*self._offices.line(hit))
                return is_told or self._offices.holds(hit)
            case "national_id":
                is_firms = hit.source == "pattern" and self._right_behind("order", hit.start)
                return not self._is_personal(hit) and (is_firms or self._is_a_firms(hit))
            case "bank":
                return self._is_for_gifts(hit)
            case "sensitive":
                return not self._is_personal(hit) and (
                    self._is_counted(*self._offices.line(hit))
                    or self._is_of_history(*self._offices.line(hit))
                    or matters.is_control(self._plain, hit.start)
                    or self._is_of_a_matter(hit)
                )
            case "health":
                return not self._is_labelled(hit) and (
                    self._is_asked_by_all(hit) or (not self._is_personal(hit) and self._is_of_nobody(hit))
                )
            case _:
                return False

    def _is_shown(self, hit: Hit) -> bool:
        """Whether it is an example, or a figure's in a game."""
        played = hit.kind == "sensitive" and matters.is_played(self._text, hit.start, self._spans_of["game"])
        return played or is_shown(self._plain, hit)

    def _holds_labelled(self, hit: Hit) -> bool:
        if hit.kind == "bank":
            return not self._is_in_a_field(hit) and self._is_for_gifts(hit)
        if hit.kind == "national_id":
            return not self._is_in_a_field(hit) and is_a_companys(self._text[hit.start : hit.end])
        if hit.kind == "birth_date":
            return not self._is_in_a_field(hit) and self._births.is_of_nobody(hit, self._offices.line(hit)[0])
        return hit.kind in ("phone", "address") and self._offices.holds(hit)

    def _is_an_example(self, hit: Hit) -> bool:
        """Whether a word for an example stands right before it, or before it where a line says what a number is made
        of."""
        if self._right_behind("example", hit.start):
            return True
        return is_explained(self._lower, self._offices.line(hit), hit, self._spans_of)

    def _is_a_firms(self, hit: Hit) -> bool:
        """Whether a number stands where a firm says who it is."""
        is_named = self._spans_of["firm"].within(*self._offices.line(hit))
        return is_named or is_a_companys(self._text[hit.start : hit.end]) or self._offices.tells_everybody(hit)

    def _is_for_gifts(self, hit: Hit) -> bool:
        """Whether an account is an office's or a firm's, or one for donations."""
        begins, ends = self._offices.line(hit)
        if accounts.is_ours(self._lower, begins, hit.start):
            return True
        if self._offices.speaks_of(begins, ends) or self._is_in_a_field(hit):
            return False
        given = self._spans_of["donation"].within(begins, ends) or self._offices.is_under_payment(hit)
        return (
            given
            or self._is_of_a_body(hit)
            or (accounts.is_to_be_paid(self._lower, begins, ends) and not self._offices.is_named(begins, ends))
        )

    def _is_titled_by_a_body(self, begins: int) -> bool:
        """Whether the line above a line is the name of a body."""
        start, end = self._text.rfind("\n", 0, max(begins - 1, 0)) + 1, max(begins - 1, 0)
        while start < end and self._text[start].isspace():
            start += 1
        end = start + len(self._text[start:end].rstrip())
        bodies = self._spans_of["body"].phrases
        names = bodies[bisect_left(bodies, (start, 0)) : bisect_left(bodies, (end, 0))]
        is_alone = 0 < end - start <= TITLED and self._plain.count('"', max(start - 3, 0), end + 3) == QUOTES
        return is_alone and any(begin == start or stop == end for begin, stop in names)

    def _is_in_a_field(self, hit: Hit) -> bool:
        return IN_FIELD.search(self._plain, self._plain.rfind("\n", 0, hit.start) + 1, hit.start) is not None

    def _is_of_a_body(self, hit: Hit) -> bool:
        """Whether its line names a body or a firm that gets money, and nobody who pays or is paid."""
        begins, ends = self._offices.line(hit)
        if self._is_titled_by_a_body(begins) and not self._offices.is_named(begins, ends):
            return not self._spans_of["payer"].within(begins, ends)
        paid = any(
            self._spans_of[name].within(begins, ends) and not accounts.is_a_bodys(self._lower, begins, ends)
            for name in ("payer", "home")
        )
        behind = self._spans_of["body"].within(hit.end, ends)
        named = self._spans_of["body"].within(begins, hit.start) or (
            behind and not self._offices.is_named(begins, ends)
        )
        return not paid and named

    def _is_nobodys(self, hit: Hit) -> bool:
        """Whether something shows that a published number is for tests, and nothing that it is somebody's."""
        begins, ends = self._offices.line(hit)
        at = self._plain.rfind("\n", 0, hit.start) + 1
        if IN_FIELD.search(self._plain, at, hit.start) or self._offices.speaks_of(begins, ends):
            return False
        if self._spans_of["tried"].within(max(hit.start - TRIED, 0), ends):
            return True
        if hit.kind == "bank":
            return self._is_for_gifts(hit)
        is_told = any(self._spans_of[name].within(begins, ends) for name in ("outcome", "brand"))
        return is_told and not self._spans_of["paid"].before(self._text, hit.start, LONGEST)

    def _is_labelled(self, hit: Hit) -> bool:
        """Whether it is the value of a label for illnesses."""
        return any(start < hit.end and hit.start < end for start, end in self._spans_of["health"].values)

    def _is_a_choice(self, hit: Hit) -> bool:
        """Whether it is what a field asks for, or could be chosen in a form and is not."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        name = _NAME_OF_FIELD.match(self._plain, at)
        if name is not None and hit.end < name.end():
            return True
        if _CHOICE.match(self._plain, at):
            return not _CHOSEN.search(self._plain, hit.end, line_ends(self._plain, hit.end, LONGEST))
        return self._plain.find('" options "', at, hit.start) >= 0

    def _right_behind(self, name: str, place: int) -> bool:
        """Whether only punctuation is between a phrase and a place."""
        phrases = self._spans_of[name].phrases
        at = bisect_left(phrases, (place, 0)) - 1
        return at >= 0 and phrases[at][1] <= place and not _LETTER.search(self._text, phrases[at][1], place)

    def _is_personal(self, hit: Hit) -> bool:
        """Whether its line speaks of somebody, or its sentence to somebody."""
        begins, ends = self._offices.line(hit)
        if self._offices.speaks_of(begins, ends):
            return True
        stops = [stop.start() for stop in _STOPS.finditer(self._text, begins, hit.start)]
        stop = _STOPS.search(self._text, hit.end, ends)
        sentence = (stops[-1] if stops else begins), (stop.start() if stop else ends)
        return self._spans_of["addressed"].within(*sentence)

    def _is_of_a_matter(self, hit: Hit) -> bool:
        line = self._offices.line(hit)
        return matters.is_told(self._lower, (hit.start, hit.end), line, self._spans_of["matter"])

    def _is_asked_by_all(self, hit: Hit) -> bool:
        """Whether it stands in a question that anybody could ask, and is called nobody's."""
        begins, ends = self._offices.line(hit)
        asked = self._text.find("?", hit.end, ends)
        sentence = max(begins, *(self._text.rfind(stop, begins, hit.start) + 1 for stop in ".!?:"))
        return (
            asked >= 0
            and _ASKED.match(self._lower, sentence) is not None
            and not _POSSESSIVE.search(self._lower, sentence, asked)
            and not _STOPS.search(self._text, hit.end, asked)
        )

    def _is_of_nobody(self, hit: Hit) -> bool:
        """Whether an illness or a medicine is told of many, explained, offered, or sold."""
        begins, ends = self._offices.line(hit)
        if self._is_of_a_matter(hit) or self._is_counted(begins, ends) or self._is_offered(hit):
            return True
        if self._is_explained(begins, ends) or self._is_of_history(begins, ends):
            return True
        if matters.is_directory(self._lower, begins, ends):
            return True
        below = line_ends(self._text, ends + 1, LONGEST) if ends < len(self._text) else ends
        return self._spans_of["goods"].within(begins, below) and not (
            self._offices.speaks_of(begins, below) or self._spans_of["addressed"].within(begins, below)
        )

    def _is_offered(self, hit: Hit) -> bool:
        """Whether it stands in a title, or in a list under one of what is offered or told to everybody."""
        at = self._plain.rfind("\n", 0, hit.start) + 1
        if _TITLE.match(self._plain, at):
            return True
        for _ in range(LISTED):
            if not at or not _ENTRY.match(self._plain, at):
                return False
            at = self._plain.rfind("\n", 0, at - 1) + 1
            if _TITLE.match(self._plain, at):
                title = at, line_ends(self._text, at, LONGEST)
                return self._spans_of["offered"].within(*title) and not self._offices.speaks_of(*title)
        return False

    def _is_of_history(self, begins: int, ends: int) -> bool:
        """Whether somebody is said to have been born or to have died long ago."""
        years = [int(year[0]) for year in _YEAR.finditer(self._text, begins, ends)]
        told = (self._spans_of["dead"], MOURNED), (self._spans_of["birth"], ALIVE)
        if any(words.within(begins, ends) and any(year < until for year in years) for words, until in told):
            return True
        return any(int(life[1]) < MOURNED for life in _LIFETIME.finditer(self._text, begins, ends))

    def _is_counted(self, begins: int, ends: int) -> bool:
        """Whether a line is a statistic about many people."""
        return self._spans_of["crowd"].within(begins, ends) and _SHARE.search(self._lower, begins, ends) is not None

    def _is_explained(self, begins: int, ends: int) -> bool:
        """Whether a sentence begins with an illness and says what it is."""
        named = FULL_NAME.search(self._text, begins, ends) is not None
        return any(
            (_DEFINED.match(self._lower, end) or (not named and _TITLED.match(self._lower, end)))
            and _BEGUN.search(self._lower[begins:start])
            for start, end in self._ill(begins, ends)
        )

    def _ill(self, begins: int, ends: int) -> list[Span]:
        phrases = self._spans_of["ill"].phrases
        return phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]
