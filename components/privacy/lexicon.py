"""Finds phrases of many lists in one pass over a text's words: a table gives the phrases that begin with a word.

One regular expression would try thousands of alternatives at every word; here hardly any is tried.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

Span = tuple[int, int]
Places = Mapping[str, Sequence[int]]
Beginning = tuple[str, re.Pattern[str], bool]
"""A list's name, its phrases that begin alike, and whether a value must follow."""
Beginnings = tuple[tuple[Beginning, ...], dict[str, tuple[Beginning, ...]], tuple[Beginning, ...]]
"""Of a word: what needs no certain second word, this and what needs it by each second word, and all."""
REMEMBERED = 50_000
"""Words for which the phrases that begin with them are remembered."""
SHORT = 5
"""Letters of a phrase. Such a short one often becomes another word without its accents: `él` and `el`."""

_QUESTIONS = re.compile(r"(?:qué|quién|cómo|cuál|él|sí)(?: [a-z* ]+)?|souhaitée?")
"""Phrases that are accented only because they ask: without accents they mean something else."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"\w+")
_FIRST = re.compile(r"([^\W_]+)(\*?)")
_NEXT = re.compile(r"\w+\W{1,4}(\w*)")
"""A word and the next one."""
_SECOND = re.compile(r"[^\W_]+[ '’./-]{1,2}([^\W_]+)(?![\w*])")
"""The second word of a phrase, if it has no star."""


def rest_of(alternatives: str) -> str:
    """A pattern of what follows the first letter of one of these, to be read right behind that letter.

    A search skips to the letters of a set with which its pattern begins; a look behind it would try everywhere. So
    patterns here begin with a set, and look behind it.
    """
    rests = defaultdict[str, list[str]](list)
    for alternative in alternatives.split("|"):
        is_plain = alternative[1:2].isalpha() and not alternative[2:].startswith(("?", "*", "{"))
        rests[alternative[: 1 + is_plain]].append(alternative[1 + is_plain :])
    patterns = (rf"{first[1:]}(?<={re.escape(first)})(?:{'|'.join(options)})" for first, options in rests.items())
    return f"(?:{'|'.join(patterns)})"


def one_of(alternatives: str, *, behind_no: str = r"\w") -> str:
    """A pattern of one of these where a class of letters does not stand before it; it begins with a set."""
    firsts = "".join(sorted({re.escape(alternative[0]) for alternative in alternatives.split("|")}))
    return f"[{firsts}](?<!{behind_no}.){rest_of(alternatives)}"


FULL_NAME = re.compile(
    r"[A-ZÀ-ÞĀ-ſ](?<![\w-].)(?=[^ ]{1,43} [A-ZÀ-ÞĀ-ſabdelsv])"
    rf"(?!{rest_of('The|An?|Dra?|Prof|Our|Your|My|This|Die|Der|Das|Ein|Eine|Im|In|Am|Zum|Zur|El|La|Los|Las|Un|Una|Su|Unsere?[rnms]?|Ihre?[rnms]?|Eure?|Deine?|Meine?[rnms]?|Diese[rsmn]?|Jede[rsmn]?|Alle|Notre|Nos|Votre|Vos|Leurs?|Nuestr[oa]s?|Vuestr[oa]s?|Les|Des|Cette|Ces|Estos?|Estas?|Tod[oa]s|Tous|Toutes|Every|All|These|Those|Their|Its|His|When|If|We|For|To|At|On|With|Your|Mit|Ohne|Bei|Für|Nach|Vor|Von|Wer|Wenn|Auch|Nur|Keine?|Viele|Jetzt|Hier|Heute|Werden?|Sind|Haben|Können|Möchten|Wollen|Kommen|Sie|Join|Get|Become|Avec|Sans|Con|Sin|Pour|Por|Para|Si')}\s)"
    r"[a-zà-ÿĀ-ſ'’-]{1,20}(?:-[A-ZÀ-Þ][a-zà-ÿĀ-ſ]{1,20})? (?:[A-Z]\. |(?:de|del|de la|van|van der|von|da|di|du|le|la|el"
    r"|al|ben|bin|st\.) )?(?:[OD]['’]|Mc|Mac)?[A-ZÀ-ÞĀ-ſ][a-zà-ÿĀ-ſ'’-]{1,25}(?:-[A-ZÀ-Þ][a-zà-ÿĀ-ſ]{1,20})?(?![\w-])"
)
"""Two words with capitals that begin with no article. German writes all its nouns so."""


@dataclass(slots=True)
class Spans:
    """Spans of one list's phrases, in order; with the spans of the values behind them, where the list has values."""

    phrases: list[Span] = field(default_factory=list)
    values: list[Span] = field(default_factory=list)

    def within(self, start: int, end: int) -> bool:
        """Whether a whole phrase lies between `start` and `end`."""
        index = bisect_left(self.phrases, (start, 0))
        return index < len(self.phrases) and self.phrases[index][1] <= end

    def around(self, place: int) -> bool:
        """Whether a place is in a phrase."""
        index = bisect_left(self.phrases, (place + 1, 0)) - 1
        return index >= 0 and self.phrases[index][0] <= place < self.phrases[index][1]

    def before(self, text: str, place: int, reach: int) -> bool:
        """Whether a phrase lies in the `reach` characters before a place, in its line."""
        return self.within(line_begins(text, place, reach), place)

    def last_before(self, text: str, place: int, reach: int) -> int | None:
        """The start of the last phrase in the `reach` characters before a place, in its line; None where there is
        none."""
        begins = line_begins(text, place, reach)
        index = bisect_left(self.phrases, (place, 0)) - 1
        return self.phrases[index][0] if index >= 0 and self.phrases[index][0] >= begins else None

    def near(self, text: str, span: Span, reach: int) -> bool:
        """Whether a phrase lies in the `reach` characters before or behind a span, in its line."""
        return self.before(text, span[0], reach) or self.within(span[1], line_ends(text, span[1], reach))


def line_begins(text: str, place: int, reach: int) -> int:
    """The start of a place's line, but at most `reach` characters before the place."""
    return max(place - reach, text.rfind("\n", max(place - reach, 0), place) + 1)


def line_ends(text: str, place: int, reach: int) -> int:
    """The end of a place's line, but at most `reach` characters behind the place."""
    end = text.find("\n", place, place + reach)
    return place + reach if end < 0 else end


def end_of_line(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


class Lexicon:
    """Lists of phrases by name.

    Args:
        lists: phrases as `words` writes them, and what must follow one (a regular expression with a group `value`, for
            text in small letters), or nothing.
    """

    def __init__(self, lists: Mapping[str, tuple[Collection[str], str]]) -> None:
        self._names = tuple(lists)
        self._whole: dict[str, list[tuple[str, str, frozenset[str] | None]]] = defaultdict(list)
        self._prefixes: dict[str, list[tuple[str, str, frozenset[str] | None]]] = defaultdict(list)
        for name, (phrases, following) in lists.items():
            beginnings = defaultdict[tuple[str, str], list[str]](list)
            for phrase in sorted(in_both_spellings(phrases), key=len, reverse=True):
                if first := _FIRST.match(phrase):
                    beginnings[first[1], first[2]].append(phrase)
            for (word, goes_on), alternatives in beginnings.items():
                pattern = rf"(?:{'|'.join(map(phrase_pattern, alternatives))})(?!\w){following}"
                (self._prefixes if goes_on else self._whole)[word].append((name, pattern, _seconds(alternatives)))
        # Most are never needed, and to compile them all would take every process that starts most of a second.
        self._compiled = lru_cache(None)(re.compile)
        self._that_may_begin = lru_cache(REMEMBERED)(self._of_word)

    def find(self, text: str, places: Places) -> dict[str, Spans]:
        """The phrases of each list in a text, by the list's name.

        Args:
            text: in small letters.
            places: by word of the text with which a phrase may begin, where it begins.
        """
        spans_of = {name: Spans() for name in self._names}
        beginnings = [
            (start, phrases) for word in places if (phrases := self._that_may_begin(word)) for start in places[word]
        ]
        beginnings.sort(key=itemgetter(0))
        for start, (alone, by_second, all_) in beginnings:
            candidates = alone
            if by_second and (behind := _NEXT.match(text, start)):
                candidates = all_ if "_" in behind[0] else by_second.get(behind[1], alone)
            for name, pattern, has_value in candidates:
                match = pattern.match(text, start)
                if match:
                    spans = spans_of[name]
                    spans.phrases.append(match.span())
                    if has_value:
                        spans.values.append(match.span("value"))
        return spans_of

    def _of_word(self, word: str) -> Beginnings | None:
        """Phrases that begin with this word, or with the beginning of it where the phrase has a star there."""
        first = _FIRST.match(word)
        letters = first[1] if first else ""
        by_prefix = (each for length in range(1, len(letters) + 1) for each in self._prefixes.get(letters[:length], ()))
        found = [
            ((name, compiled := self._compiled(pattern), "value" in compiled.groupindex), seconds)
            for name, pattern, seconds in (*self._whole.get(letters, ()), *by_prefix)
        ]
        if not found:
            return None
        alone = tuple(each for each, seconds in found if seconds is None)
        by_second = {
            second: tuple(each for each, seconds in found if seconds is None or second in seconds)
            for second in set[str]().union(*(seconds for _, seconds in found if seconds is not None))
        }
        return alone, by_second, tuple(each for each, _ in found)


def _seconds(phrases: Collection[str]) -> frozenset[str] | None:
    """The second words of phrases; None where a phrase has none, or one with a star."""
    seconds = set[str]()
    for phrase in phrases:
        first = _SECOND.match(phrase)
        if first is None:
            return None
        seconds.add(first[1])
    return frozenset(seconds)


def holds_any(text: str, marks: Collection[str]) -> bool:
    """Whether one of these pieces is in a text, without which a dearer pattern need not be tried."""
    return any(mark in text for mark in marks)


def words_of(text: str) -> dict[str, list[int]]:
    """The words of a text, and where each begins."""
    places = defaultdict[str, list[int]](list)
    at = 0
    for word in _WORD.findall(text):
        at = text.index(word, at)
        places[word].append(at)
        at += len(word)
    return places


def in_both_spellings(phrases: Collection[str]) -> set[str]:
    """Phrases with their accents, and the longer ones without them too, as keyboards and programs write them."""
    return {
        spelling
        for phrase in phrases
        for spelling in (
            (phrase, _without_accents(phrase), phrase.translate(_UMLAUTS))
            if len(phrase) > SHORT and not _QUESTIONS.fullmatch(phrase)
            else (phrase,)
        )
    }


def _without_accents(text: str) -> str:
    return "".join(
        character for character in unicodedata.normalize("NFD", text) if not unicodedata.combining(character)
    )


def phrase_pattern(phrase: str) -> str:
    """A pattern of a phrase. A star as a word means one or two words; at the end of a word, further letters."""
    words = [
        re.escape(word).replace(r"\*", r"\w{0,30}") if word != "*" else r"\w{1,30}(?: \w{1,30})?"
        for word in phrase.split()
    ]
    return "[ _-]{1,3}".join(words)


def small(text: str) -> str:
    """The text in small letters, with the same length, so that places stay the same."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(character.lower()[:1] or character for character in text)
