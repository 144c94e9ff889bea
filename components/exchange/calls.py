"""Our actions as calls of BrowserGym's functions: the words that most published web trajectories are written in."""

from __future__ import annotations

from typing import Any

from components.browser.actions import Action

SCREEN = 500
"""Pixels that stand for one screen."""

Call = tuple[str, dict[str, Any]]


def call_of(action: Action) -> Call:
    """The function and its arguments. `type` is WebArena's where Enter follows, `note` is ours."""
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
    }
    if action.kind == "type" and action.enter:
        return "type", {"bid": bid, "text": text, "press_enter_after": "1"}
    return calls[action.kind]
