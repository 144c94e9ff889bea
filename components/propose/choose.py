"""Which proposals are played: each once, in fair shares of the map's regions and kinds of task, the hardest first."""

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
    """What becomes of every proposal; the first verdict stands.

    Attributes:
        attempts: by proposal, how often the teacher tried it and solved it.
        student: by proposal, the share that the last round's student solved, from 0 to 1.
    """

    proposals: Sequence[Proposal]
    attempts: dict[str, tuple[int, int]] = field(default_factory=dict)
    student: Mapping[str, float] = field(default_factory=dict)
    _verdicts: dict[str, tuple[Status, str]] = field(default_factory=dict)

    def refuse(self, why: Mapping[str, str], *, status: Status = "refused") -> None:
        for id, reason in why.items():
            if reason:
                self._verdicts.setdefault(id, (status, reason))

    @property
    def open(self) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.id not in self._verdicts]

    def lines(self) -> tuple[ProposedTask, ...]:
        return tuple(self._line(proposal) for proposal in self.proposals)

    def _line(self, proposal: Proposal) -> ProposedTask:
        status, reason = self._verdicts.get(proposal.id, ("played", ""))
        attempts, solved = self.attempts.get(proposal.id, (0, 0))
        return ProposedTask(
            id=proposal.id,
            intent=proposal.intents[0] if proposal.intents else proposal.task.intent,
            by=proposal.by,
            region=proposal.region,
            cases=len(proposal.cases),
            status=status,
            reason=reason,
            attempts=attempts,
            solved=solved,
            student=self.student.get(proposal.id),
        )


def by_reviews(
    proposals: Sequence[Proposal], reviews: Mapping[str, Decision], *, approved_only: bool
) -> dict[str, str]:
    """By proposal, why a review, or the lack of one, refuses it; those that may be played are left out."""
    reasons = {proposal.id: "a person rejected it" for proposal in proposals if reviews.get(proposal.id) == "rejected"}
    if approved_only:
        reasons |= {proposal.id: "nobody has approved it yet" for proposal in proposals if proposal.id not in reviews}
    return reasons


def twice(proposals: Sequence[Proposal], *, likeness: float, vectors: Vectors | None) -> dict[str, str]:
    """By proposal, why it is refused as a copy of an earlier one. Args: `likeness`: from 0 to 1, from which on two
    wordings say the same."""
    reasons: dict[str, str] = {}
    distinct: list[Proposal] = []
    for proposal in proposals:
        first = next((earlier for earlier in distinct if _is_same(proposal, earlier, likeness, vectors)), None)
        if first is None:
            distinct.append(proposal)
        else:
            reasons[proposal.id] = f"{first.id} says the same"
    return reasons


def _is_same(first: Proposal, second: Proposal, likeness: float, vectors: Vectors | None) -> bool:
    """Whether two proposals are one task: the same cases and check, or much the same wordings and checks.

    Reaching a page is the same task from every region; sending a form is a task of the region where the form is.
    """
    if first.task.family != second.task.family or (first.task.check.page is None and first.region != second.region):
        return False
    if (first.task.check, first.cases) == (second.task.check, second.cases):
        return True
    similarity = (
        vectors.similarity(first.said, second.said) if vectors else shared(words_of(first.said), words_of(second.said))
    )
    return similarity >= likeness and shared(_ends(first), _ends(second)) >= SAME_ENDS


def _ends(proposal: Proposal) -> frozenset[str]:
    """The check of every case."""
    return frozenset(filled(proposal.task.check, case).model_dump_json() for case in proposal.cases)


def resting(student: Mapping[str, float], *, reliable: float) -> dict[str, str]:
    """By proposal, why it rests a round: the last round's student solves it reliably. It is judged again in the next.

    Args:
        student: by proposal, the share that it solved, from 0 to 1.
        reliable: the share from which on it rests.
    """
    return {id: f"the student solves {rate:.0%} of it" for id, rate in student.items() if rate >= reliable}


def over_quota(
    proposals: Sequence[Proposal],
    reviews: Mapping[str, Decision],
    attempts: Mapping[str, tuple[int, int]],
    config: ProposeConfig,
) -> dict[str, str]:
    """By proposal, why there is no place for it this round.

    Places go round the regions and kinds of task in turn: first to approved proposals, then to those that the teacher
    solved least often.
    """

    def rank(proposal: Proposal) -> tuple[bool, float, str]:
        played, solved = attempts.get(proposal.id, (0, 0))
        return reviews.get(proposal.id) != "approved", solved / played if played else 1.0, proposal.id

    turns, of_region = Counter[tuple[str, str]](), Counter[str]()
    ordered = list[tuple[int, tuple[bool, float, str], Proposal]]()
    for proposal in sorted(proposals, key=rank):
        place = (proposal.region, proposal.task.family)
        ordered.append((turns[place], rank(proposal), proposal))
        turns[place] += 1
    chosen = list[Proposal]()
    for _, _, proposal in sorted(ordered, key=lambda turn: turn[:2]):
        if of_region[proposal.region] < config.per_region and len(chosen) < config.most:
            chosen.append(proposal)
            of_region[proposal.region] += 1
    chosen_ids = {proposal.id for proposal in chosen}
    full = {
        region
        for region, count in Counter(proposal.region for proposal in chosen).items()
        if count >= config.per_region
    }
    return {
        proposal.id: f"{proposal.region} has its {config.per_region} already"
        if proposal.region in full
        else f"there are {config.most} already"
        for proposal in proposals
        if proposal.id not in chosen_ids
    }
