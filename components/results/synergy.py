"""What working together gave: the teacher with what was found in the student's place, beside whoever works alone.

Delta is AgentSymbiotic's (equation 4): SR(both) - max(SR(teacher), SR(student)). The paper does not say which rates it
takes. Ours: both is the teacher with the knowledge base as this round leaves it, alone are the teacher without it and
this round's student, all on the same held-out tasks and seeds; the better one is chosen once, by its rate. The interval
and the control are ours too.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.results.control import control_of
from components.results.episodes import Change, compare
from components.results.evaluate import EvaluateResult
from components.results.place import read
from components.trajectories.phases import SplitName
from components.trajectories.rounds import Round
from components.trajectories.schema import Record


class Synergy(Record):
    """One split of one round."""

    gain: Change = Field(description="the teacher with what was found, compared with the teacher alone")
    delta: Change = Field(
        description="the teacher with what was found, compared with the better of teacher and student alone: the "
        "paper's Delta"
    )
    better_alone: Literal["teacher", "student"] = Field(description="which of the two solved more of the split alone")
    control_gain: Change | None = Field(
        description="the teacher with what a random explorer found, compared with the teacher alone; null: the "
        "control was not run"
    )
    beside_control: Change | None = Field(
        description="the teacher with what the student found, compared with the teacher with what the random explorer "
        "found"
    )


def synergy_of(round: Round) -> dict[SplitName, Synergy]:
    """The synergy on each split.

    Empty where not all three were evaluated: the teacher with knowledge, the teacher without, and the student.
    """
    together, alone, student = _evaluation(round, "teacher"), _evaluation(round, ALONE), _evaluation(round, "student")
    control = control_of(round)
    chance = _evaluation(control, "teacher") if control else None
    if together is None or alone is None or student is None:
        return {}
    synergies: dict[SplitName, Synergy] = {}
    for split in together.splits:
        rates = {
            agent: evaluation.splits[split].success_rate
            for agent, evaluation in (("teacher", alone), ("student", student))
        }
        better: Literal["teacher", "student"] = "student" if rates["student"] > rates["teacher"] else "teacher"
        beside = {"teacher": alone, "student": student}[better]
        synergies[split] = Synergy(
            gain=compare(round.store, alone, together, split=split),
            delta=compare(round.store, beside, together, split=split),
            better_alone=better,
            control_gain=compare(round.store, alone, chance, split=split) if chance else None,
            beside_control=compare(round.store, chance, together, split=split) if chance else None,
        )
    return synergies


ALONE = "teacher_without_knowledge"


def _evaluation(round: Round, role: str) -> EvaluateResult | None:
    return read(round, EvaluateResult, of=role)
