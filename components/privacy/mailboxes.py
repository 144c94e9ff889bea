"""Mailboxes of roles, firms and examples: everybody may know them, or nobody has them."""

from __future__ import annotations

import re
from functools import lru_cache

from components.privacy.words import lists_of

_LISTS = {name: frozenset(phrases) for name, phrases in lists_of("mailboxes").items()}
"""`role`, `beside`: words of mailboxes that are a firm's; `anybody`, `made_up`: of nobody, at hosts that are `nowhere`.
"""
_PART = re.compile(r"[^\W\d_]+")
SHORTEST = 4
"""Letters of each of two words that are written as one, at least."""
REMEMBERED = 4096
_HIDDEN = re.compile(
    r"[^@]{1,64}@(?:users\.noreply\.github\.com|reply\.github\.com|(?:group|resource)\.calendar\.google\.com"
    r"|googlegroups\.com|groups\.io|(?:no-?reply|bounces?|lists?|listes|listas|listen)\.[\w.-]{3,80}"
    r"|(?:[\w-]{1,40}\.){1,4}[~^]?\d[\w-]{0,40}|[1-4]x\.(?:png|jpe?g|webp|gif|svg|avif))"
    r"|[^@]{1,60}-(?:unsubscribe|subscribe|request|owner|bounces|announce|discuss)@[^@]{3,100}",
    re.IGNORECASE,
)
"""Of a service that hides whose it is, of a list of many; and what is none: a package's version, a picture's size."""
_UNMISTAKABLE = re.compile(
    r"(?:your|my|dein|ihre?|tu|su|votre|mon)[._-]?(?:name|e?mail|nombre|correo|nom|adresse|address)"
    r"|(?:first|vor)[._-]?name[._-](?:last|nach|sur)[._-]?name|first[._-]last|nombre[._-]apellidos?|pr[ée]nom[._-]nom"
    r"|nom[._-]pr[ée]nom"
)


@lru_cache(REMEMBERED)
def is_a_role(mailbox: str, host: str) -> bool:
    """Whether a mailbox is called after what is done there, not after a person.

    Args:
        mailbox: what stands before the sign, in small letters.
        host: what stands behind it, with the sign.
    """
    if mailbox in _LISTS["role"] or _HIDDEN.fullmatch(mailbox + host):
        return True
    parts = _PART.findall(mailbox)
    firm = host.lower().lstrip("@").split(".")[:-1]
    own = {*firm, *(word for label in firm for word in label.split("-"))}
    roles = [part in _LISTS["role"] or _is_two(part) for part in parts]
    return any(roles) and all(
        is_role or part in _LISTS["beside"] or (len(part) >= SHORTEST and part in own)
        for part, is_role in zip(parts, roles, strict=True)
    )


def _is_two(word: str) -> bool:
    """Whether a word is a role's and another of these words, written as one: `kundenberatung`, `infoberlin`."""
    roles, beside = _LISTS["role"], _LISTS["beside"]
    return any(
        (first in roles and (last in roles or last in beside)) or (first in beside and last in roles)
        for at in range(SHORTEST, len(word) - SHORTEST + 1)
        for first, last in ((word[:at], word[at:]),)
    )


def stands_for_any(address: str) -> bool:
    """Whether an address is anybody's: `you@company.com`, `vorname.nachname@firma.de`."""
    mailbox, _, host = address.lower().partition("@")
    return _UNMISTAKABLE.fullmatch(mailbox) is not None or (mailbox in _LISTS["anybody"] and _is_nowhere(host))


def is_made_up(address: str) -> bool:
    """Whether an address is that of a person whom documents make up: `jane.doe@example.com`."""
    mailbox, _, host = address.lower().partition("@")
    return mailbox in _LISTS["made_up"] and _is_nowhere(host)


def _is_nowhere(host: str) -> bool:
    name, _, end = host.partition(".")
    return name in _LISTS["nowhere"] and "." not in end
