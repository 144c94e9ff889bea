"""Rules for intents that name what to choose: check boxes, radio buttons, lists, dropdowns, calendars, numbers."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from components.agents.scripted.moves import Case, Move, choose, click, press, rule
from components.browser.scene import Node, nth, ordinal, plain

_MONTHS = list(calendar.month_name)[1:]
STRIDE = 20
"""From farther away a slider is moved by pages: a fifth of its range, or a tenth."""


@rule(r"Select (?P<item>.+) from the list and click Submit")
def from_list(case: Case) -> Sequence[Move]:
    item = case.words["item"]
    box = nth(case.scene.refs("combobox", "listbox"), 1)
    if box is None:
        return []
    if plain(box.value) != plain(item):
        return choose(box, item, f'The list does not show "{item}" yet.')
    return click(case.scene.submit(), f'"{item}" is selected, so the form can be sent.')


@rule(r"Select (?P<items>.+) from the scroll list and click Submit")
def from_scroll_list(case: Case) -> Sequence[Move]:
    box = nth(case.scene.refs("listbox", "combobox"), 1)
    if box is None:
        return []
    chosen = [plain(item) for item in box.value.split(",")]
    moves = [
        move
        for item in case.words["items"].split(", ")
        if plain(item) not in chosen
        for move in choose(box, item, f'"{item}" is not selected yet.')
    ]
    return moves or click(case.scene.submit(), "Everything asked for is selected.")


@rule(r"Select (?P<date>\d\d/\d\d/\d{4}) as the date")
def from_calendar(case: Case) -> Sequence[Move]:
    """Opens the calendar, goes month by month to the right one, clicks the day, sends."""
    month, day, year = (int(part) for part in case.words["date"].split("/"))
    field = nth(case.scene.refs("textbox"), 1)
    if field is not None and field.value == case.words["date"]:
        return click(case.scene.submit(), "The date is in the field.")
    month_shown = _shown_month(case)
    if month_shown is None:
        return click(field, "The date is not chosen yet; the field opens the calendar.")
    ahead = (year - month_shown[1]) * 12 + month - month_shown[0]
    if ahead:
        way = "Next" if ahead > 0 else "Prev"
        return click(
            nth(case.scene.named(way), 1), f"The calendar shows {_MONTHS[month_shown[0] - 1]}; {way} leads to the date."
        )
    return click(
        nth(case.scene.named(str(day), "link", "clickable"), 1), f"The calendar shows the month; day {day} is in it."
    )


def _shown_month(case: Case) -> tuple[int, int] | None:
    text = " ".join(node.name for node in case.scene.nodes)
    match = re.search(rf"({'|'.join(_MONTHS)})\W+(\d{{4}})", text)
    return (_MONTHS.index(match[1]) + 1, int(match[2])) if match else None


@rule(r"Select (?P<number>-?\d+) with the spinner")
def spinner(case: Case) -> Sequence[Move]:
    number = case.words["number"]
    field = nth(case.scene.refs("spinbutton"), 1)
    arrows = [node for node in case.scene.refs("button") if "spinner" in node.rest]
    if field is None or len(arrows) != 2 or not re.fullmatch(r"-?\d+", field.value):
        return []
    gap = int(number) - int(field.value)
    if gap:
        way = "up" if gap > 0 else "down"
        return click(arrows[gap < 0], f"The spinner shows {field.value}; {number} is {abs(gap)} steps {way}.")
    return click(case.scene.submit(), f"The spinner shows {number}.")


@rule(r"Choose (?P<item>.+) from the dropdown, then click the button labeled \"(?P<button>.+)\"")
def dropdown_then_button(case: Case) -> Sequence[Move]:
    item, button = case.words["item"], case.words["button"]
    if (
        case.done("click", f'"{item}"')
        or case.done("select")
        or any(plain(n.value) == plain(item) for n in case.scene.refs())
    ):
        return click(nth(case.scene.named(button, "button"), 1), f'"{item}" is chosen; "{button}" is next.')
    box = [node for node in case.scene.refs("combobox") if node.rest]
    if box:
        return choose(box[0], item, f'The dropdown does not show "{item}" yet.')
    option = case.scene.named(item)
    if option:
        return click(option[0], f'The dropdown is open and shows "{item}".')
    shut = [node for node in case.scene.refs() if node.role != "button"]
    return click(nth(shut, 1), "The dropdown is closed; a click opens it.")


@rule(r"Select (?P<items>.+) and click Submit")
def check_boxes(case: Case) -> Sequence[Move]:
    """Check boxes and radio buttons by name; `nothing` leaves all of them."""
    boxes = case.scene.refs("checkbox", "radio")
    if not boxes:
        return []
    items = case.words["items"]
    names = [] if plain(items) == "nothing" else [items] if case.scene.named(items) else items.split(", ")
    moves = [
        move
        for name in names
        for box in case.scene.named(name, "checkbox", "radio")[:1]
        if not box.has("checked")
        for move in click(box, f'"{name}" is asked for and not checked yet.')
    ]
    state = "Nothing is to be checked" if not names else "Everything asked for is checked"
    return moves or click(case.scene.submit(), f"{state}, so the form can be sent.")


@rule(r"Select (?P<number>-?\d+) with the slider, click the (?P<ordinal>\d+)\w\w checkbox")
def slider_and_checkbox(case: Case) -> Sequence[Move]:
    box = nth(case.scene.refs("checkbox"), ordinal(case.words["ordinal"]))
    if box is None:
        return []
    if not box.has("checked"):
        return click(box, f"Check box {case.words['ordinal']} is not checked yet.")
    return _to_number(case, [int(case.words["number"])])


@rule(r"Select (?P<number>-?\d+) with the slider", r"Set the sliders to the combination \[(?P<numbers>[-\d, ]+)\]")
def sliders(case: Case) -> Sequence[Move]:
    numbers = case.words.get("number") or case.words["numbers"]
    return _to_number(case, [int(part) for part in numbers.split(",")])


def _to_number(case: Case, targets: Sequence[int]) -> Sequence[Move]:
    """Moves each slider by keys; a slider's number is the text that follows its handle."""
    handles = [node for node in case.scene.refs("slider", "clickable") if not node.name or node.role == "slider"]
    numbers = [node for node in case.scene.texts() if re.fullmatch(r"-?\d+", node.name)]
    if len(handles) < len(targets) or len(numbers) < len(targets):
        return []
    for handle, number, target in zip(handles, numbers, targets, strict=False):
        gap = target - int(number.name)
        if gap:
            return _step(case, handle, gap)
    return click(case.scene.submit(), "The numbers are right.")


def _step(case: Case, handle: Node, gap: int) -> Sequence[Move]:
    last = next((past for past in reversed(case.history) if past.action.startswith("click")), None)
    if last is None or not last.action.startswith(f"click [{handle.ref}]"):
        return click(handle, "The handle needs the focus before keys move it.")
    up, down = ("PageUp", "PageDown") if abs(gap) > STRIDE else ("ArrowRight", "ArrowLeft")
    return press(up if gap > 0 else down, f"The slider is {abs(gap)} away from its number.")
