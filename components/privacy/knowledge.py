"""The knowledge base as a remote model may see it: copies without what is private in them."""

from __future__ import annotations

from typing import Protocol

from components.privacy.detectors import Detectors
from components.privacy.vault import Vault
from components.trajectories.knowledge_entry import KnowledgeEntry


class Searched(Protocol):
    """What is needed of a knowledge base; `trajectories.knowledge.KnowledgeBase` is one."""

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]: ...

    def digest(self) -> str: ...


class RedactedKnowledge:
    """Finds what the knowledge base finds, and gives copies with `[email]` in the place of values.

    A piece that carries a class of private data which the rules do not find in it is withheld: somebody knew more.
    """

    def __init__(self, knowledge: Searched, detectors: Detectors) -> None:
        self._knowledge, self._detectors = knowledge, detectors

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        found = self._knowledge.search(intent=intent, observation=observation, k=k, query=query)
        copies = (self._copy(entry) for entry in found)
        return [copy for copy in copies if copy is not None]

    def digest(self) -> str:
        return self._knowledge.digest()

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
