"""What a phase's result depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.agents.reference import StopAgent
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.settings import BrowserSettings, View
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round


def phase_of(folder: Path, *, view: View, place: BrowserSettings) -> Phase:
    benchmark = MiniWob()
    benchmark.view = view
    return Phase(
        name="explore-teacher",
        round=Round(run="run", number=1, seed=0, store=open_store(folder / "store"), work=folder),
        plan=[(benchmark.tasks["click-test"], 0)],
        benchmark=benchmark,
        agent=StopAgent(),
        decided_by="teacher",
        play=PlaySettings(),
        browser=place,
    )


@pytest.mark.parametrize("seen", [{"width": 900}, {"height": 500}, {"budget_tokens": 99}, {"locale": "de-CH"}])
def test_what_an_agent_is_shown_is_part_of_it_whoever_says_so(seen: dict[str, object], tmp_path: Path) -> None:
    place = BrowserSettings()
    plain = phase_of(tmp_path, view=View(), place=place)
    by_benchmark = phase_of(tmp_path, view=View.model_validate(seen), place=place)
    by_place = phase_of(tmp_path, view=View(), place=place.model_copy(update=seen))
    assert by_benchmark.inputs == by_place.inputs != plain.inputs
    other = phase_of(tmp_path, view=View.model_validate(seen), place=place.model_copy(update={"pages": 2}))
    assert other.inputs == by_benchmark.inputs, "how many pages are open at once changes nothing"
