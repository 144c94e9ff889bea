"""Which episodes a round explores; part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.trajectories.phases import Mode


class ExploreConfig(BaseModel):
    """Episodes of training tasks on training seeds: the teacher's, the student's, and those of both together.

    Teacher and student begin at the same seeds, so that what the student finds can be compared with what the teacher
    found on the very same pages. Seeds that both play together are others: on the same ones the teacher's own
    trajectories would mostly be repeated. Another round, or another seed of the run, explores other seeds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher_seeds: int = Field(10, ge=0, description="seeds of each training task that the teacher plays in a round")
    speculative_seeds: int = Field(
        5, ge=0, description="seeds of each training task that the student plays while the teacher checks each step"
    )
    student_seeds: int = Field(10, ge=0, description="seeds of each training task that the student plays alone")
    student_from: int = Field(
        1,
        ge=1,
        description="first round in which the student explores, alone or checked; raise it for a student that starts "
        "untrained",
    )
    explorer: Literal["student", "random"] = Field(
        "student",
        description="who explores as the student; random: a control, which shows what chance would have found",
    )
    labels: bool = Field(
        False,
        description="ask the teacher at each step of the student's own episodes what it would do, and train on that "
        "where the student did not solve the task; costs one teacher request for each step",
    )
    temperature: float = Field(
        0.7, ge=0, description="sampling temperature of the student while it explores; 0: the most likely action"
    )

    def seeds(self, mode: Mode, *, round: int) -> int:
        """Seeds of every task in one mode of a round."""
        if mode == "teacher":
            return self.teacher_seeds
        if round < self.student_from:
            return 0
        return self.student_seeds if mode == "student" else self.speculative_seeds

    @property
    def seeds_of_a_round(self) -> int:
        """How far the seeds of one round are from those of the next."""
        return self.seeds_apart + self.speculative_seeds

    @property
    def seeds_apart(self) -> int:
        """Seeds of every task that teacher or student play alone."""
        return max(self.teacher_seeds, self.student_seeds)
