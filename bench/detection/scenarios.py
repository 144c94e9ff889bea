"""What a method has to judge: which teachers and suspects, of what kind, and under which evasion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.detection.zoo.births import MIXES, SOME_DOMAINS, Training
from bench.detection.zoo.build import WARM, Member
from bench.detection.zoo.language import SYSTEMS

Relation = Literal["own", "sibling", "easy"]
PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A question put to every method.

    Attributes:
        inside: sides of a pair whose weights may be looked into; the others answer questions only.
        mixtures: (teacher, suspect), whether each is a mixture-of-experts; None is either.
        unequal: only pairs with different counts of experts.
        training: how the suspects that are students learnt.
        condition: how suspects are asked.
    """

    name: str
    inside: Literal["both", "teacher", "suspect", "none"] = "none"
    mixtures: tuple[bool | None, bool | None] = (None, None)
    unequal: bool = False
    training: Training = "answers"
    condition: str = PLAIN

    def pairs(self, members: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
        """Every pair of a teacher and a suspect. Suspects are the students of all teachers, and students of none.

        Where a teacher has no students by this training, those by its plain answers stand for them; where no teacher
        has, there is no pair.
        """
        trained = {member.teacher for member in members if member.training == self.training}
        if not trained:
            return
        for teacher in members:
            if not teacher.asked_about or not _fits(teacher, self.mixtures[0]):
                continue
            for suspect in members:
                stands_in = suspect.training == "answers" and suspect.teacher not in trained
                joins = stands_in or suspect.training in (self.training, "truth")
                fits = joins and _fits(suspect, self.mixtures[1])
                unequal = not self.unequal or teacher.shape.experts != suspect.shape.experts
                if fits and unequal and self.condition in suspect.answers:
                    yield teacher, suspect


def _fits(member: Member, mixture: bool | None) -> bool:
    return mixture is None or bool(member.shape.experts) == mixture


def relation(teacher: Member, suspect: Member) -> Relation:
    """The truth about a pair: for scoring only."""
    if suspect.teacher == teacher.name:
        return "own"
    return "sibling" if suspect.family == teacher.family else "easy"


EVASIONS = (*(name for name in SYSTEMS if name != PLAIN), WARM)
SCENARIOS: tuple[Scenario, ...] = (
    Scenario(name="white box: mixture to mixture", inside="both", mixtures=(True, True)),
    Scenario(name="white box: unequal experts", inside="both", mixtures=(True, True), unequal=True),
    Scenario(name="one shadow: mixture to dense", inside="teacher", mixtures=(True, False)),
    Scenario(name="one shadow: dense to mixture", inside="suspect", mixtures=(False, True)),
    Scenario(name="two shadows: dense to dense", mixtures=(False, False)),
    Scenario(name="black box"),
    *(Scenario(name=f"evasion: {condition}", condition=condition) for condition in EVASIONS),
    Scenario(name="evasion: paraphrased data", training="paraphrased"),
    Scenario(name="evasion: tuned after", training="tuned"),
    Scenario(name="evasion: tuned twice as long", training="tuned on"),
    Scenario(name="taught by logits", training="logits"),
    Scenario(name="taught on policy", training="on-policy"),
    *(Scenario(name=f"taught {training}", training=training) for training in SOME_DOMAINS),
    *(Scenario(name=f"taught on {training} of its data", training=training) for training in MIXES),
)
