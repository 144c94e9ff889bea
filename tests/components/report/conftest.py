"""A stored run of three rounds as its stages would leave it: a student that learns, then loses a little."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

from components.evaluate.summary import COLUMNS, evaluation_row, summarise
from components.results.distill import DistillResult
from components.results.preflight import PreflightResult
from components.results.promote import PromoteResult
from components.results.synthesize import SynthesizeResult
from components.trajectories.episodes import put_blob, save_episode
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.phases import SplitName
from components.trajectories.rounds import Round
from components.trajectories.rows import to_table
from components.trajectories.schema import (
    AgentInfo,
    Candidate,
    Cost,
    Episode,
    Outcome,
    PageEvent,
    Speculation,
    Step,
    Target,
)
from components.trajectories.tables import write_table
from tests.components.results.made import (
    audit_result,
    distill_result,
    evaluate_result,
    promote_result,
    store,
    synthesize_result,
)
from tests.pipelines.manifests import manifest

HOSTILE = "</pre><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> ' & \u202e|*`"
TASKS = ("click-button", "enter-text", "login-user", "choose-list", "click-tab")
NEW_TASKS = ("use-spinner", "social-media")
SEEDS = range(6)
SCRIPTED = {"name": "scripted", "kind": "scripted", "digest": "e"}


def png(shade: int) -> bytes:
    """A real little picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade, 120, 200]) * 160 for _ in range(210))
    head = struct.pack(">IIBBBBB", 160, 210, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def episode(
    round: Round, *, phase: str, task: str, seed: int, solved: bool, steps: int = 2, text: str = "", picture: str = ""
) -> Episode:
    speculative = phase == "explore-speculative"
    taken = tuple(
        Step(
            index=i,
            url="http://127.0.0.1/",
            title="MiniWoB",
            observation=f'heading "{task} {seed}"\n[{i + 1}] button "Submit"\ntext "{phase} {seed} {text}"',
            action=f"click [{i + 1}]",
            reason=f"Step {i + 1}: the task names this button. {text}",
            target=Target(ref=i + 1, role="button", name="Submit", line='button "Submit"'),
            feedback="" if solved or i else f"There is no element [{i + 1}]. {text}",
            decided_by="teacher" if "teacher" in phase else "student",
            speculation=Speculation(proposed=Candidate(action="click [9]"), candidates=(), accepted=solved)
            if speculative
            else None,
            events=(PageEvent(kind="dialog", detail=text),) if text else (),
            cost=Cost(prompt_tokens=300, completion_tokens=20, usd=0.001),
            screenshot=picture or None,
        )
        for i in range(steps)
    )
    return Episode(
        run=round.run,
        round=round.number,
        phase=phase,
        benchmark="miniwob",
        task_id=task,
        family=task.split("-")[0],
        template="t",
        seed=seed,
        intent=f'Click on the "Submit" button. {text}',
        start_url="http://127.0.0.1/",
        agent=AgentInfo(name="tiny student" if "student" in phase else "scripted", kind="local", digest="d" * 64),
        steps=taken,
        outcome=Outcome.SOLVED if solved else Outcome.FAILED,
        reward=float(solved),
        answer=text or None,
        message="" if solved else f"no end after {steps} steps",
        started_at="2026-11-22T10:00:00+00:00",
        seconds=1.5,
    )


def evaluated(
    round: Round,
    role: str,
    solve: Callable[[str, int], bool],
    *,
    trained: SplitName = "heldout_seeds",
    sites: Mapping[str, str] = MappingProxyType({}),
    doubtful: Mapping[str, str] = MappingProxyType({}),
    published: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> None:
    """Plays and summarises as `evaluate` does, with made-up outcomes."""
    rows = []
    splits: dict[SplitName, Sequence[str]] = {trained: TASKS, "heldout_tasks": NEW_TASKS}
    for split, tasks in splits.items():
        for task in tasks:
            for seed in SEEDS:
                solved = solve(task, seed)
                made = episode(round, phase=f"evaluate-{role}-{split}", task=task, seed=1_000_000 + seed, solved=solved)
                save_episode(round.store, made)
                rows.append(evaluation_row(made, split=split))
    table = to_table(rows, columns=COLUMNS)
    sources = {row["episode_key"]: row["digest"] for row in rows}
    info = write_table(round.store, f"{round.prefix}/tables/evaluate-{role}.parquet", table, sources=sources)
    result = evaluate_result(
        run=round.run,
        round=round.number,
        role=role,
        agent={"name": role, "kind": "local", "digest": role},
        inputs=f"{round.number}{role}",
        splits={
            split: summarise(
                [row for row in rows if row["split"] == split], split=split, confidence=0.95, seed=0, sites=sites
            )
            for split in splits
        },
        doubtful=dict(doubtful),
        published={name: dict(rates) for name, rates in published.items()},
        published_on="other pages" if published else "",
        table=info.key,
        table_digest=info.digest,
    )
    store(round, result, of=role)


def explored(round: Round, *, picture: str) -> None:
    """The teacher has no rule for `click-tab`; the student finds its solution from round 2 on."""
    for task in TASKS:
        for seed in range(3):
            text = HOSTILE if task == "enter-text" else ""
            can = {"teacher": task != "click-tab", "student": round.number > 1 and seed > 0, "speculative": seed < 2}
            for agent, solved in can.items():
                made = episode(
                    round,
                    phase=f"explore-{agent}",
                    task=task,
                    seed=seed,
                    solved=solved,
                    steps=3,
                    text=text,
                    picture=picture,
                )
                save_episode(round.store, made)


def promoted(round: Round, *, decision: str, difference: float) -> PromoteResult:
    return promote_result(
        run=round.run,
        round=round.number,
        decision=decision,
        champion_is_start=round.number == 1,
        champion_rate=0.6 - difference,
        difference=difference,
        interval=(difference - 0.1, difference + 0.12),
        version=str(round.number),
        champion_version="2",
    )


def learnt(accuracy: float) -> DistillResult:
    points = [
        {
            "step": step * 20,
            "train_loss": 4.2 / (1 + step / 3) if step else None,
            "validation_loss": 4.4 / (1 + step / 3.5) if step % 3 == 0 else None,
            "action_accuracy": accuracy * step / 29 if step % 3 == 0 else None,
            "tokens": 4000 * step,
            "seconds": 2.1 * step,
        }
        for step in range(31)
    ]
    return distill_result(curve=points)


def synthesized(round: Round) -> SynthesizeResult:
    """The student alone found how `click-tab` goes, from round 2 on."""
    found = [
        {
            "kind": "task",
            "task_id": "click-tab",
            "template": "t",
            "seed": seed,
            "round": round.number,
            "episode_key": f"{round.prefix}/episodes/explore-student/click-tab/{seed}.json.zst",
        }
        for seed in (1, 2)
        if round.number > 1
    ]
    return synthesize_result(
        run=round.run,
        round=round.number,
        student_only_solutions=found,
        proposed=45,
        accepted=30,
        acceptance_rate=30 / 45,
        tables={"examples": {"key": f"{round.prefix}/tables/e.parquet", "digest": f"{round.number}" * 64, "rows": 12}},
        knowledge_entries=40 * round.number,
        knowledge_from_student=6 * round.number - 6,
    )


def _notes() -> PreflightResult:
    machine = "Linux x86_64, 2 cores, 8 GB of memory"
    return PreflightResult(
        inputs="i",
        recipe="name: laptop\nrounds: 3\n",
        benchmark="MiniWoB++",
        machine=machine,
        commit="abcdef0123456789",
    )


def _timed(round: Round, **seconds: float) -> None:
    """The wall-clock times that stages leave."""
    for stage, took in seconds.items():
        record = {"stage": stage, "started": 0.0, "seconds": took}
        round.store.put_new(f"{round.prefix}/timings/{stage}-0.json", json.dumps(record).encode())


def student_solves(task: str, seed: int, *, number: int) -> bool:
    return seed < {1: 3, 2: 5, 3: 4}[number] - (task == "login-user") * number


def champion_solves(task: str, seed: int, *, number: int) -> bool:
    return number > 1 and seed < 3 and task != "use-spinner"


@pytest.fixture(scope="session")
def run_of_three(tmp_path_factory: pytest.TempPathFactory) -> Round:
    """The third round of the run; the earlier ones are in its store."""
    folder: Path = tmp_path_factory.mktemp("run")
    third = Round(run="symbiont-demo", number=3, seed=0, store=open_store(folder / "store"), work=folder / "work")
    picture = put_blob(third.store, png(60), "png")
    for number in (1, 2, 3):
        round = third.at(number)
        explored(round, picture=picture)
        evaluated(round, "student", partial(student_solves, number=number))
        evaluated(round, "champion", partial(champion_solves, number=number))
        evaluated(round, "teacher", lambda task, seed: task != "social-media" and seed < 5)
        evaluated(
            round,
            "teacher_without_knowledge",
            lambda task, seed: task not in ("click-tab", "social-media") and seed < 5,
        )
        evaluated(round, "random", lambda _, seed: seed == 0)
        evaluated(round, "stop", lambda _, __: False)
        store(round, learnt(0.75 - 0.05 * (number == 3)))
        store(round, audit_result())
        store(round, promoted(round, decision="hold" if number == 3 else "promote", difference=0.3 - 0.12 * number))
        store(round, synthesized(round))
        store(round, _notes())
        keep_manifest(round, manifest(run=round.run, round=number, benchmark_version="1.1.0", teacher=SCRIPTED))
        _timed(round, explore=61.0, distill=240.0, evaluate=90.0, detect=44.0)
    return third
