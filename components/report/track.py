"""A round's figures for MLflow: what the report shows, as numbers with names that its charts group by stage.

They go to the run of the round, and with the round as their step to that of the whole run: curves over rounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.report.model import RoundInput
from components.results.evaluate import SplitResult
from components.tracking import track_round

REFUSED = re.compile(r"[^\w\-. /]")
"""What MLflow takes in no name."""
DECISIONS = {"hold": 0.0, "inconclusive": 0.5, "promote": 1.0}


def track_figures(facts: RoundInput, *, run: str) -> None:
    """Sends a round's figures; does nothing where no server is configured.

    Raises:
        InfraError: the server does not answer.
    """
    values = figures(facts)
    said = {
        "symbiont.verdict": facts.audit.verdict if facts.audit else "",
        "symbiont.decision": facts.promotion.decision if facts.promotion else "",
    }
    with track_round(run, facts.number) as (whole, here):
        for each in (whole, here):
            each.metrics(values, step=facts.number)
        here.tags({key: value for key, value in said.items() if value})


def figures(facts: RoundInput) -> dict[str, float]:
    """Every figure of the round by name, such as `evaluate/student/heldout_seeds/success_rate`."""
    return {REFUSED.sub("_", name): float(value) for name, value in _figures(facts)}


def _figures(round: RoundInput) -> Iterator[tuple[str, float]]:
    for role, evaluation in round.evaluations.items():
        for split, found in evaluation.splits.items():
            yield from _success(f"evaluate/{role}/{split}", found)
    for phase, counts in round.facts.outcomes.items():
        if phase.startswith("explore-"):
            yield from ((f"explore/{phase.removeprefix('explore-')}/{name}", number) for name, number in counts.items())
    if round.facts.states:
        yield "explore/student/new_states", round.facts.states.new
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


def _success(name: str, found: SplitResult) -> Iterator[tuple[str, float]]:
    yield f"{name}/success_rate", found.success_rate
    yield f"{name}/low", found.interval[0]
    yield f"{name}/high", found.interval[1]
    yield f"{name}/episodes", found.episodes


def _judged(round: RoundInput) -> Iterator[tuple[str, float]]:
    """The audit and the promotion."""
    if round.audit:
        yield "detect/p_value", round.audit.p_value
        yield from ((f"detect/distance/{name}", value) for name, value in round.audit.distances.items())
    if round.promotion:
        yield "promote/difference", round.promotion.difference
        yield "promote/p_value", round.promotion.p_value
        yield "promote/decision", DECISIONS[round.promotion.decision]
