"""Feedback on an action: one line, in which no text of the page can be mistaken for ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.browser.quoting import tidy
from components.trajectories.schema import PageEvent

MOST_TOLD = 10  # events
LOADING = "The page is still loading; wait lets it go on."


@dataclass(frozen=True, slots=True)
class ActResult:
    """The result of an action.

    Attributes:
        feedback: for the agent: why the action did not work, or a dialog, pop-up or download that it caused; empty
            where there is nothing to say.
        events: everything that happened to the page since the last drain.
        loading: something that the action requested has not arrived yet; the next action waits for it too.
    """

    feedback: str
    events: tuple[PageEvent, ...] = ()
    loading: bool = False


def tell(problem: str, events: Sequence[PageEvent], *, loading: bool) -> str:
    """The feedback: the problem, then a sentence for each event, then a remark while the page is loading."""
    sentences = [text for text in map(_tell, events) if text]
    omitted = len(sentences) - MOST_TOLD
    if omitted > 0:
        sentences[MOST_TOLD:] = [f"{omitted} more of this kind happened."]
    return tidy(" ".join(filter(None, (problem, *sentences, LOADING if loading else ""))))


def _tell(event: PageEvent) -> str:
    """A sentence for the agent about an event; empty for events that do not concern it."""
    match event.kind:
        case "dialog":
            return f"The page showed a dialog: {event.detail}."
        case "popup":
            return f"The page opened a window, which was closed: {event.detail}."
        case "download":
            return f"A download was not kept: {event.detail}."
        case "blocked_navigation":
            return f"Blocked: {event.detail} is not on an allowed site."
    return ""
