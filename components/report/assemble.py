"""Puts one round together from what its stages have stored so far."""

from __future__ import annotations

from typing import get_args

from components.errors import InputError
from components.place import timings
from components.report.model import RoundInput
from components.report.privacy import privacy_of
from components.report.scan import Scan, find_visited, scan_round
from components.results.control import control_of
from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.episodes import Change, compare
from components.results.evaluate import EvaluateResult
from components.results.place import read, results_digest
from components.results.preflight import PreflightResult
from components.results.privacy import PrivacySummary
from components.results.promote import PromoteResult
from components.results.propose import ProposeResult
from components.results.report import Facts, ReportResult
from components.results.synergy import synergy_of
from components.results.synthesize import SynthesizeResult
from components.trajectories.attempts import attempts_at
from components.trajectories.manifest import find_manifest
from components.trajectories.phases import Role, SplitName, evaluate_phase
from components.trajectories.rounds import Round


def assemble_round(round: Round) -> tuple[RoundInput, Scan]:
    """A round from its results and its exploring episodes."""
    scan = scan_round(round)
    return _round_input(round, read_facts(round, scan)), scan


def assemble_earlier(round: Round) -> RoundInput:
    """An earlier round: with the facts its own report found, unless it has changed since."""
    report = stored_report(round)
    if report is None or report.inputs.split(".")[0] != results_digest(round, without=ReportResult.stage):
        return assemble_round(round)[0]
    return _round_input(round, report.facts)


def stored_report(round: Round) -> ReportResult | None:
    """The round's report. One that cannot be read is made again from what is stored."""
    try:
        return read(round, ReportResult)
    except InputError:
        return None


def _round_input(round: Round, facts: Facts) -> RoundInput:
    return RoundInput(
        number=round.number,
        manifest=find_manifest(round),
        notes=read(round, PreflightResult),
        evaluations=read_evaluations(round),
        synthesis=read(round, SynthesizeResult),
        distillation=read(round, DistillResult),
        audit=read(round, AuditResult),
        promotion=read(round, PromoteResult),
        facts=facts,
        seconds=timings(round),
        control=_control_facts(round),
        attempts=_attempts(round),
        proposing=read(round, ProposeResult),
    )


def _attempts(round: Round) -> list[str]:
    ends = (attempt.ended for attempt in attempts_at(round.store, round.run))
    return [str(end) for end in ends if end and end.round == round.number and end.state != "done"]


def _control_facts(round: Round) -> Facts | None:
    control = control_of(round)
    report = stored_report(control) if control else None
    return report.facts if report else None


def read_evaluations(round: Round) -> dict[Role, EvaluateResult]:
    """The round's evaluations, by role."""
    evaluations = ((role, read(round, EvaluateResult, of=role)) for role in get_args(Role))
    return {role: result for role, result in evaluations if result is not None}


def read_facts(round: Round, scan: Scan) -> Facts:
    """What the round's episodes say."""
    evaluations = read_evaluations(round)
    student = evaluations.get("student")
    played = {role: result for role, result in evaluations.items() if not result.reused}
    splits = {
        evaluate_phase(role, split): result
        for role, evaluation in played.items()
        for split, result in evaluation.splits.items()
    }
    outcomes = {phase: dict(counts) for phase, counts in scan.outcomes.items()}
    outcomes |= {phase: result.outcomes for phase, result in splits.items()}
    states, actions = find_visited(round, scan, complete=read(round, SynthesizeResult) is not None)
    return Facts(
        outcomes=outcomes,
        explorer=scan.explorer,
        states=states,
        actions=actions,
        synergy=synergy_of(round),
        since_last=_since_last(round, student),
        since_start=_since_start(round, student),
        beside_chance=_beside_chance(round, student),
        privacy=_privacy(round),
        usd=sum(row["usd"] for row in scan.rows) + sum(result.usd for result in splits.values()),
        tokens=sum(row["prompt_tokens"] + row["completion_tokens"] for row in scan.rows)
        + sum(result.tokens for result in splits.values()),
    )


def _privacy(round: Round) -> PrivacySummary | None:
    manifest = find_manifest(round)
    return privacy_of(round, kind=manifest.teacher.kind) if manifest else None


def _since_last(round: Round, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside the last round's."""
    before = read(round.at(round.number - 1), EvaluateResult, of="student") if round.number > 1 else None
    return _beside(round, before, now)


def _since_start(round: Round, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside the run's first model, the first round's champion where there was none before."""
    first = round.at(1)
    start, promotion = read(first, EvaluateResult, of="champion"), read(first, PromoteResult)
    if promotion is not None and not promotion.champion_is_start:
        return {}
    return _beside(round, start, now)


def _beside_chance(round: Round, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside the agent that acts at random."""
    return _beside(round, read(round, EvaluateResult, of="random"), now)


def _beside(round: Round, before: EvaluateResult | None, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside another agent, on every split that both were judged on."""
    if before is None or now is None:
        return {}
    return {split: compare(round.store, before, now, split=split) for split in now.splits if split in before.splits}
