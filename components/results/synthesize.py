"""What a synthesis leaves: counts and digests, the same however often it was killed on the way."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.schema import Record

FROM = "examples-from-"
"""How the tables of imported sources are called among a synthesis's; the source follows."""


class Discovery(Record):
    """A solved episode of the student's whose like no teacher's episode solved.

    Attributes:
        kind: `task` where the teacher solved no seed of the task, `seed` where it solved others but not this one.
    """

    kind: Literal["task", "seed"]
    task_id: str
    template: str
    seed: int
    round: int
    episode_key: str


class TableResult(Record):
    key: str
    digest: str
    rows: int


class Agreement(Record):
    """Trajectories by what a judge of models and the benchmark's evaluator made of them.

    Attributes:
        judge_alone, evaluator_alone: solved by the one and not by the other.
        undecided: without a verdict of the judge.
    """

    both_solved: int
    both_failed: int
    judge_alone: int
    evaluator_alone: int
    undecided: int

    @property
    def decided(self) -> int:
        return self.both_solved + self.both_failed + self.judge_alone + self.evaluator_alone

    @property
    def agreed(self) -> int:
        return self.both_solved + self.both_failed


class SynthesizeResult(Record):
    """Stored at `<round>/results/synthesize.json`.

    Attributes:
        agreement: of the judge with the evaluator, where models judge.
        inputs: digest of the configuration, the split and the episodes it was made from.
        episodes: number by task, finder and judged outcome.
        learnt_from: number of trajectories in the examples, by task and finder.
        examples: number by kind and finder.
        dropped: number by reason.
        proposed, accepted: steps of speculative episodes, and those whose proposal stood.
        student_only_solutions: see `discoveries`.
        knowledge_entries: pieces in the knowledge base at the end of this round.
        knowledge_added: those this round added, by finder; knowledge_from_student: all that a student found.
        knowledge_digest: over the ids of all of them; knowledge_content: over all that stands in those that were played
            here; knowledge_imports: likewise in those of each imported source.
        knowledge_embedding: who made the vectors that are searched.
    """

    stage: ClassVar[str] = "synthesize"

    run: str
    round: int
    inputs: str
    judge: str
    episodes: dict[str, dict[str, dict[str, int]]]
    learnt_from: dict[str, dict[str, int]]
    examples: dict[str, dict[str, int]]
    dropped: dict[str, int]
    tables: dict[str, TableResult]
    proposed: int
    accepted: int
    acceptance_rate: float | None
    student_only_solutions: tuple[Discovery, ...]
    knowledge_entries: int
    knowledge_added: dict[str, int]
    knowledge_from_student: int
    knowledge_digest: str
    knowledge_content: str = ""
    knowledge_imports: dict[str, str] = Field(default_factory=dict)
    knowledge_embedding: EmbeddingEndpoint | None = None
    agreement: Agreement | None = None

    @property
    def examples_digest(self) -> str:
        """Digest of the table of examples: what distill learns from."""
        return self.tables["examples"].digest

    @property
    def imported(self) -> dict[str, str]:
        """Digests of the tables of imported examples, by key."""
        return {table.key: table.digest for name, table in self.tables.items() if name.startswith(FROM)}
