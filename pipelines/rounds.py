"""Does the rounds of a run, one after another, and writes what they came to; resumes where an earlier one stopped."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path

from components.errors import InputError
from components.files import write_whole
from components.place import Place
from components.preflight.code import code_digest
from components.registry import CHAMPION, get_alias
from components.results.place import read
from components.results.report import ReportResult
from components.tracking import track_run
from components.trajectories.episodes import get_blob
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round, done_key
from pipelines.compile import COMPILED
from pipelines.display import Display
from pipelines.local.process import execute_round
from pipelines.local.services import Services
from pipelines.outfolder import OutFolder
from pipelines.recipe import Recipe
from pipelines.summary import RoundSummary, Summary, round_summary, write_summary


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: a recipe at a place from a seed. The same three, and the same code, are the same run."""

    recipe: Recipe
    place: Place
    seed: int
    folder: OutFolder

    @property
    def name(self) -> str:
        """Another recipe or other code begins a run of its own, so that nothing old is mixed in."""
        return f"{self.recipe.name}-{self.seed}-{self.recipe.digest[:6]}{code_digest()[:6]}"

    @property
    def control(self) -> str:
        """Name of the same run with a random explorer in the student's place; empty where there is nothing to compare:
        this is that run, or the student does not explore."""
        explore = self.recipe.explore
        if explore.explorer == "random" or not explore.student_seeds:
            return ""
        explore = explore.model_copy(update={"explorer": "random"})
        return replace(self, recipe=self.recipe.model_copy(update={"explore": explore})).name

    def round(self, number: int) -> Round:
        work = Path(self.place.work) / self.name
        work.mkdir(parents=True, exist_ok=True)
        return Round(run=self.name, number=number, seed=self.seed, store=open_store(self.place.store), work=work)

    def arguments(self, round: Round) -> dict[str, object]:
        """The pipeline's arguments for one round."""
        place = self.place.model_copy(update={"work": str(round.work)})
        shards = [f"{shard}/{place.explorers}" for shard in range(place.explorers)]
        return {
            "run": self.name,
            "round": round.number,
            "seed": self.seed,
            "code": code_digest(),
            "place": place.model_dump_json(),
            "shards": shards,
            **self.recipe.arguments(place, control=self.control),
        }


def run_rounds(run: Run, *, rounds: int, services: Services, display: Display) -> Summary:
    """Does rounds 1 to `rounds`, skipping finished ones, and writes report and summary after each.

    Raises:
        InputError, InfraError: as the stages do; what is stored stays, and the same command goes on from there.
    """
    done: list[RoundSummary] = []
    for number in range(1, rounds + 1):
        round = run.round(number)
        finished = wall_seconds(round)
        if finished is None:
            finished = _do_round(run, round, rounds=rounds, services=services, display=display)
        else:
            display.say(f"Round {number} of {rounds}: already done")
        services.wait_for_mlflow()  # a finished round did not, and the registry is asked for the champion
        done.append(round_summary(round, wall_seconds=finished))
        _copy_report(run.folder, round)
        summary = _summary(run, done)
        write_summary(run.folder.summary, summary)
        with track_run(run.name) as tracked:
            tracked.file(run.folder.summary.name, run.folder.summary.read_bytes())
        display.say(describe_round(done[-1]))
    return summary


def _do_round(run: Run, round: Round, *, rounds: int, services: Services, display: Display) -> float:
    started = time.monotonic()
    services.wait_for_mlflow()
    run.folder.empty_temporary()
    events = execute_round(
        pipeline=COMPILED,
        arguments=run.arguments(round),
        work=round.work,
        log=run.folder.logs / f"round-{round.number:03d}.log",
        temporary=run.folder.temporary,
        check=services.check,
    )
    with display.round(f"Round {round.number} of {rounds}"):
        try:
            for event in events:
                display.show(event)
        finally:
            events.close()
    run.folder.empty_temporary()
    seconds = time.monotonic() - started
    round.store.put_new(done_key(round), json.dumps({"wall_seconds": seconds}).encode())
    return seconds


def wall_seconds(round: Round) -> float | None:
    """Seconds of the command that finished the round; None while it is unfinished.

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


def _summary(run: Run, done: list[RoundSummary]) -> Summary:
    champion = get_alias(run.recipe.promote.model_name, CHAMPION)
    return Summary(
        run=run.name,
        recipe=run.recipe.name,
        place=run.place.name,
        seed=run.seed,
        start={"student": done[0].student_start},
        rounds=tuple(done),
        wall_seconds=sum(each.wall_seconds for each in done),
        report=str(run.folder.report().relative_to(run.folder.root)),
        champion=champion.model_digest if champion else "",
    )


def describe_round(done: RoundSummary) -> str:
    """One round in one line."""
    parts = [f"Round {done.round}:"]
    before, after = done.student_start.heldout_seeds, done.student.heldout_seeds
    chance = done.random.heldout_seeds
    if before and after:
        beside = f" (at random {chance.success_rate:.0%})" if chance else ""
        parts.append(f"student {before.success_rate:.0%} -> {after.success_rate:.0%} on held-out seeds{beside},")
    with_knowledge, without = done.teacher.heldout_seeds, done.teacher_without_knowledge.heldout_seeds
    if with_knowledge and without:
        parts.append(f"teacher {with_knowledge.success_rate:.0%} with knowledge, {without.success_rate:.0%} without;")
    if done.audit and done.promotion:
        parts.append(f"audit: {done.audit.verdict}; promotion: {done.promotion.decision}")
    return " ".join(parts)
