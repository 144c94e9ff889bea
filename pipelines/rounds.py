"""Runs the rounds of a run one after another, and writes report and summary; continues where an earlier command
stopped."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from components.errors import InfraError, InputError
from components.files import write_whole
from components.finish.run import run as finish
from components.place import Place
from components.preflight.config import Recipe
from components.preflight.numbering import choose_number, rounds_of
from components.preflight.run import control_name
from components.registry import CHAMPION, get_alias
from components.results.place import read
from components.results.report import ReportResult
from components.tracking import track_run
from components.trajectories.episodes import get_blob
from components.trajectories.manifest import differences, read_manifest
from components.trajectories.open_store import open_store
from components.trajectories.phases import SPLITS, main_split
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store
from pipelines.compile import COMPILED
from pipelines.display import Display
from pipelines.local.process import execute_round
from pipelines.local.services import Services
from pipelines.outfolder import OutFolder
from pipelines.summary import RoundSummary, Summary, round_summary, write_summary


@dataclass(frozen=True, kw_only=True)
class Run:
    """A line of rounds, and recipe, place and seed of its next ones."""

    name: str
    recipe: Recipe
    place: Place
    seed: int
    folder: OutFolder

    @cached_property
    def store(self) -> Store:
        return open_store(self.place.store)

    def round(self, number: int) -> Round:
        work = Path(self.place.work) / self.name
        work.mkdir(parents=True, exist_ok=True)
        return Round(run=self.name, number=number, seed=self.seed, store=self.store, work=work)

    def form(self, *, round: int) -> dict[str, object]:
        """The pipeline's arguments for one round; number 0 stands for the next."""
        place = yaml.safe_dump(
            self.place.model_dump(mode="json", exclude={"pods"}), sort_keys=False, allow_unicode=True
        )
        return {"recipe": self.recipe.text, "place": place, "run": self.name, "round": round, "seed": self.seed}


def default_name(recipe: Recipe, *, seed: int) -> str:
    """The run's name where people give none: recipe and seed; with the control's suffix where this is a control."""
    name = f"{recipe.name}-{seed}"
    return control_name(name) if recipe.explore.explorer == "random" else name


def check_goes_on(run: Run, *, store: Store, rounds: int) -> None:
    """Refuses a run whose rounds are all done, the last one by another recipe.

    Raises:
        InputError: names what differs.
    """
    finished = rounds_of(store, run.name).done
    if len(finished) < rounds:
        return
    last = read_manifest(Round(run=run.name, number=finished[-1], seed=run.seed, store=store, work=Path()))
    now = last.model_copy(update={"recipe": run.recipe.digest, "settings": run.recipe.settings})
    if now.recipe != last.recipe:
        differs = "\n".join(map(str, differences(last, now)))
        raise InputError(
            f"all {len(finished)} rounds of run {run.name} are done, the last by another recipe\n{differs}",
            where="recipe",
            fix=f"--rounds {len(finished) + 1} goes on with this one, another --run begins anew",
        )


def run_rounds(run: Run, *, rounds: int, number: int = 0, services: Services, display: Display) -> Summary:
    """Does the missing rounds until `rounds` are done; writes report and summary after each.

    Args:
        number: only this round; 0: every one that is missing.

    Raises:
        InputError, InfraError: as the stages do; what is stored stays, and the same command continues from it.
    """
    summaries: list[RoundSummary] = []
    for round_number in _numbers(run, rounds=rounds, only=number):
        round, title = run.round(round_number), f"Round {round_number} of {max(round_number, rounds)}"
        if wall_seconds(round) is None:
            _do_round(run, round, form=run.form(round=number), title=title, services=services, display=display)
        else:
            display.say(f"{title}: already done")
        services.wait_for_mlflow()  # a finished round did not, and the registry is asked for the champion
        summaries.append(round_summary(round, wall_seconds=wall_seconds(round) or 0.0))
        _copy_report(run.folder, round)
        summary = _summary(run, summaries)
        write_summary(run.folder.summary, summary)
        with track_run(run.name) as tracked:
            tracked.file(run.folder.summary.name, run.folder.summary.read_bytes())
        display.say(describe_round(summaries[-1]))
    return summary


def _numbers(run: Run, *, rounds: int, only: int) -> Iterator[int]:
    """Numbers of the rounds that are done, then of those to do, each chosen when its turn comes."""
    finished = rounds_of(run.store, run.name).done
    yield from finished
    missing = int(only not in finished) if only else rounds - len(finished)
    for _ in range(missing):
        yield choose_number(run.store, run=run.name, number=only)


def _do_round(
    run: Run, round: Round, *, form: Mapping[str, object], title: str, services: Services, display: Display
) -> None:
    services.wait_for_mlflow()
    run.folder.empty_temporary()
    attempt = uuid.uuid4().hex
    events = execute_round(
        pipeline=COMPILED,
        arguments=form,
        attempt=attempt,
        work=round.work,
        log=run.folder.logs / f"round-{round.number:03d}.log",
        temporary=run.folder.temporary,
        check=services.check,
    )
    stopped = False
    with display.round(title):
        try:
            for event in events:
                display.show(event)
        except KeyboardInterrupt:
            stopped = True
            raise
        finally:
            events.close()
            with suppress(InputError, InfraError):  # the store itself may have failed, which has its own error
                finish(round.store, run=round.run, attempt=attempt, stopped=stopped)
    run.folder.empty_temporary()


def wall_seconds(round: Round) -> float | None:
    """Seconds from preflight to report of the attempt that finished the round; None while it is unfinished.

    Raises:
        InputError: the mark is torn.
    """
    try:
        mark = round.store.get(done_key(round))
    except KeyError:
        return None
    try:
        return float(json.loads(mark)["wall_seconds"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"the mark that round {round.number} is done is torn",
            where=f"{round.store.url}/{done_key(round)}",
            fix="delete it and run the same command again: every stage finds what it stored",
        ) from error


def _copy_report(folder: OutFolder, round: Round) -> None:
    report = read(round, ReportResult)
    if report is None:
        raise InputError(f"round {round.number} has no report", where=round.store.url, fix="`symbiont report` makes it")
    path = folder.report(round.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = get_blob(round.store, report.page, "html")
    write_whole(path, data)
    write_whole(folder.report(), data)


def _summary(run: Run, summaries: list[RoundSummary]) -> Summary:
    champion = get_alias(run.recipe.promote.model_name, CHAMPION)
    return Summary(
        run=run.name,
        recipe=run.recipe.name,
        place=run.place.name,
        seed=run.seed,
        start={"student": summaries[0].student_start},
        rounds=tuple(summaries),
        wall_seconds=sum(summary.wall_seconds for summary in summaries),
        report=str(run.folder.report().relative_to(run.folder.root)),
        champion=champion.model_digest if champion else "",
    )


def describe_round(summary: RoundSummary) -> str:
    """One round in one line."""
    parts = [f"Round {summary.round}:"]
    split = main_split(summary.student.model_dump(exclude_none=True))
    before, after, chance, with_knowledge, without = (
        getattr(splits, split)
        for splits in (
            summary.student_start,
            summary.student,
            summary.random,
            summary.teacher,
            summary.teacher_without_knowledge,
        )
    )
    if before and after:
        beside = f" (at random {chance.success_rate:.0%})" if chance else ""
        parts.append(f"student {before.success_rate:.0%} -> {after.success_rate:.0%} on {SPLITS[split]}{beside},")
    if with_knowledge and without:
        parts.append(f"teacher {with_knowledge.success_rate:.0%} with knowledge, {without.success_rate:.0%} without;")
    if summary.audit and summary.promotion:
        parts.append(f"audit: {summary.audit.verdict}; promotion: {summary.promotion.decision}")
    return " ".join(parts)
