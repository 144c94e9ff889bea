"""The benchmark: every method judges every pair of teacher and suspect in zoos whose descent is known.

Zoos, trainings and judging are spread over processes. Everything that takes long is cached by digest: members, shadows,
readings.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

from bench.detection.baselines import Answers, Identity, Idiosyncrasies, NextToken, States
from bench.detection.cost import Cost, metered
from bench.detection.figure import figure
from bench.detection.methods import (
    DISTANCES,
    Method,
    OwnRouting,
    Reading,
    ShadowDistances,
    Shadows,
    Zoo,
    label,
)
from bench.detection.scenarios import PLAIN, SCENARIOS, Scenario, relation
from bench.detection.score import Judgement, table
from bench.detection.zoo.births import ZooConfig
from bench.detection.zoo.build import build
from components.files import write_whole
from components.signatures.config import ShadowConfig
from components.signatures.measurement import Measurement
from components.signatures.reading import Reading as ShadowReading
from components.signatures.shadow import Block, shadow_block
from components.verdicts.finding import Verdict
from components.verdicts.verdict import advantage, judge

SHARED = ShadowConfig(
    vocabulary=900, hidden=64, experts=32, top_k=2, prompt_tokens=16, response_tokens=40, common_steps=100, steps=0
)
"""One shadow that learns from everybody and reads everybody."""
UNTRAINED = SHARED.model_copy(update={"common_steps": 0})
"""The same before it has learnt anything."""
OWN = SHARED.model_copy(update={"common_steps": 200, "steps": 120})
"""A shadow for each voice, the nearest to the authors' method."""
READING_STEPS = 20
Kind = Literal["untrained", "shared", "own"]
Group = Kind | Literal["inside", "answers"]
GROUPS: tuple[Group, ...] = (*get_args(Kind), "inside", "answers")
"""Methods that judge in one process: those by one kind of shadow, those that look inside models, the baselines."""
EVASION, EVERY_EVASION = "evasion: ", "evasion, all kinds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a group of methods finds in one zoo: judgements, and what they cost this run, by (scenario, method)."""

    judgements: list[Judgement]
    costs: dict[tuple[str, str], Cost]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One training of every voice's shadow in one zoo; `kind` begins the names of the methods that use it."""

    kind: Kind
    settings: ShadowConfig
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is measured on all zoos.

    Attributes:
        shadows: trainings of the shared shadow, and untrained ones, each from other initial weights.
    """

    cache: Path
    shadows: int
    scenarios: Sequence[Scenario] = SCENARIOS

    def build(self, config: ZooConfig) -> None:
        """Makes a zoo's members."""
        say = _Said(config)
        build(config, cache=self.cache / "zoo", on_progress=lambda name: say(f"{name} is ready"))

    def trainings(self, config: ZooConfig) -> list[Training]:
        """Shadows of one zoo, those that take longest first."""
        own_training = OWN.model_copy(update={"steps": config.paced(OWN.steps)})
        seeds = [1000 * config.seed + 2 * number for number in range(self.shadows)]
        return [
            Training(kind="own", settings=own_training, seed=seeds[0]),
            *(Training(kind="shared", settings=SHARED, seed=seed) for seed in seeds),
            *(Training(kind="untrained", settings=UNTRAINED, seed=seed) for seed in seeds),
        ]

    def train(self, config: ZooConfig, training: Training) -> Cost:
        """Makes the shadows of one training."""
        zoo, say = self._zoo(config), _Said(config)
        with metered() as cost:
            self._shadowed(zoo, training)
        say(f"{training.kind} shadows of seed {training.seed} are ready")
        return cost

    def measure(self, config: ZooConfig, group: Group) -> Judged:
        """Lets a group of methods judge one zoo in every scenario."""
        zoo, say = self._zoo(config), _Said(config)
        results: list[Judgement] = []
        costs: dict[tuple[str, str], Cost] = {}
        for method in self._methods(zoo, config, group):
            for scenario in self.scenarios:
                if scenario.inside in method.inside:
                    with metered() as cost:
                        results += judgements(method, scenario, config=config)
                    costs[scenario.name, method.name] = cost
            say(f"{method.name} has judged")
        return Judged(judgements=results, costs=costs)

    def _methods(self, zoo: Zoo, config: ZooConfig, group: Group) -> Iterator[Method]:
        if group == "inside":
            yield Reading(zoo, steps=0, work=self.cache / "readings")
            yield Reading(zoo, steps=config.paced(READING_STEPS), work=self.cache / "readings")
            yield OwnRouting(zoo)
        elif group == "answers":
            yield from (method(zoo) for method in (Answers, Identity, Idiosyncrasies, NextToken, States))
        else:
            shadows = [self._shadowed(zoo, training) for training in self.trainings(config) if training.kind == group]
            yield Shadows(zoo, shadows, name=f"{group} shadow profiles")
            if group == "own":
                yield from (ShadowDistances(zoo, shadows, kind=distance) for distance in DISTANCES)

    def _zoo(self, config: ZooConfig) -> Zoo:
        return _loaded(config, self.cache / "zoo")

    def _shadowed(self, zoo: Zoo, training: Training) -> Measurement[ShadowReading]:
        """Every voice's shadow of one training, without any information on descent."""
        voices = {(name, PLAIN) for name in (*zoo.teachers, *zoo.controls)}
        for scenario in self.scenarios:
            voices |= {(suspect.name, scenario.condition) for _, suspect in scenario.pairs(list(zoo.members.values()))}
        block = Block(
            seed=training.seed,
            prompts=zoo.probes.prompts,
            domains=zoo.probes.domain_of,
            names=zoo.probes.domains,
            replicates=[0] * len(zoo.probes),
            responses={label(voice): zoo.said(voice) for voice in sorted(voices)},
            teachers=tuple(zoo.teachers),
        )
        return shadow_block(block, config=training.settings, work=self.cache / "shadows")


@lru_cache(maxsize=1)
def _loaded(config: ZooConfig, cache: Path) -> Zoo:
    """Cached, because a process often works on one zoo several times in a row."""
    probes, members = build(config, cache=cache)
    return Zoo(probes=probes, members={member.name: member for member in members})


class _Said:
    """Prints the progress of one zoo."""

    def __init__(self, config: ZooConfig) -> None:
        self.seed, self.began = config.seed, time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[zoo {self.seed}, {time.monotonic() - self.began:.0f} s] {text}", flush=True)


def judgements(method: Method, scenario: Scenario, *, config: ZooConfig) -> Iterator[Judgement]:
    """One scenario judged by one method. Methods that know their own noise also make the test of a real audit."""
    for teacher, suspect in scenario.pairs(list(method.zoo.members.values())):
        controls = method.controls(suspect.name)
        alike = method.likenesses(teacher.name, (suspect.name, scenario.condition))
        verdict: Verdict | None = None
        if method.repeats:
            judgement = judge(alike, teacher=teacher.name, suspect=suspect.name, controls=controls, config=method.test)
            score, verdict = 1 - judgement.distance.mean, judgement.verdict
        else:
            score = float(advantage(alike, teacher=teacher.name, suspect=suspect.name, controls=controls).mean())
        yield Judgement(
            scenario=scenario.name,
            method=method.name,
            seed=config.seed,
            family=teacher.family,
            suspect=suspect.name,
            relation=relation(teacher, suspect),
            score=score,
            verdict=verdict,
        )


def benchmark(zoos: Sequence[ZooConfig], *, cache: Path, shadows: int, workers: int) -> list[dict[str, object]]:
    """The table's rows over all zoos, each with what it cost this run.

    `seconds` are of judging the scenario; `training_seconds` of the method's shadows, which serve all scenarios.
    """
    run = Benchmark(cache=cache, shadows=shadows)
    with ProcessPoolExecutor(
        max_workers=workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    ) as pool:
        building = {pool.submit(run.build, zoo): zoo for zoo in zoos}
        training: list[tuple[Kind, Future[Cost]]] = []
        for built in as_completed(building):
            built.result()
            zoo = building[built]
            training += [(lesson.kind, pool.submit(run.train, zoo, lesson)) for lesson in run.trainings(zoo)]
        trained = [(kind, future.result()) for kind, future in training]
        judging = [pool.submit(run.measure, zoo, group) for zoo, group in product(zoos, GROUPS)]
        measured = [future.result() for future in judging]
    judgements = [judgement for measurement in measured for judgement in measurement.judgements]
    judgements += [
        replace(judgement, scenario=EVERY_EVASION) for judgement in judgements if judgement.scenario.startswith(EVASION)
    ]
    costs: dict[tuple[str, str], Cost] = {}
    for (scenario, method), cost in (pair for measurement in measured for pair in measurement.costs.items()):
        for name in (scenario, EVERY_EVASION) if scenario.startswith(EVASION) else (scenario,):
            costs[name, method] = costs.get((name, method), Cost()) + cost

    def priced(row: dict[str, object]) -> dict[str, object]:
        scenario, method = str(row["scenario"]), str(row["method"])
        judging = costs[scenario, method]
        shadows = sum((cost for kind, cost in trained if method.startswith(f"{kind} shadow")), Cost())
        mib = (judging + shadows).mib
        return row | {"seconds": judging.seconds, "training_seconds": shadows.seconds, "mib": mib}

    return [priced(row) for row in table(judgements)]


def _end_with_parent() -> None:
    """Ends a worker when the benchmark is killed; otherwise it would go on for hours."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(
    out: Annotated[Path, typer.Option(help="Folder for results.json; zoo and shadows are cached in it.")] = Path(
        "out/bench-detection"
    ),
    seed_base: Annotated[int, typer.Option(help="First zoo's seed.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Number of zoos.")] = 3,
    domains: Annotated[int, typer.Option(help="Domains of the questions.")] = 6,
    experts: Annotated[int, typer.Option(help="Experts of the first family's models; the second has half more.")] = 8,
    shadows: Annotated[int, typer.Option(min=1, help="Trainings of the shared shadow, and of the untrained one.")] = 4,
    small: Annotated[bool, typer.Option(help="Two families and answers only: 24 pairs a zoo, minutes.")] = False,
    shuffled: Annotated[bool, typer.Option(help="Students learn from random teachers: must score at chance.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Measures detection on zoos of models made from scratch, whose descent is known."""
    kind = ZooConfig.small if small else ZooConfig
    zoos = [
        kind(seed=seed, domains=domains, experts=experts, shuffled=shuffled)
        for seed in range(seed_base, seed_base + seeds)
    ]
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    rows = benchmark(zoos, cache=out / "cache", shadows=shadows, workers=workers)
    write_whole(out / "results.json", json.dumps(rows, indent=1) + "\n")
    write_whole(out / "results.svg", figure(rows))
    for row in rows:
        typer.echo(line(row))
    typer.echo(f"{time.monotonic() - began:.0f} s; see {out}/results.json")


def line(row: Mapping[str, Any]) -> str:
    """A row of the table for a terminal."""
    low, high = row["accuracy_interval"]
    rates = (row["false_accusation_rate_easy"], row["false_accusation_rate_siblings"])
    easy, siblings = ("-" if rate is None else f"{rate:.1%}" for rate in rates)
    return (
        f"{row['scenario']:30s} {row['method']:31s} {row['pairs']:5d} pairs  accuracy {row['accuracy']:6.1%} "
        f"({low:.1%} to {high:.1%})  AUC {row['auc']:.3f}  accused: easy {easy}, siblings {siblings}"
    )
