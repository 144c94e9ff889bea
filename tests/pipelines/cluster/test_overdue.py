"""A run whose schedule stopped is reported, whatever stopped it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from components.errors import InputError
from components.trajectories.attempts import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.cluster.overdue import expected, overdue


def test_a_line_is_overdue_when_none_of_its_rounds_ended_well_in_time(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for name, line, state in (("a", "main", "done"), ("b", "main", "failed"), ("c", "broken", "failed")):
        attempt = Attempt(store=store, run=line, name=name)
        attempt.begin(Round(run=line, number=1, seed=0, store=store, work=tmp_path))
        attempt.end(state=state)  # type: ignore[arg-type]
    hours = {"main": 30.0, "broken": 30.0, "never": 24.0}
    now = datetime.now(UTC)
    told = list(overdue(store, hours, now=now))
    assert [each.split(":")[0] for each in told] == ["broken", "never"], "one that failed since changes nothing"
    late = list(overdue(store, {"main": 30.0}, now=now + timedelta(hours=31)))
    assert late == ["main: no round has ended well for 31 hours, and one is expected every 30"]


@pytest.mark.parametrize("word", ["main", "main=", "=30", "main=soon", "main=0"])
def test_what_is_no_line_with_its_hours_is_refused(word: str) -> None:
    with pytest.raises(InputError, match="write it as main=30"):
        expected([word])
    assert expected(["main=30", "other=8"]) == {"main": 30.0, "other": 8.0}
