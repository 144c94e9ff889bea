"""One pass over a round's exploring: outcomes, page states, what was done in them, and cost.

The states reached and the actions taken in them are kept as a table of digests beside the round's others, so that later
rounds know what was met before without reading the episodes again.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from components.browser.steps import action_in_words, state_of
from components.results.report import Visited
from components.statistics import clustered_wilson
from components.trajectories.episodes import decode_episode, iter_episodes
from components.trajectories.phases import EXPLORE, EXPLORING, explore_phase
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row, to_table
from components.trajectories.schema import Episode
from components.trajectories.tables import MANIFEST_SUFFIX, read_table, write_table

TEACHER, STUDENT = explore_phase("teacher"), explore_phase("student")
VISITS = "tables/report-visits.parquet"
VISIT_COLUMNS = {"phase": "string", "task_id": "string", "state": "string", "action": "string"}
Visits = dict[str, set[tuple[str, str]]]
"""(state, action) by task, both as digests."""


@dataclass(kw_only=True)
class Scan:
    """What exploring left.

    Attributes:
        rows: one per episode that counts (`trajectories.rows.episode_row`).
        visits: what was done in which page state, by phase and task.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    visits: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, episode: Episode) -> None:
        self.rows.append(episode_row(episode))
        self.outcomes[episode.phase][episode.outcome.value] += 1
        place = (episode.phase, episode.task_id)
        for step in episode.steps:
            action = hashlib.sha256(action_in_words(step).encode("utf-8", "surrogatepass")).hexdigest()
            self.visits[place].add((state_of(step), action))

    def of(self, phase: str) -> Visits:
        """What was met in a phase, by task."""
        return {task: visits for (at, task), visits in self.visits.items() if at == phase}

    @property
    def explorer(self) -> str:
        """Kind of the agent that explored in the student's place; empty where none did."""
        return next((str(row["agent_kind"]) for row in self.rows if row["phase"] == STUDENT), "")


def scan_round(round: Round) -> Scan:
    """Reads every exploring episode of the round, and the errors that were left after all retries."""
    scan = Scan()
    for episode in iter_episodes(round.store, f"{round.prefix}/episodes/{EXPLORE}"):
        scan.add(episode)
    for phase, outcome in errors_of(round):
        if phase in EXPLORING:
            scan.outcomes[phase][outcome] += 1
    return scan


def errors_of(round: Round) -> Iterator[tuple[str, str]]:
    """(phase, outcome) of every episode of the round that has no countable outcome."""
    for key in round.store.list(f"{round.prefix}/errors/"):
        episode = decode_episode(round.store.get(key), where=f"{round.store.url}/{key}")
        yield episode.phase, episode.outcome.value


def find_visited(round: Round, scan: Scan, *, complete: bool) -> tuple[Visited, Visited] | tuple[None, None]:
    """What was met in the student's place that the teacher did not meet in this or an earlier round.

    Args:
        complete: exploring is over, so that later rounds may rely on what was met in this one.

    Returns:
        Counts of page states, then of pairs of state and action; None twice where neither explored.
    """
    if complete:
        _keep_visits(round, scan)
    if not any(phase in (TEACHER, STUDENT) for phase, _ in scan.visits):
        return None, None
    earlier, teacher, student = _teacher_before(round), scan.of(TEACHER), scan.of(STUDENT)
    states = _visited(*(_states(visits) for visits in (earlier, teacher, student)))
    return states, _visited(earlier, teacher, student)


def _states(visits: Visits) -> dict[str, set[str]]:
    return {task: {state for state, _ in pairs} for task, pairs in visits.items()}


def _visited(
    earlier: Mapping[str, Set[Any]], teacher: Mapping[str, Set[Any]], student: Mapping[str, Set[Any]]
) -> Visited:
    nothing = frozenset[Any]()
    new = {task: met - teacher.get(task, nothing) - earlier.get(task, nothing) for task, met in student.items()}
    shares = {task: [1.0] * len(new[task]) + [0.0] * (len(met) - len(new[task])) for task, met in student.items()}
    return Visited(
        teacher=sum(map(len, teacher.values())),
        student=sum(map(len, student.values())),
        new=sum(map(len, new.values())),
        interval=clustered_wilson(shares),
        new_by_task={task: len(states) for task, states in sorted(new.items()) if states},
    )


def _keep_visits(round: Round, scan: Scan) -> None:
    key = f"{round.prefix}/{VISITS}"
    if not scan.rows or round.store.exists(key + MANIFEST_SUFFIX):
        return
    rows = [
        {"phase": phase, "task_id": task, "state": state, "action": action}
        for (phase, task), visits in sorted(scan.visits.items())
        for state, action in sorted(visits)
    ]
    sources = {row["episode_key"]: row["digest"] for row in scan.rows}
    write_table(round.store, key, to_table(rows, columns=VISIT_COLUMNS), sources=sources)


def _teacher_before(round: Round) -> Visits:
    """What the teacher met in earlier rounds, by task."""
    visits = defaultdict[str, set[tuple[str, str]]](set)
    for number in range(1, round.number):
        try:
            table = read_table(round.store, f"{round.at(number).prefix}/{VISITS}")
        except KeyError:
            continue
        for row in table.to_pylist():
            if row["phase"] == TEACHER:
                visits[row["task_id"]].add((row["state"], row["action"]))
    return visits
