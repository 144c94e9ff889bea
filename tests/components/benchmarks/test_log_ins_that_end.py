"""A log-in that a site ended is nobody's failure, one that the agent ended is its own, on whichever site it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.benchmarks.sites.visit import SiteVisit
from components.trajectories.schema import Outcome
from tests.components.benchmarks.test_own_sites import LENT, During, folder_with, played

NO_MORE = 'stop ""'
LOGOUT = ('goto "SITE/logout"', NO_MORE)


def two_desks(folder: Path, *, kept_at_logout: bool = False) -> Path:
    """Two lending desks that give another `csrf` with every page, as many a site does."""

    def change(content: dict[str, Any]) -> None:
        content["sites"]["other"] = content["sites"]["desk"]
        one = {"id": "one", "family": "one", "intent": "Do it.", "user": "ann", "also": ["other"]}
        content.update(tasks=[{**one, "check": {"sql": LENT}}], heldout=[])

    app = folder_with(folder, change) / "app.py"
    kind = '"Content-Type": "text/html; charset=utf-8"'
    words = app.read_text().replace(kind, f'{kind}, "set-cookie": f"csrf={{secrets.token_hex(4)}}"')
    if kept_at_logout:
        words = words.replace("desk=; Max-Age=0", "desk=nobody")
    app.write_text(words)
    return folder


def ended_by(name: str) -> During:
    def end(visit: SiteVisit) -> None:
        data = visit.replicas[name].data
        assert data is not None
        with closing(sqlite3.connect(data / "desk.sqlite3")) as desk, desk:
            desk.execute("delete from session")

    return end


@pytest.mark.parametrize("name", ["desk", "other"])
def test_a_log_in_that_ran_out_is_found_on_whichever_site_it_did(name: str, tmp_path: Path) -> None:
    moves = ("click [drill]", NO_MORE)
    (ran_out,) = played([("one", 0, moves)], folder=two_desks(tmp_path), during=ended_by(name))
    assert ran_out.outcome is Outcome.ENV_ERROR
    assert f"the log-in of ann on {name} ran out" in ran_out.message


def test_a_log_in_that_holds_or_that_the_agent_ended_leaves_the_failure_its_own(tmp_path: Path) -> None:
    plan = [("one", 0, ("click [drill]", NO_MORE)), ("one", 0, LOGOUT)]
    held, left = played(plan, folder=two_desks(tmp_path / "gone"))
    (left_with_cookie,) = played([("one", 0, LOGOUT)], folder=two_desks(tmp_path / "kept", kept_at_logout=True))
    assert [each.outcome for each in (held, left, left_with_cookie)] == [Outcome.FAILED] * 3
