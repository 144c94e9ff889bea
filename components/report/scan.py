"""One pass over a round's exploring: outcomes, page states, solutions, acceptance and cost.

The states reached are kept as a table of digests beside the round's others, so that later rounds know what was seen
before without reading the episodes again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from components.browser.observation import Observation, state_digest
from components.report.model import Discovery, Solution
from components.trajectories.episodes import decode_episode, iter_episodes
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row, to_table
from components.trajectories.schema import Episode, Outcome
from components.trajectories.tables import MANIFEST_SUFFIX, read_table, write_table

TEACHER, STUDENT = "explore-teacher", "explore-student"
STATES = "tables/report-states.parquet"
STATE_COLUMNS = {"phase": "string", "task_id": "string", "state": "string", "solved_seeds": "int64"}


@dataclass(kw_only=True)
class Scan:
    """What exploring left.

    Attributes:
        rows: one per episode that counts (`trajectories.rows.episode_row`).
        states: page states by phase and task.
        solved: by phase and task, seeds with the key of their episode.
        failed: by phase and task, seeds.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    states: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    solved: dict[tuple[str, str], dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    failed: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    accepted: int = 0
    proposed: int = 0

    def add(self, episode: Episode) -> None:
        self.rows.append(episode_row(episode))
        self.outcomes[episode.phase][episode.outcome.value] += 1
        place = (episode.phase, episode.task_id)
        if episode.outcome is Outcome.SOLVED:
            self.solved[place][episode.seed] = episode.key
        else:
            self.failed[place].add(episode.seed)
        for step in episode.steps:
            seen = Observation(url=step.url, title=step.title, text=step.observation, elements={})
            self.states[place].add(state_digest(seen))
            if step.speculation is not None:
                self.proposed += 1
                self.accepted += step.speculation.accepted

    def of(self, phase: str) -> dict[str, set[str]]:
        """States of a phase by task."""
        return {task: states for (where, task), states in self.states.items() if where == phase}


def scan_round(round: Round) -> Scan:
    """Reads every exploring episode of the round, and the errors that were left after all retries."""
    scan = Scan()
    for episode in iter_episodes(round.store, f"{round.prefix}/episodes/explore-"):
        scan.add(episode)
    for phase, outcome in errors_of(round):
        if phase.startswith("explore-"):
            scan.outcomes[phase][outcome] += 1
    return scan


def errors_of(round: Round) -> Iterator[tuple[str, str]]:
    """(phase, outcome) of every episode of the round that has no countable outcome."""
    for key in round.store.list(f"{round.prefix}/errors/"):
        episode = decode_episode(round.store.get(key), key=key)
        yield episode.phase, episode.outcome.value


def discover(round: Round, scan: Scan) -> Discovery | None:
    """The student's exploring against the teacher's of this and earlier rounds; None where neither explored."""
    _keep_states(round, scan)
    if not any(phase in (TEACHER, STUDENT) for phase, _ in scan.states):
        return None
    known, solved_before = _teacher_before(round)
    teacher, student = scan.of(TEACHER), scan.of(STUDENT)
    new = {task: len(states - teacher.get(task, set()) - known.get(task, set())) for task, states in student.items()}
    teachers = solved_before | {task for phase, task in scan.solved if phase == TEACHER}
    alone = [
        Solution(task_id=task, seed=seed, episode_key=key)
        for (phase, task), seeds in sorted(scan.solved.items())
        if phase == STUDENT
        for seed, key in sorted(seeds.items())
        # A seed that the teacher never tried proves nothing, unless it has solved the task on no other either.
        if task not in teachers or seed in scan.failed.get((TEACHER, task), ())
    ]
    return Discovery(
        teacher_states=sum(map(len, teacher.values())),
        student_states=sum(map(len, student.values())),
        new_states=sum(new.values()),
        new_states_by_task={task: count for task, count in sorted(new.items()) if count},
        student_only=tuple(alone),
        student_only_tasks=tuple(sorted({each.task_id for each in alone} - teachers)),
    )


def _keep_states(round: Round, scan: Scan) -> None:
    key = f"{round.prefix}/{STATES}"
    if not scan.rows or round.store.exists(key + MANIFEST_SUFFIX):
        return
    rows = [
        {"phase": phase, "task_id": task, "state": state, "solved_seeds": len(scan.solved.get((phase, task), {}))}
        for (phase, task), states in sorted(scan.states.items())
        for state in sorted(states)
    ]
    sources = {row["episode_key"]: row["digest"] for row in scan.rows}
    write_table(round.store, key, to_table(rows, columns=STATE_COLUMNS), sources=sources)


def _teacher_before(round: Round) -> tuple[dict[str, set[str]], set[str]]:
    """The teacher's states by task, and the tasks it solved, in earlier rounds."""
    states, solved = defaultdict[str, set[str]](set), set[str]()
    for number in range(1, round.number):
        try:
            table = read_table(round.store, f"{round.at(number).prefix}/{STATES}")
        except KeyError:
            continue
        for row in table.to_pylist():
            if row["phase"] == TEACHER:
                states[row["task_id"]].add(row["state"])
                if row["solved_seeds"]:
                    solved.add(row["task_id"])
    return states, solved
