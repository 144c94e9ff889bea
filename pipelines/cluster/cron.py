"""A cron expression as Kubeflow reads it: six fields, the second first, in UTC.

Kubeflow refuses nothing: of five fields it takes the first for seconds, and what it cannot read never fires. So what it
would do is found out here, by the rules of robfig/cron 1.2, which it uses: fields of numbers, names, ranges and steps;
where both the day of the month and that of the week are restricted, either is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: dict[str, tuple[int, int, dict[str, int]]] = {
    "second": (0, 59, {}),
    "minute": (0, 59, {}),
    "hour": (0, 23, {}),
    "day of the month": (1, 31, {}),
    "month": (1, 12, {name: number for number, name in enumerate(MONTHS, start=1)}),
    "day of the week": (0, 6, {name: number for number, name in enumerate(DAYS)}),
}
PART = re.compile(r"(?P<low>[*?]|\w+)(-(?P<high>\w+))?(/(?P<step>\d+))?")
EVERY = ("*", "?")
YEARS = 5
"""After which Kubeflow's parser gives up looking for a next time."""
SOONEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """When something fires."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    """Days of the month and of the week are both restricted, and either is enough."""

    def times(self, after: datetime) -> Iterator[datetime]:
        """Every time after this one, in UTC; none after five years without any."""
        day = after.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        barren = 0
        while barren < YEARS * 366:
            barren += 1
            if self._fires_on(day):
                for moment in self._moments(day):
                    if moment > after:
                        barren = 0
                        yield moment
            day += timedelta(days=1)

    def _fires_on(self, day: datetime) -> bool:
        month, week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and ((month or week) if self.either else (month and week))

    def _moments(self, day: datetime) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                for second in sorted(self.seconds):
                    yield day.replace(hour=hour, minute=minute, second=second)


def parse_cron(text: str) -> Cron:
    """The times of an expression.

    Raises:
        ValueError: it has not six fields, a field that cannot be read, no time at all, or two within a minute.
    """
    parts = text.split()
    if len(parts) != len(FIELDS):
        meant = f': did you mean "0 {text}"?' if len(parts) == len(FIELDS) - 1 else ""
        raise ValueError(
            f"a cron expression has six fields here, the second first, and {text!r} has {len(parts)}{meant}"
        )
    values = [_field(part, name) for part, name in zip(parts, FIELDS, strict=True)]
    restricted = [not any(value.startswith(EVERY) for value in part.split(",")) for part in (parts[3], parts[5])]
    names = ("seconds", "minutes", "hours", "days", "months", "weekdays")
    cron = Cron(**dict(zip(names, values, strict=True)), either=all(restricted))
    first = list(islice(cron.times(datetime.now(UTC)), 3))
    if not first:
        raise ValueError(f"{text!r} never comes: there is no such day")
    if any(later - sooner < SOONEST for sooner, later in pairwise(first)):
        raise ValueError(f"{text!r} comes twice within a minute: its first field is the second, write 0")
    return cron


def _field(text: str, name: str) -> frozenset[int]:
    return frozenset(value for part in text.split(",") for value in _part(part, name))


def _part(text: str, name: str) -> range:
    lowest, highest, names = FIELDS[name]
    match = PART.fullmatch(text)
    if match is None or (match["low"] in EVERY and match["high"]):
        raise ValueError(f"{text!r} is no {name}: write a number, a range such as 1-5, a step such as */2, or *")
    if match["low"] in EVERY:
        low, high = lowest, highest
    else:
        low = _number(match["low"], name, names)
        alone = highest if match["step"] else low  # "5/10" goes on to the end
        high = _number(match["high"], name, names) if match["high"] else alone
    step = int(match["step"] or 1)
    if not (lowest <= low <= high <= highest) or step == 0:
        raise ValueError(f"{text!r} is no {name}: it goes from {lowest} to {highest}")
    return range(low, high + 1, step)


def _number(text: str, name: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdecimal():
        raise ValueError(f"{text!r} is no {name}")
    return int(text)
