"""The test behind a verdict: exact where it says so, and rarely wrong about the innocent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from pydantic import ValidationError

from components.verdicts.config import TestConfig
from components.verdicts.finding import Judged
from components.verdicts.verdict import (
    MARGIN_OF_FEW,
    Likenesses,
    advantage,
    chance_reaches,
    distance,
    estimate,
    holm,
    judge,
    sign_flip,
)

CONFIG = TestConfig()
CONTROLS = ("one", "two", "three", "four")


def likenesses(
    *, own: float, manner: float = 0.0, again: float = 0.5, seed: int = 0, spread: float = 0.01
) -> Likenesses:
    """Everybody resembles everybody by 0.3 and a bit of chance; suspect and teacher by `own` more, the second shadow
    by `again` more. `manner` takes likeness to everybody away from the suspect."""
    rng = np.random.default_rng(seed)
    pairs, second = {}, {}
    for a, b in product(("teacher", *CONTROLS), ("suspect", "second", *CONTROLS)):
        if a != b:
            more = {"suspect": own, "second": again}.get(b, 0.0) if a == "teacher" else 0.0
            values = 0.3 + more - manner * (b == "suspect") + rng.normal(0, spread, size=8)
            if b == "second":
                second[a] = values
            else:
                pairs[a, b] = values
    return Likenesses(pairs=pairs, second=second)


def moved(alike: Likenesses, by: Callable[[str, str], float]) -> Likenesses:
    """Everybody's likeness, moved by what is given for (teacher's side, suspect's side)."""
    return replace(alike, pairs={pair: value + by(*pair) for pair, value in alike.pairs.items()})


def judged(alike: Likenesses, suspect: str = "suspect") -> tuple[str, float]:
    found = judge(alike, teacher="teacher", suspect=suspect, controls=CONTROLS, config=CONFIG)
    return found.verdict, found.distance.mean


def test_the_sign_flip_test_counts_assignments() -> None:
    differences = np.array([0.3, -0.1, 0.5, 0.2, 0.05])
    means = [np.dot(signs, differences) for signs in product((1, -1), repeat=5)]
    assert sign_flip(differences) == np.mean([mean >= differences.sum() - 1e-12 for mean in means])
    assert sign_flip(np.ones(8)) == 1 / 256
    assert sign_flip(-np.ones(8)) == 1.0


def test_the_sign_flip_test_keeps_its_level() -> None:
    rng = np.random.default_rng(0)
    rejected = np.mean([sign_flip(rng.normal(size=8)) <= 0.05 for _ in range(1500)])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)
    assert rejected >= 0.02  # and is not merely afraid


def test_many_replicates_are_tested_by_drawing() -> None:
    assert sign_flip(np.ones(40)) < 0.001
    assert sign_flip(np.random.default_rng(1).normal(size=40)) > 0.001


def test_who_shares_habits_is_distilled_and_who_shares_none_is_independent() -> None:
    verdict, lies = judged(likenesses(own=0.4))
    assert verdict == "distilled"
    assert lies == pytest.approx(0.2, abs=0.05)
    verdict, lies = judged(likenesses(own=0.0))
    assert verdict == "independent"
    assert lies == pytest.approx(1.0, abs=0.05)


def test_another_manner_of_speaking_neither_convicts_nor_clears() -> None:
    plain, disguised = (
        distance(likenesses(own=0.3, manner=m), teacher="teacher", suspect="suspect", controls=CONTROLS)
        for m in (0.0, 0.25)
    )
    assert disguised == pytest.approx(plain)
    assert judged(likenesses(own=0.0, manner=0.25))[0] == "independent"


def test_a_teacher_that_resembles_everybody_accuses_nobody() -> None:
    alike = likenesses(own=0.0)
    alike = moved(alike, lambda a, _: 0.4 * (a == "teacher"))
    alike = replace(alike, second={a: value + 0.4 * (a == "teacher") for a, value in alike.second.items()})
    assert judged(alike)[0] == "independent"


def test_near_the_margin_is_inconclusive() -> None:
    assert judged(likenesses(own=0.5 * (1 - CONFIG.margin), spread=0.02))[0] == "inconclusive"


def test_controls_that_scatter_leave_less_room_for_an_accusation() -> None:
    def tested(near: float) -> Judged:
        alike = moved(likenesses(own=0.12), lambda a, b: near * ((a, b) == ("teacher", "one")))
        return judge(alike, teacher="teacher", suspect="suspect", controls=CONTROLS, config=CONFIG)

    calm, scattered = tested(0.0), tested(0.1)
    assert (calm.verdict, calm.margin) == ("distilled", CONFIG.margin)
    assert (scattered.verdict, scattered.nearest_control) == ("inconclusive", "one")
    assert scattered.margin < scattered.distance.mean < CONFIG.margin
    assert "which one more control might reach" in scattered.because


@pytest.mark.parametrize("count", [3, 8])
def test_one_more_control_lies_as_near_as_predicted_as_often_as_predicted(count: int) -> None:
    """Everybody's likeness to the teacher is drawn at random; the suspect is one of the controls' kind."""
    rng, short = np.random.default_rng(0), []
    controls = [str(number) for number in range(count)]
    for _ in range(1500):
        pairs = {(a, b): np.zeros(1) for a, b in product(controls, (*controls, "suspect")) if a != b}
        pairs |= {("teacher", name): rng.normal(0, 0.1, size=1) for name in (*controls, "suspect")}
        second = {"teacher": np.ones(1)} | {name: np.zeros(1) for name in controls}
        alike = Likenesses(pairs=pairs, second=second)
        found = {
            name: distance(alike, teacher="teacher", suspect=name, controls=controls).item()
            for name in (*controls, "suspect")
        }
        short.append(found.pop("suspect") < chance_reaches(list(found.values()), share=0.05))
    assert np.mean(short) == pytest.approx(0.05, abs=0.017)


def test_three_controls_leave_relatives_near_and_so_less_margin() -> None:
    found = [
        judge(
            likenesses(own=0.08),
            teacher="teacher",
            suspect="suspect",
            controls=CONTROLS[:count],
            config=CONFIG,
        )
        for count in (3, 4)
    ]
    assert [one.margin for one in found] == [MARGIN_OF_FEW, CONFIG.margin]
    assert [one.verdict for one in found] == ["inconclusive", "distilled"]


def test_one_control_alone_tells_nothing_about_chance() -> None:
    assert chance_reaches([0.4], share=0.05) == 1.0
    assert chance_reaches([0.1, 1.9], share=0.05) == 0.0


def test_an_instrument_that_cannot_find_the_teacher_itself_says_so() -> None:
    alike = likenesses(own=0.4, again=0.0)
    found = judge(alike, teacher="teacher", suspect="suspect", controls=CONTROLS, config=CONFIG)
    assert found.verdict == "inconclusive"
    assert "second shadow" in found.because


def test_a_control_in_the_suspects_place_is_not_its_own_control() -> None:
    found = judge(likenesses(own=0.4), teacher="teacher", suspect="two", controls=CONTROLS, config=CONFIG)
    assert found.controls == ("one", "three", "four")
    assert found.verdict == "independent"


def test_innocent_suspects_are_rarely_accused() -> None:
    verdicts = [judged(likenesses(own=0.0, seed=seed, spread=0.1))[0] for seed in range(300)]
    assert np.mean([verdict == "distilled" for verdict in verdicts]) <= CONFIG.alpha


def test_two_controls_are_enough_and_each_can_be_tried_against_the_other() -> None:
    alike = likenesses(own=0.4)
    alike = replace(
        alike, pairs={pair: value for pair, value in alike.pairs.items() if not {"three", "four"} & set(pair)}
    )
    found = [
        judge(alike, teacher="teacher", suspect=name, controls=("one", "two"), config=CONFIG).verdict
        for name in ("suspect", "one", "two")
    ]
    assert found[0] == "distilled"
    assert "distilled" not in found[1:]


def test_advantage_is_nothing_where_likeness_is_only_common() -> None:
    alike = likenesses(own=0.0, spread=0.0)
    assert advantage(alike, teacher="teacher", suspect="suspect", controls=CONTROLS) == pytest.approx(np.zeros(8))


def test_holm_adjusts_for_several_accusations() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_intervals_hold_the_mean() -> None:
    found = estimate(np.random.default_rng(1).normal(1.0, 0.1, size=20), level=0.95)
    assert found.low < found.mean < found.high


def test_too_few_replicates_for_the_level_are_refused() -> None:
    with pytest.raises(ValidationError, match="cannot give a p-value"):
        TestConfig(replicates=4, alpha=0.05)
