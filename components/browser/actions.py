r"""The action language: what an agent writes, parsed strictly, printed canonically.

    click [12]                 type [7] "bob"            type [7] "bob" enter      select [5] "Red"
    press "Enter"              scroll down               scroll up                 go_back
    goto "http://site/page"    note "text"               stop "answer"             stop ""   (done, no answer)
    wait                       (until what loads has come; a page that is loading says so)
    tab 2                      close_tab                 (where more than one tab is open)
    branch 0 "find the order"  prune 0 "there is none"   (of an agent that plans: see agents/plan.py)

Texts are JSON string literals; references are the bracketed numbers of the observation. An action is one line. Small
models like to repeat the element's line behind its reference: `click [12] button "Send"`. That is allowed where the
page is known. If the words are those of another element, the action contradicts itself and is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.browser.keys import split_combination
from components.browser.quoting import clean, quote

if TYPE_CHECKING:
    from components.browser.observation import Element, Observation

WITH_REF = frozenset({"click", "type", "select"})
WITH_TEXT = frozenset({"type", "select", "press", "goto", "note", "stop", "branch", "prune"})
WITH_NUMBER = frozenset({"tab", "branch", "prune"})
KINDS = ("click", "type", "select", "press", "scroll", "go_back", "goto", "note", "wait", "stop")
OF_TABS = ("tab", "close_tab")
OF_PLANS = ("branch", "prune")
FORMS = {
    "click": "click [12]",
    "type": 'type [7] "text" or type [7] "text" enter',
    "select": 'select [5] "option"',
    "press": 'press "Enter"',
    "scroll": "scroll down or scroll up",
    "go_back": "go_back",
    "goto": 'goto "http://..."',
    "note": 'note "text"',
    "wait": "wait",
    "stop": 'stop "answer"',
    "tab": "tab 2",
    "close_tab": "close_tab",
    "branch": 'branch 0 "intent"',
    "prune": 'prune 0 "reason"',
}
LITERAL = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
SHAPE = re.compile(
    rf"(?P<kind>[a-z_]+)(?:[ ]+\[(?P<ref>[0-9]{{1,7}})\])?(?:[ ]+(?P<number>[0-9]{{1,3}}))?(?:[ ]+(?P<text>{LITERAL}))?"
    r"(?:[ ]+(?P<word>[a-z]+))?"
)

HEAD = re.compile(r"[a-z]+[ ]+\[(?P<ref>[0-9]{1,7})\](?:[ ]*[-–—:(=,.]+[ ]*|[ ]+)")
CLOSING = ").,;:"
TOKEN = re.compile(rf'{LITERAL}|[^\s"]+|"')
MOST_ECHO = 5000  # characters
TAKING_TEXT = frozenset({"textbox", "searchbox", "spinbutton", "date", "time", "month", "week", "datetime", "color"})
LISTS = frozenset({"combobox", "listbox"})
_NO_TEXT = "button link checkbox radio switch tab menuitem menuitemcheckbox menuitemradio option clickable img"
NO_TEXT = frozenset(_NO_TEXT.split())
"""Roles of elements that never take text."""


class ActionError(ValueError):
    """The text is not an action. The message is shown to the agent as feedback."""


@dataclass(frozen=True, slots=True)
class Action:
    """One parsed action. `text` is the typed text, option, key, direction, URL, note, answer, intent or reason,
    `number` that of a tab or of a part of a plan."""

    kind: str
    ref: int | None = None
    text: str | None = None
    enter: bool = False
    number: int | None = None

    def __str__(self) -> str:
        return _form(self, "" if self.ref is None else f"[{self.ref}]")


def _form(action: Action, target: str) -> str:
    parts = [action.kind, target, "" if action.number is None else str(action.number)]
    if action.text is not None:
        parts.append(action.text if action.kind == "scroll" else quote(action.text))
    if action.enter:
        parts.append("enter")
    return " ".join(filter(None, parts))


def kinds_on(observation: Observation, *, plans: bool = False) -> tuple[str, ...]:
    """The kinds of action that an observation allows. Args: `plans`: for an agent that uses the actions of plans."""
    return (*KINDS, *(OF_TABS if observation.tabs else ()), *(OF_PLANS if plans else ()))


def parse_action(text: str, observation: Observation | None = None, *, plans: bool = False) -> Action:
    """Reads one action, in time linear in the text's length.

    Args:
        observation: the page that it was written for. With it, references may carry an echo of their element's line,
            messages use references of this page, and actions that cannot be done there are refused.
        plans: whether actions of plans are allowed; has no effect without an observation.

    Raises:
        ActionError: says what is wrong, and the right form.
    """
    text = text.strip()
    kinds = tuple(FORMS) if observation is None else kinds_on(observation, plans=plans)
    if not text:
        forms = " | ".join(_form_of(kind, observation) for kind in kinds)
        raise ActionError(f"no action was given; write one of: {forms}")
    kind = re.match(r"[a-z_]*", text)[0]  # type: ignore[index]
    if kind not in kinds:
        raise ActionError(f"there is no action {_quoted(text.split(None, 1)[0], 40)}; use one of {', '.join(kinds)}")
    action = _parse(kind, text) or (_read_echo(kind, text, observation) if observation else None)
    if action is None:
        form = _form_of(kind, observation, text)
        raise ActionError(f"{_quoted(text, 80)} is not a valid {kind}; write {form}")
    if action.kind == "press":
        try:
            split_combination(action.text or "")
        except ValueError as error:
            raise ActionError(f"press: {error}") from None
    return action


def _quoted(text: str, limit: int) -> str:
    return quote(clean(text[:limit]))


def _parse(kind: str, text: str) -> Action | None:
    shape = SHAPE.fullmatch(text)
    if shape is None:
        return None
    ref, number, literal, word = shape["ref"], shape["number"], shape["text"], shape["word"]
    if (ref is not None) != (kind in WITH_REF) or (literal is not None) != (kind in WITH_TEXT):
        return None
    if (number is not None) != (kind in WITH_NUMBER):
        return None
    if kind == "scroll":
        return Action(kind, None, word) if word in ("up", "down") else None
    if word is not None and not (kind == "type" and word == "enter"):
        return None
    try:
        typed = None if literal is None else str(json.loads(literal))
    except ValueError:
        return None
    if typed and any(0xD800 <= ord(character) <= 0xDFFF for character in typed):
        return None  # half of a surrogate pair cannot be typed, stored or sent
    return Action(
        kind, None if ref is None else int(ref), typed, word == "enter", None if number is None else int(number)
    )


def _read_echo(kind: str, text: str, observation: Observation) -> Action | None:
    """The action of a text that has an echo between its reference and its end.

    Raises:
        ActionError: it echoes the line of another element, or gives no text beside the echo.
    """
    head = HEAD.match(text)
    element = observation.elements.get(int(head["ref"])) if head else None
    if head is None or element is None or kind not in WITH_REF or len(text) > MOST_ECHO:
        return None
    echo = _words(text, head.end())
    if not echo or _echoes(element, echo):
        if kind == "click":
            return Action(kind, element.ref)
        raise ActionError(f"{_quoted(text, 80)} gives no text; write {_form_of(kind, observation, text)}")
    _refuse_other(element, echo, observation)
    words = echo[:-1] if echo[-1:] == ["enter"] else echo
    if kind == "click" or not words or not (len(words) == 1 or _echoes(element, words[:-1])):
        _refuse_other(element, words[:-1], observation)
        return None
    return _parse(kind, " ".join((kind, f"[{element.ref}]", words[-1], *echo[len(words) :])))


def _words(text: str, begin: int = 0) -> list[str]:
    """Words of an element's line or of an echo; punctuation that stands alone is no word."""
    return [token for token in TOKEN.findall(text, begin) if token.strip(CLOSING)]


def _echoes(element: Element, echo: Sequence[str]) -> bool:
    """Whether these are the first words of the element's line, with its role or without."""
    line = _words(element.line)
    return bool(echo) and any(list(echo) == line[start : start + len(echo)] for start in (0, 1))


def _refuse_other(element: Element, echo: Sequence[str], observation: Observation) -> None:
    for other in observation.elements.values():
        if echo and list(echo) != [other.role] and _echoes(other, echo):
            raise ActionError(
                f"[{element.ref}] is {_brief(element)}, but {_brief(other)} is [{other.ref}]; write one of them"
            )


def _brief(element: Element) -> str:
    """Role and name, or hint."""
    return " ".join(TOKEN.findall(element.line)[:2] if element.name else [element.role])[:80]


def _takes(role: str, kind: str) -> bool:
    if kind == "click":
        return role not in TAKING_TEXT | LISTS
    return role in (TAKING_TEXT if kind == "type" else LISTS)


def kinds_for(element: Element) -> frozenset[str]:
    """The kinds of action that can be done to an element, judged by its line."""
    states = TOKEN.findall(element.line)
    if "disabled" in states:
        return frozenset()
    offers = element.role in LISTS and "options" in states
    refused = {"type"} if offers or element.role in NO_TEXT or "readonly" in states else set[str]()
    return WITH_REF - refused - (set() if element.role in LISTS else {"select"})


def _form_of(kind: str, observation: Observation | None, text: str = "") -> str:
    """The form of such an action, with the element that the text names, else with one that takes such an action."""
    if observation is None or kind not in WITH_REF:
        return FORMS[kind]
    elements = observation.elements.values()
    tokens = set(TOKEN.findall(text[:MOST_ECHO])) - {quote("")}
    fit = [element for element in elements if _takes(element.role, kind)] or list(elements)
    named = (element for element in fit if f"[{element.ref}]" in tokens or quote(element.name) in tokens)
    example = next(named, fit[0] if fit else None)
    return re.sub(r"\[\d+\]", f"[{example.ref}]" if example else "[reference]", FORMS[kind])


def describe(action: Action, observation: Observation) -> str:
    """The action with the element's line in place of its reference: `click button "Submit"`.

    Two actions on the same page mean the same if this is equal; AgentSymbiotic's code compares elements by text, too. A
    reference that the observation does not have stays a number.
    """
    if action.ref is None:
        return str(action)
    element = observation.elements.get(action.ref)
    return str(action) if element is None else _form(action, element.line)
