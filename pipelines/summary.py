"""`OUT/summary.json`: the run's numbers for programs. Its form is kept stable; see `SUMMARY_VERSION` and
`docs/summary.schema.json`.

Stages meet in the store, so every figure is read from their stored results.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.files import write_whole
from components.place import timings
from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.evaluate import EvaluateResult, SplitResult
from components.results.place import R, read, result_key
from components.results.promote import PromoteResult
from components.results.report import ReportResult, Visited
from components.results.synergy import Synergy, synergy_of
from components.results.synthesize import SynthesizeResult
from components.trajectories.manifest import Manifest, read_manifest
from components.trajectories.phases import Role, SplitName
from components.trajectories.rounds import Round
from components.verdicts.finding import Estimate, Verdict

SUMMARY_VERSION = 2


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part):
    """Success of one agent on one split."""

    success_rate: float
    interval: tuple[float, float] = Field(description="Wilson interval, 95 %")
    episodes: int


class Splits(_Part):
    """One agent on what it was never trained on, and (transductive) on what it was; null where it was not played."""

    heldout_seeds: Figure | None = None
    heldout_tasks: Figure | None = None
    transductive: Figure | None = None


class Visits(_Part):
    """What was met in the student's place beside the teacher, with what was done there and without."""

    explorer: str = Field(
        description="kind of the agent that explored as the student: `local`, or `random`, the control"
    )
    states: Visited | None
    actions: Visited | None


class AuditSummary(_Part):
    verdict: Verdict
    p_value: float
    distance: Estimate | None = Field(
        description="distance of the student to its teacher on the scale of the verdict: 0 is the teacher, 1 an "
        "unrelated model; null if there was too little evidence to measure it"
    )
    distances: dict[str, float] = Field(description="raw distances of all models to the teacher, on no common scale")


class PromotionSummary(_Part):
    decision: str
    p_value: float
    minimum_detectable_effect: float


class Digests(_Part):
    """What the round was made from and what it made."""

    manifest: str
    recipe: str
    code: str
    teacher: str
    student: str = Field(description="the model that explored")
    champion: str = Field(description="the model to beat")
    model: str = Field(description="the model this round made")
    data: str = Field(description="the examples that it was trained on")


class RoundSummary(_Part):
    round: int
    student: Splits
    student_start: Splits = Field(description="the student before this round's training")
    champion: Splits
    teacher: Splits
    teacher_without_knowledge: Splits
    random: Splits = Field(description="an agent that acts at random on the same pages")
    stop: Splits = Field(description="an agent that stops at once")
    synergy: dict[SplitName, Synergy] = Field(
        description="gain from working together, by split; empty if it was not evaluated"
    )
    visited: Visits = Field(
        description="pages reached by the agent that explored as the student; `new` is the paper's N_S"
    )
    outcomes: dict[str, int] = Field(description="episodes by outcome, from exploring and evaluating")
    acceptance_rate: float | None = Field(
        description="share of the student's proposed actions that were among the teacher's candidates"
    )
    student_only_solutions: int = Field(description="solutions in the knowledge base that only the student found")
    student_only_tasks: tuple[str, ...] = Field(description="tasks of these solutions")
    audit: AuditSummary | None
    promotion: PromotionSummary | None
    seconds: dict[str, float] = Field(description="seconds by stage")
    wall_seconds: float = Field(description="seconds from preflight to report, of the attempt that finished the round")
    digests: Digests


class Summary(_Part):
    schema_version: int = SUMMARY_VERSION
    run: str
    recipe: str
    place: str
    seed: int
    start: dict[str, Splits] = Field(description="`student`: success before the first training")
    rounds: tuple[RoundSummary, ...]
    wall_seconds: float = Field(description="seconds of all rounds together")
    report: str = Field(description="path of the newest report, relative to this file")
    champion: str = Field(description="digest of the champion after the last round; empty if there is none")


def round_summary(round: Round, *, wall_seconds: float) -> RoundSummary:
    """A finished round's numbers.

    Raises:
        InputError: a result of the round is torn, or not there.
    """
    report, synthesis = _finished(round, ReportResult), _finished(round, SynthesizeResult)
    audit, promotion = read(round, AuditResult), read(round, PromoteResult)
    alone = synthesis.student_only_solutions
    before = round.at(round.number - 1) if round.number > 1 else None
    facts = report.facts
    outcomes = sum(map(Counter, facts.outcomes.values()), Counter[str]())
    return RoundSummary(
        round=round.number,
        student=_splits(round, "student"),
        student_start=_splits(before, "student") if before else _splits(round, "champion"),
        champion=_splits(round, "champion"),
        teacher=_splits(round, "teacher"),
        teacher_without_knowledge=_splits(round, "teacher_without_knowledge"),
        random=_splits(round, "random"),
        stop=_splits(round, "stop"),
        synergy=synergy_of(round),
        visited=Visits(explorer=facts.explorer, states=facts.states, actions=facts.actions),
        outcomes=dict(outcomes),
        acceptance_rate=synthesis.acceptance_rate,
        student_only_solutions=len(alone),
        student_only_tasks=tuple(sorted({solution.task_id for solution in alone})),
        audit=_audit(audit) if audit else None,
        promotion=_promotion(promotion) if promotion else None,
        seconds=timings(round),
        wall_seconds=wall_seconds,
        digests=_digests(read_manifest(round), _finished(round, DistillResult)),
    )


def write_summary(path: Path, summary: Summary) -> None:
    write_whole(path, summary.model_dump_json(indent=2) + "\n")


def _finished(round: Round, kind: type[R]) -> R:
    result = read(round, kind)
    if result is None:
        result_url = f"{round.store.url}/{result_key(round, kind.stage)}"
        raise InputError(f"round {round.number} has no {kind.stage}", where=result_url, fix="run that round again")
    return result


def _splits(round: Round, role: Role) -> Splits:
    evaluation = read(round, EvaluateResult, of=role)
    return Splits(
        **{split: _figure(split_result) for split, split_result in evaluation.splits.items()} if evaluation else {}
    )


def _figure(result: SplitResult) -> Figure:
    return Figure(success_rate=result.success_rate, interval=result.interval, episodes=result.episodes)


def _audit(result: AuditResult) -> AuditSummary:
    return AuditSummary(
        verdict=result.verdict,
        p_value=result.p_value,
        distance=result.judged.distance if result.judged else None,
        distances=result.distances,
    )


def _promotion(result: PromoteResult) -> PromotionSummary:
    return PromotionSummary(
        decision=result.decision, p_value=result.p_value, minimum_detectable_effect=result.minimum_detectable_effect
    )


def _digests(manifest: Manifest, distilled: DistillResult) -> Digests:
    return Digests(
        manifest=manifest.digest,
        recipe=manifest.recipe,
        code=manifest.code,
        teacher=manifest.teacher.digest,
        student=manifest.student,
        champion=manifest.champion,
        model=distilled.model_digest,
        data=distilled.inputs,
    )
