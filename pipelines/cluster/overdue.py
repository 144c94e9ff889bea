"""Runs of which no round has ended well for too long, for whatever reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from components.errors import InputError
from components.trajectories.attempts import attempts_at
from components.trajectories.store import Store

EXPECT = "--expect"


def expected(words: Sequence[str]) -> dict[str, float]:
    """Hours by line of rounds, from words such as `main=30`.

    Raises:
        InputError: a word has another form.
    """
    hours_by_line = {}
    for word in words:
        line, _, hours = word.partition("=")
        if not line or not hours.isdigit() or int(hours) == 0:
            raise InputError(f"not a line of rounds and its hours: {word!r}", where=EXPECT, fix="write it as main=30")
        hours_by_line[line] = float(hours)
    return hours_by_line


def overdue(store: Store, hours: Mapping[str, float], *, now: datetime) -> Iterator[str]:
    """A sentence for each line whose newest round that is done ended more than its hours before `now`, or never."""
    for line, most in hours.items():
        ended = _last_done(store, line)
        if ended is None:
            yield f"{line}: no round has ended well yet, and one is expected every {most:g} hours"
        elif now - ended > timedelta(hours=most):
            ago = (now - ended).total_seconds() / 3600
            yield f"{line}: no round has ended well for {ago:.0f} hours, and one is expected every {most:g}"


def _last_done(store: Store, line: str) -> datetime | None:
    for attempt in reversed(attempts_at(store, line)):
        end = attempt.ended
        if end and end.state == "done":
            moment = datetime.fromisoformat(end.ended_at)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
