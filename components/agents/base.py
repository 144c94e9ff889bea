"""Who decides: observation and history in, an action with its reason, cost and timing out. Batched.

An agent never sees the page, the reward or the evaluator: only what a `Turn` holds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from components.browser.observation import Observation
from components.trajectories.schema import (
    AgentInfo,
    Candidate,
    Cost,
    Speculation,
    Step,
)

if TYPE_CHECKING:
    from components.trajectories.rounds import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier step of this episode, as the agent may remember it. `purposes` (of fields) are shown to no model."""

    observation: str
    action: str
    reason: str
    feedback: str
    target: str = ""  # the acted-on element's line without its reference
    url: str = ""
    title: str = ""
    purposes: Mapping[int, str] = field(default_factory=dict)
    description: str = ""  # of the page, in the agent's words
    highlight: str = ""  # the lines of the elements that the agent marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything an agent may know when it decides one step of one episode.

    Attributes:
        episode: a stable name of the episode (task and seed); sampling agents derive their random state from it
            and from `len(history)`, so that a resumed run repeats itself whatever the batch.
        task_id, template: which task this is. For retrieval bookkeeping; no agent may use them to look up a solution.
        last_step: True on the last step the episode allows.
        notice: a remark of the benchmark beside the intent, such as the form of the answer.
    """

    episode: str
    task_id: str
    template: str
    intent: str
    observation: Observation
    history: Sequence[Past]
    last_step: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decided step. `action` is text in the action language; the episode finds out whether it can be parsed.

    Attributes:
        candidates: for `propose`: all actions that the agent thinks good, best first; `action` is the first of them.
        seconds: wall-clock time of the batch this decision came from.
        exchange: what a model was asked and answered, word for word, as JSON of {"messages": ..., "answer": ...}; empty
            where no model was asked in words. The player keeps it beside the step.
        description, highlight: what the agent wants to know of this page later: in words, and as lines of the page.
        private: classes of private data because of which a local model decided instead of a remote one; see `hybrid`.
        decided_by, speculation: whose action it is, where two agents decide together (see `speculate`); both are
            stored with the step.
    """

    action: str
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()
    retrieved: tuple[str, ...] = ()
    cost: Cost = field(default_factory=Cost)
    seconds: float = 0.0
    decided_by: Literal["teacher", "student"] | None = None
    speculation: Speculation | None = None
    private: tuple[str, ...] = ()
    exchange: str = ""
    description: str = ""
    highlight: str = ""


class Agent(ABC):
    """Decides for many episodes at once. `info.digest` changes whenever its decisions may change.

    Attributes:
        batch_size: turns that one call of `decide` takes at most.
        at_once: calls of `decide` that may run at the same time.
        plans: whether it uses the actions of plans (`branch`, `prune`).
    """

    info: AgentInfo
    batch_size: int = 1
    at_once: int = 1
    plans: bool = False

    def spend_for(self, round: Round) -> None:  # noqa: ARG002
        """Books what it asks from now on with the round's run: costs in the ledgers, what leaves in the log."""
        return

    @abstractmethod
    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        """One decision per turn, in order.

        Raises:
            InfraError: the model could not be reached, after retries. Never charged to the agent.
            BudgetError: the token or money budget is spent; the run stops cleanly.
        """

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        """Like `decide`, with every action that the agent thinks good in `candidates` (speculative synthesis)."""
        return [
            Decision(
                action=d.action,
                reason=d.reason,
                candidates=(Candidate(action=d.action, reason=d.reason),),
                retrieved=d.retrieved,
                cost=d.cost,
                seconds=d.seconds,
            )
            for d in await self.decide(turns)
        ]

    @contextmanager
    def episode(self) -> Iterator[None]:
        """Open while an episode runs. Agents that decide in batches wait a little for the turns of open episodes."""
        yield

    async def close(self) -> None:
        """Gives back what the agent holds (connections, weights)."""
        return


def joined_prompts(*prompts: str) -> str:
    """The prompt versions of agents that decide together, as one text."""
    return " + ".join(dict.fromkeys(filter(None, prompts)))


def past_of(step: Step) -> Past:
    """A stored step as an agent remembers it; training examples make their history with it too."""
    return Past(
        observation=step.observation,
        action=step.action,
        reason=step.reason,
        feedback=step.feedback,
        target=step.target.line if step.target else "",
        url=step.url,
        title=step.title,
        purposes=step.purposes,
        description=step.description,
        highlight=step.highlight,
    )
