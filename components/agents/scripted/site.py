"""Rules for what the template proposer asks for on any site: following links by name, forms, searches.

They read names off the page and nothing else; that they understand the templates' wordings says nothing about the site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, choose, click, rule
from components.browser.scene import TEXT_FIELDS, nth, plain

_PUT = re.compile(r'put "(?P<text>[^"]*)" into "(?P<label>[^"]*)"', re.IGNORECASE)
_CHOOSE = re.compile(r'choose "(?P<option>[^"]*)" in "(?P<label>[^"]*)"', re.IGNORECASE)


@rule(r'Open "(?P<via>[^"]+)" and there "(?P<name>[^"]+)"\.?$')
def open_by_way_of(case: Case) -> Sequence[Move]:
    via, name = case.words["via"], case.words["name"]
    if case.done("click", f'"{via}"'):
        return _follow(case, name, f'"{via}" is open, and this leads on.')
    return _follow(case, via, "This is the first of the two.")


@rule(r'Open "(?P<name>[^"]+)"\.?$')
def open_by_name(case: Case) -> Sequence[Move]:
    return _follow(case, case.words["name"], "This link has the name that is asked for.")


@rule(r'Press "(?P<name>[^"]+)"\.?$')
def press_button(case: Case) -> Sequence[Move]:
    return click(case.scene.submit(case.words["name"]), "This button has the name that is asked for.")


@rule(r'Search for "(?P<word>[^"]+)"\.?$')
def search_for(case: Case) -> Sequence[Move]:
    """In the field for it; where there is none, behind a sign without a name that opens one."""
    field = nth(case.scene.refs("searchbox"), 1)
    if field is None:
        shut = [node for node in case.scene.refs("link", "button") if not node.name and node.rest]
        return click(nth(shut, 1), "The search is not open yet.")
    return fill_then_submit(case, [(field, case.words["word"], "search")], "Search", "Go")


@rule(r'(?P<what>(?:Put|Choose) ".+), then press "(?P<button>[^"]+)"\.?$')
def fill_form(case: Case) -> Sequence[Move]:
    """Lists first, then texts, then the button."""
    for found in _CHOOSE.finditer(case.words["what"]):
        box = nth(case.scene.named(found["label"], "combobox", "listbox"), 1)
        if box is None:
            return []
        if plain(box.value) != plain(found["option"]):
            return choose(box, found["option"], f'"{found["label"]}" does not show it yet.')
    wanted = [
        (nth(case.scene.named(found["label"], *TEXT_FIELDS), 1), found["text"], found["label"])
        for found in _PUT.finditer(case.words["what"])
    ]
    if wanted:
        return fill_then_submit(case, wanted, case.words["button"])
    return click(case.scene.submit(case.words["button"]), "Everything is chosen.")


def _follow(case: Case, name: str, why: str) -> Sequence[Move]:
    return click(nth(case.scene.named(name, "link"), 1), why)
