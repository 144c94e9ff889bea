"""Our actions as calls of BrowserGym's functions, which most published web trajectories use, and such calls as our
actions.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from components.browser.actions import WITH_REF, Action, ActionError, parse_action

SCREEN = 500
"""Pixels that stand for one screen."""

Call = tuple[str, dict[str, Any]]


def call_of(action: Action) -> Call:
    """The function and its arguments. `type` is WebArena's where Enter follows; `note`, `branch`, `prune` are ours."""
    bid, text = str(action.ref), action.text or ""
    calls: dict[str, Call] = {
        "click": ("click", {"bid": bid}),
        "type": ("fill", {"bid": bid, "value": text}),
        "select": ("select_option", {"bid": bid, "options": text}),
        "press": ("keyboard_press", {"key": text}),
        "scroll": ("scroll", {"delta_x": 0, "delta_y": SCREEN if text == "down" else -SCREEN}),
        "goto": ("goto", {"url": text}),
        "go_back": ("go_back", {}),
        "wait": ("noop", {}),
        "note": ("note", {"text": text}),
        "stop": ("send_msg_to_user", {"text": text}),
        "tab": ("tab_focus", {"index": (action.number or 1) - 1}),
        "close_tab": ("tab_close", {}),
        "branch": ("branch", {"part": action.number, "intent": text}),
        "prune": ("prune", {"part": action.number, "reason": text}),
    }
    if action.kind == "type" and action.enter:
        return "type", {"bid": bid, "text": text, "press_enter_after": "1"}
    return calls[action.kind]


PARAMETERS = {
    "click": ("bid",),
    "fill": ("bid", "value"),
    "clear": ("bid",),
    "type": ("bid", "text", "press_enter_after"),
    "select_option": ("bid", "options"),
    "press": ("bid", "key_comb"),
    "keyboard_press": ("key",),
    "scroll": ("delta_x", "delta_y"),
    "goto": ("url",),
    "go_back": (),
    "noop": ("wait_ms",),
    "note": ("text",),
    "send_msg_to_user": ("text",),
    "report_infeasible": ("reason",),
}
"""The functions that an action of ours does the same as, with their parameters in order."""
ACTIONS = {
    "click": ("click", ""),
    "fill": ("type", "value"),
    "clear": ("type", ""),
    "type": ("type", "text"),
    "select_option": ("select", "options"),
    "press": ("press", "key_comb"),
    "keyboard_press": ("press", "key"),
    "scroll": ("scroll", "delta_y"),
    "goto": ("goto", "url"),
    "go_back": ("go_back", ""),
    "noop": ("wait", ""),
    "note": ("note", "text"),
    "send_msg_to_user": ("stop", "text"),
    "report_infeasible": ("stop", ""),
}
"""Each function's action of ours, and which parameter is its text."""
TEXTS = {"clear": "", "report_infeasible": "N/A"}
LONGEST = 20_000  # characters of a call, and of a value


class NoCounterpart(ValueError):
    """No action of ours does the same; says why."""


def read_call(text: str) -> Call:
    """A call as Python writes it: `fill('12', 'bob')`.

    Raises:
        NoCounterpart: it is not one call of a function that we know, with plain values.
    """
    try:
        call = ast.parse(text[:LONGEST].strip(), mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise NoCounterpart("not one call")
        names = _parameters(call.func.id)
        values = {name: ast.literal_eval(value) for name, value in zip(names, call.args, strict=False)}
        values |= {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg}
    except NoCounterpart:
        raise
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise NoCounterpart("not one call with plain values") from error
    return call.func.id, values


def action_of(call: Call, refs: Mapping[str, int]) -> Action:
    """The action of ours that does what a call does, on a page with these references by bid.

    Raises:
        NoCounterpart: there is none, or the call lacks an argument.
    """
    function, arguments = call
    names = _parameters(function)
    values = {name: _plain(value) for name, value in arguments.items() if name in names and value is not None}
    try:
        action = _action(function, values, refs)
    except KeyError as error:
        raise NoCounterpart(f"{function} without {error.args[0]}") from None
    try:
        return parse_action(str(action))
    except ActionError as error:
        raise NoCounterpart(str(error)) from None


def _action(function: str, values: Mapping[str, str], refs: Mapping[str, int]) -> Action:
    kind, parameter = ACTIONS[function]
    text = values[parameter] if parameter else TEXTS.get(function)
    if kind == "scroll":
        text = "up" if values[parameter].startswith("-") else "down"
    enter = function == "type" and values.get("press_enter_after", "1") not in ("0", "False")
    return Action(kind, _ref(values["bid"], refs) if kind in WITH_REF else None, text, enter)


def _parameters(function: str) -> tuple[str, ...]:
    if function not in PARAMETERS:
        raise NoCounterpart(f"we have no {function[:40]}")
    return PARAMETERS[function]


def _ref(bid: str, refs: Mapping[str, int]) -> int:
    if bid not in refs:
        raise NoCounterpart(f"no element that can be acted on is called {bid[:40]}")
    return refs[bid]


def _plain(value: Any) -> str:
    """The value as text: some sets put strings in quotes once more, or a single option into a list."""
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise NoCounterpart("several options at once")
        value = value[0]
    if not isinstance(value, str | int | float):
        raise NoCounterpart("a value that is no text and no number")
    try:
        text = str(value)
    except ValueError as error:
        raise NoCounterpart("a number of thousands of digits") from error
    if len(text) > LONGEST:
        raise NoCounterpart(f"a value of {len(text)} characters")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
