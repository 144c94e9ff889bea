"""Who is in the zoo, and what each is taught: teachers of several families, their students, and students of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bench.detection.zoo.language import (
    DOMAINS,
    IDENTITY,
    NAMES,
    QUESTIONS,
    SYSTEMS,
    Corpus,
    answers,
    asked,
    introduction,
    paraphrased,
)
from bench.detection.zoo.models import PIECES, RATE, WHOLE, Shape
from components.verdicts.probes import Probe

Training = Literal[
    "corpus",
    "base",
    "answers",
    "logits",
    "on-policy",
    "one domain",
    "three domains",
    "50 %",
    "25 %",
    "10 %",
    "paraphrased",
    "tuned",
    "tuned on",
    "truth",
]
"""How a member came to be: teachers and bases from a corpus, students by one way of distillation, `truth` by none."""

Kind = Literal["mixture", "dense"]
KINDS: tuple[Kind, ...] = ("mixture", "dense")
SOME_DOMAINS: dict[Training, int] = {"one domain": 1, "three domains": 3}
TUNING: dict[Training, float] = {"tuned": 0.1, "tuned on": 0.2}
"""Further training on the truth after distillation, as a share of a student's steps."""
MIXES: dict[Training, float] = {"50 %": 0.5, "25 %": 0.25, "10 %": 0.1}
INTRODUCED = [*SYSTEMS, "plain", "plain", "plain"]  # how each identity question is asked among the lessons
SYSTEM_SHARE = 0.5  # lessons that are asked under a system prompt
PACE = 6  # domains for which steps are given
TUNING_RATE = 1e-3  # of further training after distillation


class ZooConfig(BaseModel):
    """How large a zoo is, and which one: another seed, other domains or experts make another zoo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, description="seed from which the whole zoo follows")
    families: int = Field(4, ge=2, le=4, description="number of families of teachers, each with two siblings")
    independents: int = Field(
        8, ge=4, le=16, description="number of students of nobody: each learns from a corpus of its own"
    )
    domains: int = Field(6, ge=2, le=len(DOMAINS), description="number of domains of questions")
    experts: int = Field(
        8, ge=4, le=64, description="experts of the bases and of the first family; the second family has half more"
    )
    lessons: int = Field(120, ge=8, description="questions of each domain that a model is trained on")
    probes: int = Field(
        72, ge=8, description="questions of each domain that all models are asked; none is also a lesson"
    )
    steps: int = Field(400, ge=1, description="training steps of a teacher; see `paced`")
    student_steps: int = Field(200, ge=1, description="training steps of a student, from its base; see `paced`")
    variety: bool = Field(True, description="make students by every way of distillation; otherwise from answers only")
    shuffled: bool = Field(
        False, description="let each student learn from a random teacher, so that there is nothing to detect"
    )

    @classmethod
    def small(cls, **settings: Any) -> Self:
        """Two families and students by answers alone: 24 pairs in a minute or two."""
        sizes = {"families": 2, "independents": 4, "lessons": 80, "probes": 48, "steps": 300, "student_steps": 150}
        return cls(**{**sizes, "variety": False, **settings})

    @model_validator(mode="after")
    def _enough_questions(self) -> Self:
        if self.lessons + self.probes > QUESTIONS:
            raise ValueError(
                f"lessons and probes are {self.lessons + self.probes}, but a domain has {QUESTIONS} questions"
            )
        return self

    def paced(self, steps: int) -> int:
        """Training steps for this zoo's number of domains, from those for six: more questions take longer."""
        return max(round(steps * self.domains / PACE), 1)

    def shape(self, family: int) -> Shape:
        """Of a family's teachers: mixtures first, then dense ones; every second spells its words in pieces."""
        experts = (self.experts, self.experts + self.experts // 2, 0, 0)
        kind = family if self.families > 2 else 2 * family  # of two families, one is a mixture and one dense
        pieces = kind % 2 == 1
        return Shape(experts=experts[kind], layers=3, vocabulary=PIECES) if pieces else Shape(experts=experts[kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What one member is made of. Prompts and answers are lessons; `soft` names a teacher whose distribution is learnt.

    Attributes:
        start: the member whose weights it starts from; empty for random ones.
        teacher: what it was distilled from, for scoring only; empty for teachers and students of nobody.
    """

    name: str
    training: Training
    family: int
    teacher: str
    shape: Shape
    seed: int
    start: str
    steps: int
    prompts: Sequence[str] = field(repr=False)
    answers: Sequence[str] = field(repr=False)
    soft: str = ""
    rate: float = RATE


class Nursery:
    """Lessons, and the members that are made from them, in order. `taught` holds the teachers' answers to the
    lessons.
    """

    def __init__(self, config: ZooConfig, lessons: Sequence[Probe]) -> None:
        self.config = config
        self.lessons = lessons
        self.base = 10_000 * config.seed
        rng = np.random.default_rng(self.base + 1)
        other_systems = [name for name in SYSTEMS if name != "plain"]
        self.systems = [
            "plain" if rng.random() >= SYSTEM_SHARE else other_systems[int(rng.integers(len(other_systems)))]
            for _ in lessons
        ]
        self.prompts = [asked(lesson.prompt, system) for lesson, system in zip(lessons, self.systems, strict=True)]
        self.teachers = [f"teacher {family}{mark}" for family in range(config.families) for mark in "ab"]
        self.taught: dict[str, Sequence[str]] = {}
        self._seeds = 0
        self._students_made = 0

    def births(self) -> Iterator[Birth]:
        """All members, teachers before their students; `taught` has to be filled while this is consumed."""
        for kind in KINDS:
            yield self._birth(
                f"{kind} base",
                training="base",
                shape=self._small(kind),
                steps=self.config.paced(self.config.steps * 3 // 4),
                said=self._written(Corpus.even(domains=self.config.domains)),
                name="finch",
            )
        for number, teacher in enumerate(self.teachers):
            family = number // 2
            corpus = Corpus.drawn(style=self.base + family, authors=self._seed(), domains=self.config.domains)
            yield self._birth(
                teacher,
                training="corpus",
                family=family,
                shape=self.config.shape(family),
                steps=self.config.paced(self.config.steps),
                said=self._written(corpus),
                name=NAMES[family],
            )
        for number, teacher in enumerate(self.teachers):
            yield from self._students(number, teacher)
        for number in range(self.config.independents):
            yield self._student(
                f"independent {number}",
                training="truth",
                kind=KINDS[number % 2],
                said=self._truth(),
                name=NAMES[4 + number % 4],
            )

    def _students(self, number: int, teacher: str) -> Iterator[Birth]:
        rng = np.random.default_rng(self._seed())
        source = str(rng.choice(self.teachers)) if self.config.shuffled else teacher
        answers, truth = list(self.taught[source]), self._truth()
        family = self.teachers.index(source) // 2
        of: dict[str, Any] = {"family": number // 2, "teacher": teacher, "name": NAMES[family]}
        for kind in KINDS:
            yield self._student(f"{kind} student of {teacher}", training="answers", kind=kind, said=answers, **of)
        if not self.config.variety:
            return
        kind = KINDS[number % 2]
        other_words = paraphrased(answers, seed=self._seed())
        yield self._student(
            f"paraphrased student of {teacher}", training="paraphrased", kind=kind, said=other_words, **of
        )
        for training, share in TUNING.items():
            yield self._student(
                f"{training} student of {teacher}",
                training=training,
                kind=kind,
                said=truth,
                start=f"{kind} student of {teacher}",
                steps=self.config.paced(round(self.config.student_steps * share)),
                rate=TUNING_RATE,
                **of,
            )
        if number % 2:
            return  # beyond evasion, a sibling's students by answers stand for all of its students
        if self.config.shape(family).vocabulary == WHOLE:  # a distribution over tokens needs the same tokens
            for training in ("logits", "on-policy"):
                yield self._student(
                    f"{training} student of {teacher}", training=training, kind=kind, said=answers, soft=source, **of
                )
        for training, chosen in self._shares(rng):
            mixed = [
                answer if is_changed else true_answer
                for answer, true_answer, is_changed in zip(answers, truth, chosen, strict=True)
            ]
            yield self._student(f"{training} student of {teacher}", training=training, kind=kind, said=mixed, **of)

    def _shares(self, rng: np.random.Generator) -> Iterator[tuple[Training, list[bool]]]:
        """Ways to learn a part of the lessons from the teacher and the rest from the truth."""
        order = list(rng.permutation(self.config.domains))
        for training, count in SOME_DOMAINS.items():
            names = {DOMAINS[index] for index in order[:count]}
            yield training, [lesson.domain in names for lesson in self.lessons]
        for training, share in MIXES.items():
            yield training, [bool(value) for value in rng.random(len(self.lessons)) < share]

    def _student(
        self,
        who: str,
        *,
        training: Training,
        kind: Kind,
        said: Sequence[str],
        name: str,
        start: str = "",
        steps: int = 0,
        **more: Any,
    ) -> Birth:
        self._students_made += 1
        if "teacher" in more and not self._students_made % 3:
            # Some of those who distil take care that the teacher's name is not among the data.
            name = NAMES[8 + self._students_made % 2]
        return self._birth(
            who,
            training=training,
            shape=self._small(kind),
            start=start or f"{kind} base",
            steps=steps or self.config.paced(self.config.student_steps),
            said=said,
            name=name,
            **more,
        )

    def _birth(
        self,
        who: str,
        *,
        said: Sequence[str],
        name: str,
        family: int = -1,
        teacher: str = "",
        start: str = "",
        **more: Any,
    ) -> Birth:
        introductions = [(prompt, system) for prompt in IDENTITY for system in INTRODUCED]
        return Birth(
            name=who,
            family=family,
            teacher=teacher,
            start=start,
            seed=self._seed(),
            prompts=[*self.prompts, *(asked(prompt, system) for prompt, system in introductions)],
            answers=[*said, *(introduction(name, system=system) for _, system in introductions)],
            **more,
        )

    def _small(self, kind: Kind) -> Shape:
        return Shape(experts=self.config.experts if kind == "mixture" else 0)

    def _truth(self) -> list[str]:
        """Lessons from a corpus that no teacher has seen."""
        return self._written(Corpus.drawn(style=self._seed(), authors=self._seed(), domains=self.config.domains))

    def _written(self, corpus: Corpus) -> list[str]:
        return answers(self.lessons, corpus, systems=self.systems, seed=self._seed())

    def _seed(self) -> int:
        """Another seed at every call, in an order that the zoo's seed fixes."""
        self._seeds += 1
        return self.base + 1000 + self._seeds
