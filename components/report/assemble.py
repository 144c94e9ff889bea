"""Puts a report's input together from what the stages stored, whatever of them is there.

Stages do not import each other, so their results are read as JSON here, field by field; a missing result or field
leaves its part of the report empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from components.place import timings
from components.report.model import (
    Audit,
    Change,
    HeatMap,
    LearningPoint,
    Promotion,
    RoundInput,
    Success,
    TaskChange,
)
from components.report.scan import Scan, discover, scan_round
from components.statistics import mcnemar_exact
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome
from components.trajectories.tables import read_table

Json = Mapping[str, Any]


def read_results(round: Round) -> dict[str, Json]:
    """Every stage's result of the round, by name (`evaluate-student`, `distill`), without the report's own."""
    prefix = f"{round.prefix}/results/"
    keys = [key for key in round.store.list(prefix) if key.endswith(".json") and not key.endswith("/report.json")]
    return {key.removeprefix(prefix).removesuffix(".json"): json.loads(round.store.get(key)) for key in keys}


def assemble_round(round: Round, results: Mapping[str, Json]) -> tuple[RoundInput, Scan]:
    """One round from its results and its exploring episodes."""
    scan = scan_round(round)
    evaluations = {
        name.removeprefix("evaluate-"): each for name, each in results.items() if name.startswith("evaluate-")
    }
    played = {role: each for role, each in evaluations.items() if not each.get("reused")}
    synthesis, distillation = results.get("synthesize", {}), results.get("distill", {})
    facts = RoundInput(
        number=round.number,
        success={role: _success(each) for role, each in evaluations.items()},
        outcomes=_outcomes(scan, played),
        accepted=scan.accepted if scan.proposed else None,
        proposed=scan.proposed or None,
        change=_change(round, results.get("evaluate-student")),
        learning=tuple(_point(each) for each in distillation.get("curve", ())),
        discovery=discover(round, scan, synthesis=synthesis),
        knowledge_from_student=synthesis.get("knowledge_from_student"),
        knowledge_entries=synthesis.get("knowledge_entries"),
        audit=_audit(results.get("detect")),
        promotion=_promotion(results.get("promote")),
        seconds=timings(round) or _seconds(results),
        usd=sum(row["usd"] for row in scan.rows) + sum(_total(each, "usd") for each in played.values()),
        tokens=sum(row["prompt_tokens"] + row["completion_tokens"] for row in scan.rows)
        + int(sum(_total(each, "tokens") for each in played.values())),
    )
    return facts, scan


def _success(evaluation: Json) -> dict[str, Success]:
    return {
        split: Success(
            solved=each["solved"],
            episodes=each["episodes"],
            success_rate=each["success_rate"],
            low=each["interval"][0],
            high=each["interval"][1],
            steps_per_solved=each.get("steps_per_solved"),
            seconds_per_solved=each.get("seconds_per_solved"),
            usd_per_solved=each.get("usd_per_solved"),
            by_task={task["name"]: (task["solved"], task["episodes"]) for task in each.get("by_task", ())},
        )
        for split, each in evaluation.get("splits", {}).items()
    }


def _change(round: Round, evaluation: Json | None) -> Change | None:
    """The student beside the last round's, on the held-out seeds both were judged on."""
    if evaluation is None or round.number < 2:
        return None
    before = read_results(round.at(round.number - 1)).get("evaluate-student")
    if before is None:
        return None
    old, new = (_solved(round, each) for each in (before, evaluation))
    shared = sorted(old.keys() & new.keys())
    gains, losses = (sum(new[key] > old[key] for key in shared), sum(new[key] < old[key] for key in shared))
    return Change(gains=gains, losses=losses, p_value=mcnemar_exact(gains, losses))


def _solved(round: Round, evaluation: Json) -> dict[tuple[str, int], bool]:
    rows = read_table(round.store, evaluation["table"], columns=["split", "task_id", "seed", "outcome"]).to_pylist()
    return {
        (row["task_id"], row["seed"]): row["outcome"] == Outcome.SOLVED
        for row in rows
        if row["split"] == "heldout_seeds" and Outcome(row["outcome"]).counts
    }


def _outcomes(scan: Scan, evaluations: Mapping[str, Json]) -> dict[str, dict[str, int]]:
    found = {phase: dict(counts) for phase, counts in scan.outcomes.items()}
    for role, evaluation in evaluations.items():
        for split, each in evaluation.get("splits", {}).items():
            found[f"evaluate-{role}-{split}"] = dict(each.get("outcomes", {}))
    return found


def _point(found: Json) -> LearningPoint:
    return LearningPoint(
        step=found["step"],
        loss=found.get("train_loss"),
        validation_loss=found.get("validation_loss"),
        action_accuracy=found.get("action_accuracy"),
    )


def _audit(found: Json | None) -> Audit | None:
    if not found or "verdict" not in found:
        return None
    maps = [
        HeatMap(title=f"Specialization of {source}, {each['layer']}", columns=each["domains"], values=values)
        for each in found.get("heat_maps", ())
        for source, values in each.get("values", {}).items()
    ]
    return Audit(
        verdict=found["verdict"],
        p_value=found.get("p_value"),
        distances=found.get("distances", {}),
        because=found.get("because", ""),
        limits=found.get("limits", ()),
        heat_maps=tuple(maps),
    )


def _promotion(found: Json | None) -> Promotion | None:
    if not found:
        return None
    changes: dict[str, list[int]] = {}
    for each in found.get("by_task", ()):
        sums = changes.setdefault(each["task_id"], [0, 0, 0])
        for place, name in enumerate(("pairs", "gains", "losses")):
            sums[place] += each[name]
    by_task = [TaskChange(task_id=task, pairs=n, gains=won, losses=lost) for task, (n, won, lost) in changes.items()]
    fields = {name: found[name] for name in Promotion.model_fields if name != "by_task" and name in found}
    return Promotion(**fields, by_task=tuple(by_task))


def _seconds(results: Mapping[str, Json]) -> dict[str, float]:
    """Seconds the engines say they took, in the order of a round: where no orchestrator has timed the stages."""
    order = ("explore", "synthesize", "distill", "evaluate", "detect", "promote")
    found = {name: _stage_seconds(each) for name, each in results.items()}
    place = {name: next((i for i, stage in enumerate(order) if name.startswith(stage)), len(order)) for name in found}
    return {name: found[name] for name in sorted(found, key=lambda name: (place[name], name)) if found[name] > 0}


def _stage_seconds(result: Json) -> float:
    if "seconds" in result:
        return float(result["seconds"])
    curve = result.get("curve")
    return float(curve[-1]["seconds"]) if curve else 0.0


def _total(evaluation: Json, name: str) -> float:
    return float(sum(each.get(name, 0) for each in evaluation.get("splits", {}).values()))
