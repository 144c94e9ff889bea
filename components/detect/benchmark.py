"""The benchmark of detection: every method judges every (teacher, suspect) pair of zoos whose descent is known.

Run as `python -m components.detect.benchmark --out FOLDER`. A method sees probes, answers and routing, never who was
made from whom; labels meet its distances only in `score`. Thresholds come from other families, and from other seeds
where there are several, than those they are judged on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import typer

from components.detect.config import ShadowConfig, TestConfig
from components.detect.distances import specialization_distance
from components.detect.probes import Probe, domains_of, replicates_of
from components.detect.result import Verdict
from components.detect.shadow import AGAIN, Block, shadow_block
from components.detect.signatures import signature
from components.detect.similarity import trigram_cosine
from components.detect.verdict import judge
from components.detect.white_box import by_group
from components.detect.zoo import Member, ZooConfig, build
from components.statistics import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Relation = Literal["own", "sibling", "easy"]
DETECTION = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One method's distances in one zoo: by teacher, then by source, [replicates]; and each teacher's noise floor."""

    method: str
    scenario: str
    distances: Mapping[str, Mapping[str, Floats]]
    floors: Mapping[str, Floats]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One pair as one method sees it, and what it is in truth. A low `score` says distilled."""

    fold: str
    relation: Relation
    score: float
    verdict: Verdict


def shadows(members: Sequence[Member], probes: Sequence[Probe], *, config: ZooConfig, work: Path) -> Measured:
    """Black box: everybody's answers are shadowed, teachers' and suspects' alike."""
    began = time.process_time()
    teachers = _references(members)
    names = domains_of(probes)
    groups = replicates_of(probes, count=config.replicates)
    found: dict[str, dict[str, list[float]]] = {teacher: {} for teacher in teachers}
    for number in range(config.replicates):
        rows = [row for row, group in enumerate(groups) if group == number]
        block = Block(
            index=number,
            seed=1000 * config.seed + 2 * number,
            prompts=[probes[row].prompt for row in rows],
            domains=[names.index(probes[row].domain) for row in rows],
            names=names,
            responses={member.name: [member.answers[row] for row in rows] for member in members},
            references=teachers,
        )
        recordings = shadow_block(block, config=ShadowConfig(prompt_tokens=20), work=work)
        signatures = {name: signature(recording, evidence="mass") for name, recording in recordings.items()}
        for teacher in teachers:
            for name, one in signatures.items():
                found[teacher].setdefault(name, []).append(specialization_distance(signatures[teacher], one))
    distances = {teacher: {name: np.array(values) for name, values in row.items()} for teacher, row in found.items()}
    floors = {teacher: row[teacher + AGAIN] for teacher, row in distances.items()}
    return Measured(
        method="shadow signatures",
        scenario="black-box",
        distances=distances,
        floors=floors,
        seconds=time.process_time() - began,
    )


def routing(members: Sequence[Member]) -> Measured:
    """White box: the models' own routing over their own answers."""
    began = time.process_time()
    signatures = {member.name: by_group(member.routing) for member in members}

    def apart(a: str, b: str, *, shift: int = 0) -> Floats:
        groups = len(signatures[a])
        return np.array(
            [specialization_distance(signatures[a][g], signatures[b][(g + shift) % groups]) for g in range(groups)]
        )

    teachers = _references(members)
    return Measured(
        method="routing signatures",
        scenario="white-box",
        distances={teacher: {member.name: apart(teacher, member.name) for member in members} for teacher in teachers},
        floors={teacher: apart(teacher, teacher, shift=1) for teacher in teachers},
        seconds=time.process_time() - began,
    )


def likeness(members: Sequence[Member], probes: Sequence[Probe], *, config: ZooConfig) -> Measured:
    """Baseline: one minus the similarity of answers, replicate by replicate. It has no noise of its own."""
    began = time.process_time()
    groups = np.array(replicates_of(probes, count=config.replicates))
    said = {member.name: member.answers for member in members}

    def apart(a: str, b: str) -> Floats:
        each = np.array([1 - trigram_cosine(x, y) for x, y in zip(said[a], said[b], strict=True)])
        return np.array([each[groups == number].mean() for number in range(config.replicates)])

    teachers = _references(members)
    return Measured(
        method="response similarity",
        scenario="black-box",
        distances={teacher: {name: apart(teacher, name) for name in said} for teacher in teachers},
        floors={teacher: np.zeros(config.replicates) for teacher in teachers},
        seconds=time.process_time() - began,
    )


def _references(members: Sequence[Member]) -> tuple[str, ...]:
    """The teachers that suspects are held against: each family's first; the second is there for its students."""
    return tuple(member.name for member in members if member.kind == "teacher" and member.name.endswith("a"))


def judgements(measured: Measured, members: Sequence[Member], *, zoo: str, test: TestConfig) -> list[Judgement]:
    """Every pair of a teacher and a suspect, judged against the independents (without the suspect, if it is one)."""
    independents = [member.name for member in members if member.kind == "ground_truth"]
    found = []
    for teacher, distances in measured.distances.items():
        for suspect in members:
            if suspect.kind == "teacher":
                continue
            controls = [name for name in independents if name != suspect.name]
            one = judge(distances, suspect=suspect.name, controls=controls, floor=measured.floors[teacher], config=test)
            found.append(
                Judgement(
                    fold=f"{zoo} {teacher}",
                    relation=_relation(suspect, teacher, members),
                    score=one.ratio.mean,
                    verdict=one.verdict,
                )
            )
    return found


def _relation(suspect: Member, teacher: str, members: Sequence[Member]) -> Relation:
    if suspect.teacher == teacher:
        return "own"
    family = next(member.family for member in members if member.name == teacher)
    return "sibling" if suspect.family == family else "easy"


def score(found: Sequence[Judgement]) -> dict[str, float | list[float] | int | None]:
    """One row of the table. Every fold is judged by thresholds from the other folds."""
    right, accused = [], {"easy": [], "sibling": []}  # type: tuple[list[bool], dict[str, list[bool]]]
    for fold in sorted({one.fold for one in found}):
        others = [one for one in found if one.fold != fold]
        best, sure = threshold(others), _at_detection(others)
        for one in found:
            if one.fold == fold:
                right.append((one.score < best) == (one.relation == "own"))
                if one.relation != "own":
                    accused[one.relation].append(one.score <= sure)
    low, high = wilson(sum(right), len(right))
    return {
        "pairs": len(found),
        "accuracy": float(np.mean(right)),
        "accuracy_interval": [low, high],
        "auc": auc(found),
        "false_accusation_rate_easy": _share(accused["easy"]),
        "false_accusation_rate_siblings": _share(accused["sibling"]),
        "verdict_detected": _share([one.verdict == "distilled" for one in found if one.relation == "own"]),
        "verdict_accused_easy": _share([one.verdict == "distilled" for one in found if one.relation == "easy"]),
        "verdict_accused_siblings": _share([one.verdict == "distilled" for one in found if one.relation == "sibling"]),
        "inconclusive_rate": _share([one.verdict == "inconclusive" for one in found]),
    }


def threshold(found: Sequence[Judgement]) -> float:
    """The score that best tells own students from the others, both kinds weighing the same."""
    own = np.array([one.score for one in found if one.relation == "own"])
    others = np.array([one.score for one in found if one.relation != "own"])
    scores = np.unique(np.concatenate([own, others]))
    candidates = np.concatenate([[scores[0] - 1], (scores[:-1] + scores[1:]) / 2, [scores[-1] + 1]])
    return float(candidates[int(np.argmax([(own < c).mean() + (others >= c).mean() for c in candidates]))])


def _at_detection(found: Sequence[Judgement]) -> float:
    return float(np.quantile([one.score for one in found if one.relation == "own"], DETECTION))


def auc(found: Sequence[Judgement]) -> float:
    """How often an own student scores lower than another suspect; ties count half."""
    own = np.array([one.score for one in found if one.relation == "own"])
    others = np.array([one.score for one in found if one.relation != "own"])
    return float((own[:, None] < others).mean() + 0.5 * (own[:, None] == others).mean())


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None


def benchmark(zoos: Sequence[ZooConfig], *, cache: Path) -> list[dict[str, object]]:
    """The table's rows, over all zoos."""
    found: dict[tuple[str, str], list[Judgement]] = {}
    seconds: dict[tuple[str, str], float] = {}
    for config in zoos:
        probes, members = build(config, cache=cache / "zoo")
        test = TestConfig(replicates=config.replicates)
        for measured in (
            shadows(members, probes, config=config, work=cache / "shadows"),
            routing(members),
            likeness(members, probes, config=config),
        ):
            key = (measured.scenario, measured.method)
            found.setdefault(key, []).extend(judgements(measured, members, zoo=str(config.seed), test=test))
            seconds[key] = seconds.get(key, 0.0) + measured.seconds
    return [
        {
            "scenario": scenario,
            "method": method,
            "seeds": len(zoos),
            **score(rows),
            "seconds": seconds[scenario, method],
        }
        for (scenario, method), rows in found.items()
    ]


def main(
    out: Annotated[Path, typer.Option(help="Folder for results.json; the zoo is cached in it.")],
    seed_base: Annotated[int, typer.Option(help="First zoo's seed.")] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Number of zoos.")] = 3,
    domains: Annotated[int, typer.Option(help="Domains of the questions.")] = 6,
    experts: Annotated[int, typer.Option(help="Experts of the first family's models.")] = 8,
    shuffled: Annotated[bool, typer.Option(help="Students learn from random teachers: must score at chance.")] = False,
) -> None:
    """Measures detection on zoos made from scratch."""
    zoos = [
        ZooConfig(seed=seed, domains=domains, experts=experts, shuffled=shuffled)
        for seed in range(seed_base, seed_base + seeds)
    ]
    rows = benchmark(zoos, cache=out / "cache")
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    typer.echo(json.dumps(rows, indent=1))


if __name__ == "__main__":
    typer.run(main)
