"""Rules for intents that say what the wanted one is like: how it begins and ends, how great it is, odd or even."""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, click, rule
from components.browser.scene import Node, nth

_NUMBER = re.compile(r"-?\d+")


@rule(r'Enter an item that starts with "(?P<start>.+?)"(?: and ends with "(?P<end>.+)")?\.?$')
def completion(case: Case) -> Sequence[Move]:
    """Types the beginning, takes one of the completions that the page then offers, sends it."""
    start, end = case.words["start"], case.words["end"]
    field = nth(case.scene.fields, 1)

    def fits(text: str) -> bool:
        return text.startswith(start) and text.endswith(end)

    if field is None:
        return []
    offered = [node for node in case.scene.refs("clickable", "option", "listitem", "menuitem") if fits(node.name)]
    if offered and field.value == start:
        ending = f' and ends with "{end}"' if end else ""
        return [m for node in offered for m in click(node, f'It starts with "{start}"{ending}.')]
    if fits(field.value) and field.value != start:
        return click(case.scene.submit(), "The field holds an item that was offered.")
    return fill_then_submit(case, [(field, start, "field")])


@rule(r"Find and pick the card with the greatest number, then press submit\.?$")
def greatest_card(case: Case) -> Sequence[Move]:
    cards = [node for node in case.scene.refs() if _NUMBER.fullmatch(node.name)]
    if not cards:
        return []
    greatest = max(cards, key=_number)
    if not case.done(f"click [{greatest.ref}]"):
        return click(greatest, f"{greatest.name} is the greatest of {', '.join(card.name for card in cards)}.")
    return click(case.scene.submit(), f"The card with {greatest.name} is picked.")


@rule(r"Mark the numbers below as odd or even and press submit when done\.?$")
def odd_or_even(case: Case) -> Sequence[Move]:
    """Each number stands between its two buttons."""
    moves: list[Move] = []
    for shown in case.scene.texts():
        if not _NUMBER.fullmatch(shown.name):
            continue
        odd = case.scene.before(shown, case.scene.named("Odd", "button"))
        even = nth(case.scene.after(shown, case.scene.named("Even", "button")), 1)
        parity, button = ("odd", odd) if _number(shown) % 2 else ("even", even)
        if button and not case.done(f"click [{button.ref}]"):
            moves += click(button, f"{shown.name} is {parity}.")
    return moves or click(case.scene.submit(), "Every number is marked.")


def _number(node: Node) -> int:
    return int(node.name)
