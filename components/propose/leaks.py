"""Whether a proposal is a task of the evaluation: by template and intent, by meaning, and by its addresses. Ours.

A paraphrase can share no word with its original, so words and vectors cannot prove that two tasks differ. Addresses
can. A proposal is refused if its check names an address of a held-out task: one where that task ends, is judged, or
begins. It is also refused if its check names neither a page nor a request, because nobody can say where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from urllib.parse import unquote

from components.benchmarks.sites.form import SiteTask
from components.benchmarks.split import Split
from components.proposals.proposal import Proposal
from components.propose.likeness import Vectors, containment, words_of


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """Compares proposals with the evaluation.

    Attributes:
        heldout: tasks of the evaluation, by name, as they stand in the site's file.
        likeness: from 0 to 1; a proposal that is this much like a held-out task is refused.
        vectors: of every wording that is compared; None: sets of words are compared.
    """

    split: Split
    heldout: Mapping[str, SiteTask]
    likeness: float
    vectors: Vectors | None = None

    def why(self, proposal: Proposal) -> str:
        """Why a proposal belongs to the evaluation; empty where it does not."""
        return self.wording_leak(proposal) or self._address_leak(proposal)

    def wording_leak(self, proposal: Proposal) -> str:
        """The same by its wordings alone: by template, by intent, by meaning."""
        task = proposal.task
        for intent in proposal.intents:
            if why := self.split.why_heldout(task_id=task.id, template=task.template, intent=intent, seed=None):
                return why
        for name, heldout in self._neighbours(task):
            pairs = product((*task.wordings, *proposal.intents), heldout.wordings)
            if any(self._is_alike(intent, wording) for intent, wording in pairs):
                return f"it says what held-out task {name} says"
        return ""

    def _address_leak(self, proposal: Proposal) -> str:
        task = proposal.task
        for name, heldout in self._neighbours(task):
            if task.check.page is None and task.check.request is None:
                return "its check names neither page nor request, so it may lead to a held-out task"
            if address := _shared_address(proposal, heldout):
                return f"it leads to {address}, as held-out task {name} does"
        return ""

    def _neighbours(self, task: SiteTask) -> Iterator[tuple[str, SiteTask]]:
        return ((name, heldout) for name, heldout in self.heldout.items() if heldout.site == task.site)

    def _is_alike(self, intent: str, wording: str) -> bool:
        words = words_of(wording)
        contained = len(words) > 1 and containment(words, within=words_of(intent)) >= self.likeness
        return contained or (self.vectors is not None and self.vectors.similarity(intent, wording) >= self.likeness)


def _shared_address(proposal: Proposal, heldout: SiteTask) -> str:
    """An address that both have; empty where there is none."""
    patterns = [_pattern(path) for path in _addresses(heldout)]
    for path in _checked_paths(proposal.task):
        for filled in [unquote(path.format(**case).partition("?")[0]) for case in proposal.cases]:
            if any(pattern.fullmatch(filled) for pattern in patterns):
                return filled
    return ""


def _addresses(task: SiteTask) -> list[str]:
    """Addresses where a held-out task ends, sends something or is judged, and all below a fixed page on which it
    begins, unless that is the site's first page."""
    begins = [f"{task.start}*"] if task.start != "/" and "{" not in task.start else []
    return [*_checked_paths(task), *begins]


def _checked_paths(task: SiteTask) -> list[str]:
    """The addresses that its check names."""
    parts = (task.check.page, task.check.request, task.check.http)
    return [part.path for part in parts if part is not None]


def _pattern(path: str) -> re.Pattern[str]:
    """What an address of this path looks like: variables and a star at the end stand for anything."""
    return re.compile("".join(_parts(unquote(path))))


def _parts(path: str) -> Iterator[str]:
    for part in re.split(r"(\{\w+\}|\*$)", path):
        yield "[^/]*" if part.startswith("{") else ".*" if part == "*" else re.escape(part)
