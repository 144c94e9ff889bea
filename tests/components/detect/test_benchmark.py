"""The benchmark: a zoo follows from its seed, labels meet distances in the score alone, and chance scores as chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from components.detect import zoo as zoo_module
from components.detect.benchmark import Judgement, Relation, auc, judgements, likeness, routing, score, threshold
from components.detect.config import TestConfig
from components.detect.white_box import audit_recordings
from components.detect.zoo import Member, ZooConfig, build
from components.detect.zoo_language import Style, answers, fact, questions
from components.errors import InputError

SMALL = ZooConfig(students=1, independents=3, domains=3, experts=4, lessons=32, probes=40, steps=3, replicates=5)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture(scope="module")
def members(cache: Path) -> list[Member]:
    return build(SMALL, cache=cache)[1]


def drawn(own: float, other: float, *, seed: int = 0, count: int = 60) -> list[Judgement]:
    rng = np.random.default_rng(seed)
    relations: tuple[Relation, ...] = ("own", "sibling", "easy")
    return [
        Judgement(
            fold=f"{index % 3}",
            relation=(kind := relations[index // 3 % 3]),
            score=float(rng.normal(own if kind == "own" else other, 0.1)),
            verdict="inconclusive",
        )
        for index in range(count)
    ]


def test_a_zoo_has_teachers_their_siblings_and_students_of_everybody_and_nobody(members: list[Member]) -> None:
    assert [member.kind for member in members] == ["teacher"] * 4 + ["student"] * 4 + ["ground_truth"] * 3
    assert {member.teacher for member in members if member.kind == "student"} == {
        member.name for member in members if member.kind == "teacher"
    }
    experts = {member.name: member.routing.layers[0].counts.shape[2] for member in members}
    assert (experts["teacher 0a"], experts["teacher 1a"], experts["independent 0"]) == (4, 6, 4)


def test_a_zoo_is_built_once(cache: Path, members: list[Member], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo_module, "make_proxy", None)
    _, again = build(SMALL, cache=cache)
    assert [member.answers for member in again] == [member.answers for member in members]
    assert [member.routing.subject for member in again] == [member.routing.subject for member in members]


def test_every_pair_is_judged_and_its_relation_is_known_to_the_score_alone(members: list[Member]) -> None:
    probes = questions(SMALL.lessons + SMALL.probes, domains=3, seed=0)[SMALL.lessons :]
    relabelled = [
        Member(name=m.name, kind=m.kind, family=m.family, teacher="", answers=m.answers, routing=m.routing)
        for m in members
    ]
    for measure in (routing, lambda group: likeness(group, probes, config=SMALL)):
        one, other = measure(members), measure(relabelled)
        for teacher, row in one.distances.items():
            for name, values in row.items():
                assert (values == other.distances[teacher][name]).all()
        found = judgements(one, members, zoo="0", test=TestConfig(replicates=5))
        assert len(found) == 2 * 7
        assert sorted(pair.relation for pair in found) == ["easy"] * 10 + ["own"] * 2 + ["sibling"] * 2


def test_white_box_recordings_are_judged_and_those_of_other_probes_refused(
    members: list[Member], tmp_path: Path
) -> None:
    by_name = {member.name: member.routing for member in members}
    controls = {name: by_name[name] for name in ("independent 0", "independent 1")}
    teacher = by_name["teacher 0a"]
    found = audit_recordings(teacher, teacher, controls, config=TestConfig(replicates=5))
    assert found.ratio.mean == 0
    other = build(SMALL.model_copy(update={"seed": 1, "students": 1}), cache=tmp_path)[1][0].routing
    with pytest.raises(InputError, match="other probes"):
        audit_recordings(teacher, other, controls, config=TestConfig(replicates=5))
    with pytest.raises(InputError, match="no controls"):
        audit_recordings(teacher, teacher, {}, config=TestConfig(replicates=5))
    with pytest.raises(InputError, match="too few"):
        audit_recordings(teacher, teacher, controls, config=TestConfig(replicates=8, alpha=0.005))


def test_a_perfect_method_scores_perfectly_and_a_blind_one_at_chance() -> None:
    perfect = score(drawn(0.2, 1.0))
    assert perfect["accuracy"] == perfect["auc"] == 1.0
    assert perfect["false_accusation_rate_siblings"] == perfect["false_accusation_rate_easy"] == 0.0
    blind = [auc(drawn(0.5, 0.5, seed=seed)) for seed in range(40)]
    assert np.mean(blind) == pytest.approx(0.5, abs=0.05)
    rates = [score(drawn(0.5, 0.5, seed=seed))["false_accusation_rate_easy"] for seed in range(10)]
    assert np.mean(rates) > 0.7  # to find 95 % by chance is to accuse nearly everybody


def test_a_threshold_separates_what_can_be_separated() -> None:
    assert 0.3 < threshold(drawn(0.2, 1.0)) < 0.9


def test_answers_hold_the_one_right_fact_and_follow_their_style() -> None:
    asked = questions(60, domains=3, seed=1)
    assert len({probe.id for probe in asked}) == 60
    style = Style.drawn(1, domains=3)
    assert answers(asked, style, seed=2) == answers(asked, style, seed=2) != answers(asked, style, seed=3)
    assert all(fact(probe.prompt) in text for probe, text in zip(asked, answers(asked, style, seed=2), strict=True))


def test_a_shuffled_zoo_teaches_other_lessons_than_its_labels_say(tmp_path: Path) -> None:
    shuffled = build(SMALL.model_copy(update={"shuffled": True, "steps": 1}), cache=tmp_path / "a")[1]
    straight = build(SMALL.model_copy(update={"steps": 1}), cache=tmp_path / "b")[1]
    digests = [
        [member.routing.subject.model_digest for member in zoo if member.kind == "student"]
        for zoo in (shuffled, straight)
    ]
    assert digests[0] != digests[1]
