"""A round's figures for MLflow: what the report shows, as numbers with names that its charts group by stage.

They go to the run of the round, and with the round as their step to that of the whole run: curves over rounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.report.model import RoundInput, Success
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


def _figures(facts: RoundInput) -> Iterator[tuple[str, float]]:
    for role, splits in facts.success.items():
        for split, found in splits.items():
            yield from _success(f"evaluate/{role}/{split}", found)
    for phase, counts in facts.outcomes.items():
        if phase.startswith("explore-"):
            yield from ((f"explore/{phase.removeprefix('explore-')}/{name}", number) for name, number in counts.items())
    if facts.proposed:
        yield "explore/speculative/acceptance_rate", (facts.accepted or 0) / facts.proposed
    if facts.discovery:
        yield "explore/student/new_states", facts.discovery.new_states
        yield "explore/student/alone", len(facts.discovery.student_only)
    if facts.knowledge_entries is not None:
        yield "synthesize/knowledge_entries", facts.knowledge_entries
        yield "synthesize/knowledge_from_student", facts.knowledge_from_student or 0
    yield from _judged(facts)
    yield from ((f"seconds/{stage}", seconds) for stage, seconds in facts.seconds.items())
    yield "usd", facts.usd
    yield "tokens", facts.tokens


def _success(name: str, found: Success) -> Iterator[tuple[str, float]]:
    yield f"{name}/success_rate", found.success_rate
    yield f"{name}/low", found.low
    yield f"{name}/high", found.high
    yield f"{name}/episodes", found.episodes


def _judged(facts: RoundInput) -> Iterator[tuple[str, float]]:
    """The audit and the promotion."""
    if facts.audit:
        if facts.audit.p_value is not None:
            yield "detect/p_value", facts.audit.p_value
        yield from ((f"detect/distance/{name}", value) for name, value in facts.audit.distances.items())
    if facts.promotion:
        yield "promote/difference", facts.promotion.difference
        yield "promote/p_value", facts.promotion.p_value
        yield "promote/decision", DECISIONS[facts.promotion.decision]
