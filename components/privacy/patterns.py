"""Private data with a form of its own, found by patterns in time linear in the text.

Every repetition is bounded and begins only where a run of its characters begins, so that no input is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import addresses, keys, papers, phones
from components.privacy.checksums import IBAN_LENGTHS, is_card, is_iban
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import Span, Spans
from components.privacy.mailboxes import is_a_role

_AT_HOST = re.compile(r"@(?:[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,4}|\[\d{1,3}(?:\.\d{1,3}){3}\])")
_MAILBOX = re.compile(r"(?<![\w.+%@-])[\w.+%-]{1,64}\Z")
_AT_IN_BRACKETS = re.compile(
    r"[\[({<]\s?(?:at|arroba|ät|a|ã|@)\s?[\])}>]\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[\[({<]\s?(?:dot|punkt|point|punto)\s?[\])}>])\s?[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
_AT_IN_WORDS = re.compile(
    r"at(?<= at) [\w-]{1,63}(?: dot [\w-]{2,63}){0,3} dot (?:com|org|net|edu|info|eu|de|fr|es|at|ch|uk|us)(?!\w)",
    re.IGNORECASE,
)
_MAILBOX_IN_WORDS = re.compile(r"(?<![\w.+%-])(?:[\w-]{1,40} dot ){0,3}[\w.+%-]{1,64}\s?\Z", re.IGNORECASE)
_RUN = re.compile(r"[0-9](?<![\d.,].)(?:[ -]?\d){12,40}(?!\d)")
_SPLIT_CARD = re.compile(r"[0-9](?<!\d.)\d{3}(?:(?:\s{1,120}|[\s._/·•*:,–-]{1,6})\d{4}){3}(?!\d)")
_IBAN = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z]\d{2}(?:[ \n.-]?[A-Za-z0-9]){11,34}")
_SORTED = re.compile(r"[0-9](?<![\w-].)\d-\d\d-\d\d(?:,?[ ]{1,3}|[ ]?/[ ]?)\d{8}(?![\w-])")
"""A British sort code and account number."""
LONGEST_MAILBOX = 64
_NO_MAIL = re.compile(
    r"(?:://[^\s/@]{0,60}|(?<!\w)(?:ssh|scp|sftp|rsync|mosh) (?:-\w+ (?:[\w./~-]{1,30} )?){0,2}"
    r"|(?<!\w)(?:message-id|in-reply-to|references|calendar id|kalender-id): ?<?)\Z",
    re.IGNORECASE,
)
"""Before what is written as an address is: a link up to who opens it with which secret, a machine's user, a number of a
message."""
ORDERED, JUST_BEFORE = 40, 16
"""Characters of a line before a number, one in groups, or a street in which a word may say that it is an order's, a
company's, or that of a place for everybody."""


def hits(text: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
    """Hits of patterns, also of the same place twice.

    Args:
        text: from `views.flat`, in which a number of several cells is one piece.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
    """
    spans: tuple[tuple[Kind, Iterator[Span]], ...] = (
        ("email", _emails(text)),
        ("card", _cards(text, spans_of["order"])),
        ("bank", _ibans(text)),
        ("bank", (match.span() for match in _SORTED.finditer(text))),
        ("national_id", papers.spans(text)),
        ("phone", phones.spans(text, orders=spans_of["order"], calls=spans_of["call"], services=spans_of["service"])),
        ("key", keys.spans(text, secrets=spans_of["secret"])),
        ("address", addresses.spans(text, spans_of)),
    )
    for kind, kind_spans in spans:
        for start, end in kind_spans:
            yield Hit(start=start, end=end, kind=kind, source="pattern")


def _emails(text: str) -> Iterator[Span]:
    for at, mailbox in ((_AT_HOST, _MAILBOX), (_AT_IN_BRACKETS, _MAILBOX_IN_WORDS), (_AT_IN_WORDS, _MAILBOX_IN_WORDS)):
        last = 0
        for host in at.finditer(text):
            box = mailbox.search(text, max(last, host.start() - LONGEST_MAILBOX), host.start())
            if box and not _NO_MAIL.search(text, max(box.start() - LONGEST_MAILBOX, 0), box.start()):
                last = host.end()
                if not is_a_role(box[0].strip().lower(), host[0]):
                    yield box.start(), last


def _cards(text: str, orders: Spans) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        places = [at for at in range(*run.span()) if text[at].isdigit()]
        if orders.before(text, run.start(), ORDERED if run[0].isdigit() else JUST_BEFORE):
            continue
        first = 0
        while first < len(places) - 12:
            length = next((length for length in (19, 16, 15, 14, 13) if _card_at(text, places, first, length)), 0)
            if length:
                yield places[first], places[first + length - 1] + 1
            first += length or 1
    for match in _SPLIT_CARD.finditer(text):
        if is_card("".join(re.findall(r"\d", match[0]))) and not orders.before(text, match.start(), JUST_BEFORE):
            yield match.span()


def _card_at(text: str, places: list[int], first: int, length: int) -> bool:
    """Whether `length` digits from the `first` on are a card's number, and begin and end with a group of digits."""
    last = first + length - 1
    if last >= len(places) or text[places[first]] not in "23456" or (first and places[first] == places[first - 1] + 1):
        return False
    ends = last + 1 == len(places) or places[last + 1] > places[last] + 1
    return ends and is_card("".join(text[at] for at in places[first : last + 1]))


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        places = [at for at in range(*match.span()) if text[at].isalnum()][:length]
        if length and len(places) == length and is_iban("".join(text[at] for at in places).upper()):
            yield places[0], places[-1] + 1
