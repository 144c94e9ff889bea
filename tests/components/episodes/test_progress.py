"""The progress line: rate, success, time left; plain in a log, nothing but counts to compute."""

from __future__ import annotations

import io
import time

import pytest

from components.progress import Progress, duration


def test_a_log_gets_a_last_line_with_success_errors_and_rate() -> None:
    log = io.StringIO()
    with Progress("explore", 10, done=4, stream=log) as progress:
        for solved in (True, True, False, None):
            progress.advance(solved)
    line = log.getvalue().splitlines()[-1]
    assert line.startswith("explore: 8/10, ")
    assert "solved 2/3 (67 %)" in line
    assert "errors 1" in line
    assert "left" in line


def test_the_rate_counts_only_what_this_run_did(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    log = io.StringIO()
    with Progress("distill", 100, done=50, stream=log) as progress:
        for _ in range(10):
            clock[0] += 0.5
            progress.advance()
        assert progress.rate == pytest.approx(2.0)
    lines = log.getvalue().splitlines()
    assert lines[-1] == "distill: 60/100, 2.0/s, 20 s left"
    assert len(lines) == 3, "one line every two seconds and one at the end"


@pytest.mark.parametrize(("seconds", "words"), [(7.6, "8 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")])
def test_durations_are_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words
