"""Episodes and their steps as rows of tables, for counting and for reading with DuckDB, Polars or Spark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from components.trajectories.episodes import episode_digest
from components.trajectories.schema import Episode, Outcome

# Arrow types are written down and not inferred, so that a table of no rows has the columns of any other.
EPISODE_COLUMNS = {
    "episode_key": "string",
    "digest": "string",
    "run": "string",
    "round": "int64",
    "phase": "string",
    "benchmark": "string",
    "task_id": "string",
    "family": "string",
    "template": "string",
    "seed": "int64",
    "intent": "string",
    "agent": "string",
    "agent_kind": "string",
    "agent_digest": "string",
    "outcome": "string",
    "solved": "bool",
    "reward": "double",
    "answer": "string",
    "message": "string",
    "steps": "int64",
    "teacher_steps": "int64",
    "feedback_errors": "int64",
    "retries": "int64",
    "prompt_tokens": "int64",
    "completion_tokens": "int64",
    "usd": "double",
    "started_at": "time",
    "seconds": "double",
}
STEP_COLUMNS = {
    "episode_key": "string",
    "task_id": "string",
    "seed": "int64",
    "phase": "string",
    "outcome": "string",
    "step": "int64",
    "url": "string",
    "observation": "string",
    "action": "string",
    "target": "string",
    "reason": "string",
    "feedback": "string",
    "decided_by": "string",
    "proposed": "string",
    "accepted": "bool",
    "private": "strings",
    "retrieved": "strings",
    "events": "strings",
    "seconds_observe": "double",
    "seconds_decide": "double",
    "seconds_act": "double",
    "prompt_tokens": "int64",
    "completion_tokens": "int64",
    "usd": "double",
}


def episode_row(episode: Episode) -> dict[str, Any]:
    """One flat row: identity, outcome and totals. Seconds, US dollars and counts, as in the schema."""
    steps = episode.steps
    return {
        "episode_key": episode.key,
        "digest": episode_digest(episode),
        "run": episode.run,
        "round": episode.round,
        "phase": episode.phase,
        "benchmark": episode.benchmark,
        "task_id": episode.task_id,
        "family": episode.family,
        "template": episode.template,
        "seed": episode.seed,
        "intent": episode.intent,
        "agent": episode.agent.name,
        "agent_kind": episode.agent.kind,
        "agent_digest": episode.agent.digest,
        "outcome": episode.outcome.value,
        "solved": episode.outcome is Outcome.SOLVED,
        "reward": episode.reward,
        "answer": episode.answer,
        "message": episode.message,
        "steps": len(steps),
        "teacher_steps": sum(step.decided_by == "teacher" for step in steps),
        "feedback_errors": sum(bool(step.feedback) for step in steps),
        "retries": len(episode.retries),
        "prompt_tokens": sum(step.cost.prompt_tokens for step in steps),
        "completion_tokens": sum(step.cost.completion_tokens for step in steps),
        "usd": sum(step.cost.usd for step in steps),
        "started_at": episode.started_at,
        "seconds": episode.seconds,
    }


def step_rows(episode: Episode) -> Iterator[dict[str, Any]]:
    """One row per step. `proposed` and `accepted` are None where nobody speculated."""
    for step in episode.steps:
        yield {
            "episode_key": episode.key,
            "task_id": episode.task_id,
            "seed": episode.seed,
            "phase": episode.phase,
            "outcome": episode.outcome.value,
            "step": step.index,
            "url": step.url,
            "observation": step.observation,
            "action": step.action,
            "target": step.target.line if step.target else None,
            "reason": step.reason,
            "feedback": step.feedback,
            "decided_by": step.decided_by,
            "proposed": step.speculation.proposed.action if step.speculation else None,
            "accepted": step.speculation.accepted if step.speculation else None,
            "private": list(step.private),
            "retrieved": list(step.retrieved),
            "events": [f"{event.kind}: {event.detail}" for event in step.events],
            "seconds_observe": step.timing.observe,
            "seconds_decide": step.timing.decide,
            "seconds_act": step.timing.act,
            "prompt_tokens": step.cost.prompt_tokens,
            "completion_tokens": step.cost.completion_tokens,
            "usd": step.cost.usd,
        }


def to_table(rows: Iterable[Mapping[str, Any]], *, columns: Mapping[str, str]) -> Any:
    """A `pyarrow.Table` of these columns.

    Args:
        columns: type by name: an Arrow alias; `strings`, a list of strings; or `time`, which rows hold as ISO 8601 and
            the table as a timestamp in microseconds, UTC.
    """
    import pyarrow as pa

    types = {"strings": pa.list_(pa.string()), "time": pa.timestamp("us", tz="UTC")}
    fields = [(name, types.get(kind) or pa.type_for_alias(kind)) for name, kind in columns.items()]
    times = [name for name, kind in columns.items() if kind == "time"]
    typed = ({**row, **{name: datetime.fromisoformat(row[name]) for name in times if row.get(name)}} for row in rows)
    return pa.Table.from_pylist(list(typed), schema=pa.schema(fields))
