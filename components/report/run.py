"""Writes a round's report: one HTML file, and the same sections as HTML and Markdown for the Kubeflow UI.

A report is derived from what is stored and may be made at any time, of an unfinished round too; the newest stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.drawing.blocks import to_markdown
from components.files import write_whole
from components.report.assemble import assemble_round, read_results
from components.report.choose import Candidate, choose, view
from components.report.config import ReportConfig
from components.report.explain import headline, student, task_changes
from components.report.model import ReportInput, RoundInput
from components.report.page import render
from components.report.result import ReportResult
from components.report.scan import Scan
from components.report.sections import all_sections
from components.results.place import result_key
from components.trajectories.digests import json_digest
from components.trajectories.episodes import get_blob, list_episodes, put_blob
from components.trajectories.rounds import Round
from components.trajectories.tables import read_table

NAME = "report"


def run(*, config: ReportConfig, round: Round, out: Path | None = None) -> ReportResult:
    """Makes the report of a round from all rounds up to it.

    Args:
        out: a file to write the page to as well.

    Raises:
        InputError: a stored result or episode is broken.
    """
    results = read_results(round)
    inputs = _digest(config, round, results)
    known = _stored(round)
    if known is None or known.inputs != inputs:
        data = assemble(config=config, round=round, results=results)
        page = render(data).encode()
        digest = put_blob(round.store, page, "html")
        known = ReportResult(run=round.run, round=round.number, inputs=inputs, page=digest, facts=data.now)
        round.store.put(result_key(round, NAME), known.model_dump_json(indent=1).encode())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, get_blob(round.store, known.page, "html"))
    return known


def assemble(*, config: ReportConfig, round: Round, results: Mapping[str, Any] | None = None) -> ReportInput:
    """The input of the round's report."""
    earlier = [_facts(round.at(number)) for number in range(1, round.number)]
    results = read_results(round) if results is None else results
    now, scan = assemble_round(round, results)
    candidates = list(_candidates(round, now, scan, results, earlier[-1] if earlier else None))
    return ReportInput(
        run=round.run,
        round=round.number,
        rounds=(*earlier, now),
        episodes=view(round.store, choose(candidates, count=config.episodes), config=config),
        episodes_in_store=len(candidates),
    )


def markdown(data: ReportInput) -> str:
    """The whole report but the trajectories as Markdown."""
    return f"# Round {data.round}\n\n{headline(data)}\n\n" + "\n".join(map(to_markdown, all_sections(data)))


def _facts(round: Round) -> RoundInput:
    """An earlier round: as its own report found it, unless it has changed since."""
    results = read_results(round)
    known = _stored(round)
    if known is not None and known.inputs.split(".")[0] == json_digest(results):
        return known.facts
    return assemble_round(round, results)[0]


def _candidates(
    round: Round, now: RoundInput, scan: Scan, results: Mapping[str, Any], before: RoundInput | None
) -> Iterator[Candidate]:
    alone = {each.episode_key for each in now.discovery.student_only} if now.discovery else set()
    for row in scan.rows:
        why = "solved by the student alone" if row["episode_key"] in alone else ""
        yield _candidate(row, why)
    lost = _lost_tasks(before, now)
    for name, result in results.items():
        if not name.startswith("evaluate-") or result.get("reused"):
            continue
        for row in read_table(round.store, result["table"]).to_pylist():
            if row["outcome"] in ("solved", "failed"):
                worse = name == "evaluate-student" and row["outcome"] == "failed" and row["task_id"] in lost
                yield _candidate(row, "task lost since the last round" if worse else "")


def _candidate(row: Mapping[str, Any], why: str) -> Candidate:
    return Candidate(
        key=row["episode_key"], phase=row["phase"], task_id=row["task_id"], outcome=row["outcome"], why=why
    )


def _lost_tasks(before: RoundInput | None, now: RoundInput) -> set[str]:
    a, b = (student(before) if before else None), student(now)
    return {task for task, change, _ in task_changes(a, b) if change < 0} if a and b else set()


def _stored(round: Round) -> ReportResult | None:
    try:
        return ReportResult.model_validate_json(round.store.get(result_key(round, NAME)))
    except KeyError:
        return None
    except ValueError:  # written by another version: made anew
        return None


def _digest(config: ReportConfig, round: Round, results: Mapping[str, Any]) -> str:
    """`<digest of the results>.<digest of episodes, earlier rounds, settings>`."""
    rest = hashlib.sha256(config.model_dump_json().encode())
    for key in list_episodes(round.store, f"{round.prefix}/episodes/"):
        rest.update(key.encode())
    for number in range(1, round.number):
        rest.update(json_digest(read_results(round.at(number))).encode())
    return f"{json_digest(results)}.{rest.hexdigest()}"
