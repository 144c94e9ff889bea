"""Evaluations played in the real browser on real MiniWoB++ tasks, by agents with known abilities."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from components.agents.base import Agent, Decision, Turn
from components.agents.config import ScriptedConfig
from components.benchmarks.registry import open_benchmark
from components.browser.settings import BrowserSettings
from components.errors import InputError
from components.evaluate.config import EvaluateConfig
from components.evaluate.run import make_plan, run
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode
from components.trajectories.tables import read_table

TRAIN, HELDOUT = ("click-test", "click-test-2"), ("click-link",)


class ClickFirst(Agent):
    """Clicks the first button it sees; solves `click-test` and is lost elsewhere."""

    def __init__(self, digest: str = "1") -> None:
        self.info = AgentInfo(name="click first", kind="test", digest=digest)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return [self._one(turn) for turn in turns]

    def _one(self, turn: Turn) -> Decision:
        buttons = [each for each in turn.observation.elements.values() if each.role == "button"]
        return Decision(action=f"click [{buttons[0].ref}]" if buttons else 'stop ""')


def config(role: str = "student", **given: object) -> EvaluateConfig:
    return EvaluateConfig.model_validate(
        {
            "role": role,
            "agent": ScriptedConfig(),
            "train_tasks": TRAIN,
            "heldout_tasks": HELDOUT,
            "seeds": 3,
            "task_seeds": 2,
            "browser": BrowserSettings(pages=3),
            **given,
        }
    )


def round_in(folder: Path, number: int = 1) -> Round:
    return Round(run="r", number=number, seed=0, store=open_store(folder / "store"), work=folder / "work")


def played(episodes: Sequence[Episode]) -> list[tuple[object, ...]]:
    return [
        (each.task_id, each.seed, each.outcome, [(step.observation, step.action) for step in each.steps])
        for each in episodes
    ]


def test_an_agent_is_judged_on_both_splits_and_its_rates_are_right(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    result = run(config=config(), round=here, agent=ClickFirst())
    seeds, tasks = result.splits["heldout_seeds"], result.splits["heldout_tasks"]
    by_task = {each.name: (each.solved, each.episodes) for each in seeds.by_task}
    assert by_task["click-test"] == (3, 3)
    assert (seeds.episodes, tasks.episodes, tasks.solved) == (6, 2, 0)
    rows = read_table(here.store, result.table).to_pylist()
    assert len(rows) == 8
    assert all(row["seed"] >= 1_000_000 for row in rows)
    assert {row["split"] for row in rows if row["task_id"] == "click-link"} == {"heldout_tasks"}
    assert here.store.exists(rows[0]["episode_key"])
    assert run(config=config(), round=here, agent=ClickFirst()) == result


def test_the_same_agent_in_a_later_round_is_not_played_again(tmp_path: Path) -> None:
    first = run(config=config("student"), round=round_in(tmp_path), agent=ClickFirst())
    later = round_in(tmp_path, 2)
    again = run(config=config("champion"), round=later, agent=ClickFirst())
    assert again.reused == f"{round_in(tmp_path).prefix}/results/evaluate-student.json"
    assert (again.role, again.round, again.splits) == ("champion", 2, first.splits)
    assert list(iter_episodes(later.store, f"{later.prefix}/episodes/")) == []
    other = run(config=config("student"), round=later, agent=ClickFirst(digest="2"))
    assert not other.reused


def test_other_tasks_or_another_agent_for_a_judged_role_are_refused(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    small = {"seeds": 1, "task_seeds": 0}
    result = run(config=config(**small), round=here, agent=ClickFirst())
    assert set(result.splits) == {"heldout_seeds"}
    with pytest.raises(InputError, match="already has an evaluation of another student"):
        run(config=config(**small), round=here, agent=ClickFirst(digest="2"))
    with pytest.raises(InputError, match="already has an evaluation"):
        run(config=config(seeds=2, task_seeds=0), round=here, agent=ClickFirst())


def test_episodes_of_another_agent_left_by_a_killed_run_are_named(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    result = run(config=config(seeds=1, task_seeds=0), round=here, agent=ClickFirst())
    here.store.delete(f"{here.prefix}/results/evaluate-student.json")
    for key in list(here.store.list(result.table)):
        here.store.delete(key)
    with pytest.raises(InputError, match="played by another agent"):
        run(config=config(seeds=1, task_seeds=0), round=here, agent=ClickFirst(digest="2"))


def test_an_unknown_task_is_named_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="click-tset"):
        run(config=config(train_tasks=("click-tset",)), round=round_in(tmp_path), agent=ClickFirst())
    assert list(round_in(tmp_path).store.list("")) == []


PROGRAM = """
import sys
from pathlib import Path
from components.evaluate.config import EvaluateConfig
from components.evaluate.run import run
from components.trajectories.rounds import Round
from components.trajectories.open_store import open_store
folder = Path(sys.argv[1])
round = Round(run="r", number=1, seed=0, store=open_store(folder / "store"), work=folder / "work")
run(config=EvaluateConfig.model_validate_json(sys.argv[2]), round=round)
"""


def test_killed_and_started_again_it_goes_on_and_another_process_plays_the_same_episodes(tmp_path: Path) -> None:
    wanted = config(seeds=6)
    plan = sum(len(each) for each in make_plan(wanted, open_benchmark("miniwob")).values())
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "killed"), wanted.model_dump_json()]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    here = round_in(tmp_path / "killed")
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if len(list(here.store.list(f"{here.prefix}/episodes/"))) >= 3:
            break
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    stored = {key: here.store.get(key) for key in here.store.list(f"{here.prefix}/episodes/")}
    assert 0 < len(stored) < plan
    resumed = run(config=wanted, round=here)
    assert {key: here.store.get(key) for key in stored} == stored
    other = round_in(tmp_path / "other")
    whole = run(config=wanted, round=other)
    prefix = f"{here.prefix}/episodes/"
    assert played(list(iter_episodes(here.store, prefix))) == played(list(iter_episodes(other.store, prefix)))
    assert resumed.splits["heldout_seeds"].by_task == whole.splits["heldout_seeds"].by_task
