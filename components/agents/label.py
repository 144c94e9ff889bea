"""The student acts, and the teacher says at each step what it would have done there (DAgger, Ross et al. 2011; ours).

A teacher's own trajectories only show pages that a teacher gets to. A student's mistakes lead it to other pages, and
without labels there it would never learn how to go on.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from components.agents.base import Agent, Decision, Turn
from components.agents.speculate import SpeculativeAgent, find_same
from components.browser.actions import ActionError, parse_action
from components.browser.observation import Observation
from components.trajectories.schema import Candidate, Speculation


class LabelledAgent(SpeculativeAgent):
    """A student whose every step is labelled: its decision, with what the teacher would have done as `speculation`."""

    kind, joined_by, version = "labelled", "labelled by", "labels 1"

    def __init__(self, *, student: Agent, teacher: Agent) -> None:
        super().__init__(student=student, teacher=teacher)
        self.plans = student.plans

    async def _decide(self, turn: Turn) -> Decision:
        (student_decision,), (teacher_decision,) = await asyncio.gather(
            self.student.decide([turn]), self.teacher.decide([turn])
        )
        return label(turn.observation, student_decision, teacher_decision)


def label(observation: Observation, student: Decision, teacher: Decision) -> Decision:
    """The student's decision; the teacher's beside it where it is an action on this page."""
    labels = _labels(observation, teacher)
    proposal = Candidate(action=student.action, reason=student.reason)
    agreed = find_same(student.action, labels, observation) is not None
    return replace(
        student,
        private=teacher.private,
        exchange=teacher.exchange,
        cost=student.cost + teacher.cost,
        seconds=max(student.seconds, teacher.seconds),
        speculation=Speculation(proposed=proposal, candidates=labels, accepted=agreed),
    )


def _labels(observation: Observation, teacher: Decision) -> tuple[Candidate, ...]:
    """The teacher's action in canonical form, as episodes store actions; empty where it gives up or cannot be done."""
    try:
        action = parse_action(teacher.action, observation)
    except ActionError:
        return ()
    gives_up = action.kind == "stop" and not action.text
    if gives_up or (action.ref is not None and action.ref not in observation.elements):
        return ()
    return (Candidate(action=str(action), reason=teacher.reason),)
