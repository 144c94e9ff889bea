"""Many lists of phrases looked for in one pass over a text's words: each word says which phrases may begin with it.

Thousands of alternatives in one regular expression are tried one by one at every word; here hardly any is.
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
REMEMBERED = 50_000
"""Words of which is kept what they may be."""
SHORT = 5
"""Letters of a phrase: without its accents so short a one is often another word, `él` and `el`."""

_WORD = re.compile(r"\w+")
_FIRST = re.compile(r"([^\W_]+)(\*?)")


def rest_of(alternatives: str) -> str:
    """A pattern of what follows the first letter of one of these, to be read right behind that letter.

    A search skips to the letters of a set with which its pattern begins; a look behind it would try everywhere. So
    patterns here begin with a set, and look behind it.
    """
    rests = defaultdict[str, list[str]](list)
    for each in alternatives.split("|"):
        rests[each[0]].append(each[1:])
    read = (rf"(?<={re.escape(first)})(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"(?:{'|'.join(read)})"


def one_of(alternatives: str, *, behind_no: str = r"\w") -> str:
    """A pattern of one of these where a class of letters does not stand before it; it begins with a set."""
    firsts = "".join(sorted({re.escape(each[0]) for each in alternatives.split("|")}))
    return f"[{firsts}](?<!{behind_no}.){rest_of(alternatives)}"


FULL_NAME = re.compile(
    r"[A-ZÀ-ÞĀ-ſ](?<![\w-].)"
    rf"(?!{rest_of('The|An?|Our|Your|My|This|Die|Der|Das|Ein|Eine|Im|In|Am|Zum|Zur|El|La|Los|Las|Un|Una|Su')}\s)"
    r"[a-zà-ÿĀ-ſ'’-]{1,20}(?:-[A-ZÀ-Þ][a-zà-ÿĀ-ſ]{1,20})? "
    r"(?:[A-Z]\. |(?:de|del|de la|van|van der|von|da|di|du|le|la|el|al|ben|bin|st\.) )?"
    r"(?:[OD]['’]|Mc|Mac)?[A-ZÀ-ÞĀ-ſ][a-zà-ÿĀ-ſ'’-]{1,25}(?:-[A-ZÀ-Þ][a-zà-ÿĀ-ſ]{1,20})?(?![\w-])"
)
"""Two words with capitals that begin with no article. German writes all its nouns so."""


@dataclass(slots=True)
class Spans:
    """Where phrases of one list stand, in order; with the span of what follows, where the list asks for something."""

    phrases: list[Span] = field(default_factory=list)
    values: list[Span] = field(default_factory=list)

    def within(self, start: int, end: int) -> bool:
        """Whether a phrase begins and ends there."""
        at = bisect_left(self.phrases, (start, 0))
        return at < len(self.phrases) and self.phrases[at][1] <= end

    def before(self, text: str, place: int, most: int) -> bool:
        """Whether a phrase stands at most so many characters before a place, in its line."""
        return self.within(line_begins(text, place, most), place)

    def last_before(self, text: str, place: int, most: int) -> int | None:
        """Where the last phrase begins that stands at most so many characters before a place, in its line."""
        begins = line_begins(text, place, most)
        at = bisect_left(self.phrases, (place, 0)) - 1
        return self.phrases[at][0] if at >= 0 and self.phrases[at][0] >= begins else None

    def near(self, text: str, span: Span, most: int) -> bool:
        """Whether a phrase stands at most so many characters from a span, in its line."""
        return self.before(text, span[0], most) or self.within(span[1], line_ends(text, span[1], most))


def line_begins(text: str, place: int, most: int) -> int:
    """Where the line of a place begins; of a long one, so many characters before the place."""
    return max(place - most, text.rfind("\n", max(place - most, 0), place) + 1)


def line_ends(text: str, place: int, most: int) -> int:
    """Where the line of a place ends; of a long one, so many characters behind the place."""
    end = text.find("\n", place, place + most)
    return place + most if end < 0 else end


class Lexicon:
    """Lists of phrases by name.

    Args:
        lists: phrases as `words` writes them, and what must follow one (a regular expression with a group `value`, for
            text in small letters), or nothing.
    """

    def __init__(self, lists: Mapping[str, tuple[Collection[str], str]]) -> None:
        self._names = tuple(lists)
        self._whole: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._begun: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, (phrases, following) in lists.items():
            beginnings = defaultdict[tuple[str, str], list[str]](list)
            for phrase in sorted(in_both_spellings(phrases), key=len, reverse=True):
                if first := _FIRST.match(phrase):
                    beginnings[first[1], first[2]].append(phrase_pattern(phrase))
            for (word, goes_on), alternatives in beginnings.items():
                pattern = rf"(?:{'|'.join(alternatives)})(?!\w){following}"
                (self._begun if goes_on else self._whole)[word].append((name, pattern))
        # Most are never needed, and to compile them all would take every process that starts most of a second.
        self._compiled = lru_cache(None)(re.compile)
        self._that_may_begin = lru_cache(REMEMBERED)(self._of_word)

    def find(self, text: str, places: Places) -> dict[str, Spans]:
        """
        Args:
            text: in small letters.
            places: its words of which a phrase may be the beginning, and where each begins.
        """
        found = {name: Spans() for name in self._names}
        begun = ((start, each) for word in places if (each := self._that_may_begin(word)) for start in places[word])
        for start, those in sorted(begun, key=itemgetter(0)):
            for name, pattern, has_value in those:
                match = pattern.match(text, start)
                if match:
                    spans = found[name]
                    spans.phrases.append(match.span())
                    if has_value:
                        spans.values.append(match.span("value"))
        return found

    def _of_word(self, word: str) -> tuple[Beginning, ...]:
        """Phrases whose first word this is, or begins; behind an underscore is their next."""
        first = _FIRST.match(word)
        said = first[1] if first else ""
        begun = (each for length in range(1, len(said) + 1) for each in self._begun.get(said[:length], ()))
        patterns = ((name, self._compiled(pattern)) for name, pattern in (*self._whole.get(said, ()), *begun))
        return tuple((name, pattern, "value" in pattern.groupindex) for name, pattern in patterns)


def words_of(text: str) -> dict[str, list[int]]:
    """The words of a text, and where each begins."""
    places: dict[str, list[int]] = {}
    for word in _WORD.finditer(text):
        places.setdefault(word[0], []).append(word.start())
    return places


def in_both_spellings(phrases: Collection[str]) -> set[str]:
    """Phrases with their accents, and the longer ones without them too, as keyboards and programs write them."""
    return {
        each for phrase in phrases for each in (phrase, _without_accents(phrase) if len(phrase) > SHORT else phrase)
    }


def _without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def phrase_pattern(phrase: str) -> str:
    """A star inside a phrase is one or two words, at the end of a word further letters."""
    words = [
        re.escape(word).replace(r"\*", r"\w{0,30}") if word != "*" else r"\w{1,30}(?: \w{1,30})?"
        for word in phrase.split()
    ]
    return "[ _-]{1,3}".join(words)


def small(text: str) -> str:
    """The text in small letters, each at its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(each.lower()[:1] or each for each in text)
