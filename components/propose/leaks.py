"""Whether a proposal is a task of the evaluation: by template and intent, by meaning, and by where it leads.

A paraphrase can share no word with what it says again, so words and vectors alone prove nothing. Where a task is done
does: a proposal is refused that ends on a page a held-out task ends on, or sends something to where one begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
        task = proposal.task
        for intent in proposal.intents:
            if why := self.split.why_heldout(task_id=task.id, template=task.intent, intent=intent, seed=None):
                return why
        for name, other in self.heldout.items():
            if other.site == task.site and (where := _meets(proposal, other)):
                return f"it leads to {where}, as held-out task {name} does"
            if any(self._means(intent, other.intent) for intent in (task.intent, *proposal.intents)):
                return f"it says what held-out task {name} says"
        return ""

    def _means(self, intent: str, other: str) -> bool:
        wanted = words_of(other)
        alike = len(wanted) > 1 and held(wanted, within=words_of(intent)) >= self.likeness
        return alike or (self.vectors is not None and self.vectors.alike(intent, other) >= self.likeness)


def _meets(proposal: Proposal, other: SiteTask) -> str:
    """An address that both are about; empty where there is none."""
    cases = proposal.task.cases if isinstance(proposal.task.cases, tuple) else ()
    check = proposal.task.check
    sought = ((check.page, _ends(other)), (check.request, _touches(other)), (check.http, _touches(other)))
    for part, patterns in sought:
        for filled in [part.path.format(**case) for case in cases] if part is not None else []:
            if any(pattern.fullmatch(filled) for pattern in patterns):
                return filled
    return ""


def _ends(task: SiteTask) -> list[re.Pattern[str]]:
    return [_pattern(task.check.page.path)] if task.check.page else []


def _touches(task: SiteTask) -> list[re.Pattern[str]]:
    """Where a held-out task sends something, is judged, or begins: on a fixed page that is not the site's first."""
    parts = (task.check.request, task.check.http)
    begins = [task.start] if task.start != "/" and "{" not in task.start else []
    return [_pattern(path) for path in (*(part.path for part in parts if part), *begins)]


def _pattern(path: str) -> re.Pattern[str]:
    """What an address of this path looks like: variables and a star at the end stand for anything."""
    return re.compile("".join(_parts(path)))


def _parts(path: str) -> Iterator[str]:
    for part in re.split(r"(\{\w+\}|\*$)", path):
        yield "[^/]*" if part.startswith("{") else ".*" if part == "*" else re.escape(part)
