"""The student proposes, the teacher's candidates accept or replace it, step by step (AgentSymbiotic 3.3, eq. 5-6).

Where the paper and its code are silent or disagree, this is what we do and why:

- The executed pair is recorded and trained on. Line 19 of the paper's algorithm 2 appends the student's own pair even
  where the teacher's was executed; equation 6 and the text mean the executed one.
- "The action is among the candidates" is decided by meaning: the same action on the same element's text. The code
  compares strings, after replacing element numbers by their text only in its look-up of known steps.
- The replacement is the teacher's first candidate, as in the code; the paper's SelectBest is not defined.
- K is whatever the teacher lists, as in the code; the paper gives no number.
- A teacher whose list holds nothing decides by its own action, as the code uses the raw response then. That is a
  rejection of the student's proposal like any other; the code does not count it.
- An accepted proposal keeps the student's reason; where it wrote none, that of the candidate it agrees with, because
  a step without a reason trains only one of the two tasks (ours).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from components.agents.base import Agent, Decision, Turn, joined_prompts
from components.agents.batching import Batcher
from components.browser.actions import ActionError, describe, parse_action
from components.browser.observation import Observation
from components.trajectories.schema import AgentInfo, Candidate, Speculation

if TYPE_CHECKING:
    from components.trajectories.rounds import Round

RULE_VERSION = "1"
"""Part of the agent's digest: change it whenever the rule of acceptance changes."""


class SpeculativeAgent(Agent):
    """A student checked by a teacher. Each decision carries its `speculation` and who decided it.

    Every turn is its own call (`batch_size` 1), so that a step waits for no other step's teacher. A student or teacher
    that decides in batches takes together the turns that wait for it at the moment.
    """

    kind, joined_by, version = "speculative", "checked by", RULE_VERSION

    def __init__(self, *, student: Agent, teacher: Agent) -> None:
        self.student, self.teacher = Batcher(student), Batcher(teacher)
        parts = (self.version, student.info.digest, teacher.info.digest)
        self.info = AgentInfo(
            name=f"{student.info.name} {self.joined_by} {teacher.info.name}",
            kind=self.kind,
            digest=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
            prompt=joined_prompts(student.info.prompt, teacher.info.prompt),
        )
        self.plans = teacher.plans

    def spend_for(self, round: Round) -> None:
        self.student.spend_for(round)
        self.teacher.spend_for(round)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*map(self._decide, turns)))

    async def _decide(self, turn: Turn) -> Decision:
        """Asks both at once: the teacher's candidates do not depend on the proposal."""
        (proposal,), (answer,) = await asyncio.gather(self.student.decide([turn]), self.teacher.propose([turn]))
        return combine(turn.observation, proposal, answer)

    @contextmanager
    def episode(self) -> Iterator[None]:
        with self.student.episode(), self.teacher.episode():
            yield

    async def close(self) -> None:
        await asyncio.gather(self.student.close(), self.teacher.close())


def combine(observation: Observation, student: Decision, teacher: Decision) -> Decision:
    """The rule (eq. 6): the student's action and reason if the teacher would do the same, else the teacher's best."""
    proposal = Candidate(action=student.action, reason=student.reason)
    candidates = teacher.candidates or (Candidate(action=teacher.action, reason=teacher.reason),)
    agreed = find_same(proposal.action, candidates, observation)
    chosen = candidates[0]
    if agreed is not None:
        chosen = Candidate(action=proposal.action, reason=proposal.reason or agreed.reason)
    return Decision(
        action=chosen.action,
        reason=chosen.reason,
        candidates=candidates,
        retrieved=teacher.retrieved,
        private=teacher.private,
        exchange=teacher.exchange,
        description=teacher.description,
        highlight=teacher.highlight,
        cost=student.cost + teacher.cost,
        seconds=max(student.seconds, teacher.seconds),
        decided_by="teacher" if agreed is None else "student",
        speculation=Speculation(proposed=proposal, candidates=candidates, accepted=agreed is not None),
    )


def find_same(action: str, candidates: Sequence[Candidate], observation: Observation) -> Candidate | None:
    """The first candidate that means the same on this page; None for text that is no action."""
    meaning = _meaning(action, observation)
    if meaning is None:
        return None
    return next((candidate for candidate in candidates if _meaning(candidate.action, observation) == meaning), None)


def _meaning(action: str, observation: Observation) -> str | None:
    try:
        return describe(parse_action(action, observation), observation)
    except ActionError:
        return None
