"""Rules for intents that name what to click: buttons, links, tabs, sections, menus, trees, numbers in order."""

from __future__ import annotations

from collections.abc import Sequence

from components.agents.scripted.moves import Case, Move, click, press, rule
from components.browser.scene import Node, nth, plain


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
    buttons = case.scene.named(name, "button")
    return _click_any(buttons, f'The goal names the button "{name}" and the page shows it.')


@rule(r"Click the button\.?$")
def only_button(case: Case) -> Sequence[Move]:
    return click(_first(case.scene.refs("button")), "There is one button on the page and the goal asks to click it.")


@rule(r'Click on the link "(?P<name>.+)"\.?$')
def named_link(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    return _click_any(case.scene.named(name, "link", "clickable"), f'The goal asks for the link "{name}".')


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
    named = [node for node in links if node.name == name] or [node for node in links if node.label == plain(name)]
    if named:
        return _click_any(named, f'The link "{name}" shows.')
    for tab in case.scene.refs("tab"):
        if not tab.has("selected") and not tab.has("expanded") and not case.done("click", f'"{tab.name}"'):
            return click(_opener(case, tab), f'The link "{name}" is not in what is open, so {tab.says()} is next.')
    return []


def _opener(case: Case, tab: Node) -> Node:
    """The link a tab is written around, where there is one: it opens the tab, whose border does not."""
    return next((link for link in case.scene.named(tab.name, "link") if case.scene.parent(link) == tab), tab)


@rule(r'Navigate through the file tree\. Find and click on the folder or file named "(?P<name>.+)"\.?$')
def in_tree(case: Case) -> Sequence[Move]:
    """The file or folder where it shows, else the first folder not opened yet, deepest last."""
    name = case.words["name"]
    nodes = case.scene.refs("clickable", "treeitem", "link")
    named = [node for node in nodes if node.name == name]
    if named:
        return click(named[-1], f'"{name}" shows in the tree.')
    arms = [node for node in nodes if "hitarea" in node.rest]
    for arm in arms:
        folder = nth(case.scene.after(arm, nodes), 1)
        if folder and "collapsable" not in arm.rest and not case.done(f"click [{folder.ref}]"):
            return click(folder, f'"{name}" does not show, so the folder "{folder.name}" is opened.')
    return []


@rule(r"Select (?P<path>[^,\s>]+(?:>[^,\s>]+)*)$")
def menu_path(case: Case) -> Sequence[Move]:
    """The last item of the path is clicked; what leads to it opens by keys, because a click would choose it."""
    *above, last = case.words["path"].split(">")
    items = case.scene.refs("menuitem")
    level = sum(past.action == 'press "ArrowRight"' for past in case.history)
    named = [node for node in items if node.name == last]
    if named and level >= len(above):
        return click(named[-1], f'"{last}" is where the path ends.')
    if level >= len(above):
        return []
    if not case.history:
        return press("Tab", "The menu needs the focus before keys walk through it.")
    at = _first([node for node in items if node.name == above[level]])
    if at is None:
        return []
    siblings = [node for node in items if node.depth == at.depth]
    walked = [past.action for past in case.history]
    downs = len(walked) - 1 - max((i for i, a in enumerate(walked) if a == 'press "ArrowRight"'), default=0)
    if downs < siblings.index(at):
        return press("ArrowDown", f'"{at.name}" is further down.')
    return press("ArrowRight", f'"{at.name}" has the focus and opens to the right.')


_ICONS = {"disk": "save", "seek-start": "prev", "seek-end": "next"}  # what these pictures mean everywhere


@rule(
    r'Click the "Menu" button, and then find and click on the item '
    r'(?:labeled "(?P<name>.+)"|with the (?P<icon>.+) icon)'
)
def in_menu(case: Case) -> Sequence[Move]:
    items = case.scene.refs("menuitem")
    name, icon = case.words["name"], case.words["icon"]
    if not items:
        return click(_first(case.scene.named("Menu", "button")), "The menu is closed; its button opens it.")
    names = (name,) if name else (icon, _ICONS.get(icon, icon))
    named = [node for node in items if node.label.replace(" ", "") in [plain(word).replace(" ", "") for word in names]]
    if named:
        return click(named[-1], f"The menu shows {named[-1].says()}.")
    for node in items:
        if node.has("haspopup") and not case.done(f"click [{node.ref}]"):
            return click(node, f"The item is not in the open part of the menu; {node.says()} has more.")
    return []


@rule(r'Expand the pie menu below and click on the item labeled "(?P<name>.+)"\.?$')
def in_pie(case: Case) -> Sequence[Move]:
    name = case.words["name"]
    if not case.done("click"):
        return click(_first(case.scene.named("+")), "The pie menu is closed; a click on its middle opens it.")
    return click(_first(case.scene.named(name)), f'The pie menu is open and shows "{name}".')


def _first(nodes: Sequence[Node]) -> Node | None:
    return nth(nodes, 1)


def _click_any(nodes: Sequence[Node], reason: str) -> list[Move]:
    return [move for node in nodes for move in click(node, reason)]
