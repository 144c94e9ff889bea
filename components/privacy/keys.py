"""Keys, tokens and other secrets of programs: by what their makers begin them with, in addresses, or at random."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from math import log2

from components.privacy.lexicon import Span, Spans, holds_any, one_of
from components.privacy.placeholders import is_placeholder
from components.privacy.words import listed

_KEY = re.compile(
    r"[sprgxAhnSe-](?:(?<![\w-].)(?:(?<=s)k-[\w-]{16,200}|(?<=[spr])k_(?:live|test)_[A-Za-z0-9]{10,200}"
    r"|(?<=g)(?:h[pousr]_[A-Za-z0-9]{20,100}|ithub_pat_\w{20,120}|lpat-[\w-]{16,60})|(?<=x)ox[abprs]-[\w-]{10,200}"
    r"|(?<=A)(?:(?:KIA|SIA)[A-Z0-9]{16}|Iza[\w-]{30,45})|(?<=h)f_[A-Za-z0-9]{20,60}|(?<=n)pm_[A-Za-z0-9]{30,40}"
    r"|(?<=S)G\.[\w-]{16,40}\.[\w-]{16,80}|(?<=e)yJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{8,2000})(?![\w-])"
    r"|(?<=-)----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s{0,2}[\w+/=]{1,90}){0,80})"
)
_BEGINNINGS = (
    *("sk-", "k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "AKIA"),
    *("ASIA", "AIza", "hf_", "npm_", "SG.", "eyJ", "-----BEGIN"),
)
"""One of these is part of it."""
_RANDOM = re.compile(
    r"[A-Za-z0-9+_-](?<![\w/.-].)(?<!trace=.)(?<!queue=.)(?<!commit .)(?<!sha256:.)"
    r"[A-Za-z0-9+_-]{19,399}={0,2}(?![\w/-]|\.\w)"
)
_OF_VENDORS = listed("""
whsec_, pypi-AgE, dckr_pat_, dckr_oat_, shpat_, shpca_, shppa_, shpss_, xapp-, ya29., GOCSPX-, sq0csp-, sq0atp-
rubygems_, NRAK-, lin_api_, figd_, dop_v1_, doo_v1_, hvs., hvb., sntrys_, sntryu_, glsa_, glc_, glptt-, gldt-, glrt-
glsoat-, ATATT3, ATCTT3, r8_, gsk_, xai-, PMAK-, AGE-SECRET-KEY-, tskey-, rk_live_, pk.eyJ, sk.eyJ, ntn_, pat-na1-
pat-eu1-, cfut_, CFPAT-, nvapi-, pplx-, sbp_, sb_secret_, fly_, FlyV1, eyJrIjoi, tfp_, AccountKey=, SharedAccessKey=
sk_prod_, rdme_, phc_, phx_, dt0c01., CLOJARS_
""")
"""What vendors begin their keys with."""
_VENDOR_MARKS = tuple(max(name.split("."), key=len) for name in _OF_VENDORS)
_VENDOR = re.compile(
    one_of("|".join(_OF_VENDORS), behind_no=r"[\w.-]")
    + r"(?=[\w.+/=-]{0,60}\d)[\w+/=-]{16,400}(?:\.[\w-]{10,200}){0,3}(?![\w])"
)
_TELEGRAM = re.compile(r"[1-9](?<![\w:].)\d{7,10}:AA[\w-]{30,40}(?![\w-])")
_IN_ADDRESS = re.compile(
    r"h(?:ttps://(?:hooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{20,100}"
    r"|(?:\w{1,10}\.)?discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{20,100}"
    r"|[\w-]{1,40}\.webhook\.office\.com/[\w@/-]{30,250}|hooks\.zapier\.com/hooks/catch/[\w/]{6,60}"
    r"|api\.telegram\.org/bot[\w:-]{30,60}|chat\.googleapis\.com/v1/spaces/[^\s\"]{30,250}"
    r"|(?:[\w-]{1,40}\.)?ifttt\.com/[\w/]{0,60}/key/[\w-]{15,60}))"
)
"""Addresses that let in whoever knows them."""
_SIGNED = re.compile(
    r"[?&;](?:sig|signature|X-Amz-Signature|access_token|token|api_?key|key|auth|secret|code_verifier|sas)="
    r"(?P<value>(?=[\w%+/=.~-]{0,60}\d)[\w%+/=.~-]{20,400})",
)
_COOKIE = re.compile(
    r"[Cc]ookie: ?(?:[\w.-]{1,40}=[^;\s\"]{1,200}; ?){0,5}?[\w.-]{1,40}=(?P<value>[\w.%~+/=:-]{16,800})"
)
_ANYWHERE = (*((_TELEGRAM, ":AA"), (_IN_ADDRESS, "https://"), (_SIGNED, "="), (_COOKIE, "ookie:")),)
"""Patterns, and what a text must contain for each to be tried."""
SECRET, RANDOM, SHORTEST = 110, 3.0, 10
"""Characters before a random word in which something must say that it is secret, bits of a character in it, and
characters of the first word of a key at least."""


def spans(text: str, *, secrets: Spans) -> Iterator[Span]:
    """Spans of keys, also of the same one twice.

    Args:
        text: from `views.flat`.
        secrets: spans of words for secrets.
    """
    tried = (pattern.finditer(text) for pattern, mark in _ANYWHERE if mark in text)
    long = " ".join(word for word in text.split() if len(word) >= SHORTEST)
    keys = _KEY.finditer(text) if holds_any(long, _BEGINNINGS) else ()
    vendors = _VENDOR.finditer(text) if holds_any(long, _VENDOR_MARKS) else ()
    for match in chain(keys, vendors, *tried):
        yield match.span("value" if "value" in match.re.groupindex else 0)
    yield from _random_words(text, secrets)


def _random_words(text: str, cues: Spans) -> Iterator[Span]:
    """Random words with a word for secrets before them."""
    for match in _RANDOM.finditer(text) if cues.phrases else ():
        word = match[0]
        if cues.within(max(match.start() - SECRET, 0), match.start()) and _is_random(word) and not is_placeholder(word):
            yield match.span()


def _is_random(word: str) -> bool:
    """Whether a word mixes letters and digits, with an entropy of at least `RANDOM` bits per character."""
    if not (any(map(str.isdigit, word)) and any(map(str.isalpha, word))):
        return False
    shares = [word.count(character) / len(word) for character in set(word)]
    return -sum(share * log2(share) for share in shares) >= RANDOM
