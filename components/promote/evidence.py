"""What a promotion is decided on: both evaluations of the round, read from the store, and the audit's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.errors import InputError
from components.promote.config import PromoteConfig
from components.results.detect import AuditResult
from components.results.episodes import NONE, Outcomes, Pair, outcomes_of, pairs_of
from components.results.evaluate import EvaluateResult
from components.results.place import read, result_key
from components.results.promote import TaskChange
from components.trajectories.phases import HELD_OUT, Role, SplitName, evaluation_of
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Both agents' episodes as pairs, what they were read from, and what the audit found.

    Attributes:
        pairs: (champion solved, challenger solved) of every seed that counted for both, by (task, split).
        left_out: pairs left out because one side ended in an error that is not the agent's.
        audit: the detect stage's result, None where it has not run; `verdict` is its verdict on the teacher.
    """

    pairs: Mapping[tuple[str, str], list[Pair]]
    left_out: int
    sources: tuple[str, ...]
    verdict: str
    audit: AuditResult | None

    @classmethod
    def read(
        cls, round: Round, *, config: PromoteConfig, verdict: str | None, flipped: Mapping[str, Outcome] = NONE
    ) -> Evidence:
        """Args: `flipped` are outcomes by episode that count instead of the stored ones."""
        audit = read(round, AuditResult)
        if verdict is None:
            verdict = audit.verdict if audit else ""
        student, champion = (_evaluation(round, role) for role in ("student", "champion"))
        old, new = (
            outcomes_of(round.store, each, splits=config.splits, flipped=flipped) for each in (champion, student)
        )
        pairs = pairs_of(old, new)
        return cls(
            pairs=pairs,
            left_out=_shared(old, new) - sum(map(len, pairs.values())),
            sources=(student.table_digest, champion.table_digest, verdict, audit.inputs if audit else ""),
            verdict=verdict,
            audit=audit,
        )

    def verdicts(self) -> dict[str, str]:
        """Of everybody the audit asked about, by name: `teacher`, and the recipe's `detect.others`."""
        found = {"teacher": self.verdict} if self.verdict else {}
        return found | {each.teacher: each.verdict for each in (self.audit.others if self.audit else ())}

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """What there are pairs of: a benchmark without seeds has no held-out seeds."""
        found = {split for _, split in self.pairs}
        return tuple(split for split in HELD_OUT if split in found)

    def by_task(self) -> dict[str, list[Pair]]:
        """The pairs of each task, of all splits together."""
        found: dict[str, list[Pair]] = {}
        for (task, _), pairs in self.pairs.items():
            found.setdefault(task, []).extend(pairs)
        return found

    def changes(self) -> tuple[TaskChange, ...]:
        return tuple(
            TaskChange(
                task_id=task,
                split=split,
                pairs=len(pairs),
                gains=sum(new and not old for old, new in pairs),
                losses=sum(old and not new for old, new in pairs),
            )
            for (task, split), pairs in self.pairs.items()
        )


def _shared(a: Outcomes, b: Outcomes) -> int:
    return len(a.keys() & b.keys())


def _evaluation(round: Round, role: Role) -> EvaluateResult:
    found = read(round, EvaluateResult, of=role)
    if found is None:
        where = f"{round.store.url}/{result_key(round, evaluation_of(role))}"
        raise InputError(f"the {role} has not been evaluated in this round", where=where, fix="run evaluate first")
    return found
