"""What a promotion is decided on: the round's evaluations of student and champion, and the audit's verdict."""

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
        """Reads the evidence from the store.

        Args:
            verdict: the audit's; None: that of the stored audit, if there is one.
            flipped: outcomes that count instead of the stored ones, by the episode's key.

        Raises:
            InputError: student or champion was not evaluated in this round.
        """
        audit = read(round, AuditResult)
        if verdict is None:
            verdict = audit.verdict if audit else ""
        student, champion = (_evaluation(round, role) for role in ("student", "champion"))
        old, new = (
            outcomes_of(round.store, evaluation, splits=config.splits, flipped=flipped)
            for evaluation in (champion, student)
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
        """The audit's verdicts by name: on `teacher`, and on each of the recipe's `detect.others`."""
        verdicts = {"teacher": self.verdict} if self.verdict else {}
        return verdicts | {finding.teacher: finding.verdict for finding in (self.audit.others if self.audit else ())}

    @property
    def splits(self) -> tuple[SplitName, ...]:
        """The splits that there are pairs of; a benchmark without seeds has no held-out seeds."""
        splits = {split for _, split in self.pairs}
        return tuple(split for split in HELD_OUT if split in splits)

    def by_task(self) -> dict[str, list[Pair]]:
        """The pairs of each task, of all splits together."""
        pairs_of_task: dict[str, list[Pair]] = {}
        for (task, _), pairs in self.pairs.items():
            pairs_of_task.setdefault(task, []).extend(pairs)
        return pairs_of_task

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
    evaluation = read(round, EvaluateResult, of=role)
    if evaluation is None:
        address = f"{round.store.url}/{result_key(round, evaluation_of(role))}"
        raise InputError(f"the {role} has not been evaluated in this round", where=address, fix="run evaluate first")
    return evaluation
