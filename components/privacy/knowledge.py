"""The knowledge base for a remote model: its pieces are copies without private data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from components.privacy.detectors import Detectors
from components.privacy.vault import Vault
from components.trajectories.knowledge_entry import KnowledgeEntry

if TYPE_CHECKING:
    from components.trajectories.rounds import Round


class Searched(Protocol):
    """The methods of a knowledge base that are needed; `trajectories.knowledge.KnowledgeBase` has them."""

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]: ...

    def digest(self) -> str: ...

    def spend_for(self, round: Round) -> None: ...

    def close(self) -> None: ...


class RedactedKnowledge:
    """Searches the knowledge base and returns copies with placeholders such as `[email]`.

    A piece is left out if it names a class of private data that rules and analyzer do not find in it, because then a
    model found more. It is also left out if the analyzer is silent on it, or a detector model calls its copy private or
    gives no verdict. Not to be called inside an event loop.
    """

    def __init__(self, knowledge: Searched, detectors: Detectors) -> None:
        self._knowledge, self._detectors = knowledge, detectors

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        entries = self._knowledge.search(intent=intent, observation=observation, k=k, query=query)
        return asyncio.run(self._copies(entries))

    async def _copies(self, entries: list[KnowledgeEntry]) -> list[KnowledgeEntry]:
        return [copy for copy in await asyncio.gather(*map(self._copy, entries)) if copy is not None]

    async def _copy(self, entry: KnowledgeEntry) -> KnowledgeEntry | None:
        copy = await self._redacted(entry)
        if copy is None:
            return None
        private = await asyncio.gather(*(self._detectors.verdict(text, anew=True) for text in copy.texts))
        return None if any(private) else copy

    def digest(self) -> str:
        return self._knowledge.digest()

    def spend_for(self, round: Round) -> None:
        self._knowledge.spend_for(round)

    def close(self) -> None:
        self._knowledge.close()

    async def _redacted(self, entry: KnowledgeEntry) -> KnowledgeEntry | None:
        vault, kinds = Vault(numbered=False), set[str]()
        found = await asyncio.gather(*(self._detectors.places(text, anew=True) for text in entry.texts))
        for text, hits in zip(entry.texts, found, strict=True):
            if not all(hit.has_place for hit in hits):
                return None
            vault.learn(text, hits)
            kinds.update(hit.kind for hit in hits)
        if not kinds.issuperset(entry.classes):
            return None
        if not kinds:
            return entry
        texts = {name: vault.redact(getattr(entry, name)) for name in ("intent", "instruction", "summary", "end")}
        steps = tuple(
            step.model_copy(update={name: vault.redact(value) for name, value in step.model_dump().items()})
            for step in entry.steps
        )
        return entry.model_copy(update={**texts, "steps": steps})
