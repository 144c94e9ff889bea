"""A chat model that is shown pieces of the knowledge base at every step (AgentSymbiotic 3.2, algorithm 1).

The knowledge base returns the k best pieces of all its strategies. With `filter_examples` the model first says which of
them help, as the paper's filter does. In the paper the model writes the query; here the query is the goal and the
reason of the model's last action, which needs no call.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.agents.base import Agent, Decision, Turn
from components.agents.blocks import Example
from components.agents.chat import ChatAgent, asking_of, step_seed
from components.agents.prompts import filter_messages
from components.agents.searching import search
from components.trajectories.schema import AgentInfo, Cost

if TYPE_CHECKING:
    from components.privacy.knowledge import Searched
    from components.trajectories.knowledge_entry import KnowledgeEntry
    from components.trajectories.rounds import Round


class RetrievalAgent(Agent):
    """A chat agent with pieces of the knowledge base in its prompt. `close` closes both."""

    def __init__(self, agent: ChatAgent, knowledge: Searched) -> None:
        self.agent, self.knowledge, self.batch_size = agent, knowledge, agent.batch_size
        self.budget = agent.budget
        config = agent.config
        settings = f"{agent.info.digest} {config.examples} {config.filter_examples} {knowledge.digest()}"
        self.info = AgentInfo(
            name=f"{agent.info.name} with knowledge",
            kind="chat",
            digest=hashlib.sha256(settings.encode()).hexdigest(),
            prompt=agent.info.prompt,
        )
        self.plans = agent.plans

    def spend_for(self, round: Round) -> None:
        self.agent.spend_for(round)
        self.knowledge.spend_for(round)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*(self._decide(turn, propose=0) for turn in turns)))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        candidates = self.agent.config.candidates
        return list(await asyncio.gather(*(self._decide(turn, propose=candidates) for turn in turns)))

    async def close(self) -> None:
        try:
            await self.agent.close()
        finally:
            await asyncio.to_thread(self.knowledge.close)

    async def _decide(self, turn: Turn, *, propose: int) -> Decision:
        query = f"{turn.intent} {turn.history[-1].reason}" if turn.history else ""
        entries, cost = await search(self.knowledge, turn, k=self.agent.config.examples, query=query)
        if entries and self.agent.config.filter_examples:
            entries, filter_cost = await self._helpful(turn, entries)
            cost += filter_cost
        examples = [_example(entry) for entry in entries]
        (decision,) = await self.agent.answer([turn], examples=[examples], propose=propose)
        return dataclasses.replace(decision, retrieved=tuple(entry.id for entry in entries), cost=cost + decision.cost)

    async def _helpful(self, turn: Turn, entries: Sequence[KnowledgeEntry]) -> tuple[list[KnowledgeEntry], Cost]:
        """The pieces that the model says help; empty where its answer names none, as in the paper's code."""
        config, examples = self.agent.config, [_example(entry) for entry in entries]
        messages = filter_messages(turn, examples, asking_of(config))
        text, cost = await self.agent.complete(messages, seed=step_seed(turn))
        return [entries[number - 1] for number in chosen(text, count=len(entries))], cost


def chosen(text: str, *, count: int) -> list[int]:
    """The numbers, from 1 to `count`, in the last bracketed list of an answer; without repetition, in order."""
    lists = re.findall(r"\[([\d,\s]*)\]", text)
    numbers = {int(number) for number in re.findall(r"(?<!\d)\d{1,6}(?!\d)", lists[-1])} if lists else set()
    return sorted(number for number in numbers if 1 <= number <= count)


def _example(entry: KnowledgeEntry) -> Example:
    return Example(
        instruction=entry.instruction,
        summary=entry.summary,
        solved=entry.solved,
        steps=(
            *((step.observation, step.action, step.reason) for step in entry.steps),
            *([(entry.end, "", "")] if entry.end else []),
        ),
    )
