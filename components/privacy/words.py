"""Words that make a number or a sentence private, in English, German, French and Spanish.

They name kinds of things, never values. A star stands for further letters; a space also for a hyphen or underscore.
"""

from __future__ import annotations

import re
from pathlib import Path

LISTS = Path(__file__).with_name("lists")


def listed(text: str) -> tuple[str, ...]:
    """Phrases, one to a line or comma."""
    return tuple(phrase for phrase in (" ".join(part.split()) for part in re.split(r"[,\n]", text)) if phrase)


def lists_of(name: str) -> dict[str, tuple[str, ...]]:
    """Lists of phrases by name, of `lists/NAME.txt`: its name in brackets, then its phrases; remarks behind a #."""
    text = re.sub(r"^#.*$", "", (LISTS / f"{name}.txt").read_text(), flags=re.MULTILINE)
    _, *lists = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    return {title: listed(phrases) for title, phrases in zip(lists[::2], lists[1::2], strict=True)}


_ALTERNATIVES = lists_of("alternatives")


def any_of(name: str) -> str:
    """A pattern of any of a list of `lists/alternatives.txt`, which are patterns themselves."""
    return f"(?:{'|'.join(_ALTERNATIVES[name])})"


PHONE = lists_of("calls")["phone"]
IDENTITY = lists_of("papers")["identity"]
PAPERS = IDENTITY + lists_of("papers")["papers"]
"""Words for documents; their number may come anywhere later in the line."""
ACCOUNT = lists_of("papers")["account"]
_LISTS = lists_of("codes")
CODE = _LISTS["code"]
LOGIN = _LISTS["login"]
_SECRETS = lists_of("secrets")
PASSWORD = _SECRETS["password"] + tuple(
    f"{prefix}{word}" for word in ("passwort", "kennwort") for prefix in _SECRETS["of_passwords"]
)
CODEWORD = _SECRETS["codeword"]
CARD_SECRET = _SECRETS["card_secret"]
KEY = _SECRETS["key"]
GERMAN_KEYS = tuple(f"{prefix}{word}" for word in ("schlüssel", "token", "geheimnis") for prefix in _SECRETS["of_keys"])
KEY += GERMAN_KEYS
ORDER = _LISTS["order"]
REBATE = _LISTS["rebate"]
"""Words of a shop's codes, such as a voucher."""
