"""From likenesses to the table: labels meet a method's numbers here, and only here."""

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
    """One pair as one method sees it, and what it is in truth. A high `score` says distilled.

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


def table_row(found: Sequence[Judgement]) -> dict[str, object]:
    """One row of the table: one scenario, one method.

    Every pair is judged by a threshold from other teachers and other seeds than its own (other teachers only, where
    there is one seed). Intervals are Wilson's, as if all pairs of one suspect stood or fell together: in another zoo
    it is the models that are others.
    """
    right: list[_Hit] = []
    accused: dict[Relation, list[_Hit]] = {relation: [] for relation in RELATIONS}
    for own in sorted({(one.seed, one.family) for one in found}):
        others = elsewhere(found, seed=own[0], family=own[1])
        best, sure = threshold(others), at_detection(others)
        for one in found:
            if (one.seed, one.family) == own:
                right.append((one, (one.score >= best) == (one.relation == "own")))
                accused[one.relation].append((one, one.score >= sure))
    seeds = sorted({one.seed for one in found})
    verdicts = [one.verdict for one in found if one.verdict is not None]
    return {
        "scenario": found[0].scenario,
        "method": found[0].method,
        "pairs": len(found),
        "suspects": _suspects(right),
        "seeds": len(seeds),
        "accuracy": _rate(right),
        "accuracy_interval": _interval(right),
        "accuracy_by_seed": {str(seed): _rate([hit for hit in right if hit[0].seed == seed]) for seed in seeds},
        "auc": auc(found),
        "detection_rate": _rate(accused["own"]),
        "false_accusation_rate_easy": _rate(accused["easy"]),
        "false_accusation_interval_easy": _interval(accused["easy"]),
        "false_accusation_rate_siblings": _rate(accused["sibling"]),
        "false_accusation_interval_siblings": _interval(accused["sibling"]),
        "inconclusive_rate": _share([verdict == "inconclusive" for verdict in verdicts]),
        "accused_rates": verdict_rates(found, "distilled"),
        "cleared_rates": verdict_rates(found, "independent"),
    }


def verdict_rates(found: Sequence[Judgement], verdict: Verdict) -> dict[Relation, float | None]:
    """How often the test says so, by what a suspect is in truth; None where a method has no test."""
    tested = {kind: [one.verdict for one in found if one.verdict and one.relation == kind] for kind in RELATIONS}
    return {kind: _share([one == verdict for one in verdicts]) for kind, verdicts in tested.items()}


def elsewhere(found: Sequence[Judgement], *, seed: int, family: int) -> list[Judgement]:
    """What a threshold for this teacher may be made of."""
    apart = [one for one in found if one.seed != seed and one.family != family]
    return apart or [one for one in found if one.family != family] or [one for one in found if one.seed != seed]


def threshold(found: Sequence[Judgement]) -> float:
    """The score that best tells own students from the others, both weighing the same; the middle of a gap."""
    own, others = _scores(found)
    scores = np.unique(np.concatenate([own, others]))
    candidates = np.concatenate([[scores[0] - 1], (scores[:-1] + scores[1:]) / 2, [scores[-1] + 1]])
    return float(candidates[int(np.argmax([(own >= c).mean() + (others < c).mean() for c in candidates]))])


def at_detection(found: Sequence[Judgement]) -> float:
    """The score that `DETECTION` of the own students reach."""
    return float(np.quantile(_scores(found)[0], 1 - DETECTION))


def auc(found: Sequence[Judgement]) -> float:
    """How often an own student scores higher than another suspect; ties count half."""
    own, others = _scores(found)
    return float((own[:, None] > others).mean() + 0.5 * (own[:, None] == others).mean())


def _scores(found: Sequence[Judgement]) -> tuple[Floats, Floats]:
    own = np.array([one.score for one in found if one.relation == "own"])
    return own, np.array([one.score for one in found if one.relation != "own"])


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None


def _rate(hits: Sequence[_Hit]) -> float | None:
    return _share([true for _, true in hits])


def _suspects(hits: Sequence[_Hit]) -> int:
    return len({(one.seed, one.suspect) for one, _ in hits})


def _interval(hits: Sequence[_Hit]) -> list[float] | None:
    rate, suspects = _rate(hits), _suspects(hits)
    return None if rate is None else list(wilson(suspects * rate, suspects))


def table(found: Sequence[Judgement]) -> list[dict[str, object]]:
    """A row for every scenario and method, in the order in which they first came.

    A scenario in which there is one zoo and one teacher only has no row: there is nobody else to set a threshold by.
    """
    keys = dict.fromkeys((one.scenario, one.method) for one in found)
    rows = {key: [one for one in found if (one.scenario, one.method) == key] for key in keys}
    return [table_row(row) for row in rows.values() if len({(one.seed, one.family) for one in row}) > 1]
