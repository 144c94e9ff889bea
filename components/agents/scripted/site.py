"""Rules for what the template proposer asks for on any site: following links by name, forms, searches.

They read names off the page and nothing else; that they understand the templates' wordings says nothing about the site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted.clicks import labelled
from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, answer, choose, click, moves_for, rule
from components.browser.scene import TEXT_FIELDS, nth, plain

_PUT = re.compile(r'(?:put|choose) "(?P<text>[^"]*)" (?:into|in) "(?P<label>[^"]*)"', re.IGNORECASE)
_SET = re.compile(r"(?:^|, | and )the (?P<label>.+?) to (?P<text>.+?)(?=, the | and the |$)")
_WITH = re.compile(r'the (?P<label>[^"]+) "(?P<text>[^"]*)"')
_BOXES = ("combobox", "listbox")


@rule(
    r'Open "(?P<via>[^"]+)" and there (?P<rest>[a-z].+)$',
    r"Go to (?P<via>.+?) and (?P<rest>(?:set the|click the button|read \") ?.+)$",
)
def open_and_then(case: Case) -> Sequence[Move]:
    via = case.words["via"]
    if case.done("click", f'"{via}"'):
        return moves_for(case.words["rest"], scene=case.scene, history=case.history)
    return _follow(case, via, "What is asked for is done behind this link.")


@rule(
    r'Open "(?P<via>[^"]+)" and there "(?P<name>[^"]+)"\.?$',
    r"Go to (?P<via>.+), then to (?P<name>.+?)\.?$",
    r"Show (?P<name>.+), which is under (?P<via>.+?)\.?$",
)
def open_by_way_of(case: Case) -> Sequence[Move]:
    via, name = case.words["via"], case.words["name"]
    if case.done("click", f'"{via}"'):
        return _follow(case, name, f'"{via}" is open, and this leads on.')
    return _follow(case, via, "This is the first of the two.")


@rule(r'Open "(?P<name>[^"]+)"\.?$', r"(?:Go to|Show) (?P<name>.+?)\.?$")
def open_by_name(case: Case) -> Sequence[Move]:
    return _follow(case, case.words["name"], "This link has the name that is asked for.")


@rule(r'Press "(?P<name>[^"]+)"\.?$', r"Click the button (?P<name>.+?)\.?$")
def press_button(case: Case) -> Sequence[Move]:
    return click(case.scene.submit(case.words["name"]), "This button has the name that is asked for.")


@rule(
    r'Search for "(?P<word>[^"]+)" and open "(?P<name>[^"]+)"\.?$',
    r"Find (?P<name>.+) by looking for (?P<word>.+?)\.?$",
)
def search_and_open(case: Case) -> Sequence[Move]:
    """The link is taken where it is found, before or after the search."""
    return _follow(case, case.words["name"], "This is what is looked for.") or search_for(case)


@rule(r'Search for "(?P<word>[^"]+)"\.?$', r"Look for (?P<word>.+?)\.?$", r"Find what there is about (?P<word>.+?)\.?$")
def search_for(case: Case) -> Sequence[Move]:
    """In the field for it; where there is none, behind a sign without a name that opens one."""
    field = nth(case.scene.refs("searchbox"), 1)
    if field is None:
        shut = [node for node in case.scene.refs("link", "button") if not node.name and node.rest]
        return click(nth(shut, 1), "The search is not open yet.")
    return fill_then_submit(case, [(field, case.words["word"], "search")], "Search", "Go")


@rule(r'(?P<what>(?:Put|Choose) ".+), then press "(?P<button>[^"]+)"\.?$')
def fill_form(case: Case) -> Sequence[Move]:
    return _fill(case, _PUT, case.words["button"])


@rule(r"Set (?P<what>the .+ to .+?)\.?$")
def set_fields(case: Case) -> Sequence[Move]:
    """The button is the first one below."""
    return _fill(case, _SET, "")


@rule(r'(?P<button>[^"]+?) with (?P<what>the [^"]+ ".+")\.?$')
def send_with(case: Case) -> Sequence[Move]:
    return _fill(case, _WITH, case.words["button"])


@rule(r'Answer with what "(?P<label>[^"]+)" holds\.?$', r'Read "(?P<label>[^"]+)" and answer with it\.?$')
def read_field(case: Case) -> Sequence[Move]:
    field = nth(case.scene.named(case.words["label"], *TEXT_FIELDS, *_BOXES), 1)
    return answer(field.value, f'This is what "{case.words["label"]}" holds.') if field else []


def _fill(case: Case, pattern: re.Pattern[str], button: str) -> Sequence[Move]:
    """Lists first, then texts, then the button."""
    entries = [
        (labelled(case.scene, match["label"]), match["text"], match["label"])
        for match in pattern.finditer(case.words["what"])
    ]
    fields = [node for node, _, _ in entries if node is not None]
    if not fields or len(fields) < len(entries):
        return []
    for box, text, label in entries:
        if box in case.scene.refs(*_BOXES) and plain(box.value) != plain(text):
            return choose(box, text, f'"{label}" does not show it yet.')
    if not button:
        below = case.scene.after(max(fields, key=lambda node: node.position), case.scene.refs("button"))
        button = below[0].name if below else ""
    if texts := [entry for entry in entries if entry[0] not in case.scene.refs(*_BOXES)]:
        return fill_then_submit(case, texts, button)
    return click(case.scene.submit(button), "Everything is chosen.")


def _follow(case: Case, name: str, reason: str) -> Sequence[Move]:
    return click(nth(case.scene.named(name, "link"), 1), reason)
