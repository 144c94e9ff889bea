"""Which proposals are played: those that are new, lead nowhere near the evaluation, were done once and are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.benchmarks.sites.form import filled
from components.proposals.proposal import Proposal
from components.proposals.reviews import Decision
from components.propose.config import ProposeConfig
from components.propose.likeness import Vectors, shared, words_of
from components.results.propose import ProposedTask, Status

SAME_ENDS = 0.5
"""Share of cases that end alike, from which on two proposals that are said alike are one."""


@dataclass(kw_only=True)
class Fates:
    """What becomes of every proposal; the first word stands."""

    proposals: Sequence[Proposal]
    attempts: dict[str, tuple[int, int]] = field(default_factory=dict)
    student: Mapping[str, float] = field(default_factory=dict)
    _said: dict[str, tuple[Status, str]] = field(default_factory=dict)

    def refuse(self, why: Mapping[str, str], *, status: Status = "refused") -> None:
        for id, reason in why.items():
            if reason:
                self._said.setdefault(id, (status, reason))

    @property
    def open(self) -> list[Proposal]:
        return [each for each in self.proposals if each.id not in self._said]

    def lines(self) -> tuple[ProposedTask, ...]:
        return tuple(self._line(each) for each in self.proposals)

    def _line(self, each: Proposal) -> ProposedTask:
        status, reason = self._said.get(each.id, ("played", ""))
        attempts, solved = self.attempts.get(each.id, (0, 0))
        return ProposedTask(
            id=each.id,
            intent=each.intents[0] if each.intents else each.task.intent,
            by=each.by,
            region=each.region,
            cases=len(each.cases),
            status=status,
            reason=reason,
            attempts=attempts,
            solved=solved,
            student=self.student.get(each.id),
        )


def by_reviews(
    proposals: Sequence[Proposal], reviews: Mapping[str, Decision], *, approved_only: bool
) -> dict[str, str]:
    """Why a person's word, or its lack, keeps a proposal out."""
    found = {each.id: "a person rejected it" for each in proposals if reviews.get(each.id) == "rejected"}
    if approved_only:
        found |= {each.id: "nobody has approved it yet" for each in proposals if each.id not in reviews}
    return found


def twice(proposals: Sequence[Proposal], *, likeness: float, vectors: Vectors | None) -> dict[str, str]:
    """Those that say or check what one before them does."""
    found: dict[str, str] = {}
    kept: list[Proposal] = []
    for each in proposals:
        same = next((other for other in kept if _same(each, other, likeness, vectors)), None)
        if same is None:
            kept.append(each)
        else:
            found[each.id] = f"{same.id} says the same"
    return found


def _same(one: Proposal, other: Proposal, likeness: float, vectors: Vectors | None) -> bool:
    """Whether both have the same cases and check, or say and check much the same.

    A page is the same task wherever one comes from; what is sent is another's on another kind of page.
    """
    if one.task.family != other.task.family or (one.task.check.page is None and one.region != other.region):
        return False
    if (one.task.check, one.cases) == (other.task.check, other.cases):
        return True
    alike = vectors.alike(one.said, other.said) if vectors else shared(words_of(one.said), words_of(other.said))
    return alike >= likeness and shared(_ends(one), _ends(other)) >= SAME_ENDS


def _ends(proposal: Proposal) -> frozenset[str]:
    """The check of every case."""
    return frozenset(filled(proposal.task.check, case).model_dump_json() for case in proposal.cases)


def resting(student: Mapping[str, float], *, reliable: float) -> dict[str, str]:
    """Those the last round's student does reliably: they rest a round, and are judged again in the next."""
    return {id: f"the student solves {rate:.0%} of it" for id, rate in student.items() if rate >= reliable}


def over_quota(
    proposals: Sequence[Proposal],
    reviews: Mapping[str, Decision],
    attempts: Mapping[str, tuple[int, int]],
    config: ProposeConfig,
) -> dict[str, str]:
    """Region by region and kind by kind in turn, what a person approved first, then what the teacher finds hardest."""

    def rank(each: Proposal) -> tuple[bool, float, str]:
        tried, solved = attempts.get(each.id, (0, 0))
        return reviews.get(each.id) != "approved", solved / tried if tried else 1.0, each.id

    turns, of_region = Counter[tuple[str, str]](), Counter[str]()
    ordered = list[tuple[int, tuple[bool, float, str], Proposal]]()
    for each in sorted(proposals, key=rank):
        place = (each.region, each.task.family)
        ordered.append((turns[place], rank(each), each))
        turns[place] += 1
    kept = list[Proposal]()
    for _, _, each in sorted(ordered, key=lambda turn: turn[:2]):
        if of_region[each.region] < config.per_region and len(kept) < config.most:
            kept.append(each)
            of_region[each.region] += 1
    names = {each.id for each in kept}
    full = {region for region, count in Counter(each.region for each in kept).items() if count >= config.per_region}
    return {
        each.id: f"{each.region} has its {config.per_region} already"
        if each.region in full
        else f"there are {config.most} already"
        for each in proposals
        if each.id not in names
    }
