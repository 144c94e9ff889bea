r"""The action language: what an agent writes, parsed strictly, printed canonically.

    click [12]                 type [7] "bob"            type [7] "bob" enter      select [5] "Red"
    press "Enter"              scroll down               scroll up                 go_back
    goto "http://site/page"    note "text"               stop "answer"             stop ""   (done, no answer)

Texts are JSON string literals; references are the bracketed numbers of the observation. One action, one line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.browser.keys import split_combination
from components.browser.quoting import quote

if TYPE_CHECKING:
    from components.browser.observation import Observation

WITH_REF = frozenset({"click", "type", "select"})
WITH_TEXT = frozenset({"type", "select", "press", "goto", "note", "stop"})
KINDS = ("click", "type", "select", "press", "scroll", "go_back", "goto", "note", "stop")
FORMS = {
    "click": "click [12]",
    "type": 'type [7] "text" or type [7] "text" enter',
    "select": 'select [5] "option"',
    "press": 'press "Enter"',
    "scroll": "scroll down or scroll up",
    "go_back": "go_back",
    "goto": 'goto "http://..."',
    "note": 'note "text"',
    "stop": 'stop "answer"',
}
LITERAL = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
SHAPE = re.compile(
    rf"(?P<kind>[a-z_]+)(?:[ ]+\[(?P<ref>[0-9]{{1,7}})\])?(?:[ ]+(?P<text>{LITERAL}))?(?:[ ]+(?P<word>[a-z]+))?"
)


class ActionError(ValueError):
    """The text is not an action. The message is shown to the agent as feedback."""


@dataclass(frozen=True, slots=True)
class Action:
    """One parsed action. `text` is the typed text, option, key, direction, URL, note or answer."""

    kind: str
    ref: int | None = None
    text: str | None = None
    enter: bool = False

    def __str__(self) -> str:
        return _form(self, "" if self.ref is None else f"[{self.ref}]")


def _form(action: Action, target: str) -> str:
    parts = [action.kind, target]
    if action.text is not None:
        parts.append(action.text if action.kind == "scroll" else quote(action.text))
    if action.enter:
        parts.append("enter")
    return " ".join(filter(None, parts))


def parse_action(text: str) -> Action:
    """Reads one action.

    Raises:
        ActionError: with what is wrong and what the form is.
    """
    text = text.strip()
    if not text:
        raise ActionError("no action was given; write one of: " + " | ".join(FORMS.values()))
    kind = re.match(r"[a-z_]*", text)[0]  # type: ignore[index]
    if kind not in FORMS:
        word = text.split()[0][:40]
        raise ActionError(f"there is no action {quote(word)}; use one of {', '.join(KINDS)}")
    shape = SHAPE.fullmatch(text)
    if shape is None:
        raise _malformed(kind, text)
    action = _read(kind, shape)
    if action is None:
        raise _malformed(kind, text)
    if action.kind == "press":
        try:
            split_combination(action.text or "")
        except ValueError as error:
            raise ActionError(f"press: {error}") from None
    return action


def _malformed(kind: str, text: str) -> ActionError:
    return ActionError(f"{quote(text[:80])} is not a valid {kind}; write {FORMS[kind]}")


def _read(kind: str, shape: re.Match[str]) -> Action | None:
    ref, literal, word = shape["ref"], shape["text"], shape["word"]
    if (ref is not None) != (kind in WITH_REF) or (literal is not None) != (kind in WITH_TEXT):
        return None
    if kind == "scroll":
        return Action(kind, None, word) if word in ("up", "down") else None
    if word is not None and not (kind == "type" and word == "enter"):
        return None
    try:
        text = None if literal is None else str(json.loads(literal))
    except ValueError:
        return None
    if text and any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return None  # half of a surrogate pair cannot be typed, stored or sent
    return Action(kind, None if ref is None else int(ref), text, word == "enter")


def describe(action: Action, observation: Observation) -> str:
    """The action with its reference replaced by the element's line: `click button "Submit"`.

    Two actions on the same page mean the same when this is equal (the comparison AgentSymbiotic's code makes: element
    text, not element number). A reference the observation does not hold stays a number.
    """
    if action.ref is None:
        return str(action)
    element = observation.elements.get(action.ref)
    return str(action) if element is None else _form(action, element.line)
