"""What happens to a page beside the agent's actions, as typed events; and the error for a page that is gone."""

from __future__ import annotations

from components.browser.quoting import tidy
from components.errors import InfraError
from components.trajectories.schema import PageEvent

BROWSER_ENDED = "the browser ended"
"""Detail of a crash that was not the page's own."""

MOST_EVENTS = 100  # between two drains: a page that raises alerts in a loop must not fill the memory
MOST_DETAIL = 300
MOST_ADDRESS = 4000


class PageLost(InfraError):
    """The page crashed, hung or was closed. The episode is to be played again on another page."""

    def __init__(self, event: PageEvent) -> None:
        self.event = event
        super().__init__(f"the page was lost: {event.kind}" + (f" ({event.detail})" if event.detail else ""))


class EventLog:
    """Collects events until they are drained; bounded, and says so when it overflows."""

    def __init__(self) -> None:
        self._events: list[PageEvent] = []
        self._dropped = 0

    def add(self, event: PageEvent) -> None:
        if len(self._events) < MOST_EVENTS:
            self._events.append(event)
        else:
            self._dropped += 1

    def drain(self) -> tuple[PageEvent, ...]:
        events, self._events = self._events, []
        if self._dropped:
            last = events[-1]
            detail = f"{last.detail} (and {self._dropped} more events)"
            events[-1] = PageEvent(kind=last.kind, detail=detail)
            self._dropped = 0
        return tuple(events)


def clip(detail: str) -> str:
    """A detail of an event: one line without halves of characters, cut where it is long."""
    detail = tidy(detail)
    return detail if len(detail) <= MOST_DETAIL else detail[: MOST_DETAIL - 1] + "…"


def address(url: str) -> str:
    """An address as an agent may use it: whole, because a part of one leads elsewhere, or not at all."""
    url = tidy(url)
    return url if len(url) <= MOST_ADDRESS else f"an address of {len(url)} characters, too long to be shown"
