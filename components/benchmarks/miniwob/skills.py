"""What MiniWoB++ is split by: skills, each trained on some families and judged on others; and what stands aside.

A variant of another task (a delay, a layout) stands aside, so that nothing counts twice.
"""

from __future__ import annotations

from components.benchmarks.miniwob.tasks import TASKS

SKILLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pressing what is named": (("button", "dialog", "widget", "focus"), ("link", "pie-menu")),
    "opening until it shows": (("tab", "menu"), ("section", "tree")),
    "choosing": (("choice", "synonym", "list", "date-picker", "number-widget"), ("autocomplete",)),
    "filling in": (("text-entry", "date-time-entry", "form", "scroll"), ("login", "search")),
    "reading": (("table",), ("copy",)),
    "small applications": (("email",), ("social-media", "contact", "shop")),
    "trying": (("compare", "number-search", "game"), ()),
}
"""Families that are trained, families that are held out. Every skill of browsing is trained on some families and judged
on others, whole ones, in wordings and on pages never seen; what is got by trying is explored, but is no browsing."""

_DELAY = "another task with a delay"
_LAYOUT = "another task in another layout or with more of the same"
_SUMS = "needs arithmetic"
_NOBODY = "neither the rules nor chance solve it"
_UNSEEN = "its text does not show how far one has come"

ASIDE: dict[str, str] = {
    **dict.fromkeys(
        ("click-collapsible", "click-collapsible-2", "use-autocomplete", "click-pie", "choose-date", "book-flight"),
        _DELAY,
    ),
    **dict.fromkeys(
        (
            "click-test-transfer",
            "click-checkboxes-transfer",
            "enter-text-dynamic",
            "multi-orderings",
            "email-inbox-noscroll",
            "use-slider-2",
        ),
        _LAYOUT,
    ),
    **dict.fromkeys(("simple-arithmetic", "simple-algebra", "odd-or-even"), _SUMS),
    **dict.fromkeys(
        (
            "book-flight-nodelay",
            "email-inbox-forward-nl",
            "email-inbox-forward-nl-turk",
            "guess-number",
            "terminal",
            "text-editor",
        ),
        _NOBODY,
    ),
    **dict.fromkeys(("sign-agreement", "ascending-numbers"), _UNSEEN),
}
"""Tasks of neither side, with the reason: what would count twice, is no browsing, or teaches nobody anything."""


def _side(number: int) -> tuple[str, ...]:
    families = {family for sides in SKILLS.values() for family in sides[number]}
    return tuple(task_id for task_id, task in TASKS.items() if task.family in families and task_id not in ASIDE)


TRAIN, HELDOUT = _side(0), _side(1)
