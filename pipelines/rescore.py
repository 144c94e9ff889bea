"""`symbiont rescore`: judges stored episodes again, and lists the consequences of changed verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from components.episodes.rescore import Rejudged, Rescorer
from components.errors import InputError
from components.promote.config import PromoteConfig
from components.promote.decision import decide
from components.promote.evidence import Evidence
from components.results.episodes import rows_of
from components.results.evaluate import EvaluateResult
from components.results.place import read
from components.results.promote import PromoteResult
from components.statistics import compare_paired
from components.trajectories.manifest import find_manifest
from components.trajectories.phases import EXPLORE, Role
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome
from components.trajectories.store import Store
from components.trajectories.tables import read_table
from components.verdicts.policy import check_policy
from pipelines.commands import store_of

ROUND = re.compile(r"runs/([^/]+)/round-(\d+)/")
Flips = Mapping[str, Outcome]
"""Today's outcome of each episode whose verdict flips, by its key."""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """The result of judging again.

    Attributes:
        judged: number of episodes.
        silent: by benchmark, how many have too little stored to be judged again.
        flips: a line for each verdict that flips.
        follows: lines on success rates, training examples and promotions that would change.
        written: number of verdicts that replaced stored ones.
    """

    judged: int
    silent: Mapping[str, int]
    flips: tuple[str, ...]
    follows: tuple[str, ...]
    written: int


def rescore_command(*, run: str, place: str, out: Path, write: bool) -> Rescored:
    """Judges every stored episode of a run, or of all, again.

    Args:
        write: store the verdicts that flip; else nothing is changed.

    Raises:
        InputError: no such run; or an episode is broken.
    """
    with store_of(place, out=out) as (_, store):
        prefix = f"runs/{run}/" if run else "runs/"
        keys = [key for key in store.list(prefix) if "/episodes/" in key or "/errors/" in key]
        if run and not keys:
            raise InputError(f"no episode of run {run} is stored", where=store.url, fix="`symbiont runs` lists them")
        rescorer, count, flipped = Rescorer(store), 0, list[Rejudged]()
        for rejudged in rescorer.judge(keys):
            count += 1
            if rejudged.flips:
                flipped.append(rejudged)
        flips = {episode.episode.key: episode.evaluation.outcome for episode in flipped}
        rounds = _rounds(store, work=out / "work") if flips else ()
        return Rescored(
            judged=count,
            silent=rescorer.silent,
            flips=tuple(map(str, flipped)),
            follows=tuple(line for round in rounds for line in _follows(round, flips)),
            written=sum(map(rescorer.write, flipped)) if write else 0,
        )


def _rounds(store: Store, *, work: Path) -> Iterator[Round]:
    """Every round of the store, since a round may use results of another run."""
    names = {(name[1], int(name[2])) for key in store.list("runs/") if (name := ROUND.match(key))}
    return (Round(run=run, number=number, seed=0, store=store, work=work) for run, number in sorted(names))


def _follows(round: Round, flips: Flips) -> Iterator[str]:
    name = f"{round.run}, round {round.number}"
    for role in get_args(Role):
        if (evaluation := read(round, EvaluateResult, of=role)) is not None:
            yield from (f"{name}: {line}" for line in _rates(round, evaluation, flips))
    if rows := _rows(round, flips):
        yield f"{name}: {rows} training examples are of episodes that are no longer solved"
    if learnt := _new(round, flips):
        yield f"{name}: {learnt} explored episodes are solved now, and were not learnt from as such"
    yield from (f"{name}: {line}" for line in _promotion(round, flips))


def _rates(round: Round, evaluation: EvaluateResult, flips: Flips) -> Iterator[str]:
    columns = ["episode_key", "split", "outcome"]
    rows = rows_of(round.store, evaluation, columns=columns)
    for split in evaluation.splits:
        split_rows = [row for row in rows if row["split"] == split]
        before = Counter(Outcome(row["outcome"]) for row in split_rows)
        after = Counter(flips.get(row["episode_key"], Outcome(row["outcome"])) for row in split_rows)
        if before != after:
            yield f"{evaluation.role} solves {_solved(after)} of {split}, not {_solved(before)}"


def _solved(outcomes: Counter[Outcome]) -> str:
    return f"{outcomes[Outcome.SOLVED]} of {sum(count for outcome, count in outcomes.items() if outcome.counts)}"


def _rows(round: Round, flips: Flips) -> int:
    try:
        keys = read_table(round.store, f"{round.prefix}/tables/examples.parquet", columns=["episode_key"])
    except KeyError:
        return 0  # nothing was synthesized
    return sum(flips.get(key, Outcome.SOLVED) is not Outcome.SOLVED for key in keys["episode_key"].to_pylist())


def _new(round: Round, flips: Flips) -> int:
    explored = f"{round.prefix}/episodes/{EXPLORE}"
    return sum(key.startswith(explored) and outcome is Outcome.SOLVED for key, outcome in flips.items())


def _promotion(round: Round, flips: Flips) -> Iterator[str]:
    """How the round's promotion would be decided today, where that is another decision."""
    stood, manifest = read(round, PromoteResult), find_manifest(round)
    if stood is None or manifest is None:
        return
    config = PromoteConfig.model_validate(manifest.settings.get("promote", {}))
    evidence = Evidence.read(round, config=config, verdict=stood.verdict, flipped=flips)
    paired = compare_paired(evidence.by_task(), alpha=config.alpha, power=config.power, seed=manifest.seed)
    compliance = check_policy(config.policy, evidence.verdicts()) if config.policy else None
    decided = decide(paired, verdict=evidence.verdict, config=config, compliance=compliance)
    if stood.challenger != stood.champion and decided.decision != stood.decision:
        yield f"the promotion would be {decided.decision}, not {stood.decision}: {decided.because}"
