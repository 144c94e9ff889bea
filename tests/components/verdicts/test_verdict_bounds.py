"""Formulas and bounds of a verdict, to the letter: what happens exactly at a level, a margin, a tie."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import t

from components.verdicts.config import TestConfig
from components.verdicts.finding import Judged
from components.verdicts.findings import conclude
from components.verdicts.similarity import same_action, trigram_cosine
from components.verdicts.verdict import (
    FEW,
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

CONTROLS = ("one", "two", "three", "four")


def flat(*, own: float, second: float, suspect: float = 0.3, teacher: float = 0.3, among: float = 0.3) -> Likenesses:
    """Likenesses without chance. `suspect` and `teacher` are theirs to the controls, `among` the controls' own."""
    pairs = {("teacher", "suspect"): np.full(8, own)}
    pairs |= {(name, "suspect"): np.full(8, suspect) for name in CONTROLS}
    pairs |= {("teacher", name): np.full(8, teacher) for name in CONTROLS}
    pairs |= {(a, b): np.full(8, among) for a, b in product(CONTROLS, CONTROLS) if a != b}
    return Likenesses(
        pairs=pairs, second={"teacher": np.full(8, second)} | {name: np.full(8, 0.3) for name in CONTROLS}
    )


def test_an_advantage_is_what_the_likeness_to_the_controls_does_not_explain() -> None:
    alike = flat(own=0.9, second=1.0, suspect=0.4, teacher=0.35, among=0.2)
    assert advantage(alike, teacher="teacher", suspect="suspect", controls=CONTROLS) == pytest.approx(
        np.full(8, 0.9 - 0.4 - 0.35 + 0.2)
    )
    assert advantage(alike, teacher="teacher", suspect=None, controls=CONTROLS) == pytest.approx(
        np.full(8, 1.0 - 0.3 - 0.35 + 0.2)
    )


def test_one_control_alone_centres_by_itself() -> None:
    """Nobody is left to tell how alike controls are among themselves: then the suspect's own likeness stands for it."""
    alike = flat(own=0.9, second=1.0, suspect=0.4, teacher=0.35)
    assert advantage(alike, teacher="teacher", suspect="suspect", controls=("one",)) == pytest.approx(
        np.full(8, 0.9 - 0.35)
    )


def test_a_distance_is_the_missing_share_of_the_teachers_advantage_over_itself() -> None:
    alike = flat(own=0.5, second=1.1)
    assert distance(alike, teacher="teacher", suspect="suspect", controls=CONTROLS) == pytest.approx(np.full(8, 0.75))
    assert distance(alike, teacher="teacher", suspect=None, controls=CONTROLS) == pytest.approx(np.zeros(8))


def test_a_scale_that_does_not_exist_is_not_divided_by_nothing() -> None:
    alike = flat(own=0.3, second=0.3)
    assert distance(alike, teacher="teacher", suspect="suspect", controls=CONTROLS) == pytest.approx(np.ones(8))


@pytest.mark.parametrize("count", [2, 3, 6])
def test_what_one_more_control_would_reach_is_students_prediction(count: int) -> None:
    """Around 1, by the scatter of n distances that were each centred by the others."""
    distances = 1 + 0.1 * np.linspace(-1, 1, count)
    scatter = np.sqrt(((distances - 1) ** 2).mean())
    expected = 1 - t.ppf(0.95, count - 1) * scatter * np.sqrt(1 - 1 / count**2)
    assert chance_reaches(list(distances), share=0.05) == pytest.approx(max(expected, 0.0), abs=1e-9)


def test_controls_that_agree_leave_the_whole_way_and_none_falls_under_nothing() -> None:
    assert chance_reaches([1.0, 1.0, 1.0], share=0.02) == 1.0
    assert chance_reaches([], share=0.02) == 1.0
    assert chance_reaches([-5.0, 7.0], share=0.02) == 0.0


@pytest.mark.parametrize("count", [4, 14, 15])
def test_an_assignment_that_ties_with_what_was_seen_counts_as_chance(count: int) -> None:
    """Nothing at all differs: every assignment of signs is as large, exactly and by drawing."""
    assert sign_flip(np.zeros(count)) == 1.0


def test_ties_in_floating_point_are_ties() -> None:
    """0.1 + 0.2 is not 0.3 to a computer, and must not make an assignment smaller than itself."""
    differences = np.array([0.1, 0.2, -0.3, 0.0])
    assert sign_flip(differences) == np.mean(
        [round(float(np.dot(signs, differences)), 9) >= 0.0 for signs in product((1, -1), repeat=4)]
    )


def test_up_to_fourteen_replicates_are_counted_and_from_there_on_drawn() -> None:
    assert sign_flip(np.ones(14)) == 2.0**-14
    drawn = sign_flip(np.ones(15))
    assert drawn >= 1 / 20001  # of draws one is always what was seen
    assert drawn != 2.0**-15
    assert sign_flip(np.ones(40)) == 1 / 20001


def judged(alike: Likenesses, *, config: TestConfig, controls: tuple[str, ...] = CONTROLS) -> Judged:
    return judge(alike, teacher="teacher", suspect="suspect", controls=controls, config=config)


def test_a_p_value_that_reaches_its_level_exactly_decides() -> None:
    """Four replicates that all agree have p = 1/16."""
    at = TestConfig(replicates=4, alpha=1 / 16)
    for own, verdict in ((0.9, "distilled"), (0.3, "independent")):
        alike = flat(own=own, second=1.0)
        found = judged(
            Likenesses(
                pairs={pair: values[:4] for pair, values in alike.pairs.items()},
                second={name: values[:4] for name, values in alike.second.items()},
            ),
            config=at,
        )
        assert (found.verdict, min(found.p_value, found.p_independent)) == (verdict, 1 / 16)


def test_a_distance_on_the_margin_is_not_under_it_and_one_on_the_clearance_not_over_it() -> None:
    config = TestConfig(margin=0.75, clearance=0.75)
    found = judged(flat(own=0.5, second=1.1), config=config)
    assert found.distance.mean == pytest.approx(0.75)
    assert (found.verdict, found.p_value, found.p_independent) == ("inconclusive", 1.0, 1.0)
    assert judged(flat(own=0.51, second=1.1), config=config).verdict == "distilled"
    assert judged(flat(own=0.49, second=1.1), config=config).verdict == "independent"


def test_up_to_three_controls_the_smaller_margin_counts() -> None:
    alike = flat(own=0.9, second=1.0)
    assert FEW == 3
    assert judged(alike, config=TestConfig(), controls=CONTROLS[:3]).margin == MARGIN_OF_FEW
    assert judged(alike, config=TestConfig()).margin == TestConfig().margin
    assert judged(alike, config=TestConfig(margin=0.5), controls=CONTROLS[:3]).margin == 0.5


def test_holms_correction_multiplies_by_how_many_are_left_and_never_falls() -> None:
    assert holm([0.02, 0.01]) == pytest.approx([0.02, 0.02])
    assert holm([0.01, 0.01, 0.5]) == pytest.approx([0.03, 0.03, 0.5])
    assert holm([]) == []


def test_an_interval_leaves_half_of_its_level_on_each_side() -> None:
    values = np.random.default_rng(3).normal(size=400)
    found, error = estimate(values, level=0.9), values.std() / 20
    assert (found.high - found.mean) / error == pytest.approx(1.645, rel=0.08)
    assert (found.mean - found.low) / error == pytest.approx(1.645, rel=0.08)


def accused(name: str, verdict: str) -> Judged:
    lies = {"mean": 0.5, "low": 0.4, "high": 0.6}
    fields = {"controls": CONTROLS, "nearest_control": "one", "margin": 0.88, "p_independent": 1.0, "because": "near"}
    fields |= {"suspect": name, "verdict": verdict, "p_value": 0.01, "distance": lies, "second": lies}
    return Judged.model_validate(fields)


@pytest.mark.parametrize(
    ("main", "placebos", "p_value", "verdict", "because"),
    [
        ("distilled", (), 0.05, "distilled", "near"),
        ("distilled", (), 0.051, "inconclusive", "near; corrected for asking about several teachers, p = 0.0510"),
        ("distilled", ("independent", "inconclusive"), 0.01, "distilled", "near"),
        ("distilled", ("distilled", "independent"), 0.01, "inconclusive", "by the same test one, which is independent"),
        ("distilled", ("distilled", "distilled"), 0.01, "inconclusive", "by the same test one and two, which"),
        ("independent", ("distilled",), 1.0, "independent", "near"),
        ("inconclusive", (), 0.01, "inconclusive", "near"),
    ],
)
def test_what_a_verdict_becomes_beside_other_teachers_and_controls(
    main: str, placebos: tuple[str, ...], p_value: float, verdict: str, because: str
) -> None:
    tried = [accused(name, each) for name, each in zip(CONTROLS, placebos, strict=False)]
    found = conclude(accused("suspect", main), tried, p_value=p_value, alpha=0.05)
    assert found[0] == verdict
    assert found[1].startswith(because)


def test_where_an_accused_control_lies_is_said_beside_the_margin_of_its_own_test() -> None:
    _, because = conclude(accused("suspect", "distilled"), [accused("one", "distilled")], p_value=0.01, alpha=0.05)
    assert because.endswith(
        "would be accused too: in the suspect's place, beside the other controls alone, at 0.50, under 0.88"
    )


def test_baselines_are_what_they_are_called() -> None:
    assert trigram_cosine("abcd", "abcd") == pytest.approx(1.0)
    assert trigram_cosine("abcd", "bcde") == pytest.approx(0.5)  # one trigram of two is shared
    assert trigram_cosine("aaaa", "aaab") == pytest.approx(2 / np.sqrt(4 * 2))
    assert (trigram_cosine("", ""), trigram_cosine("ab", "ab"), trigram_cosine("", "abc")) == (1.0, 1.0, 0.0)
    assert (same_action("why\nclick a \n", "because\nclick a"), same_action("click a", "click b")) == (1.0, 0.0)
