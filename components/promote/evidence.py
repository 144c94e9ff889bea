"""What a promotion is decided on: both evaluations of the round, read from the store, and the audit's verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.errors import InputError
from components.promote.config import PromoteConfig
from components.results.promote import TaskChange
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome
from components.trajectories.tables import read_table

COUNTED = (Outcome.SOLVED.value, Outcome.FAILED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Both agents' outcomes by (split, task, seed), what they were read from, and what the audit found.

    Attributes:
        audit: the detect stage's result, empty where it has not run; `verdict` is its verdict on the teacher.
    """

    challenger: Mapping[tuple[str, str, int], str]
    champion: Mapping[tuple[str, str, int], str]
    sources: tuple[str, ...]
    verdict: str
    audit: Mapping[str, Any]

    @classmethod
    def read(cls, round: Round, *, config: PromoteConfig, verdict: str | None) -> Evidence:
        audit = _result(round, "detect") or {}
        verdict = str(audit.get("verdict", "")) if verdict is None else verdict
        student, champion = (_evaluation(round, role) for role in ("student", "champion"))
        return cls(
            challenger=_outcomes(round, student, config.splits),
            champion=_outcomes(round, champion, config.splits),
            sources=(student["table_digest"], champion["table_digest"], verdict, audit.get("inputs", "")),
            verdict=verdict,
            audit=audit,
        )

    def verdicts(self) -> dict[str, str]:
        """Of everybody the audit asked about, by name: `teacher`, and the recipe's `detect.others`."""
        found = {"teacher": self.verdict} if self.verdict else {}
        return found | {each["reference"]: each["verdict"] for each in self.audit.get("others", ())}

    @property
    def left_out(self) -> int:
        shared = self.challenger.keys() & self.champion.keys()
        return len(shared) - sum(len(each) for each in self.by_task().values())

    def by_task(self) -> dict[str, list[tuple[bool, bool]]]:
        """(champion solved, challenger solved) of every seed that counted for both."""
        pairs: dict[str, list[tuple[bool, bool]]] = {}
        for (_, task, _), pair in self._pairs():
            pairs.setdefault(task, []).append(pair)
        return pairs

    def changes(self) -> tuple[TaskChange, ...]:
        found: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
        for (split, task, _), pair in self._pairs():
            found.setdefault((task, split), []).append(pair)
        return tuple(
            TaskChange(
                task_id=task,
                split=split,
                pairs=len(pairs),
                gains=sum(new and not old for old, new in pairs),
                losses=sum(old and not new for old, new in pairs),
            )
            for (task, split), pairs in found.items()
        )

    def _pairs(self) -> list[tuple[tuple[str, str, int], tuple[bool, bool]]]:
        shared = sorted(self.challenger.keys() & self.champion.keys())
        both = [(key, self.champion[key], self.challenger[key]) for key in shared]
        solved = Outcome.SOLVED.value
        return [(key, (a == solved, b == solved)) for key, a, b in both if a in COUNTED and b in COUNTED]


def _evaluation(round: Round, role: str) -> dict[str, Any]:
    found = _result(round, f"evaluate-{role}")
    if found is None:
        where = f"{round.store.url}/{round.prefix}/results/evaluate-{role}.json"
        raise InputError(f"the {role} has not been evaluated in this round", where=where, fix="run evaluate first")
    return found


def _result(round: Round, name: str) -> dict[str, Any] | None:
    key = f"{round.prefix}/results/{name}.json"
    if not round.store.exists(key):
        return None
    found: dict[str, Any] = json.loads(round.store.get(key))
    return found


def _outcomes(round: Round, evaluation: Mapping[str, Any], splits: tuple[str, ...]) -> dict[tuple[str, str, int], str]:
    table = read_table(round.store, evaluation["table"], columns=["split", "task_id", "seed", "outcome"])
    return {
        (row["split"], row["task_id"], row["seed"]): row["outcome"]
        for row in table.to_pylist()
        if row["split"] in splits
    }
