"""Evaluations played in the real browser on real MiniWoB++ tasks, by agents with known abilities."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from components.agents.base import Agent, Decision, Turn
from components.agents.build import build_agent
from components.agents.config import ScriptedConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.endpoints.complaints import RequestRefused
from components.episodes.config import PlaySettings
from components.errors import InfraError, InputError
from components.evaluate.config import EvaluateConfig
from components.evaluate.run import make_plan, phases_of, play_shard, run
from components.results.evaluate import EvaluateResult
from components.trajectories.episodes import iter_episodes
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.phases import Role
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode
from components.trajectories.tables import read_table
from tests.pipelines.manifests import manifest

QUICK = PlaySettings(backoff=0.05)
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


TASKS = TasksConfig(train=TRAIN, heldout=HELDOUT)


def evaluate(
    round: Round,
    *,
    role: Role = "student",
    agent: Agent | None = None,
    tasks: TasksConfig = TASKS,
    play: PlaySettings = QUICK,
    **given: object,
) -> EvaluateResult:
    """Three held-out seeds of two tasks and two of a held-out one, unless told otherwise."""
    config = EvaluateConfig.model_validate({"seeds": 3, "task_seeds": 2, **given})
    phases = phases_of(
        config=config,
        tasks=tasks,
        play=play,
        browser=BrowserSettings(pages=3),
        round=round,
        role=role,
        agent=agent or ClickFirst(),
    )
    return run(phases, config=config, role=role)


def evaluate_shard(round: Round, shard: int, *, of: int, agent: Agent, role: Role = "student") -> str:
    """A part of what `evaluate` plays."""
    config = EvaluateConfig(seeds=3, task_seeds=2)
    phases = phases_of(
        config=config, tasks=TASKS, play=QUICK, browser=BrowserSettings(pages=3), round=round, role=role, agent=agent
    )
    return play_shard(phases, config=config, role=role, shard=shard, shards=of)


def round_in(folder: Path, number: int = 1) -> Round:
    return Round(run="r", number=number, seed=0, store=open_store(folder / "store"), work=folder / "work")


def scripted(here: Round) -> Agent:
    return build_agent(ScriptedConfig(), store=here.store, work=here.work)


def played(episodes: Sequence[Episode]) -> list[tuple[object, ...]]:
    return [
        (each.task_id, each.seed, each.outcome, [(step.observation, step.action) for step in each.steps])
        for each in episodes
    ]


def test_an_agent_is_judged_on_both_splits_and_its_rates_are_right(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    result = evaluate(here)
    seeds, tasks = result.splits["heldout_seeds"], result.splits["heldout_tasks"]
    by_task = {each.name: (each.solved, each.episodes) for each in seeds.by_task}
    assert by_task["click-test"] == (3, 3)
    assert (seeds.episodes, tasks.episodes, tasks.solved) == (6, 2, 0)
    rows = read_table(here.store, result.table).to_pylist()
    assert len(rows) == 8
    assert all(row["seed"] >= 1_000_000 for row in rows)
    assert {row["split"] for row in rows if row["task_id"] == "click-link"} == {"heldout_tasks"}
    assert here.store.exists(rows[0]["episode_key"])
    assert evaluate(here) == result


def figures(here: Round, result: EvaluateResult) -> tuple[object, ...]:
    """What a result says, and its table, without what the clock says."""
    splits = [each.model_copy(update={"seconds_per_solved": None}) for each in result.splits.values()]
    rows = read_table(here.store, result.table).to_pylist()
    kept = ("split", "task_id", "seed", "outcome", "steps", "agent_digest", "episode_key")
    return result.inputs, splits, result.complete, [[row[name] for name in kept] for row in rows]


def test_shards_played_apart_are_gathered_to_what_one_process_finds(tmp_path: Path) -> None:
    """Of three shards one holds just what the endpoint refuses."""
    refused = RequestRefused("the content filter took the answer away", fix="")
    apart, whole = round_in(tmp_path / "apart"), round_in(tmp_path / "whole")
    stored = []
    for shard in (2, 0, 1):
        evaluate_shard(apart, shard, of=3, agent=Unreachable(refused, 2))
        stored.append(len(list(iter_episodes(apart.store, f"{apart.prefix}/episodes/"))))
    assert stored == [0, 3, 6], "of eight two are refused"
    assert list(apart.store.list(f"{apart.prefix}/results/")) == []
    gathering = Unreachable(refused, 2)
    gathered = evaluate(apart, agent=gathering)
    assert gathering.turns == [], "it has nothing to play"
    at_once = evaluate(whole, agent=Unreachable(refused, 2))
    assert figures(apart, gathered) == figures(whole, at_once)
    assert gathered.splits["heldout_seeds"].outcomes["infra_error"] == 2


def test_what_a_shard_could_not_play_holds_it_up_and_nothing_else(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    evaluate_shard(here, 0, of=2, agent=ClickFirst())
    with pytest.raises(InfraError, match=r"2 of 4 episodes of the student.*endpoint down"):
        evaluate_shard(here, 1, of=2, agent=Unreachable(InfraError("endpoint down"), 1))
    again = Unreachable(InfraError("endpoint down"))
    evaluate_shard(here, 1, of=2, agent=again)
    assert {turn.split("/")[1] for turn in again.turns} == {"1000001"}
    assert figures(here, evaluate(here)) == figures(
        round_in(tmp_path / "whole"), evaluate(round_in(tmp_path / "whole"))
    )


def test_no_shard_plays_what_is_taken_over(tmp_path: Path) -> None:
    first = evaluate(round_in(tmp_path))
    later = round_in(tmp_path, 2)
    inputs = {evaluate_shard(later, shard, of=2, role="champion", agent=ClickFirst()) for shard in (0, 1)}
    assert inputs == {first.inputs}
    assert list(iter_episodes(later.store, f"{later.prefix}/episodes/")) == []
    assert evaluate(later, role="champion").reused


def test_the_same_agent_in_a_later_round_is_not_played_again(tmp_path: Path) -> None:
    first = evaluate(round_in(tmp_path))
    later = round_in(tmp_path, 2)
    again = evaluate(later, role="champion")
    assert again.reused == f"{round_in(tmp_path).prefix}/results/evaluate-student.json"
    assert (again.role, again.round, again.splits) == ("champion", 2, first.splits)
    assert list(iter_episodes(later.store, f"{later.prefix}/episodes/")) == []
    other = evaluate(later, agent=ClickFirst(digest="2"))
    assert not other.reused


def run_of(here: Round, name: str, **changes: object) -> Round:
    """Another run into the same store, begun by this code unless told otherwise."""
    other = replace(here, run=name)
    keep_manifest(other, manifest(run=name, round=1, **changes))
    return other


def test_another_run_of_the_same_code_does_not_play_the_same_agent_again(tmp_path: Path) -> None:
    first = run_of(round_in(tmp_path), "first")
    result = evaluate(first)
    second = run_of(first, "second")
    taken = evaluate(second, role="champion")
    assert taken.reused == f"{first.prefix}/results/evaluate-student.json"
    assert (taken.run, taken.role, taken.splits) == ("second", "champion", result.splits)
    assert list(iter_episodes(second.store, f"{second.prefix}/episodes/")) == []
    assert not evaluate(run_of(first, "other-code", code="another"), role="champion").reused
    assert not evaluate(round_in(tmp_path), role="champion").reused, "without a manifest nobody knows which code plays"
    for key in list(first.store.list(f"{first.prefix}/tables/")):
        first.store.delete(key)
    third = run_of(first, "third")
    assert not evaluate(third, role="champion").reused, "what is torn is not taken over"
    for name, torn in (("fourth", f"{third.prefix}/results/"), ("fifth", "evaluations/")):
        for key in list(first.store.list(torn)):
            first.store.put(key, b"torn")
        assert not evaluate(run_of(first, name), role="champion").reused


@pytest.mark.parametrize("code", ["b" * 64, "another"])
def test_an_earlier_round_is_taken_over_where_the_same_code_played_it(tmp_path: Path, code: str) -> None:
    first = run_of(round_in(tmp_path), "run")
    evaluate(first, seeds=1, task_seeds=0)
    later = first.at(2)
    keep_manifest(later, manifest(run="run", round=2, code=code))
    assert bool(evaluate(later, role="champion", seeds=1, task_seeds=0).reused) is (code == "b" * 64)


def test_other_tasks_or_another_agent_for_a_judged_role_are_refused(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    result = evaluate(here, seeds=1, task_seeds=0)
    assert set(result.splits) == {"heldout_seeds"}
    with pytest.raises(InputError, match="already has an evaluation of another student"):
        evaluate(here, agent=ClickFirst(digest="2"), seeds=1, task_seeds=0)
    with pytest.raises(InputError, match="already has an evaluation"):
        evaluate(here, seeds=2, task_seeds=0)


def test_episodes_of_another_agent_left_by_a_killed_run_are_named(tmp_path: Path) -> None:
    here = round_in(tmp_path)
    result = evaluate(here, seeds=1, task_seeds=0)
    here.store.delete(f"{here.prefix}/results/evaluate-student.json")
    for key in list(here.store.list(result.table)):
        here.store.delete(key)
    with pytest.raises(InputError, match="played by another agent"):
        evaluate(here, agent=ClickFirst(digest="2"), seeds=1, task_seeds=0)


class Unreachable(ClickFirst):
    """Like `ClickFirst`, but for some held-out seeds its endpoint raises this."""

    def __init__(self, error: Exception, *seeds: int) -> None:
        super().__init__()
        self.error, self.turns = error, list[str]()
        self.seeds = {1_000_000 + seed for seed in seeds}

    def _one(self, turn: Turn) -> Decision:
        self.turns.append(turn.episode)
        if int(turn.episode.split("/")[1]) in self.seeds:
            raise self.error
        return super()._one(turn)


def test_an_outage_is_no_result_and_running_again_plays_what_is_missing(tmp_path: Path) -> None:
    here, once = round_in(tmp_path), PlaySettings(retries=0)
    with pytest.raises(InfraError, match=r"2 of 8 episodes of the student.*2 x InfraError: endpoint down"):
        evaluate(here, agent=Unreachable(InfraError("endpoint down"), 2), play=once)
    assert list(here.store.list(f"{here.prefix}/results/")) == list(here.store.list(f"{here.prefix}/tables/")) == []
    healthy = Unreachable(InfraError("endpoint down"))
    result = evaluate(here, agent=healthy, play=once)
    assert set(healthy.turns) == {"click-test/1000002", "click-test-2/1000002"}
    assert result.complete
    whole = evaluate(round_in(tmp_path / "other"))
    assert [each.by_task for each in result.splits.values()] == [each.by_task for each in whole.splits.values()]


def test_what_no_attempt_would_mend_is_counted_apart_and_never_taken_over(tmp_path: Path) -> None:
    refused = RequestRefused("the content filter took the answer away", fix="")
    result = evaluate(round_in(tmp_path), agent=Unreachable(refused, 2))
    seeds = result.splits["heldout_seeds"]
    assert (seeds.episodes, seeds.outcomes["infra_error"], result.complete) == (4, 2, False)
    assert evaluate(round_in(tmp_path)) == result, "it stands in its own round"
    again = evaluate(round_in(tmp_path, 2))
    assert (again.reused, again.splits["heldout_seeds"].episodes) == ("", 6)


def test_a_split_of_which_nothing_could_be_played_is_no_result(tmp_path: Path) -> None:
    refused = RequestRefused("the content filter took the answer away", fix="")
    with pytest.raises(InfraError, match="no episode of heldout_seeds"):
        evaluate(round_in(tmp_path), agent=Unreachable(refused, 0, 1, 2))


def test_an_unknown_task_is_named_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="click-tset"):
        evaluate(round_in(tmp_path), tasks=TasksConfig(train=("click-tset",)))
    assert list(round_in(tmp_path).store.list("")) == []


PROGRAM = """
import sys
from pathlib import Path
from tests.components.evaluate.test_evaluation import evaluate, round_in, scripted
here = round_in(Path(sys.argv[1]))
evaluate(here, seeds=6, agent=scripted(here))
"""


def test_killed_and_started_again_it_goes_on_and_another_process_plays_the_same_episodes(tmp_path: Path) -> None:
    _, split = TASKS.open()
    plan = sum(map(len, make_plan(EvaluateConfig(seeds=6, task_seeds=2), split).values()))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "killed")]
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
    resumed = evaluate(here, seeds=6, agent=scripted(here))
    assert {key: here.store.get(key) for key in stored} == stored
    other = round_in(tmp_path / "other")
    whole = evaluate(other, seeds=6, agent=scripted(other))
    prefix = f"{here.prefix}/episodes/"
    assert played(list(iter_episodes(here.store, prefix))) == played(list(iter_episodes(other.store, prefix)))
    assert resumed.splits["heldout_seeds"].by_task == whole.splits["heldout_seeds"].by_task
