"""Rules for intents that describe the right element: how it begins and ends, how great it is, odd or even, what it
costs, how long it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, click, rule
from components.browser.scene import Node, nth

_NUMBER = re.compile(r"-?\d+")
_DURATION = re.compile(r"(?:(?P<hours>\d+)h ?)?(?:(?P<minutes>\d+)m)?")
_OFFER = re.compile(r"Book for \$(?P<cost>\d+)")


@rule(r'Enter an item that starts with "(?P<start>.+?)"(?: and ends with "(?P<end>.+)")?\.?$')
def completion(case: Case) -> Sequence[Move]:
    """Types the beginning, takes one of the completions that the page then offers, sends it."""
    start, end = case.words["start"], case.words["end"]
    field = nth(case.scene.fields, 1)

    def fits(text: str) -> bool:
        return text.startswith(start) and text.endswith(end)

    if field is None:
        return []
    offers = [node for node in case.scene.refs("clickable", "option", "listitem", "menuitem") if fits(node.name)]
    if offers and field.value == start:
        ending = f' and ends with "{end}"' if end else ""
        return [m for node in offers for m in click(node, f'It starts with "{start}"{ending}.')]
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
    for number in case.scene.texts():
        if not _NUMBER.fullmatch(number.name):
            continue
        odd = case.scene.before(number, case.scene.named("Odd", "button"))
        even = nth(case.scene.after(number, case.scene.named("Even", "button")), 1)
        parity, button = ("odd", odd) if _number(number) % 2 else ("even", even)
        if button and not case.done(f"click [{button.ref}]"):
            moves += click(button, f"{number.name} is {parity}.")
    return moves or click(case.scene.submit(), "Every number is marked.")


@rule(
    r"Generate an (?P<parity>even|odd) number, then press submit\.?$",
    r"Generate a number (?P<than>greater|less) than (?P<bound>\d+), then press submit\.?$",
)
def number_drawn(case: Case) -> Sequence[Move]:
    """Draws until a number fits: each click on Generate shows another."""
    words, draw = case.words, nth(case.scene.named("Generate", "button"), 1)
    numbers = [_number(node) for node in case.scene.texts() if _NUMBER.fullmatch(node.name)]
    condition = words.get("parity") or f"{words['than']} than {words['bound']}"
    if not numbers:
        return click(draw, "There is no number yet.")
    if "parity" in words:
        fits = numbers[0] % 2 == (words["parity"] == "odd")
    else:
        fits = numbers[0] > int(words["bound"]) if words["than"] == "greater" else numbers[0] < int(words["bound"])
    if not fits:
        return click(draw, f"{numbers[0]} is not {condition}.")
    return click(case.scene.submit(), f"{numbers[0]} is {condition}.")


@rule(r"Buy the ticket with the (?P<which>cheapest|most expensive) cost\.?$")
def ticket_by_cost(case: Case) -> Sequence[Move]:
    costs = [(int(match["cost"]), node) for node in case.scene.refs() if (match := _OFFER.fullmatch(node.name))]
    return _book(costs, fewest=case.words["which"] == "cheapest", label=lambda cost: f"${cost}")


@rule(r"Buy the ticket with the (?P<which>shortest|longest) duration\.?$")
def ticket_by_duration(case: Case) -> Sequence[Move]:
    """The facts of a flight stand before its button."""
    times = [(_minutes(node), node) for node in case.scene.texts() if _minutes(node)]
    durations = []
    for offer in (node for node in case.scene.refs() if _OFFER.fullmatch(node.name)):
        if before := [minutes for minutes, node in times if node.position < offer.position]:
            durations.append((before[-1], offer))
    return _book(
        durations,
        fewest=case.words["which"] == "shortest",
        label=lambda minutes: f"{minutes // 60}h {minutes % 60}m",
    )


def _book(offers: Sequence[tuple[int, Node]], *, fewest: bool, label: Callable[[int], str]) -> Sequence[Move]:
    if not offers:
        return []
    amount, node = (min if fewest else max)(offers, key=lambda offer: offer[0])
    others = ", ".join(label(amount) for amount, _ in offers)
    return click(node, f"{label(amount)} is the {'least' if fewest else 'most'} of {others}.")


def _minutes(node: Node) -> int:
    """The minutes of a duration such as `2h 5m`; 0 where the text is none."""
    match = _DURATION.fullmatch(node.name)
    return 60 * int(match["hours"] or 0) + int(match["minutes"] or 0) if match else 0


def _number(node: Node) -> int:
    return int(node.name)
