"""Rules for the tasks of the clicking proposer: elements by name, or by the text beside them.

An element is looked for by its whole name first, then by its name without a count behind it, then by part of its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted.moves import Case, Move, choose, click, fill, moves_for, rule
from components.browser.scene import TEXT_FIELDS, Node, Scene, nth, plain, uncounted

_ONE = r'"(?P<name>[^"]+)"(?: beside "(?P<beside>[^"]+)")?'
_VIA = r'"(?P<via>[^"]+)"(?: beside "(?P<by>[^"]+)")?'
_FIELDS = (*TEXT_FIELDS, "combobox", "listbox")
_SHOWN = re.compile(r'^[\w-]+ "(?P<name>(?:[^"\\]|\\.)*)"')


@rule(rf"Open {_VIA} and there (?P<rest>[a-z].+)$", rf"In {_VIA}, (?P<rest>.+)$")
def by_way_of(case: Case) -> Sequence[Move]:
    via, beside = case.words["via"], case.words["by"]
    if _was_clicked(case, via):
        return moves_for(case.words["rest"], scene=case.scene, history=case.history)
    return click(pressable(case.scene, via, beside), "What is asked for is done behind this.")


@rule(
    rf"(?:Open|Go to|Press|Click the button|Check|Uncheck|Switch|Turn the switch) {_ONE}\.?$",
)
def press_by_name(case: Case) -> Sequence[Move]:
    return click(pressable(case.scene, case.words["name"], case.words["beside"]), "This is what is asked for.")


@rule(rf'Choose "(?P<option>[^"]+)" under {_VIA}\.?$')
def choose_under(case: Case) -> Sequence[Move]:
    if _was_clicked(case, case.words["via"]):
        return click(pressable(case.scene, case.words["option"], ""), "The list is open, and this is in it.")
    return click(pressable(case.scene, case.words["via"], case.words["by"]), "This opens the list.")


@rule(r'Set "(?P<label>[^"]+)" to "(?P<option>[^"]+)"\.?$')
def set_to(case: Case) -> Sequence[Move]:
    """What stands beside the label opens the list, or was clicked just now."""
    if (
        case.history
        and case.history[-1].action.startswith("click")
        and (option := nth(case.scene.named(case.words["option"], "clickable", "option", "menuitem"), 1))
    ):
        return click(option, "The list is open, and this is in it.")
    return click(pressable(case.scene, "", case.words["label"]), "This opens the list.")


@rule(r'Choose "(?P<option>[^"]+)" in "(?P<label>[^"]+)"\.?$')
def choose_in(case: Case) -> Sequence[Move]:
    box = labelled(case.scene, case.words["label"])
    return choose(box, case.words["option"], "The list does not show it yet.")


@rule(r'Look in the list for "(?P<word>[^"]+)" by "(?P<label>[^"]+)"\.?$')
def look_by(case: Case) -> Sequence[Move]:
    return fill(labelled(case.scene, case.words["label"]), case.words["word"], "This narrows the list.")


def labelled(scene: Scene, label: str) -> Node | None:
    """The field of this name; else the one without a name beside this text."""
    named = scene.named(label, *_FIELDS)
    return nth(named or [node for node in scene.refs(*_FIELDS) if not node.name and scene.beside(node) == label], 1)


def pressable(scene: Scene, name: str, beside: str) -> Node | None:
    """What can be clicked under this name (any, where there is none), beside this text where there is one."""
    nodes = [node for node in scene.refs() if node.role not in _FIELDS and not node.has("disabled")]
    if beside:
        return nth([node for node in nodes if scene.beside(node) == beside and (not name or node.name == name)], 1)
    whole = [node for node in nodes if node.name == name]
    counted = [node for node in nodes if node.name and plain(uncounted(node.name)) == plain(name)]
    near = [node for node in nodes if not node.name and scene.beside(node) == name]
    return nth([*whole, *counted, *near, *(node for node in nodes if name in node.name)], 1)


def _was_clicked(case: Case, name: str) -> bool:
    clicked = [past.target for past in case.history if past.action.startswith("click") and not past.feedback]
    names = [match["name"] for target in clicked if (match := _SHOWN.match(target))]
    return len(names) < len(clicked) or any(name in shown_name for shown_name in names)
