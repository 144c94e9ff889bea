"""What listing, resuming, counting and synthesizing cost at 100,000 episodes: `python -m bench.size --rows FILE`.

The episodes are made up: pages of a shop drawn from a pool, five steps each, spread over tasks and three explorers as a
round with a hundred shards leaves them, tables included. Each measured step is a process of its own: seconds by the
clock and of the processor, and the most memory it held. On a busy machine read the processor's seconds.

    list         `symbiont episodes`' rows of all of them, and those of one task
    resume       which of a plan's episodes are stored, and the queue of the others, half of them missing
    count        new states of one of the student's shards beside all that the teacher saw
    synthesize   all tables, examples of every good trajectory, knowledge; then again, where all is done
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from components.benchmarks.config import TasksConfig
from components.benchmarks.split import HELDOUT_SEEDS
from components.browser.steps import state_of
from components.episodes.phase import seen_row
from components.episodes.play import Identity
from components.episodes.queue import Queue
from components.episodes.runner import assignment_key
from components.explore.counting import states_by_task
from components.files import write_whole
from components.synthesize.config import SynthesizeConfig
from components.synthesize.run import run as synthesize
from components.trajectories.episodes import encode_episode, list_episodes
from components.trajectories.listing import EpisodeFilter, list_rows
from components.trajectories.open_store import open_store
from components.trajectories.phases import explore_phase
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step, Target, Timing
from components.trajectories.seen import leave_rows, rows_at
from components.trajectories.store import Store

RUN = "size"
SHARE = {explore_phase("teacher"): 0.5, explore_phase("speculative"): 0.25, explore_phase("student"): 0.25}
STEPS, POOL, SHARDS = 5, 4000, 100
GOODS = ("lamp", "chair", "kettle", "drill", "tent", "jacket", "phone", "camera", "desk", "knife")


@lru_cache(POOL)
def page(number: int) -> str:
    """About 1,500 characters, as a page of MiniWoB++ or a short list has."""
    rng = Random(number)
    lines = [f'heading "Shelf {number}"']
    lines += [f'[{ref}] link "{rng.choice(GOODS)} {rng.randrange(10_000)}" text "{ref} EUR"' for ref in range(1, 41)]
    return "\n".join(lines)


@lru_cache(POOL)
def step(number: int, index: int) -> Step:
    ref = 1 + number % 40
    line = page(number).split("\n")[ref].partition("] ")[2]
    name = line.split('"')[1]
    return Step(
        index=index,
        url=f"http://shop/{number}",
        observation=page(number),
        action=f"click [{ref}]",
        reason=f"{name} is what is asked for",
        target=Target(ref=ref, role="link", name=name, line=line),
        timing=Timing(observe=0.01, decide=0.2, act=0.05),
    )


@lru_cache(POOL * STEPS)
def state(number: int) -> str:
    return state_of(step(number, 0))


def episodes(count: int, *, tasks: list[tuple[str, str, str]]) -> Iterator[tuple[Episode, list[str]]]:
    """Episodes and the states they saw, phase by phase; three of four are solved."""
    rng = Random(1)
    for phase, share in SHARE.items():
        agent = AgentInfo(name=phase, kind="made up", digest=phase.encode().hex())
        for number in range(int(count * share)):
            task_id, family, template = tasks[number % len(tasks)]
            pages = [rng.randrange(POOL) for _ in range(STEPS)]
            yield (
                Episode(
                    run=RUN,
                    round=1,
                    phase=phase,
                    benchmark="miniwob",
                    task_id=task_id,
                    family=family,
                    template=template,
                    seed=number // len(tasks),
                    intent=f"Find what shelf {pages[-1]} has for {number} EUR",
                    start_url="http://shop/",
                    agent=agent,
                    steps=tuple(step(page, index) for index, page in enumerate(pages)),
                    outcome=Outcome.SOLVED if rng.random() < 0.75 else Outcome.FAILED,
                    started_at="2026-11-26T10:00:00+00:00",
                    seconds=1.5,
                ),
                [state(page) for page in pages],
            )


def make(store: Store, folder: Path, *, count: int) -> None:
    """What explorers leave. Objects are written straight into the folder: flushing each to the disk is not measured."""
    _, split = TasksConfig().open(store)
    tasks = [(task.task_id, task.family, task.template) for task in split.train.values()]
    assert count // len(tasks) < HELDOUT_SEEDS
    rows: list[dict[str, Any]] = []
    for episode, states in episodes(count, tasks=tasks):
        path = folder / episode.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_episode(episode))
        if rows and (rows[0]["phase"] != episode.phase or len(rows) == max(count // SHARDS, 1)):
            leave_rows(store, rows)
            rows = []
        rows.append({**episode_row(episode), "states": list(dict.fromkeys(states))})
    leave_rows(store, rows)


def round_of(folder: Path) -> Round:
    return Round(run=RUN, number=1, seed=7, store=open_store(folder / "store"), work=folder / "work")


def list_all(folder: Path) -> str:
    rows = list_rows(round_of(folder).store, EpisodeFilter(run=RUN))
    rows_of_task = list_rows(round_of(folder).store, EpisodeFilter(run=RUN, task_id=rows[0]["task_id"]))
    return f"{len(rows)} rows, {len(rows_of_task)} of one task"


def resume(folder: Path) -> str:
    """As a shard of a whole phase begins, of which every other episode is there, and hands out what is missing."""
    round = round_of(folder)
    _, split = TasksConfig().open(round.store)
    identity = Identity(run=RUN, round=1, phase=explore_phase("teacher"), decided_by=None)
    keys = set(round.store.list(f"{round.prefix}/episodes/{identity.phase}/"))
    seeds = 2 * len(keys) // len(split.train)
    plan = [(task, seed) for task in split.train.values() for seed in range(seeds)]
    missing = [assignment for assignment in plan if assignment_key(identity, assignment) not in keys]
    queue, count, failures = Queue(missing), 0, Counter[str]()
    while queue:
        queue.take(count % 8, open_task="", failures=failures)
        count += 1
    return f"{count} of {len(plan)} to be played"


def count_states(folder: Path) -> str:
    round = round_of(folder)

    def states(phase: str) -> dict[str, set[str]]:
        keys = list_episodes(round.store, f"{round.prefix}/episodes/{phase}/")
        return states_by_task(rows_at(round.store, keys, columns=("task_id", "states"), row=seen_row))

    teacher_states, student_states = states(explore_phase("teacher")), states(explore_phase("student"))
    new = sum(len(visited - teacher_states.get(task, set())) for task, visited in student_states.items())
    return f"{new} new states"


def synthesize_all(folder: Path) -> str:
    everything = SynthesizeConfig(per_task=1_000_000)
    result = synthesize(config=everything, tasks=TasksConfig(), round=round_of(folder))
    rows = {name: table.rows for name, table in result.tables.items()}
    return f"{rows['episodes']} episodes, {rows['steps']} steps, {rows['examples']} examples, " + (
        f"{result.knowledge_entries} pieces"
    )


MEASURED: dict[str, Callable[[Path], str]] = {
    "list": list_all,
    "resume": resume,
    "count": count_states,
    "synthesize": synthesize_all,
    "synthesize again": synthesize_all,
}


def measure(name: str, folder: Path) -> None:
    """One step, in this process; prints its row."""
    began = time.monotonic()
    text = MEASURED[name](folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    row = {
        "found": text,
        "seconds": round(time.monotonic() - began, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1000),
    }
    print(json.dumps(row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=100_000)
    parser.add_argument("--rows", type=Path, help="file of JSON to write")
    parser.add_argument("--step", choices=MEASURED, help="measures one step on what lies in --folder")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if arguments.step:
        measure(arguments.step, arguments.folder)
        return
    with tempfile.TemporaryDirectory(prefix="bench-size-") as temporary:
        folder, began = Path(temporary), time.monotonic()
        make(open_store(folder / "store"), folder / "store", count=arguments.episodes)
        print(f"{arguments.episodes} episodes made in {time.monotonic() - began:.0f} s", flush=True)
        rows: dict[str, Any] = {}
        for name in MEASURED:
            command = [sys.executable, "-m", "bench.size", "--step", name, "--folder", temporary]
            rows[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            print(f"{name}: {rows[name]}", flush=True)
    if arguments.rows:
        write_whole(arguments.rows, json.dumps({"episodes": arguments.episodes, "steps": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
