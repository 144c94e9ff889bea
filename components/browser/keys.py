"""Names of keys, and the CDP events that press them."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
CODES = {
    "Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "PageUp": 33, "PageDown": 34, "End": 35,
    "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Insert": 45, "Delete": 46,
    **{f"F{n}": 111 + n for n in range(1, 13)},
}  # fmt: skip
TEXTS = {"Enter": "\r", "Space": " "}
# The printable keys of a US keyboard, whose names and numbers pages know: what a key writes alone and with Shift.
_PLACES = {
    "Backquote": (192, "`~"), "Minus": (189, "-_"), "Equal": (187, "=+"), "BracketLeft": (219, "[{"),
    "BracketRight": (221, "]}"), "Backslash": (220, "\\|"), "Semicolon": (186, ";:"), "Quote": (222, "'\""),
    "Comma": (188, ",<"), "Period": (190, ".>"), "Slash": (191, "/?"),
    **{f"Digit{n}": (ord(str(n)), f"{n}{shifted}") for n, shifted in enumerate(")!@#$%^&*(")},
    **{f"Key{letter}": (ord(letter), letter.lower() + letter) for letter in ascii_uppercase},
}  # fmt: skip
PRINTABLE = {  # character -> (code, number, whether Shift is held)
    character: (code, number, shifted)
    for code, (number, characters) in _PLACES.items()
    for shifted, character in enumerate(characters)
}
_SHIFTED = {characters[0]: characters[1] for _, characters in _PLACES.values()}


def split_combination(name: str) -> tuple[int, str]:
    """("Control+Shift+A") -> (modifier bits, key).

    Raises:
        ValueError: no such key; the message names it.
    """
    *modifiers, key = name.split("+") if name != "+" and not name.endswith("++") else [*name[:-2].split("+"), "+"]
    bits = 0
    for modifier in filter(None, modifiers):
        if modifier not in MODIFIERS:
            raise ValueError(f'there is no modifier key "{modifier}"; use one of {", ".join(MODIFIERS)}')
        bits |= MODIFIERS[modifier]
    if key == " ":
        key = "Space"
    if key not in CODES and not (len(key) == 1 and key.isprintable()):
        raise ValueError(f'there is no key "{key}"; use a character or one of {", ".join(CODES)}')
    return bits, key


def key_events(name: str) -> list[dict[str, Any]]:
    """Parameters of the Input.dispatchKeyEvent calls that press and release a key or a combination."""
    bits, key = split_combination(name)
    shortcut = bool(bits & ~MODIFIERS["Shift"])
    if key in CODES:
        code, number, text = key, CODES[key], TEXTS.get(key, "")
        key_name = " " if key == "Space" else key
    else:
        if shortcut and not bits & MODIFIERS["Shift"]:
            key = key.lower()
        elif bits:
            key = _SHIFTED.get(key, key.upper() if len(key.upper()) == 1 else key)
        code, number, shifted = PRINTABLE.get(key, ("", 0, 0))
        if shifted and not shortcut:
            bits |= MODIFIERS["Shift"]
        key_name = text = key
    common = {"modifiers": bits, "key": key_name, "code": code, "windowsVirtualKeyCode": number}
    down = {"type": "rawKeyDown", **common} if shortcut or not text else {"type": "keyDown", "text": text, **common}
    if bits == MODIFIERS["Control"] and key == "a":
        down["commands"] = ["selectAll"]  # the shortcut belongs to the desktop, which a headless browser has none of
    return [down, {"type": "keyUp", **common}]


def written_by(name: str) -> str:
    """The characters that a key or a combination writes into a field; empty for most keys."""
    return "".join(event.get("text", "") for event in key_events(name))
