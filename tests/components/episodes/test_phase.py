"""What a phase's result depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.agents.reference import StopAgent
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.settings import BrowserSettings, View
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase
from components.trajectories.digests import json_digest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round


def phase_of(folder: Path, *, view: View, place: BrowserSettings, **play: int) -> Phase:
    benchmark = MiniWob()
    benchmark.view = view
    return Phase(
        name="explore-teacher",
        round=Round(run="run", number=1, seed=0, store=open_store(folder / "store"), work=folder),
        plan=[(benchmark.tasks["click-test"], 0)],
        benchmark=benchmark,
        agent=StopAgent(),
        decided_by="teacher",
        play=PlaySettings.model_validate(play),
        browser=place,
    )


@pytest.mark.parametrize(
    "seen", [{"width": 900}, {"height": 500}, {"budget_tokens": 99}, {"locale": "de-CH"}, {"tabs": 8}]
)
def test_what_an_agent_is_shown_is_part_of_it_whoever_says_so(seen: dict[str, object], tmp_path: Path) -> None:
    place = BrowserSettings()
    plain = phase_of(tmp_path, view=View(), place=place)
    by_benchmark = phase_of(tmp_path, view=View.model_validate(seen), place=place)
    by_place = phase_of(tmp_path, view=View(), place=place.model_copy(update=seen))
    assert by_benchmark.inputs == by_place.inputs != plain.inputs
    other = phase_of(tmp_path, view=View.model_validate(seen), place=place.model_copy(update={"pages": 2}))
    assert other.inputs == by_benchmark.inputs, "how many pages are open at once changes nothing"


@pytest.mark.parametrize("limit", [{"max_steps": 3}, {"useless_steps": 9}, {"corrections": 10}])
def test_what_an_episode_may_do_is_part_of_it(limit: dict[str, int], tmp_path: Path) -> None:
    plain, other = (phase_of(tmp_path, view=View(), place=BrowserSettings(), **play) for play in ({}, limit))
    assert plain.inputs != other.inputs


def test_what_earlier_releases_stored_keeps_its_name_where_tabs_and_corrections_are_as_they_were(
    tmp_path: Path,
) -> None:
    told = {
        "agent": StopAgent().info.digest,
        "benchmark": ["miniwob", MiniWob().version, MiniWob().checksum],
        "plan": [("click-test", 0)],
        "limits": {"max_steps": None, "useless_steps": 4},
        "page": {"width": 1280, "height": 720, "budget_tokens": 4000, "locale": "en-US", "dialogs": "accept"},
    }
    assert phase_of(tmp_path, view=View(), place=BrowserSettings()).inputs == json_digest(told)
