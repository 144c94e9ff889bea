"""From episodes to rates, pure: per task, per family and over a split, with intervals, cost and typed errors apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import Any

from components.results.evaluate import Rate, SplitResult
from components.statistics import clustered_bootstrap, wilson
from components.trajectories.phases import SplitName
from components.trajectories.rows import EPISODE_COLUMNS, episode_row
from components.trajectories.schema import Episode, Outcome

COLUMNS = {"split": "string", **EPISODE_COLUMNS}


def evaluation_row(episode: Episode, *, split: SplitName) -> dict[str, Any]:
    """One row of the evaluation table, of `COLUMNS`."""
    return {"split": split, **episode_row(episode)}


def summarise(
    rows: Sequence[Mapping[str, Any]],
    *,
    split: SplitName,
    confidence: float,
    seed: int,
    sites: Mapping[str, str] = MappingProxyType({}),
) -> SplitResult:
    """Rates and costs of one split's rows (`evaluation_row`).

    Args:
        sites: of tasks, where the benchmark has several.

    Cost and time per solved task charge the failed attempts too: it is what one more solved task costs. Errors that
    are not the agent's are counted in `outcomes` and nowhere else.
    """
    counted = [row for row in rows if Outcome(row["outcome"]).counts]
    solved = [row for row in counted if _is_solved(row)]
    by_task = _group(counted, "task_id")
    outcomes = {task: [float(_is_solved(row)) for row in task_rows] for task, task_rows in by_task.items()}
    overall = _rate("all", counted, confidence)
    by_family = tuple(_rate(name, family_rows, confidence) for name, family_rows in _group(counted, "family").items())
    on_sites = _group([{**row, "site": sites[row["task_id"]]} for row in counted if row["task_id"] in sites], "site")
    return SplitResult(
        split=split,
        episodes=overall.episodes,
        solved=overall.solved,
        success_rate=overall.success_rate,
        interval=overall.interval,
        task_interval=clustered_bootstrap(outcomes, confidence=confidence, seed=seed),
        by_family=by_family,
        macro_rate=fmean(family.success_rate for family in by_family) if by_family else None,
        macro_interval=clustered_bootstrap(
            {family.name: [family.success_rate] for family in by_family}, confidence=confidence, seed=seed
        ),
        by_site=tuple(_rate(name, site_rows, confidence) for name, site_rows in on_sites.items()),
        by_task=tuple(_rate(name, task_rows, confidence) for name, task_rows in by_task.items()),
        outcomes=dict(sorted(Counter(row["outcome"] for row in rows).items())),
        steps_per_solved=_per(sum(row["steps"] for row in solved), len(solved)),
        seconds_per_solved=_per(sum(row["seconds"] for row in counted), len(solved)),
        usd_per_solved=_per(sum(row["usd"] for row in counted), len(solved)),
        tokens=sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows),
        usd=float(sum(row["usd"] for row in rows)),
    )


def _group(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return dict(sorted(groups.items()))


def _rate(name: str, rows: Sequence[Mapping[str, Any]], confidence: float) -> Rate:
    solved = sum(map(_is_solved, rows))
    return Rate(
        name=name,
        episodes=len(rows),
        solved=solved,
        success_rate=solved / len(rows) if rows else 0.0,
        interval=wilson(solved, len(rows), confidence=confidence),
    )


def _is_solved(row: Mapping[str, Any]) -> bool:
    return bool(row["outcome"] == Outcome.SOLVED)


def _per(total: float, count: int) -> float | None:
    return total / count if count else None
