"""The benchmark: every method judges every pair of teacher and suspect in zoos whose descent is known.

Each zoo is a process of its own. Everything that takes long is cached by digest: members, shadows, readings.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from components.detect.benchmark.baselines import Answers, Identity, Idiosyncrasies, NextToken, States
from components.detect.benchmark.figure import figure
from components.detect.benchmark.methods import Method, OwnRouting, Reading, ShadowDistances, Shadows, Zoo, label
from components.detect.benchmark.scenarios import PLAIN, SCENARIOS, Scenario, relation
from components.detect.benchmark.score import Judgement, table
from components.detect.config import ShadowConfig, TestConfig
from components.detect.probes import domains_of
from components.detect.result import Verdict
from components.detect.shadow import AGAIN, Block, Shadow, shadow_block
from components.detect.verdict import advantage, judge
from components.detect.zoo.births import ZooConfig
from components.detect.zoo.build import build

SHADOW = ShadowConfig(
    vocabulary=900,
    hidden=64,
    experts=32,
    top_k=2,
    prompt_tokens=16,
    response_tokens=40,
    common_steps=200,
    steps=120,
    rate=3e-3,
    batch=32,
)
READING_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one zoo gives: judgements, and seconds of this run's CPU by (scenario, method)."""

    judgements: list[Judgement]
    seconds: dict[tuple[str, str], float]


def measure(config: ZooConfig, *, cache: Path, shadows: int, scenarios: Sequence[Scenario] = SCENARIOS) -> Measured:
    """Builds one zoo and lets every method judge it in every scenario.

    Args:
        shadows: trainings of every voice's shadow, with other initial weights.
    """
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"[zoo {config.seed}, {time.monotonic() - began:.0f} s] {what}", flush=True)

    probes, members = build(config, cache=cache / "zoo", on_progress=lambda name: say(f"{name} is ready"))
    zoo = Zoo(probes=probes, members={member.name: member for member in members})
    found: list[Judgement] = []
    seconds: dict[tuple[str, str], float] = {}
    for method in methods(zoo, cache=cache, config=config, shadows=shadows, scenarios=scenarios):
        for scenario in scenarios:
            if scenario.inside in method.inside:
                start = time.process_time()
                judged = list(judgements(method, scenario, config=config))
                found += judged
                seconds[scenario.name, method.name] = time.process_time() - start
        say(f"{method.name} has judged")
    return Measured(judgements=found, seconds=seconds)


def methods(
    zoo: Zoo, *, cache: Path, config: ZooConfig, shadows: int, scenarios: Sequence[Scenario]
) -> Iterator[Method]:
    trained = [
        shadowed(
            zoo,
            seed=1000 * config.seed + 2 * number,
            scenarios=scenarios,
            config=SHADOW.model_copy(update={"steps": config.paced(SHADOW.steps)}),
            work=cache / "shadows",
        )
        for number in range(shadows)
    ]
    yield Shadows(zoo, trained)
    for kind in ("specialization", "collaboration", "nearest_js"):
        yield ShadowDistances(zoo, trained, kind=kind)
    yield Reading(zoo, steps=0, work=cache / "readings")
    yield Reading(zoo, steps=config.paced(READING_STEPS), work=cache / "readings")
    yield OwnRouting(zoo)
    yield Answers(zoo)
    yield Identity(zoo)
    yield Idiosyncrasies(zoo)
    yield NextToken(zoo)
    yield States(zoo)


def shadowed(
    zoo: Zoo, *, seed: int, scenarios: Sequence[Scenario], config: ShadowConfig, work: Path
) -> Mapping[str, Shadow]:
    """Every voice's shadow, trained from one set of initial weights. Nobody's descent is told."""
    voices = {(name, PLAIN) for name in (*zoo.references, *zoo.controls)}
    for scenario in scenarios:
        voices |= {(suspect.name, scenario.condition) for _, suspect in scenario.pairs(list(zoo.members.values()))}
    names = domains_of(zoo.probes)
    block = Block(
        seed=seed,
        prompts=[one.prompt for one in zoo.probes],
        domains=[names.index(one.domain) for one in zoo.probes],
        names=names,
        groups=[0] * len(zoo.probes),
        responses={label(voice): zoo.said(voice) for voice in sorted(voices)},
        references=tuple(zoo.references),
    )

    def say(done: int, total: int) -> None:
        if done % 20 == 0:
            print(f"[shadows {seed}] {done} of {total}", flush=True)

    return shadow_block(block, config=config, work=work, on_progress=say)


def judgements(method: Method, scenario: Scenario, *, config: ZooConfig) -> Iterator[Judgement]:
    """One scenario as one method sees it. Methods that know their own noise are put to the test of a real audit."""
    for teacher, suspect in scenario.pairs(list(method.zoo.members.values())):
        controls = method.controls(suspect.name)
        alike = method.likenesses(teacher.name, (suspect.name, scenario.condition))
        verdict: Verdict | None = None
        if method.repeats:
            again = teacher.name + AGAIN
            judged = judge(
                alike, teacher=teacher.name, again=again, suspect=suspect.name, controls=controls, config=TestConfig()
            )
            score, verdict = 1 - judged.ratio.mean, judged.verdict
        else:
            score = float(advantage(alike, teacher=teacher.name, suspect=suspect.name, controls=controls).mean())
        yield Judgement(
            scenario=scenario.name,
            method=method.name,
            seed=config.seed,
            family=teacher.family,
            relation=relation(teacher, suspect),
            score=score,
            verdict=verdict,
        )


def benchmark(zoos: Sequence[ZooConfig], *, cache: Path, shadows: int, workers: int) -> list[dict[str, object]]:
    """The table's rows over all zoos."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(workers, len(zoos)), mp_context=context) as pool:
        measured = list(pool.map(partial(measure, cache=cache, shadows=shadows), zoos))
    found = [one for each in measured for one in each.judgements]
    found += [replace(one, scenario="evasion, all kinds") for one in found if one.scenario.startswith("evasion: ")]

    def seconds(scenario: str, method: str) -> float:
        return sum(each.seconds.get((scenario, method), 0.0) for each in measured)

    return table(found, seconds=seconds)


def main(
    out: Annotated[Path, typer.Option(help="Folder for results.json; zoo and shadows are cached in it.")],
    seed_base: Annotated[int, typer.Option(help="First zoo's seed.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Number of zoos.")] = 3,
    domains: Annotated[int, typer.Option(help="Domains of the questions.")] = 6,
    experts: Annotated[int, typer.Option(help="Experts of the first family's models; the second has half more.")] = 8,
    shadows: Annotated[int, typer.Option(min=1, help="Trainings of every shadow.")] = 1,
    small: Annotated[bool, typer.Option(help="Two families and answers only: 24 pairs a zoo, minutes.")] = False,
    shuffled: Annotated[bool, typer.Option(help="Students learn from random teachers: must score at chance.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes, one zoo each.")] = 2,
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
    (out / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    (out / "results.svg").write_text(figure(rows))
    for row in rows:
        typer.echo(line(row))
    typer.echo(
        f"{time.monotonic() - began:.0f} s, {peak_memory():.0f} MiB in the largest process; see {out}/results.json"
    )


def line(row: Mapping[str, Any]) -> str:
    """A row of the table for a terminal."""
    low, high = row["accuracy_interval"]
    rates = (row["false_accusation_rate_easy"], row["false_accusation_rate_siblings"])
    easy, siblings = ("-" if rate is None else f"{rate:.1%}" for rate in rates)
    return (
        f"{row['scenario']:30s} {row['method']:31s} {row['pairs']:5d} pairs  accuracy {row['accuracy']:6.1%} "
        f"({low:.1%} to {high:.1%})  AUC {row['auc']:.3f}  accused: easy {easy}, siblings {siblings}"
    )


def peak_memory() -> float:
    """MiB of the largest process so far, this one or a child."""
    return (
        max(float(resource.getrusage(who).ru_maxrss) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    )
