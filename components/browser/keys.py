"""Names of keys, and the CDP events that press them."""

from __future__ import annotations

from typing import Any

MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
CODES = {
    "Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "PageUp": 33, "PageDown": 34, "End": 35,
    "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Insert": 45, "Delete": 46,
    **{f"F{n}": 111 + n for n in range(1, 13)},
}  # fmt: skip
TEXTS = {"Enter": "\r", "Space": " "}


def split_combination(name: str) -> tuple[int, str]:
    """("Control+Shift+A") -> (modifier bits, key).

    Raises:
        ValueError: no such key; the message names it.
    """
    *held, key = name.split("+") if name != "+" and not name.endswith("++") else [*name[:-2].split("+"), "+"]
    bits = 0
    for modifier in filter(None, held):
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
    if key in CODES:
        code, number, shown = key, CODES[key], " " if key == "Space" else key
        text = "" if bits & ~MODIFIERS["Shift"] else TEXTS.get(key, "")
    else:
        plain = key.upper()
        ascii_alnum = key.isascii() and key.isalnum()
        code = ("Digit" if plain.isdigit() else "Key") + plain if ascii_alnum else ""
        number = ord(plain) if ascii_alnum else 0
        shown = key.lower() if bits & ~MODIFIERS["Shift"] else key
        text = "" if bits & ~MODIFIERS["Shift"] else key
    common = {"modifiers": bits, "key": shown, "code": code, "windowsVirtualKeyCode": number}
    down = {"type": "keyDown" if text else "rawKeyDown", **common}
    if text:
        down["text"] = text
    if bits == MODIFIERS["Control"] and key.lower() == "a":
        down["commands"] = ["selectAll"]  # the shortcut belongs to the desktop, which a headless browser has none of
    return [down, {"type": "keyUp", **common}]
