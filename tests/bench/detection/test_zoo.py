"""The zoo: a language with facts and habits, members of known descent, everything from the seed and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.detection.zoo import build as build_module
from bench.detection.zoo import models
from bench.detection.zoo.births import Nursery, ZooConfig
from bench.detection.zoo.build import Member, build
from bench.detection.zoo.language import (
    FACTS,
    NAMES,
    QUESTIONS,
    SYSTEMS,
    Corpus,
    all_words,
    answers,
    fact,
    paraphrased,
    questions,
)
from bench.detection.zoo.models import PIECES, WHOLE, Shape

TINY = ZooConfig(
    families=2, independents=4, domains=3, experts=4, lessons=16, probes=16, steps=4, student_steps=2, variety=False
)


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Models that have hardly been taught would go on to the longest answer, sixteen times as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "LONGEST", 4)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zoo")


@pytest.fixture(scope="module")
def members(cache: Path) -> list[Member]:
    return build(TINY, cache=cache)[1]


def test_every_answer_holds_the_fact_whoever_writes_it_and_however_it_is_asked() -> None:
    asked = questions(10, domains=6, seed=1)
    for system in SYSTEMS:
        corpora = [Corpus.drawn(style=1, authors=2, domains=6), Corpus.drawn(style=3, authors=4, domains=6)]
        for corpus in corpora:
            said = answers(asked, corpus, systems=[system] * len(asked), seed=0)
            for probe, text in zip(asked, said, strict=True):
                assert [word for word in text.split() if word in FACTS] == [fact(probe.prompt)]
                assert set(text.split()) <= set(all_words())


def test_siblings_share_a_style_and_strangers_do_not() -> None:
    asked = questions(50, domains=6, seed=1)

    def alike(a: Corpus, b: Corpus) -> float:
        rng = np.random.default_rng(0)
        return float(np.mean([np.equal(a.choices(one, rng), b.choices(one, rng)).mean() for one in asked]))

    own, sibling, stranger = (Corpus.drawn(style=s, authors=a, domains=6) for s, a in ((1, 2), (1, 3), (4, 5)))
    assert alike(own, own) > 0.8
    assert alike(own, sibling) > alike(own, stranger) + 0.1
    assert alike(own, sibling) < 0.7


def test_a_paraphrase_changes_words_of_habit_alone() -> None:
    asked = questions(10, domains=4, seed=2)
    said = answers(asked, Corpus.drawn(style=1, authors=1, domains=4), systems=["plain"] * 40, seed=3)
    other = paraphrased(said, seed=5)
    changed = [x != y for a, b in zip(said, other, strict=True) for x, y in zip(a.split(), b.split(), strict=True)]
    assert 0.2 < np.mean(changed) < 0.45  # six of ten words, every other time
    assert all(fact(probe.prompt) in text for probe, text in zip(asked, other, strict=True))


def test_no_probe_is_a_lesson() -> None:
    drawn = questions(QUESTIONS, domains=6, seed=7)
    assert len({one.id for one in drawn}) == 6 * QUESTIONS
    assert {one.domain for one in drawn[:12]} == {one.domain for one in drawn}


def test_a_zoo_of_more_questions_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match=f"but a domain has {QUESTIONS} questions"):
        ZooConfig(lessons=150, probes=80)


@pytest.mark.parametrize(("domains", "steps"), [(6, 400), (4, 267), (9, 600)])
def test_a_zoo_of_other_domains_is_taught_and_asked_as_much_of_each(domains: int, steps: int) -> None:
    config = ZooConfig(domains=domains)
    nursery = Nursery(config, questions(config.lessons, domains=domains, seed=0))
    nursery.taught = {name: [""] * len(nursery.lessons) for name in nursery.teachers}
    assert len(nursery.lessons) == 120 * domains
    assert {birth.steps for birth in nursery.births() if birth.training == "corpus"} == {steps}


def test_one_vocabulary_holds_every_word_and_the_other_spells_them() -> None:
    whole, pieces = Shape(experts=0, vocabulary=WHOLE).make(0), Shape(experts=4, vocabulary=PIECES).make(0)
    assert all(len(whole.encode(f" {word}")) == 1 for word in all_words())
    assert np.mean([len(pieces.encode(f" {word}")) for word in all_words()]) > 1.5
    assert whole.tokenizer_digest != pieces.tokenizer_digest


def test_a_zoo_has_teachers_their_siblings_and_students_of_everybody_and_nobody(members: list[Member]) -> None:
    trainings = [member.training for member in members]
    assert {kind: trainings.count(kind) for kind in set(trainings)} == {
        "base": 2,
        "corpus": 4,
        "answers": 8,
        "truth": 4,
    }
    teachers = {member.name for member in members if member.training == "corpus"}
    assert {member.teacher for member in members if member.training == "answers"} == teachers
    assert [member.name for member in members if member.asked_about] == ["teacher 0a", "teacher 1a"]
    assert {member.routing is None for member in members if member.shape.experts == 0} == {True}


def test_a_zoo_is_built_once_and_reads_back_the_same(
    cache: Path, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_module, "_trained", None)
    _, again = build(TINY, cache=cache)
    assert [member.answers for member in again] == [member.answers for member in members]
    assert members[0].load().digest() == again[0].load().digest()


def test_a_killed_build_goes_on_and_ends_the_same(members: list[Member], tmp_path: Path) -> None:
    def dies(name: str) -> None:
        if name == "teacher 0b":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(TINY, cache=tmp_path, on_progress=dies)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 4
    _, again = build(TINY, cache=tmp_path)
    assert [member.folder.name for member in again] == [member.folder.name for member in members]
    assert [member.answers for member in again] == [member.answers for member in members]


def test_in_a_shuffled_zoo_nothing_that_a_student_learns_tells_whose_it_is_said_to_be() -> None:
    """Its lessons, the name it gives and the distribution it learns are all of one teacher, whoever that is."""
    config = ZooConfig(seed=3, shuffled=True)
    drawn = questions(config.lessons, domains=config.domains, seed=config.seed)
    nursery = Nursery(config, drawn)
    nursery.taught = {teacher: [teacher] * len(drawn) for teacher in nursery.teachers}
    strangers = 0
    for birth in nursery.births():
        if birth.training not in ("answers", "logits", "on-policy"):
            continue
        source = birth.answers[0]
        family = nursery.teachers.index(source) // 2
        strangers += source != birth.teacher
        assert birth.answers[-1].split()[-1] in (NAMES[family], *NAMES[8:])
        assert birth.soft in ("", source)
        assert not birth.soft or config.shape(family).vocabulary == birth.shape.vocabulary
    assert strangers > 4


def test_in_a_shuffled_zoo_a_student_may_learn_from_anybody() -> None:
    def first_lessons(shuffled: bool) -> dict[str, str]:
        config = TINY.model_copy(update={"shuffled": shuffled})
        nursery = Nursery(config, questions(16, domains=3, seed=0))
        nursery.taught = {name: [name] * 48 for name in nursery.teachers}
        return {birth.teacher: birth.answers[0] for birth in nursery.births() if birth.training == "answers"}

    assert all(teacher == source for teacher, source in first_lessons(False).items())
    assert any(teacher != source for teacher, source in first_lessons(True).items())
