"""A trajectory that somebody else recorded, as steps of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components.browser.actions import Action
from components.exchange.axtree import Page
from components.exchange.calls import NoCounterpart
from components.trajectories.schema import Outcome, Step, Target


class Mistake(ValueError):
    """A row is not of its form.

    Attributes:
        field: where in the row, dotted.
    """

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field, self.what = field, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One trajectory.

    Attributes:
        line: of the file, where it begins.
        unfit: why it cannot be an episode on web pages; empty where it can.
    """

    line: int
    intent: str
    steps: tuple[Step, ...] = ()
    outcome: Outcome = Outcome.SOLVED
    answer: str | None = None
    unfit: str = ""


def between(text: str, begin: str, end: str) -> str | None:
    """The text between two marks, without spaces around it; None where the marks are not there. Linear in any text."""
    _, begun, rest = text.partition(begin)
    inside, ended, _ = rest.partition(end)
    return inside.strip() if begun and ended else None


def foreign_step(page: Page, *, index: int, reason: str, words: str, read: Callable[[], Action]) -> Step:
    """A step on a page. An action without a counterpart among ours is kept as it was written, with the reason as
    feedback, so that nobody learns it.

    Args:
        words: the action in its author's words.
        read: gives the action in ours, or raises NoCounterpart.
    """
    text, feedback, target = words, "", None
    try:
        action = read()
    except NoCounterpart as error:
        feedback = f"not an action of ours: {error}"
    else:
        text, element = str(action), page.seen.elements.get(action.ref or 0)
        if element is not None:
            target = Target(ref=element.ref, role=element.role, name=element.name, line=element.line)
    return Step(
        index=index,
        url=page.seen.url,
        title=page.seen.title,
        observation=page.seen.text,
        action=text,
        reason=reason,
        target=target,
        feedback=feedback,
    )
