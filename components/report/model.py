"""What a report shows: the results of every stage of every round so far, and the episodes of its viewer.

A stage that has not run, or not in this round, leaves None or nothing in its place, and its section says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.episodes import Change
from components.results.evaluate import EvaluateResult, SplitResult
from components.results.preflight import PreflightResult
from components.results.promote import PromoteResult
from components.results.propose import ProposeResult
from components.results.report import Facts
from components.results.synthesize import SynthesizeResult
from components.trajectories.manifest import Manifest
from components.trajectories.phases import Role, SplitName, main_split, titles
from components.trajectories.schema import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """One round as its stages left it.

    Attributes:
        seconds: wall-clock time by stage.
        control: the facts of the same round with a random explorer in the student's place; None where it was not run.
        attempts: how earlier attempts at the round ended, those that were not killed.
    """

    number: int
    manifest: Manifest | None
    notes: PreflightResult | None
    evaluations: Mapping[Role, EvaluateResult]
    synthesis: SynthesizeResult | None
    distillation: DistillResult | None
    audit: AuditResult | None
    promotion: PromoteResult | None
    facts: Facts
    seconds: Mapping[str, float]
    control: Facts | None = None
    attempts: Sequence[str] = ()
    proposing: ProposeResult | None = None

    @property
    def main(self) -> SplitName:
        """The split that is spoken of first, see `main_split`."""
        student = self.evaluations.get("student")
        return main_split(student.splits) if student else "heldout_seeds"

    @property
    def titles(self) -> Mapping[SplitName, str]:
        """The judged splits in words, in the order they are told."""
        return titles({split for result in self.evaluations.values() for split in result.splits})

    @property
    def change(self) -> Change | None:
        """The student beside the last round's, on the main split."""
        return self.facts.since_last.get(self.main)

    def success(self, role: Role, split: SplitName | None = None) -> SplitResult | None:
        """What an agent solved of a split, the main one where none is named; None where it was not played."""
        result = self.evaluations.get(role)
        return result.splits.get(split or self.main) if result else None

    @property
    def played(self) -> dict[Role, EvaluateResult]:
        """The evaluations whose episodes are of this very round."""
        return {role: result for role, result in self.evaluations.items() if not result.reused}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The page as it was before a step. `point` is where the action met it, in the picture's own pixels."""

    png: bytes
    point: tuple[float, float] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, which every PNG says in its first chunk."""
        return int.from_bytes(self.png[16:20]), int.from_bytes(self.png[20:24])


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeView:
    """An episode of the viewer, with those pictures that are kept in the page.

    Attributes:
        agent: who acted, in words: teacher, student, speculative, and whether being judged.
        anchor: its place in the page.
        why: why it was chosen, such as solved by the student alone; `good` whether that is good news.
        pictures: by step.
        beside: the teacher's episode on the same task and seed.
    """

    episode: Episode
    agent: str
    anchor: str
    why: str = ""
    good: bool = True
    pictures: Mapping[int, Picture] = field(default_factory=dict)
    beside: EpisodeView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything of one report: all rounds up to `round`, and a sample of this round's episodes.

    Attributes:
        episodes_in_store: number of this round's episodes, of which `episodes` is the sample.
        families: of every judged task, by task.
        intents: what a case of every judged task asks for, by task.
    """

    run: str
    round: int
    rounds: Sequence[RoundInput]
    episodes: Sequence[EpisodeView]
    episodes_in_store: int
    families: Mapping[str, str]
    intents: Mapping[str, str]

    @property
    def now(self) -> RoundInput:
        """The round the report is about."""
        return self.rounds[-1]
