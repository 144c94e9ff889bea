"""A knowledge base searched for one turn of an episode, and what the search cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from components.trajectories.budget import metered

if TYPE_CHECKING:
    from components.agents.base import Turn
    from components.privacy.knowledge import Searched
    from components.trajectories.knowledge_entry import KnowledgeEntry
    from components.trajectories.schema import Cost


async def search(knowledge: Searched, turn: Turn, *, k: int, query: str = "") -> tuple[list[KnowledgeEntry], Cost]:
    """At most `k` pieces that may help with a turn, best first, and the cost of their vectors' query.

    Args:
        query: what is wanted now, in words; the goal where left out.

    Raises: as `KnowledgeBase.search`.
    """
    with metered() as meter:
        entries = await asyncio.to_thread(
            knowledge.search, intent=turn.intent, observation=turn.observation.text, query=query, k=k
        )
    return entries, meter.cost
