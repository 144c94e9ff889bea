"""`symbiont privacy report`, and the report's section: what stayed at home, and whether the log may be believed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from components.privacy.log import ALONE, EPISODE, Log
from components.report.config import ReportConfig
from components.report.run import assemble, markdown
from components.trajectories.episodes import save_episode
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Step
from components.trajectories.store import Store
from pipelines.cli import app
from tests.conftest import MakeEpisode
from tests.pipelines.manifests import manifest

HYBRID = AgentInfo(name="big, at home small", kind="hybrid", digest="0" * 64)
SETTINGS = {"teacher": {"kind": "hybrid", "privacy": {"terms": ["Project Heron"]}}}


@pytest.fixture
def store(tmp_path: Path, make_episode: MakeEpisode, make_step: Callable[..., Step]) -> Store:
    """A round with one episode: a step of the remote model and one at home."""
    store = open_store(tmp_path / "store")
    begun = manifest(run="run", teacher=HYBRID.model_dump(), settings=SETTINGS)
    store.put("runs/run/round-001/manifest.json", begun.model_dump_json().encode())
    asked = make_step("click [1]").model_copy(update={"exchange": "0" * 64, "url": "https://shop.example/cart"})
    home = make_step("click [1]", index=1).model_copy(update={"private": ("card",), "url": "https://shop.example/pay"})
    save_episode(store, make_episode(steps=[asked, home]).model_copy(update={"agent": HYBRID}))
    return store


def send(store: Store, text: str, *, run: str = "run", name: str = "round-001-explore-teacher") -> None:
    token = EPISODE.set("click-test/1")
    Log(store, run=run, name=name).write(
        endpoint="https://vendor.example/v1/chat/completions",
        body={"messages": [{"content": text}]},
        stopped=Counter(),
        refused=False,
        detectors=("rules 1",),
    )
    EPISODE.reset(token)


def report(out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["privacy", "report", *arguments, "--out", str(out)])


def test_a_run_in_order_ends_with_0_and_says_what_stayed_at_home(store: Store, tmp_path: Path) -> None:
    send(store, "the cart of [card 1]")
    shown = report(tmp_path)
    assert shown.exit_code == 0
    assert "shop.example" in shown.stdout
    assert "card 1" in shown.stdout
    found = json.loads(report(tmp_path, "--json", "--round", "1").stdout)
    assert found["sites"] == {"shop.example": {"steps": 2, "at_home": 1, "classes": {"card": 1}}}
    assert found["redactions"] == {"card": 1}


@pytest.mark.parametrize("text", ["from kim@example.org", "about Project Heron"], ids=["by rules", "by own words"])
def test_what_todays_rules_find_in_what_left_ends_with_3(store: Store, tmp_path: Path, text: str) -> None:
    send(store, text)
    shown = report(tmp_path)
    assert shown.exit_code == 3
    assert "today's rules find in what was sent: {" in shown.stdout


def test_a_missing_log_ends_with_3(store: Store, tmp_path: Path) -> None:
    assert store.exists("runs/run/round-001/manifest.json")
    shown = report(tmp_path)
    assert shown.exit_code == 3
    assert "NOT IN THE LOG: a question of episode click-test/1" in shown.stdout


def test_what_left_by_play_stands_beside_the_newest_run_and_alone(store: Store, tmp_path: Path) -> None:
    send(store, "the cart")
    send(store, "from kim@example.org", run=ALONE, name="process")
    shown = report(tmp_path)
    assert shown.exit_code == 3
    assert "By `symbiont play`, which belongs to no run" in shown.stdout
    told = json.loads(report(tmp_path, "--json").stdout)
    assert (told["found_today"], told["played"]["found_today"]) == ({}, {"email": 1})
    assert report(tmp_path, "--run", "run").exit_code == 0, "of one run that is named"
    alone = json.loads(report(tmp_path, "--run", ALONE, "--json").stdout)
    assert (alone["found_today"], alone["played"]) == ({"email": 1}, None)


def test_the_rounds_report_has_a_section_for_whoever_answers_for_it(store: Store, tmp_path: Path) -> None:
    here = Round(run="run", number=1, seed=0, store=store, work=tmp_path)
    assert "1 episodes tell of questions that the log lacks" in markdown(assemble(config=ReportConfig(), round=here))
    send(store, "the cart")
    said = markdown(assemble(config=ReportConfig(), round=here)).replace("\N{NO-BREAK SPACE}", " ")
    assert "What stayed at home" in said
    assert "1 requests left for remote models" in said
    assert "today's rules find nothing private in any of them" in said
    assert "1 of 2 steps (50 %) were decided by the model at home" in said
