"""Puts one round together from what its stages stored, whatever of it is there."""

from __future__ import annotations

from typing import get_args

from components.errors import InputError
from components.place import timings
from components.report.model import RoundInput
from components.report.scan import Scan, find_states, scan_round
from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.episodes import outcomes_of, pairs_of
from components.results.evaluate import EvaluateResult
from components.results.place import read, results_digest
from components.results.preflight import PreflightResult
from components.results.promote import PromoteResult
from components.results.report import Change, Facts, ReportResult
from components.results.synthesize import SynthesizeResult
from components.statistics import mcnemar_exact
from components.trajectories.manifest import Manifest, manifest_key, read_manifest
from components.trajectories.phases import Role, SplitName
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
    )


def find_manifest(round: Round) -> Manifest | None:
    """The round's manifest; None where preflight has not run."""
    return read_manifest(round) if round.store.exists(manifest_key(round)) else None


def read_evaluations(round: Round) -> dict[Role, EvaluateResult]:
    """The round's evaluations, by role."""
    found = ((role, read(round, EvaluateResult, of=role)) for role in get_args(Role))
    return {role: each for role, each in found if each is not None}


def read_facts(round: Round, scan: Scan) -> Facts:
    """What the round's episodes say."""
    evaluations = read_evaluations(round)
    student = evaluations.get("student")
    played = {role: each for role, each in evaluations.items() if not each.reused}
    splits = {f"evaluate-{role}-{split}": each for role, one in played.items() for split, each in one.splits.items()}
    outcomes = {phase: dict(counts) for phase, counts in scan.outcomes.items()}
    outcomes |= {phase: each.outcomes for phase, each in splits.items()}
    return Facts(
        outcomes=outcomes,
        states=find_states(round, scan, complete=read(round, SynthesizeResult) is not None),
        change=_change(round, student),
        since_start=_since_start(round, student),
        beside_chance=_beside_chance(round, student),
        usd=sum(row["usd"] for row in scan.rows) + sum(each.usd for each in splits.values()),
        tokens=sum(row["prompt_tokens"] + row["completion_tokens"] for row in scan.rows)
        + sum(each.tokens for each in splits.values()),
    )


def _change(round: Round, now: EvaluateResult | None) -> Change | None:
    """The student beside the last round's, on the held-out seeds both were judged on."""
    before = read(round.at(round.number - 1), EvaluateResult, of="student") if round.number > 1 else None
    return _compared(round, before, now, "heldout_seeds") if before and now else None


def _since_start(round: Round, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside the untrained model, which the first round judged as champion unless there was one already."""
    first = round.at(1)
    start, promotion = read(first, EvaluateResult, of="champion"), read(first, PromoteResult)
    if start is None or now is None or (promotion is not None and not promotion.champion_is_start):
        return {}
    return {split: _compared(round, start, now, split) for split in now.splits if split in start.splits}


def _beside_chance(round: Round, now: EvaluateResult | None) -> dict[SplitName, Change]:
    """The student beside the agent that acts at random."""
    chance = read(round, EvaluateResult, of="random")
    if chance is None or now is None:
        return {}
    return {split: _compared(round, chance, now, split) for split in now.splits if split in chance.splits}


def _compared(round: Round, a: EvaluateResult, b: EvaluateResult, split: SplitName) -> Change:
    old, new = (outcomes_of(round.store, each, splits=(split,)) for each in (a, b))
    pairs = [pair for each in pairs_of(old, new).values() for pair in each]
    gains, losses = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
    return Change(gains=gains, losses=losses, p_value=mcnemar_exact(gains, losses))
