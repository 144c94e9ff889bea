"""The knowledge base as a remote model may see it: copies without what is private in them."""

from __future__ import annotations

import asyncio
from typing import Protocol

from components.privacy.detectors import Detectors
from components.privacy.vault import Vault
from components.trajectories.knowledge_entry import KnowledgeEntry


class Searched(Protocol):
    """What is needed of a knowledge base; `trajectories.knowledge.KnowledgeBase` is one."""

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]: ...

    def digest(self) -> str: ...

    def close(self) -> None: ...


class RedactedKnowledge:
    """Finds what the knowledge base finds, and gives copies with `[email]` in the place of values.

    A piece that carries a class of private data which the rules do not find in it is withheld: somebody knew more. So
    is one whose copy a detector model calls private, or gives no verdict about. Called outside of any event loop.
    """

    def __init__(self, knowledge: Searched, detectors: Detectors) -> None:
        self._knowledge, self._detectors = knowledge, detectors

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        found = self._knowledge.search(intent=intent, observation=observation, k=k, query=query)
        copies = [copy for entry in found if (copy := self._copy(entry)) is not None]
        return asyncio.run(self._not_private(copies)) if self._detectors.model else copies

    async def _not_private(self, copies: list[KnowledgeEntry]) -> list[KnowledgeEntry]:
        async def has_hit(copy: KnowledgeEntry) -> bool:
            return any(await asyncio.gather(*(self._detectors.scan(text, anew=True) for text in copy.texts)))

        private = await asyncio.gather(*map(has_hit, copies))
        return [copy for copy, hit in zip(copies, private, strict=True) if not hit]

    def digest(self) -> str:
        return self._knowledge.digest()

    def close(self) -> None:
        self._knowledge.close()

    def _copy(self, entry: KnowledgeEntry) -> KnowledgeEntry | None:
        vault, kinds = Vault(numbered=False), set[str]()
        for text in entry.texts:
            hits = self._detectors.scan_now(text)
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
