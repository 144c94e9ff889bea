"""Whether a proposal is a task of the evaluation: by template and intent, by meaning, and by where it leads.

A paraphrase can share no word with what it says again, so words and vectors alone prove nothing. Where a task is done
does: a proposal is refused whose check names an address that a held-out task is about (where one ends, is judged, or
begins), and one whose check names neither a page nor a request: nobody can say where that leads.
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
from components.propose.likeness import Vectors, held, words_of


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """Attributes: `heldout` are the tasks of the evaluation as they are written."""

    split: Split
    heldout: Mapping[str, SiteTask]
    likeness: float
    vectors: Vectors | None = None

    def why(self, proposal: Proposal) -> str:
        """Why a proposal belongs to the evaluation; empty where it does not."""
        return self.said(proposal) or self._led(proposal)

    def said(self, proposal: Proposal) -> str:
        """The same by what it says alone: by template, by intent, by meaning."""
        task = proposal.task
        for intent in proposal.intents:
            if why := self.split.why_heldout(task_id=task.id, template=task.template, intent=intent, seed=None):
                return why
        for name, other in self._neighbours(task):
            said = product((*task.wordings, *proposal.intents), other.wordings)
            if any(self._means(intent, wording) for intent, wording in said):
                return f"it says what held-out task {name} says"
        return ""

    def _led(self, proposal: Proposal) -> str:
        task = proposal.task
        for name, other in self._neighbours(task):
            if task.check.page is None and task.check.request is None:
                return "its check names neither page nor request, so it may lead to a held-out task"
            if where := _meets(proposal, other):
                return f"it leads to {where}, as held-out task {name} does"
        return ""

    def _neighbours(self, task: SiteTask) -> Iterator[tuple[str, SiteTask]]:
        return ((name, other) for name, other in self.heldout.items() if other.site == task.site)

    def _means(self, intent: str, other: str) -> bool:
        wanted = words_of(other)
        alike = len(wanted) > 1 and held(wanted, within=words_of(intent)) >= self.likeness
        return alike or (self.vectors is not None and self.vectors.alike(intent, other) >= self.likeness)


def _meets(proposal: Proposal, other: SiteTask) -> str:
    """An address that both are about; empty where there is none."""
    patterns = [_pattern(path) for path in _about(other)]
    for path in _named(proposal.task):
        for filled in [unquote(path.format(**case).partition("?")[0]) for case in proposal.cases]:
            if any(pattern.fullmatch(filled) for pattern in patterns):
                return filled
    return ""


def _about(task: SiteTask) -> list[str]:
    """Where a held-out task ends, sends something, is judged, or begins: on a fixed page that is not the site's first,
    or below it."""
    begins = [f"{task.start}*"] if task.start != "/" and "{" not in task.start else []
    return [*_named(task), *begins]


def _named(task: SiteTask) -> list[str]:
    """The addresses that its check names."""
    parts = (task.check.page, task.check.request, task.check.http)
    return [part.path for part in parts if part is not None]


def _pattern(path: str) -> re.Pattern[str]:
    """What an address of this path looks like: variables and a star at the end stand for anything."""
    return re.compile("".join(_parts(unquote(path))))


def _parts(path: str) -> Iterator[str]:
    for part in re.split(r"(\{\w+\}|\*$)", path):
        yield "[^/]*" if part.startswith("{") else ".*" if part == "*" else re.escape(part)
