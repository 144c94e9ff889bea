"""A round in MLflow: what the report shows, for people who start there.

Figures go to the run of the round, and with the round as their step to that of the whole run: curves over rounds. Both
get the headline as their note and the page; the whole run gets the recipe, the round the examples it learnt from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from components.report.explain import headline
from components.report.model import ReportInput, RoundInput
from components.results.evaluate import SplitResult
from components.results.synthesize import TableResult
from components.tracking import TrackedRun, track_round
from components.trajectories.phases import EXPLORING

REFUSED = re.compile(r"[^\w\-. /]")
"""Characters that MLflow allows in no name."""
EXAMPLES = "examples"


def track_report(data: ReportInput, *, page: bytes, store: str) -> None:
    """Sends a round's figures, words and files; does nothing where no server is configured.

    Args:
        store: address of the store that holds the examples.

    Raises:
        InfraError: the server does not answer.
    """
    now, recipe = data.now, data.now.notes.recipe if data.now.notes else ""
    with track_round(data.run, data.round) as (whole, tracked_round):
        for tracked in (whole, tracked_round):
            tracked.metrics(figures(now), step=now.number)
            tracked.tags(_tags(data))
            tracked.file("report.html", page)
        tracked_round.link_traces({"symbiont.run": data.run, "symbiont.round": str(data.round)})
        if recipe:
            whole.params(flat(recipe))
            whole.file("recipe.yaml", recipe.encode())
        if now.synthesis and (examples := now.synthesis.tables.get(EXAMPLES)):
            _say_data(tracked_round, examples, store=store)


def _say_data(run: TrackedRun, examples: TableResult, *, store: str) -> None:
    run.dataset(EXAMPLES, digest=examples.digest, source=f"{store}/{examples.key}", rows=examples.rows)


def _tags(data: ReportInput) -> dict[str, str]:
    now = data.now
    tags = {
        "mlflow.note.content": headline(data),
        "mlflow.source.git.commit": now.notes.commit if now.notes else "",
        "symbiont.verdict": now.audit.verdict if now.audit else "",
        "symbiont.decision": now.promotion.decision if now.promotion else "",
    }
    return {key: value for key, value in tags.items() if value}


def flat(recipe: str) -> dict[str, str]:
    """A recipe's settings by path, such as `distill.steps`; lists as JSON."""
    import yaml

    return dict(_flat(yaml.safe_load(recipe), ""))


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        yield REFUSED.sub("_", path), text


def figures(round: RoundInput) -> dict[str, float]:
    """Every figure of the round by name, such as `evaluate/student/heldout_seeds/success_rate`."""
    return {REFUSED.sub("_", name): float(value) for name, value in (*_headline(round), *_figures(round))}


def _headline(round: RoundInput) -> Iterator[tuple[str, float]]:
    """The few that are looked for first: no stage before their names, so that MLflow shows them first."""
    if seeds := round.success("student"):
        yield "student_success", seeds.success_rate
        yield "student_success_low", seeds.interval[0]
        yield "student_success_high", seeds.interval[1]
    if tasks := round.success("student", "heldout_tasks"):
        yield "heldout_task_success", tasks.success_rate
    if round.audit and round.audit.judged:
        yield "audit_distance", round.audit.judged.distance.mean


def _figures(round: RoundInput) -> Iterator[tuple[str, float]]:
    for role, evaluation in round.evaluations.items():
        for split, result in evaluation.splits.items():
            yield from _success(f"evaluate/{role}/{split}", result)
    for phase, counts in round.facts.outcomes.items():
        if mode := EXPLORING.get(phase):
            yield from ((f"explore/{mode}/{name}", number) for name, number in counts.items())
    if round.facts.states:
        yield "explore/student/new_states", round.facts.states.new
    if round.facts.actions:
        yield "explore/student/new_state_actions", round.facts.actions.new
    for split, synergy in round.facts.synergy.items():
        yield f"synergy/{split}/delta", synergy.delta.difference
        yield f"synergy/{split}/gain", synergy.gain.difference
        if synergy.beside_control:
            yield f"synergy/{split}/beside_control", synergy.beside_control.difference
    if synthesis := round.synthesis:
        yield "explore/student/alone", len(synthesis.student_only_solutions)
        yield "synthesize/knowledge_entries", synthesis.knowledge_entries
        yield "synthesize/knowledge_from_student", synthesis.knowledge_from_student
        if synthesis.acceptance_rate is not None:
            yield "explore/speculative/acceptance_rate", synthesis.acceptance_rate
    yield from _judged(round)
    yield from ((f"seconds/{stage}", seconds) for stage, seconds in round.seconds.items())
    yield "usd", round.facts.usd
    yield "tokens", round.facts.tokens


def _success(name: str, result: SplitResult) -> Iterator[tuple[str, float]]:
    yield f"{name}/success_rate", result.success_rate
    yield f"{name}/low", result.interval[0]
    yield f"{name}/high", result.interval[1]
    yield f"{name}/episodes", result.episodes


def _judged(round: RoundInput) -> Iterator[tuple[str, float]]:
    """The audit, each distance on the scale its verdict rests on, and the promotion."""
    if audit := round.audit:
        yield "detect/p_value", audit.p_value
        tested = (*([audit.judged] if audit.judged else []), *audit.placebos)
        yield from ((f"detect/distance/{pair.suspect}", pair.distance.mean) for pair in tested)
    if round.promotion:
        yield "promote/difference", round.promotion.difference
        yield "promote/p_value", round.promotion.p_value
