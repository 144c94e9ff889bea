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
from pathlib import Path
from typing import Annotated

import typer

from components.detect.benchmark.baselines import Answers, Identity, Idiosyncrasies, NextToken, States
from components.detect.benchmark.methods import Method, OwnRouting, Reading, ShadowDistances, Shadows, Zoo, label
from components.detect.benchmark.scenarios import PLAIN, SCENARIOS, Scenario, relation
from components.detect.benchmark.score import Judgement, table
from components.detect.config import ShadowConfig
from components.detect.probes import domains_of
from components.detect.shadow import AGAIN, Block, Shadow, shadow_block
from components.detect.verdict import advantage
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
    steps=60,
    rate=3e-3,
    batch=32,
)
READING_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one zoo gives: judgements, and seconds of this run's CPU by (scenario, method)."""

    judgements: list[Judgement]
    seconds: dict[tuple[str, str], float]
    memory_mib: float


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
    return Measured(
        judgements=found,
        seconds=seconds,
        memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def methods(
    zoo: Zoo, *, cache: Path, config: ZooConfig, shadows: int, scenarios: Sequence[Scenario]
) -> Iterator[Method]:
    trained = [
        shadowed(zoo, seed=1000 * config.seed + 2 * number, scenarios=scenarios, work=cache / "shadows")
        for number in range(shadows)
    ]
    yield Shadows(zoo, trained)
    for kind in ("specialization", "collaboration", "nearest_js"):
        yield ShadowDistances(zoo, trained, kind=kind)
    yield Reading(zoo, steps=0, work=cache / "readings")
    yield Reading(zoo, steps=READING_STEPS, work=cache / "readings")
    yield OwnRouting(zoo)
    yield Answers(zoo)
    yield Identity(zoo)
    yield Idiosyncrasies(zoo)
    yield NextToken(zoo)
    yield States(zoo)


def shadowed(zoo: Zoo, *, seed: int, scenarios: Sequence[Scenario], work: Path) -> Mapping[str, Shadow]:
    """Every voice's shadow, trained from one set of initial weights. Nobody's descent is told."""
    voices = {(name, PLAIN) for name in (*zoo.references, *zoo.controls)}
    for scenario in scenarios:
        voices |= {(suspect.name, scenario.condition) for _, suspect in scenario.pairs(list(zoo.members.values()))}
    names = domains_of(zoo.probes)
    block = Block(
        index=0,
        seed=seed,
        prompts=[one.prompt for one in zoo.probes],
        domains=[names.index(one.domain) for one in zoo.probes],
        names=names,
        responses={label(voice): zoo.said(voice) for voice in sorted(voices)},
        references=tuple(zoo.references),
    )

    def say(done: int, total: int) -> None:
        if done % 20 == 0:
            print(f"[shadows {seed}] {done} of {total}", flush=True)

    return shadow_block(block, config=SHADOW, work=work, on_progress=say)


def judgements(method: Method, scenario: Scenario, *, config: ZooConfig) -> Iterator[Judgement]:
    """One scenario as one method sees it."""
    for teacher, suspect in scenario.pairs(list(method.zoo.members.values())):
        controls = method.controls(suspect.name)
        alike = method.likenesses(teacher.name, (suspect.name, scenario.condition))
        own = float(advantage(alike, teacher=teacher.name, suspect=suspect.name, controls=controls).mean())
        if method.repeats:
            again = advantage(alike, teacher=teacher.name, suspect=teacher.name + AGAIN, controls=controls)
            own /= float(again.mean())
        yield Judgement(
            scenario=scenario.name,
            method=method.name,
            seed=config.seed,
            family=teacher.family,
            relation=relation(teacher, suspect),
            score=own,
            verdict=None,
        )


def benchmark(
    zoos: Sequence[ZooConfig], *, cache: Path, shadows: int, workers: int
) -> tuple[list[dict[str, object]], list[Measured]]:
    """The table's rows over all zoos, and what each zoo gave."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        waiting = [pool.submit(measure, config, cache=cache, shadows=shadows) for config in zoos]
        measured = [one.result() for one in waiting]
    found = [one for each in measured for one in each.judgements]
    evading = [one for one in found if one.scenario.startswith("evasion: ")]
    found += [replace(one, scenario="evasion, all kinds") for one in evading]

    def seconds(scenario: str, method: str) -> float:
        return sum(each.seconds.get((scenario, method), 0.0) for each in measured)

    return table(found, seconds=seconds), measured


def main(
    out: Annotated[Path, typer.Option(help="Folder for results.json; zoo and shadows are cached in it.")],
    seed_base: Annotated[int, typer.Option(help="First zoo's seed.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Number of zoos.")] = 3,
    domains: Annotated[int, typer.Option(help="Domains of the questions.")] = 6,
    experts: Annotated[int, typer.Option(help="Experts of the first family's models; the second has half more.")] = 8,
    shadows: Annotated[int, typer.Option(min=1, help="Trainings of every shadow.")] = 2,
    small: Annotated[bool, typer.Option(help="Two families and answers only: 24 pairs a zoo, minutes.")] = False,
    shuffled: Annotated[bool, typer.Option(help="Students learn from random teachers: must score at chance.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes, one zoo each.")] = 2,
) -> None:
    """Measures detection on zoos of models made from scratch, whose descent is known."""
    size = {"families": 2, "independents": 4, "variety": False} if small else {}
    zoos = [
        ZooConfig(seed=seed, domains=domains, experts=experts, shuffled=shuffled, **size)
        for seed in range(seed_base, seed_base + seeds)
    ]
    began = time.monotonic()
    rows, measured = benchmark(zoos, cache=out / "cache", shadows=shadows, workers=workers)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    for row in rows:
        typer.echo(
            f"{row['scenario']:36s} {row['method']:32s} {row['pairs']:5d} accuracy {row['accuracy']:.3f} auc {row['auc']:.3f} easy {row['false_accusation_rate_easy']} siblings {row['false_accusation_rate_siblings']}"
        )
    typer.echo(f"{time.monotonic() - began:.0f} s")
