"""Six fields mean what Kubeflow's parser makes of them, and what would never fire or too often is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.cluster.cron import parse_cron

MONDAY = datetime(2012, 7, 9, 23, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("0 */15 * * * *", "2012-07-09 23:45"),
        ("0 40-50/5 * * * *", "2012-07-09 23:40"),
        ("0 20/30 * * * *", "2012-07-09 23:50"),
        ("30 0 2 * * ?", "2012-07-10 02:00:30"),
        ("0 0 0 9 Apr-Oct ?", "2012-08-09 00:00"),
        ("0 0 0 * Feb Mon", "2013-02-04 00:00"),
        ("0 0 0 29 feb ?", "2016-02-29 00:00"),
        ("0 0 0 1,15 * SUN", "2012-07-15 00:00"),  # either kind of day is enough
        ("0 0 0 13 * Fri", "2012-07-13 00:00"),
        ("0 0 0 20 * Wed", "2012-07-11 00:00"),
        ("0 0 0 */5 Apr,Aug,Oct Mon", "2012-08-06 00:00"),  # a star with a step restricts nothing by itself
        ("0 0 0 31 * *", "2012-07-31 00:00"),
    ],
)
def test_the_next_time(text: str, first: str) -> None:
    assert next(parse_cron(text).times(MONDAY)) == datetime.fromisoformat(first).replace(tzinfo=UTC)


def test_times_go_on() -> None:
    times = parse_cron("0 30 9,17 * * 1-5").times(datetime(2026, 11, 27, 12, tzinfo=UTC))  # a Friday
    assert [f"{next(times):%a %H:%M}" for _ in range(4)] == ["Fri 17:30", "Mon 09:30", "Mon 17:30", "Tue 09:30"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 2 * * *", 'did you mean "0 0 2 * * *"'),
        ("@daily", "six fields"),
        ("", "six fields"),
        ("* 0 2 * * *", "its first field is the second"),
        ("0,30 0 2 * * *", "twice within a minute"),
        ("0 0 0 30 2 *", "never comes"),
        ("0 0 0 31 4,6,9,11 *", "never comes"),
        ("60 0 2 * * *", "no second: it goes from 0 to 59"),
        ("0 0 24 * * *", "no hour"),
        ("0 0 2 0 * *", "no day of the month: it goes from 1"),
        ("0 0 2 * * 7", "no day of the week: it goes from 0 to 6"),
        ("0 0 5-2 * * *", "no hour"),
        ("0 */0 * * * *", "no minute"),
        ("0 0 2 * JANUARY *", "no month"),
        ("0 *-5 2 * * *", "no minute"),
        ("0 1-2-3 2 * * *", "no minute"),
    ],
)
def test_what_would_not_be_what_was_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_cron(text)
    assert said in str(refused.value)
