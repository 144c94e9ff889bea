"""A round's exploring: what is planned, counted and kept, and that a killed shard loses and doubles nothing."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from components.agents.config import ScriptedConfig
from components.benchmarks.config import TasksConfig
from components.benchmarks.split import HELDOUT_SEEDS
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import seen_row
from components.errors import InputError
from components.explore.config import ExploreConfig
from components.explore.counting import states_by_task
from components.explore.run import make_plan, run
from components.results.explore import ExploreResult
from components.trajectories.episodes import iter_episodes
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step
from tests.pipelines.manifests import manifest

TASKS = ("click-test", "click-button", "enter-text", "click-checkboxes")
CONFIG = ExploreConfig(teacher_seeds=3, student_seeds=2, speculative_seeds=1)
PLAYED: dict[str, Any] = {
    "tasks": TasksConfig(train=TASKS, heldout=("click-link",)),
    "play": PlaySettings(backoff=0.05),
    "browser": BrowserSettings(pages=3),
}


def explore(round: Round, *, config: ExploreConfig = CONFIG, **given: Any) -> ExploreResult:
    return run(config=config, round=round, **PLAYED, **given)


def make_round(folder: Path, *, number: int = 1, seed: int = 0) -> Round:
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    return Round(run="test", number=number, seed=seed, store=open_store(folder / "store"), work=work)


def content(round: Round) -> dict[str, Any]:
    """Every stored episode without what a clock or a port decides."""
    found = {}
    for episode in iter_episodes(round.store, f"{round.prefix}/episodes/"):
        record = json.loads(episode.model_dump_json())
        for name in ("started_at", "seconds", "start_url", "end_url", "retries"):
            record.pop(name)
        for step in record["steps"]:
            step.pop("timing")
            step.pop("url")
        found[episode.key] = record
    return found


def test_teacher_and_student_share_seeds_and_what_both_play_rounds_and_runs_do_not(tmp_path: Path) -> None:
    _, split = TasksConfig(train=TASKS, heldout=("click-link",)).open()

    def seeds(number: int, seed: int, mode: Any) -> list[int]:
        plan = make_plan(CONFIG, split, round=make_round(tmp_path, number=number, seed=seed), mode=mode)
        assert {task.task_id for task, _ in plan} == set(TASKS)
        return sorted({one for _, one in plan})

    assert seeds(1, 0, "teacher") == [0, 1, 2]
    assert set(seeds(1, 0, "student")) < set(seeds(1, 0, "teacher"))
    assert seeds(1, 0, "speculative") == [3]
    everywhere = [
        one
        for number in (1, 2, 3)
        for seed in (0, 1, 99)
        for mode in ("teacher", "speculative")
        for one in seeds(number, seed, mode)
    ]
    assert len(everywhere) == len(set(everywhere))
    assert max(everywhere) < HELDOUT_SEEDS
    with pytest.raises(InputError, match="training seeds of a run"):
        seeds(4000, 0, "teacher")


def test_a_round_of_another_recipe_begins_where_the_earlier_ones_seeds_end(tmp_path: Path) -> None:
    _, split = TasksConfig(train=TASKS, heldout=("click-link",)).open()
    for number, taken in ((1, {"teacher_seeds": 2, "speculative_seeds": 7, "student_seeds": 0}), (2, {})):
        settings = {"explore": taken} if taken else {}
        keep_manifest(make_round(tmp_path, number=number), manifest(round=number, settings=settings))
    plans = (make_plan(CONFIG, split, round=make_round(tmp_path, number=n), mode="teacher") for n in (1, 2, 3))
    first, second, third = (min(seed for _, seed in plan) for plan in plans)
    assert (first, second) == (0, 9)
    assert third == 9 + CONFIG.seeds_of_a_round, "a recipe that was not kept counts as this one"


def test_before_its_first_round_the_student_has_no_part(tmp_path: Path) -> None:
    _, split = TasksConfig(train=TASKS, heldout=("click-link",)).open()
    later = CONFIG.model_copy(update={"student_from": 2})
    for mode, first in (("teacher", 3), ("speculative", 0), ("student", 0)):
        plans = [make_plan(later, split, round=make_round(tmp_path, number=n), mode=mode) for n in (1, 2)]
        assert [len(plan) for plan in plans] == [first * len(TASKS), CONFIG.seeds(mode, round=1) * len(TASKS)]


def test_a_mode_without_its_agent_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a teacher"):
        explore(make_round(tmp_path), mode="teacher")
    with pytest.raises(InputError, match="needs a student"):
        explore(make_round(tmp_path), mode="speculative", teacher=ScriptedConfig())


def test_a_random_explorer_in_the_students_place_plays_its_very_seeds(tmp_path: Path) -> None:
    round = make_round(tmp_path)
    config = CONFIG.model_copy(update={"explorer": "random"})
    found = explore(round, config=config, mode="student")
    assert found.agent.kind == "random"
    _, split = PLAYED["tasks"].open()
    planned = {(task.task_id, seed) for task, seed in make_plan(CONFIG, split, round=round, mode="student")}
    episodes = list(iter_episodes(round.store, f"{round.prefix}/episodes/explore-student/"))
    assert {(each.task_id, each.seed) for each in episodes} == planned
    assert not {step.decided_by for each in episodes for step in each.steps} & {"student", "teacher"}
    with pytest.raises(InputError, match="needs a student"):
        explore(round, config=config, mode="speculative", teacher=ScriptedConfig())


def test_where_labels_are_asked_for_the_teachers_word_stands_beside_every_step(tmp_path: Path) -> None:
    round = make_round(tmp_path)
    config = CONFIG.model_copy(update={"explorer": "random", "labels": True})
    with pytest.raises(InputError, match="needs a teacher"):
        explore(round, config=config, mode="student")
    plain = make_round(tmp_path / "plain")
    explore(plain, config=CONFIG.model_copy(update={"explorer": "random"}), mode="student")
    explore(round, config=config, mode="student", teacher=ScriptedConfig())
    done, alone = (
        [
            step
            for episode in iter_episodes(each.store, f"{each.prefix}/episodes/explore-student/")
            for step in episode.steps
        ]
        for each in (round, plain)
    )
    assert [step.action for step in done] == [step.action for step in alone]
    labels = [step.speculation.candidates for step in done if step.speculation]
    assert len(labels) == len(done)
    assert all(len(each) == 1 and each[0].reason for each in labels), "these are tasks of which the rules know all"


def test_states_are_counted_without_their_references() -> None:
    def step(index: int, text: str) -> Step:
        return Step(index=index, url="u", observation=text, action="go_back")

    def episode(task: str, *texts: str) -> Episode:
        return Episode(
            run="r", round=1, phase="p", benchmark="b", task_id=task, family="f", template="t", seed=1, intent="i",
            start_url="u", agent=AgentInfo(name="a", kind="k", digest="d"), outcome=Outcome.FAILED, started_at="",
            seconds=0, steps=tuple(step(index, text) for index, text in enumerate(texts)),
        )  # fmt: skip

    states = states_by_task(
        map(seen_row, [episode("a", '[1] button "x"', '[2] button "x"', '[1] button "y"'), episode("b", "z")])
    )
    assert {task: len(seen) for task, seen in states.items()} == {"a": 2, "b": 1}


def test_shards_together_explore_the_plan_and_a_finished_one_returns_at_once(tmp_path: Path) -> None:
    round = make_round(tmp_path)
    results = [explore(round, mode="teacher", shard=shard, shards=2, teacher=ScriptedConfig()) for shard in (0, 1)]
    episodes = list(iter_episodes(round.store, f"{round.prefix}/episodes/explore-teacher/"))
    assert len(episodes) == len(TASKS) * 3 == sum(sum(result.outcomes.values()) for result in results)
    assert {step.decided_by for episode in episodes for step in episode.steps} == {"teacher"}
    assert sum(result.steps for result in results) == sum(len(episode.steps) for episode in episodes)
    for result in results:
        assert result.complete
        assert result.success_rate > 0.5
        assert result.states > 0
        assert result.new_states == 0
    started = time.monotonic()
    again = explore(round, mode="teacher", shard=0, shards=2, teacher=ScriptedConfig())
    assert again == results[0]
    assert time.monotonic() - started < 2, "no browser is started"
    fewer = CONFIG.model_copy(update={"teacher_seeds": 2})
    with pytest.raises(InputError, match="already explored"):
        explore(round, config=fewer, mode="teacher", shard=0, shards=2, teacher=ScriptedConfig())


SHARD = """
import sys
from pathlib import Path
from tests.components.explore.test_explore import explore, make_round
from components.agents.config import ScriptedConfig

print(explore(make_round(Path(sys.argv[1])), mode="teacher", teacher=ScriptedConfig()).outcomes)
"""


def test_a_shard_killed_at_random_moments_ends_as_one_that_never_was(tmp_path: Path) -> None:
    whole = make_round(tmp_path / "whole")
    explore(whole, mode="teacher", teacher=ScriptedConfig())
    expected = content(whole)

    broken = make_round(tmp_path / "broken")
    prefix = f"{broken.prefix}/episodes/explore-teacher/"
    moments = random.Random(7)
    for _ in range(3):
        before = len(list(broken.store.list(prefix)))
        shard = subprocess.Popen([sys.executable, "-c", SHARD, str(tmp_path / "broken")])
        deadline = time.monotonic() + 60
        while len(list(broken.store.list(prefix))) <= before and shard.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.2))
        shard.send_signal(signal.SIGKILL)
        shard.wait()
    left = {key: record for key, record in content(broken).items()}
    assert left, "something was stored before it was killed"
    result = explore(broken, mode="teacher", teacher=ScriptedConfig())
    assert sum(result.outcomes.values()) == len(expected)
    assert content(broken) == expected
