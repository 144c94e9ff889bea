"""One pass over a round's exploring: outcomes, page states and cost.

The states reached are kept as a table of digests beside the round's others, so that later rounds know what was seen
before without reading the episodes again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from components.browser.observation import Observation, state_digest
from components.results.report import StatesFound
from components.trajectories.episodes import decode_episode, iter_episodes
from components.trajectories.phases import explore_phase
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row, to_table
from components.trajectories.schema import Episode
from components.trajectories.tables import MANIFEST_SUFFIX, read_table, write_table

TEACHER, STUDENT = explore_phase("teacher"), explore_phase("student")
STATES = "tables/report-states.parquet"
STATE_COLUMNS = {"phase": "string", "task_id": "string", "state": "string"}


@dataclass(kw_only=True)
class Scan:
    """What exploring left.

    Attributes:
        rows: one per episode that counts (`trajectories.rows.episode_row`).
        states: page states by phase and task.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    states: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, episode: Episode) -> None:
        self.rows.append(episode_row(episode))
        self.outcomes[episode.phase][episode.outcome.value] += 1
        place = (episode.phase, episode.task_id)
        for step in episode.steps:
            seen = Observation(url=step.url, title=step.title, text=step.observation, elements={})
            self.states[place].add(state_digest(seen))

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
        episode = decode_episode(round.store.get(key), where=f"{round.store.url}/{key}")
        yield episode.phase, episode.outcome.value


def find_states(round: Round, scan: Scan, *, complete: bool) -> StatesFound | None:
    """The student's exploring beside the teacher's of this and earlier rounds; None where neither explored.

    Args:
        complete: whether exploring is over, so that later rounds may rely on what was seen in this one.
    """
    if complete:
        _keep_states(round, scan)
    if not any(phase in (TEACHER, STUDENT) for phase, _ in scan.states):
        return None
    known, teacher, student = _teacher_before(round), scan.of(TEACHER), scan.of(STUDENT)
    new = {task: len(states - teacher.get(task, set()) - known.get(task, set())) for task, states in student.items()}
    return StatesFound(
        teacher=sum(map(len, teacher.values())),
        student=sum(map(len, student.values())),
        new=sum(new.values()),
        new_by_task={task: count for task, count in sorted(new.items()) if count},
    )


def _keep_states(round: Round, scan: Scan) -> None:
    key = f"{round.prefix}/{STATES}"
    if not scan.rows or round.store.exists(key + MANIFEST_SUFFIX):
        return
    rows = [
        {"phase": phase, "task_id": task, "state": state}
        for (phase, task), states in sorted(scan.states.items())
        for state in sorted(states)
    ]
    sources = {row["episode_key"]: row["digest"] for row in scan.rows}
    write_table(round.store, key, to_table(rows, columns=STATE_COLUMNS), sources=sources)


def _teacher_before(round: Round) -> dict[str, set[str]]:
    """The teacher's states by task in earlier rounds."""
    states = defaultdict[str, set[str]](set)
    for number in range(1, round.number):
        try:
            table = read_table(round.store, f"{round.at(number).prefix}/{STATES}")
        except KeyError:
            continue
        for row in table.to_pylist():
            if row["phase"] == TEACHER:
                states[row["task_id"]].add(row["state"])
    return states
