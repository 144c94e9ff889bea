"""Writes a round's report: one HTML file, and the same sections as Markdown for the Kubeflow UI.

A report is derived from what is stored and may be made at any time, of an unfinished round too; the newest stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.drawing.blocks import markdown_text, to_markdown
from components.files import write_whole
from components.report.assemble import assemble_earlier, assemble_round, stored_report
from components.report.choose import Candidate, choose, view
from components.report.config import ReportConfig
from components.report.explain import answers, direction, task_changes
from components.report.model import ReportInput, RoundInput
from components.report.page import render
from components.report.replay import Replay
from components.report.scan import Scan
from components.report.sections import all_sections
from components.results.control import control_of
from components.results.episodes import rows_of
from components.results.evaluate import EvaluateResult
from components.results.place import result_key, results_digest
from components.results.report import ReportResult
from components.trajectories.episodes import get_blob, list_episodes, put_blob
from components.trajectories.phases import CHANCE
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome

PAGE_VERSION = 12
"""Raise it when a page says more, or says it otherwise: stored pages are then made again."""


def run(*, config: ReportConfig, round: Round, out: Path | None = None, replay: Replay | None = None) -> ReportResult:
    """Makes the report of a round from all rounds up to it.

    Args:
        out: a file to write the page to as well.
        replay: takes pictures of the pages shown; left out, there are those that were kept.

    Raises:
        InputError: a stored result or episode is broken.
    """
    inputs = _digest(config, round)
    report = stored_report(round)
    if report is None or report.inputs != inputs:
        data = assemble(config=config, round=round, replay=replay)
        page = put_blob(round.store, render(data).encode(), "html")
        report = ReportResult(run=round.run, round=round.number, inputs=inputs, page=page, facts=data.now.facts)
        round.store.put(result_key(round, ReportResult.stage), report.model_dump_json(indent=1).encode())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, get_blob(round.store, report.page, "html"))
    return report


def assemble(*, config: ReportConfig, round: Round, replay: Replay | None = None) -> ReportInput:
    """The input of the round's report; see `run`."""
    earlier = [assemble_earlier(round.at(number)) for number in range(1, round.number)]
    now, scan = assemble_round(round)
    candidates = list(_candidates(round, now, scan, earlier[-1] if earlier else None))
    rows = list(_judged(round, now))
    return ReportInput(
        run=round.run,
        round=round.number,
        rounds=(*earlier, now),
        episodes=view(round.store, choose(candidates, count=config.episodes), config=config, replay=replay),
        episodes_in_store=len(candidates),
        families={row["task_id"]: row["family"] for row in rows},
        intents={row["task_id"]: row["intent"] for row in rows},
    )


def markdown(data: ReportInput) -> str:
    """The whole report but the trajectories as Markdown."""
    paragraphs = [
        f"**{answer.question}: {markdown_text(answer.short)}.** {markdown_text(answer.text)}"
        for answer in answers(data)
    ]
    return "\n\n".join([f"# Round {data.round}", *paragraphs, *map(to_markdown, all_sections(data))])


def _candidates(round: Round, now: RoundInput, scan: Scan, before: RoundInput | None) -> Iterator[Candidate]:
    alone = {solution.episode_key for solution in now.synthesis.student_only_solutions} if now.synthesis else set()
    for row in scan.rows:
        yield _candidate(row, why="solved by the student alone" if row["episode_key"] in alone else "")
    lost, teachers = _lost_tasks(before, now), _episodes_of(round, now.evaluations.get("teacher"))
    for role, result in now.played.items():
        if role in CHANCE:
            continue  # nobody learns from what an agent did that does not look
        for row in rows_of(round.store, result):
            if Outcome(row["outcome"]).counts:
                worse = role == "student" and row["outcome"] == "failed" and row["task_id"] in lost
                why = "of a task on which success fell" if worse else ""
                beside = teachers.get(_place(row), "") if role == "student" else ""
                yield _candidate(row, why=why, good=not worse, beside=beside)


def _candidate(row: Mapping[str, Any], **options: Any) -> Candidate:
    names = ("phase", "task_id", "outcome")
    return Candidate(key=row["episode_key"], **{name: row[name] for name in names}, **options)


def _place(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["split"], row["task_id"], row["seed"]


def _episodes_of(round: Round, result: EvaluateResult | None) -> dict[tuple[str, str, int], str]:
    """Keys of an agent's episodes, by split, task and seed."""
    rows = rows_of(round.store, result) if result else []
    return {_place(row): row["episode_key"] for row in rows if Outcome(row["outcome"]).counts}


def _lost_tasks(before: RoundInput | None, now: RoundInput) -> set[str]:
    """Tasks whose rate fell, where the student's success as a whole fell by more than chance; else none."""
    a, b = (before.success("student") if before else None), now.success("student")
    if a is None or b is None or direction(now.change) >= 0:
        return set()
    return {change.task for change in task_changes(a, b) if change.rate < 0}


def _judged(round: Round, now: RoundInput) -> Iterator[dict[str, Any]]:
    """Task, family and intent of every judged episode."""
    for result in now.evaluations.values():
        yield from rows_of(round.store, result, columns=("task_id", "family", "intent"))


def _digest(config: ReportConfig, round: Round) -> str:
    """`<digest of the results>.<digest of episodes, earlier rounds, the control, settings>`."""
    rest = hashlib.sha256(f"{PAGE_VERSION} {config.model_dump_json()}".encode())
    for key in list_episodes(round.store, f"{round.prefix}/episodes/"):
        rest.update(key.encode())
    for number in range(1, round.number):
        rest.update(results_digest(round.at(number), without=ReportResult.stage).encode())
    if control := control_of(round):
        rest.update(results_digest(control).encode())
    return f"{results_digest(round, without=ReportResult.stage)}.{rest.hexdigest()}"
