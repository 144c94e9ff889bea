"""What an agent is told after its action: one line, in which nothing of a page can be taken for our own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.browser.quoting import tidy
from components.trajectories.schema import PageEvent

MOST_TOLD = 10  # events
LOADING = "The page is still loading; wait lets it go on."


@dataclass(frozen=True, slots=True)
class ActResult:
    """What came of an action.

    Attributes:
        feedback: what the agent must be told: why the action did not work, or a dialog, pop-up or download it caused;
            empty when there is nothing to say.
        events: everything that happened to the page since the last drain.
        loading: what the action asked for has not come yet; the next action waits for it too.
    """

    feedback: str
    events: tuple[PageEvent, ...] = ()
    loading: bool = False


def tell(problem: str, events: Sequence[PageEvent], *, loading: bool) -> str:
    """Why the action did not work, what happened beside it, and whether something is still to come; else empty."""
    told = [text for text in map(_tell, events) if text]
    more = len(told) - MOST_TOLD
    if more > 0:
        told[MOST_TOLD:] = [f"{more} more of this kind happened."]
    return tidy(" ".join(filter(None, (problem, *told, LOADING if loading else ""))))


def _tell(event: PageEvent) -> str:
    """What an agent is told of an event."""
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
