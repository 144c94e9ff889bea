"""What an agent is told after its action: one line, in which nothing of a page can be taken for our own words."""

from __future__ import annotations

from collections.abc import Sequence

from components.browser.quoting import tidy
from components.trajectories.schema import PageEvent

MOST_TOLD = 10  # events
LOADING = "The page is still loading; wait lets it go on."


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
