"""Rules for intents that name a widget by what it is: a dialog's buttons, a section, a field to focus, a kind."""

from __future__ import annotations

from collections.abc import Sequence

from components.agents.scripted.moves import Case, Move, click, rule
from components.browser.scene import Node, nth, ordinal

KINDS = {"button": "button", "checkbox": "checkbox", "radio": "radio", "text": "textbox", "textarea": "textbox"}


@rule(r'Close the dialog box by clicking the "x"\.?$')
def close_dialog(case: Case) -> Sequence[Move]:
    return click(nth(case.scene.named("Close", "button"), 1), "The dialog's Close button is its x.")


@rule(r'Click the button in the dialog box labeled "(?P<name>.+)"\.?$')
def button_of_dialog(case: Case) -> Sequence[Move]:
    name = "Close" if case.words["name"].lower() == "x" else case.words["name"]
    return click(nth(case.scene.named(name, "button"), 1), f'The dialog shows the button "{name}".')


@rule(r"Expand the section below and click submit\.?$")
def open_section(case: Case) -> Sequence[Move]:
    closed = [tab for tab in case.scene.refs("tab") if tab.has("collapsed") and tab.name]
    if closed and not case.done("click"):
        return click(closed[0], f"{closed[0].says()} is closed.")
    return click(case.scene.submit(), "The section is open, and sending it is what is left.")


@rule(r"Focus into the (?:(?P<which>\d+)\w* )?(?:input )?textbox\.?$")
def focus_field(case: Case) -> Sequence[Move]:
    number = ordinal(case.words["which"]) if case.words["which"] else 1
    return click(nth(case.scene.refs("textbox"), number), "A click gives a field the focus.")


@rule(r'Click on a "(?P<kind>\w+)" widget\.?$')
def any_of_kind(case: Case) -> Sequence[Move]:
    kind = case.words["kind"].lower()
    return click(
        next((node for node in case.scene.refs(KINDS.get(kind, kind)) if _is(node, kind)), None),
        f"It is the first {kind} on the page.",
    )


def _is(node: Node, kind: str) -> bool:
    """A textbox of several lines is a textarea, and one of a single line a text."""
    return node.has("multiline") is (kind == "textarea")
