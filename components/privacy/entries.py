"""What is pressed at the entrance of a house or typed into a network, behind a label that says little."""

from __future__ import annotations

import re

from components.privacy.hits import Kind

_KEY_NAMES = re.compile(
    r"(?:(?:und|and|y|et|the|der|den|la|le|el|its|with the|dazu) ){0,2}"
    r"(?:(?:netz|wlan-?|zugangs)?schlüssel|key|clé|clave|llave|secrets?|secreto|geheimnis|geheim)"
    r"(?: (?:dazu|dafür|hierzu|zum netz|zum wlan|for it|to it|du réseau|de la red))?",
    re.IGNORECASE,
)
SIGNED = re.compile(r"[^\W_]*[\d!$%&*#@+?_]|[a-zß-ÿ][A-Z]")
"""In a word: what few words but passwords have."""
_ENTRYPHONE = re.compile(
    r"(?:portero automático|telefonillo|portero|portal|interphone|sprechanlage|gegensprechanlage|türöffner|intercom"
    r"|entryphone|entry ?phone|door entry|buzzer|keypad|teclado|clavier|tastenfeld|haustür|front door|porte|portail)",
    re.IGNORECASE,
)
_ENTRY_CODE = re.compile(
    r"[A-Z*#]?\d{3,6}[A-Z*#]?|[A-Z]\d{2}|\d{3,5}[ ]\d{1,4}|\d{2,4}[ ]?[A-Z]\d{0,3}|[*#]\d[\d*#]{2,6}"
)
"""What is pressed at the entrance of a house."""
_SHORT_KEY = re.compile(
    r"(?=\S*\d|\S*[a-z][A-Z])\S{6,63}|\d{4}(?:[ -]\d{4}){1,4}|[^\W\d_A-Z]{3,}(?:[-_.][^\W\d_A-Z]{3,}){1,5}"
    r"|[^\W\d_A-Z]{3,}(?:[ ][^\W\d_A-Z]{3,}){2,5}"
)
"""The key of a network, if its label is only a word for a key."""


def lets_in(label: str, value: str, kind: Kind | None) -> bool:
    """Whether a value is pressed at an entrance, or the key of a network under a word for keys (`kind` `key`)."""
    if kind is None:
        return _ENTRYPHONE.fullmatch(label.strip()) is not None and _ENTRY_CODE.fullmatch(value) is not None
    return kind == "key" and _KEY_NAMES.fullmatch(label.strip()) is not None and _SHORT_KEY.fullmatch(value) is not None
