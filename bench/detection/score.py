"""From a method's scores to a row of the table. Only here the true labels are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.scenarios import Relation
from components.signatures.arrays import Floats
from components.statistics import wilson
from components.verdicts.finding import Verdict

DETECTION = 0.95
RELATIONS: tuple[Relation, ...] = ("own", "sibling", "easy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One teacher and one suspect, judged by one method, with the truth (`relation`). A high `score` means distilled.

    Attributes:
        family: of the teacher.
        suspect: the member, under whatever condition it was asked.
        verdict: of the test, where the method has one.
    """

    scenario: str
    method: str
    seed: int
    family: int
    suspect: str
    relation: Relation
    score: float
    verdict: Verdict | None


_Hit = tuple[Judgement, bool]


def table_row(judgements: Sequence[Judgement]) -> dict[str, object]:
    """The row of one scenario and one method.

    Every pair is judged by a threshold from other teachers and other seeds than its own (from other teachers only,
    where there is one seed). Intervals are Wilson's of as many trials as there are suspects, because all pairs of one
    suspect go right or wrong together.

    Args:
        judgements: of one scenario and one method, and of two teachers or seeds at least.

    Returns:
        Counts, rates from 0 to 1 and their 95 % intervals, by name.
    """
    right: list[_Hit] = []
    accused: dict[Relation, list[_Hit]] = {relation: [] for relation in RELATIONS}
    for place in sorted({(judgement.seed, judgement.family) for judgement in judgements}):
        outsiders = elsewhere(judgements, seed=place[0], family=place[1])
        best, sure = threshold(outsiders), at_detection(outsiders)
        for judgement in judgements:
            if (judgement.seed, judgement.family) == place:
                right.append((judgement, (judgement.score >= best) == (judgement.relation == "own")))
                accused[judgement.relation].append((judgement, judgement.score >= sure))
    seeds = sorted({judgement.seed for judgement in judgements})
    verdicts = [judgement.verdict for judgement in judgements if judgement.verdict is not None]
    return {
        "scenario": judgements[0].scenario,
        "method": judgements[0].method,
        "pairs": len(judgements),
        "suspects": _suspects(right),
        "seeds": len(seeds),
        "accuracy": _rate(right),
        "accuracy_interval": _interval(right),
        "accuracy_by_seed": {str(seed): _rate([hit for hit in right if hit[0].seed == seed]) for seed in seeds},
        "auc": auc(judgements),
        "detection_rate": _rate(accused["own"]),
        "false_accusation_rate_easy": _rate(accused["easy"]),
        "false_accusation_interval_easy": _interval(accused["easy"]),
        "false_accusation_rate_siblings": _rate(accused["sibling"]),
        "false_accusation_interval_siblings": _interval(accused["sibling"]),
        "inconclusive_rate": _share([verdict == "inconclusive" for verdict in verdicts]),
        "accused_rates": verdict_rates(judgements, "distilled"),
        "cleared_rates": verdict_rates(judgements, "independent"),
    }


def verdict_rates(judgements: Sequence[Judgement], verdict: Verdict) -> dict[Relation, float | None]:
    """The share of suspects of each relation that get this verdict; None where the method has no test."""
    tested = {
        kind: [judgement.verdict for judgement in judgements if judgement.verdict and judgement.relation == kind]
        for kind in RELATIONS
    }
    return {kind: _share([verdict_given == verdict for verdict_given in verdicts]) for kind, verdicts in tested.items()}


def elsewhere(judgements: Sequence[Judgement], *, seed: int, family: int) -> list[Judgement]:
    """The judgements that the threshold for this teacher may be made of."""
    apart = [judgement for judgement in judgements if judgement.seed != seed and judgement.family != family]
    return (
        apart
        or [judgement for judgement in judgements if judgement.family != family]
        or [judgement for judgement in judgements if judgement.seed != seed]
    )


def threshold(judgements: Sequence[Judgement]) -> float:
    """The score that best separates own students from other suspects, both weighing the same; the middle of a gap."""
    own_scores, other_scores = _scores(judgements)
    scores = np.unique(np.concatenate([own_scores, other_scores]))
    candidates = np.concatenate([[scores[0] - 1], (scores[:-1] + scores[1:]) / 2, [scores[-1] + 1]])
    return float(candidates[int(np.argmax([(own_scores >= c).mean() + (other_scores < c).mean() for c in candidates]))])


def at_detection(judgements: Sequence[Judgement]) -> float:
    """The score that `DETECTION` of the own students reach."""
    return float(np.quantile(_scores(judgements)[0], 1 - DETECTION))


def auc(judgements: Sequence[Judgement]) -> float:
    """How often an own student scores higher than another suspect; ties count half."""
    own_scores, other_scores = _scores(judgements)
    return float((own_scores[:, None] > other_scores).mean() + 0.5 * (own_scores[:, None] == other_scores).mean())


def _scores(judgements: Sequence[Judgement]) -> tuple[Floats, Floats]:
    own_scores = np.array([judgement.score for judgement in judgements if judgement.relation == "own"])
    return own_scores, np.array([judgement.score for judgement in judgements if judgement.relation != "own"])


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None


def _rate(hits: Sequence[_Hit]) -> float | None:
    return _share([true for _, true in hits])


def _suspects(hits: Sequence[_Hit]) -> int:
    return len({(judgement.seed, judgement.suspect) for judgement, _ in hits})


def _interval(hits: Sequence[_Hit]) -> list[float] | None:
    rate, suspects = _rate(hits), _suspects(hits)
    return None if rate is None else list(wilson(suspects * rate, suspects))


def table(judgements: Sequence[Judgement]) -> list[dict[str, object]]:
    """A row for every scenario and method, in the order of their first judgements.

    A scenario with only one zoo and one teacher has no row: there are no others to set a threshold by.
    """
    keys = dict.fromkeys((judgement.scenario, judgement.method) for judgement in judgements)
    rows = {
        key: [judgement for judgement in judgements if (judgement.scenario, judgement.method) == key] for key in keys
    }
    return [
        table_row(row) for row in rows.values() if len({(judgement.seed, judgement.family) for judgement in row}) > 1
    ]
