"""Puts one round together from what its stages stored, whatever of it is there."""

from __future__ import annotations

from typing import get_args

from components.place import timings
from components.report.model import RoundInput
from components.report.scan import Scan, find_states, scan_round
from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.episodes import outcomes_of, pairs_of
from components.results.evaluate import EvaluateResult
from components.results.place import read, results_digest
from components.results.promote import PromoteResult
from components.results.report import Change, Facts, ReportResult
from components.results.synthesize import SynthesizeResult
from components.statistics import mcnemar_exact
from components.trajectories.phases import Role
from components.trajectories.rounds import Round


def assemble_round(round: Round) -> tuple[RoundInput, Scan]:
    """A round from its results and its exploring episodes."""
    scan = scan_round(round)
    return _round_input(round, read_facts(round, scan)), scan


def assemble_earlier(round: Round) -> RoundInput:
    """An earlier round: with the facts its own report found, unless it has changed since."""
    known = stored_report(round)
    if known is None or known.inputs.split(".")[0] != results_digest(round, without=ReportResult.stage):
        return assemble_round(round)[0]
    return _round_input(round, known.facts)


def stored_report(round: Round) -> ReportResult | None:
    """The round's report. One that cannot be read is made anew, because all it holds can be."""
    from components.errors import InputError

    try:
        return read(round, ReportResult)
    except InputError:
        return None


def _round_input(round: Round, facts: Facts) -> RoundInput:
    return RoundInput(
        number=round.number,
        evaluations=read_evaluations(round),
        synthesis=read(round, SynthesizeResult),
        distillation=read(round, DistillResult),
        audit=read(round, AuditResult),
        promotion=read(round, PromoteResult),
        facts=facts,
        seconds=timings(round),
    )


def read_evaluations(round: Round) -> dict[Role, EvaluateResult]:
    """The round's evaluations, by role."""
    found = ((role, read(round, EvaluateResult, of=role)) for role in get_args(Role))
    return {role: each for role, each in found if each is not None}


def read_facts(round: Round, scan: Scan) -> Facts:
    """What the round's episodes say."""
    played = {role: each for role, each in read_evaluations(round).items() if not each.reused}
    splits = {f"evaluate-{role}-{split}": each for role, one in played.items() for split, each in one.splits.items()}
    outcomes = {phase: dict(counts) for phase, counts in scan.outcomes.items()}
    outcomes |= {phase: each.outcomes for phase, each in splits.items()}
    return Facts(
        outcomes=outcomes,
        states=find_states(round, scan, complete=read(round, SynthesizeResult) is not None),
        change=_change(round),
        usd=sum(row["usd"] for row in scan.rows) + sum(each.usd for each in splits.values()),
        tokens=sum(row["prompt_tokens"] + row["completion_tokens"] for row in scan.rows)
        + sum(each.tokens for each in splits.values()),
    )


def _change(round: Round) -> Change | None:
    """The student beside the last round's, on the held-out seeds both were judged on."""
    if round.number < 2:
        return None
    before, now = (read(each, EvaluateResult, of="student") for each in (round.at(round.number - 1), round))
    if before is None or now is None:
        return None
    old, new = (outcomes_of(round.store, each, splits=("heldout_seeds",)) for each in (before, now))
    pairs = [pair for each in pairs_of(old, new).values() for pair in each]
    gains, losses = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
    return Change(gains=gains, losses=losses, p_value=mcnemar_exact(gains, losses))
