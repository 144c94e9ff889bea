"""What looks private but is public: examples, offices, the long dead, the sick in general, goods.

What patterns and words find is asked about, and of forms addresses and telephone numbers: what else stands in a filled
field or under a private label stays private.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy import accounts, matters, renown
from components.privacy.examples import is_shown
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, Span, Spans, line_ends
from components.privacy.offices import IN_FIELD, LONGEST, Offices
from components.privacy.published import is_published
from components.privacy.words import lists_of

CONTEXT = lists_of("public")
"""`example`: before what is nobody's; `personal`: who speaks of somebody; `addressed`: who speaks to somebody, or for
many; `body`, `payer`, `paid`, `tried`, `outcome`, `brand`: as their remarks say; `dead`, `donation`, `crowd`, `goods`,
`offered`: as their names say."""
EXAMPLE = CONTEXT["example"]
EXEMPLARY: frozenset[Kind] = frozenset(
    ("birth_date", "national_id", "phone", "bank", "card", "code", "address", "email", "password", "key")
)
"""Classes of private data of which pages give examples."""
ALIVE, MOURNED = 1900, 1990
"""Years: nobody born before the first is alive; who died before the second is a person of history, no user."""
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
_LIFE = re.compile(r"\s?[–—-]\s?(?:†\s?)?[\w. ]{0,20}?(1\d\d\d)\s?[);,]")
"""The end of a life, behind its beginning."""
_TOLD_OF = re.compile(
    r"[^.;\n\"]{0,40}?\)?,? (?:is|was|ist|war|es|fue|est|était) (?:an?|the|one of|eine?r?|der|die|un[ae]?|el|la|le"
    r"|l['’])(?!\w)"
)
"""Behind a date of birth: who somebody is, as a work of reference says it."""
SAID = 40
"""Characters behind it in which a word may say that it is a patient, a tenant or the like."""
_LIFETIME = re.compile(r"(?<!\d)1[0-9]{3}\s?[–—-]\s?(?:[\w.,]{1,20}\s){0,5}(1[0-9]{3})(?!\d)")
"""The years of somebody's birth and death."""
_BOUND = re.compile(
    r"(?<!\w)(?:(?:babies|children|people|persons|anyone|everyone|those|adults|kids|pupils|boys|girls|women|men) born"
    r" (?:in|on|since|from|between)|(?:kinder|personen|alle|wer|jungen|mädchen|jahrgänge) (?:der jahrgänge|geboren)?"
    r"|before|prior to|between|on or after|on or before|vor dem|zwischen dem|ab dem|bis zum|avant le|entre le"
    r"|à partir du|antes del?|entre el|a partir del?) \Z"
)
"""Before a date that bounds when people are born."""
_SHARE = re.compile(
    r"\d\s?%|(?<!\w)(?:per ?cent|prozent|pour ?cent|por ?ciento|millions?|millionen|millones|thousands?|tausend"
    r"|milliers|miles|[\w.,]{1,9} (?:in|out of|sur|von|de cada) (?:\d+|two|three|four|five|six|seven|eight|nine"
    r"|ten|twelve|twenty|hundred"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwanzig|hundert|deux|trois|quatre|cinq|sept|huit|neuf|dix"
    r"|vingt|cent"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|cien)"
    r"|jede[rs]? \w{1,10}te|(?!(?:19|20)\d\d(?!\d))\d(?:\d{2,12}|\d{0,2}[.,  ]\d[\d.,  ]{0,9}))(?!\w)"
)
_DEFINED = re.compile(
    r"(?:[ ]\d{1,4}[ ]?m?g)?(?:[ ](?:symptoms?|symptome?|causes?|treatments?))?[\s\"]{0,3}(?:is an?|is the|are"
    r"|can be|can cause|is used|wird bei|se utiliza|est utilisée?|is (?:treatable|curable|contagious|common)"
    r"|ist (?:behandelbar|heilbar|ansteckend|häufig)|includes?|causes?|umfassen"
    r"|verursacht|incluyen?|comprend|comprennent|provoque|occurs?|affects?|spreads?|ist eine?|sind|bezeichnet"
    r"|entsteht|betrifft"
    r"|est une?|est la|est le|sont|touche|peut|se|es una?|es la|es el|son|afecta|puede)(?!\w)"
)
"""What says what an illness is, right behind its name."""
_TITLED = re.compile(
    r"[ ]?[:?][ ](?:when|how|what|why|who|the|signs|symptoms|causes|wann|wie|was|warum|ursachen|anzeichen|symptome"
    r"|cuándo|cómo|qué|por qué|síntomas|causas|quand|comment|que|pourquoi|quels|les|symptômes|reconnaître)(?!\w)"
)
"""What says that a text is about an illness."""
_BEGUN = re.compile(r"(?:\A|[\"“.?!:])\s{0,60}(?:(?:the|an?|die|der|das|eine?|la|le|les|l['’]|el|los|las|una?)[ ]?)?\Z")
_ASKED = re.compile(
    r"[\s\"¿]*(?:how|can|could|should|may|when|what|which|do|does|is|are|am|will|where|why|kann|darf|soll|muss|wie"
    r"|was|wann|wo"
    r"|warum|welche\w?|ist|sind|bin|puedo|debo|cómo|qué|cuándo|cuánto|es|puis-je|dois-je|peut-on|comment|que|quel\w*"
    r"|quand"
    r"|est-ce|combien)(?!\w)"
)
"""How a question begins that anybody could ask."""
_POSSESSIVE = re.compile(
    r"(?<!\w)(?:my|our|his|her|their|your|i['’]m|i['’]ve|mein\w{0,2}|unser\w{0,2}|sein\w{0,2}|ihr\w{0,2}|dein\w{0,2}"
    r"|mis?|nuestr[oa]s?|sus?|tus?"
    r"|mon|ma|mes|notre|nos|son|ses|votre|vos|ton|tes)(?!\w)"
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

    def holds(self, hit: Hit) -> bool:
        if (
            hit.kind in ("card", "bank")
            and is_published(hit.kind, self._text[hit.start : hit.end])
            and self._is_nobodys(hit)
        ) or self._is_shown(hit):
            return True
        if hit.source == "form":
            return self._holds_labelled(hit)
        if hit.source not in ("pattern", "words"):
            return False
        if hit.kind in ("health", "sensitive") and (
            self._is_a_choice(hit)
            or (matters.is_code(self._plain, hit.start) and not self._offices.is_named(*self._offices.line(hit)))
            or matters.is_a_clause(self._plain, hit.start)
            or matters.is_catalogued(self._plain, hit.start)
        ):
            return True
        if hit.kind in EXEMPLARY and self._right_behind("example", hit.start):
            return True
        match hit.kind:
            case "birth_date":
                return self._is_a_bound(hit) or self._right_behind("order", hit.start) or self._is_of_the_dead(hit)
            case "phone" | "address":
                is_told = hit.kind == "address" and self._is_of_history(*self._offices.line(hit))
                return is_told or self._offices.holds(hit)
            case "national_id":
                return hit.source == "pattern" and self._right_behind("order", hit.start) and not self._is_personal(hit)
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
        return hit.kind in ("phone", "address") and self._offices.holds(hit)

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

    def _is_a_bound(self, hit: Hit) -> bool:
        """Whether a date only bounds when people are born."""
        begins, _ = self._offices.line(hit)
        bound = _BOUND.search(self._lower, begins, hit.start) or renown.is_of_nobody(self._lower, begins, hit)
        return bool(bound) and not self._is_personal(hit)

    def _is_of_the_dead(self, hit: Hit) -> bool:
        year = _YEAR.search(self._text, hit.start, hit.end)
        born = int(year[0]) if year else ALIVE
        if born < ALIVE:
            return True
        if (told := _TOLD_OF.match(self._text, hit.end)) and not self._spans_of["people"].within(
            told.end(), told.end() + SAID
        ):
            return not self._is_personal(hit)
        life = _LIFE.match(self._text, hit.end)
        if life and int(life[1]) < MOURNED:
            return True
        ends = line_ends(self._text, hit.end, LONGEST)
        years = (int(died[0]) for died in _YEAR.finditer(self._text, hit.end, ends))
        return self._spans_of["dead"].within(hit.end, ends) and any(born < died < MOURNED for died in years)

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
