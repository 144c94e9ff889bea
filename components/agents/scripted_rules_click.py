"""Rules for intents that name what to click: buttons, links, tabs, sections, menus, trees, numbers in order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted_moves import Case, Move, click, rule
from components.agents.scripted_page import PRESSABLE, Node, Scene, nth, plain


@rule(r"Click button (?P<first>\w+), then click button (?P<second>\w+)\.?$")
def two_buttons(case: Case) -> Sequence[Move]:
    first, second = case.words["first"], case.words["second"]
    if not case.done("click", f'"{first}"'):
        return click(_first(case.scene.named(first, "button")), f"The goal asks for button {first} first.")
    return click(_first(case.scene.named(second, "button")), f"Button {first} is clicked; {second} is next.")


@rule(
    r'Click on the "(?P<name>.+)" button\.?$',
    r"Click button (?P<name>\w+)\.?$",
    r"Click the (?P<name>cancel) button\.?$",
)
def named_button(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    found = case.scene.named(name, "button")
    return _all(found, f'The goal names the button "{name}" and the page shows it.')


@rule(r"Click the button\.?$")
def only_button(case: Case) -> Sequence[Move]:
    return click(_first(case.scene.refs("button")), "There is one button on the page and the goal asks to click it.")


@rule(r'Click on the link "(?P<name>.+)"\.?$')
def named_link(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    return _all(case.scene.named(name, "link", "clickable"), f'The goal asks for the link "{name}".')


@rule(r"Click on (?P<name>Tab #\d+)\.?$")
def named_tab(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    return click(_first(case.scene.named(name, "tab", "link")), f"The goal asks for {name}.")


@rule(
    r'Switch between the tabs to find and click on the link "(?P<name>.+)"\.?$',
    r'Expand the sections below, to find and click on the link "(?P<name>.+)"\.?$',
)
def link_behind_tabs(case: Case) -> Sequence[Move]:
    """The link where it shows, else the first tab or section not opened yet."""
    name = case.words["name"]
    links = case.scene.refs("link", "clickable")
    found = [node for node in links if node.name == name] or [node for node in links if node.label == plain(name)]
    if found:
        return _all(found, f'The link "{name}" shows.')
    for tab in case.scene.refs("tab"):
        if not tab.has("selected") and not tab.has("expanded") and not case.done("click", f'"{tab.name}"'):
            return click(tab, f'The link "{name}" is not in what is open, so {tab.says()} is next.')
    return []


@rule(r'Navigate through the file tree\. Find and click on the folder or file named "(?P<name>.+)"\.?$')
def in_tree(case: Case) -> Sequence[Move]:
    """The file or folder where it shows, else the first folder not opened yet, deepest last."""
    name = case.words["name"]
    nodes = case.scene.refs("clickable", "treeitem", "link")
    found = [node for node in nodes if node.name == name]
    if found:
        return click(found[-1], f'"{name}" shows in the tree.')
    opened = [past.target for past in case.history]
    for node in nodes:
        if node.name and "file" not in node.rest and not any(f'"{node.name}"' in target for target in opened):
            return click(node, f'"{name}" does not show, so the folder "{node.name}" is opened.')
    return []


@rule(r"Select (?P<path>[^,\s>]+(?:>[^,\s>]+)*)$")
def menu_path(case: Case) -> Sequence[Move]:
    """One level of a menu after the other; a level is opened by a click on its item."""
    path = case.words["path"].split(">")
    items = case.scene.refs("menuitem")
    for depth, name in reversed(list(enumerate(path))):
        found = [node for node in items if node.name == name]
        if found:
            after = f' under "{path[depth - 1]}"' if depth else ""
            return click(found[-1], f'The path leads to "{name}"{after}.')
    return []


@rule(
    r'Click the "Menu" button, and then find and click on the item '
    r'(?:labeled "(?P<name>.+)"|with the (?P<icon>.+) icon)'
)
def in_menu(case: Case) -> Sequence[Move]:
    items = case.scene.refs("menuitem")
    name, icon = case.words["name"], case.words["icon"]
    if not items:
        return click(_first(case.scene.named("Menu", "button")), "The menu is closed; its button opens it.")
    wanted = [node for node in items if node.name == name] if name else _with_icon(case.scene, items, icon)
    if wanted:
        return click(wanted[-1], f"The menu shows {wanted[-1].says()}.")
    for node in items:
        if node.has("collapsed") or node.name == "Playback":
            return click(node, f"The item is not in the open part of the menu; {node.says()} has more.")
    return []


@rule(r"Click on the numbers in ascending order")
def ascending(case: Case) -> Sequence[Move]:
    numbers = [node for node in case.scene.refs(*PRESSABLE) if re.fullmatch(r"-?\d+", node.name)]
    left = [node for node in numbers if not case.done("click", f'"{node.name}"')]
    smallest = min(left, key=lambda node: int(node.name), default=None)
    return click(smallest, "The smallest number that was not clicked yet comes next.")


@rule(r'Expand the pie menu below and click on the item labeled "(?P<name>.+)"\.?$')
def in_pie(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    found = case.scene.named(name)
    if found:
        return click(found[0], f'The pie menu is open and shows "{name}".')
    return click(_first(case.scene.refs(*PRESSABLE)), "The pie menu is closed; a click opens it.")


def _with_icon(scene: Scene, items: Sequence[Node], icon: str) -> list[Node]:
    return [node for node in items if icon and any(icon in below.rest for below in (node, *scene.below(node)))]


def _first(nodes: Sequence[Node]) -> Node | None:
    return nth(nodes, 1)


def _all(nodes: Sequence[Node], reason: str) -> list[Move]:
    return [move for node in nodes for move in click(node, reason)]
