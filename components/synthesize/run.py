"""Synthesis: from a round's episodes to training examples and knowledge. See README.md for what it reads and writes.

Everything that can be refused is refused before the first table is written; everything that is written is written once
and found again, so that a killed synthesis that is run again ends with the same bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from components.benchmarks.config import TasksConfig
from components.benchmarks.split import Split
from components.results.place import ResultPlace
from components.results.synthesize import FROM, SynthesizeResult, TableResult
from components.synthesize.config import SynthesizeConfig
from components.synthesize.discoveries import student_only
from components.synthesize.examples import COLUMNS, example_rows, merge_equal
from components.synthesize.imports import imported_examples, imported_pieces
from components.synthesize.inputs import Inputs, fixed_inputs
from components.synthesize.judge import judge_all
from components.synthesize.judgement import Judgement, agreement
from components.synthesize.pieces import kept_pieces
from components.synthesize.select import capped, distinct, good_episodes, learnt_steps
from components.synthesize.trajectories import found_by
from components.synthesize.wording import word_all
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, knowledge_url
from components.trajectories.rounds import Round
from components.trajectories.rows import episodes_table, steps_table, to_table
from components.trajectories.schema import Episode
from components.trajectories.tables import is_whole, read_table, write_table


def run(*, config: SynthesizeConfig, tasks: TasksConfig, round: Round) -> SynthesizeResult:
    """Synthesizes one round; returns at once where that is done and what it made is whole.

    Raises:
        InputError: no episodes; a broken one; another configuration than the round was begun with; rows of held-out
            tasks or seeds among the examples or the knowledge (names them).
        InfraError: the store or a model's endpoint does not answer; running again goes on.
    """
    _, split = tasks.open(round.store)
    inputs, episodes = fixed_inputs(config=config, split=split, round=round)
    place = ResultPlace(
        kind=SynthesizeResult,
        round=round,
        name="synthesize",
        inputs=inputs.digest,
        other="this round's synthesis was made from other inputs",
    )
    work = _Synthesis(config=config, round=round, split=split, inputs=inputs, episodes=episodes)
    if (known := place.known()) is not None and work.has_whole(known):
        return known
    return place.keep(work.run())


class _Synthesis:
    """One pass over a round's episodes; what was left out is counted on the way."""

    def __init__(
        self, *, config: SynthesizeConfig, round: Round, split: Split, inputs: Inputs, episodes: Sequence[Episode]
    ) -> None:
        self.config, self.round, self.split, self.inputs, self.episodes = config, round, split, inputs, episodes
        self.dropped: Counter[str] = Counter()

    def run(self) -> SynthesizeResult:
        judgements = judge_all(self.episodes, judge=self.config.judge, round=self.round)
        self.dropped["judged not good"] = sum(not each.good for each in judgements.values())
        learnt, examples = self._examples(judgements)
        entries = self._entries(judgements)
        self.split.check(examples)
        tables = {
            "episodes": self._write("episodes", episodes_table(self.episodes)),
            "steps": self._write("steps", steps_table(self.episodes)),
            "examples": self._write("examples", to_table(examples, columns=COLUMNS)),
        }
        tables |= {
            f"{FROM}{source}": imported_examples(
                self.round.store, source, digest=digest, config=self.config, split=self.split, dropped=self.dropped
            )
            for source, digest in self.inputs.imports.items()
            if source in self.config.imports
        }
        knowledge = self._knowledge()
        knowledge.add(self._worded(entries), guard=self.split)
        return self._result(judgements, learnt, examples, tables, knowledge)

    def has_whole(self, result: SynthesizeResult) -> bool:
        """Whether tables and knowledge are still as this result says."""
        tables = all(is_whole(self.round.store, each.key, digest=each.digest) for each in result.tables.values())
        return tables and self._knowledge().content_digest() == result.knowledge_content

    def _examples(self, judgements: Mapping[str, Judgement]) -> tuple[list[Episode], list[dict[str, Any]]]:
        good = [each for each in good_episodes(self.episodes, judgements) if found_by(each) in self.config.train_on]
        learnt = capped(
            distinct(good, self.dropped), per_task=self.config.per_task, seed=self.round.seed, dropped=self.dropped
        )
        rows = (
            row
            for episode in learnt
            for row in example_rows(
                episode, learnt_steps(episode, drop_useless=self.config.drop_useless, dropped=self.dropped)
            )
        )
        return learnt, merge_equal(rows, self.dropped)

    def _entries(self, judgements: dict[str, Judgement]) -> list[KnowledgeEntry]:
        good = good_episodes(self.episodes, judgements)
        bad = [each for each in self.episodes if not judgements[each.key].good]
        own = kept_pieces(
            distinct([*good, *bad], Counter()), judgements, config=self.config.knowledge, seed=self.round.seed
        )
        others = (
            imported_pieces(self.round, source, config=self.config.knowledge, split=self.split)
            for source in self.config.knowledge.imports
        )
        return [*own, *chain.from_iterable(others)]

    def _worded(self, entries: list[KnowledgeEntry]) -> list[KnowledgeEntry]:
        writer = self.config.knowledge.writer
        return entries if writer is None else word_all(entries, writer=writer, round=self.round)

    def _knowledge(self) -> KnowledgeBase:
        """The run's knowledge base as of this round: what a later round added to it is not counted here."""
        return KnowledgeBase.open(
            knowledge_url(self.round.store, self.round.run),
            embedding=self.config.knowledge.embedding,
            until_round=self.round.number,
        )

    def _write(self, name: str, table: Any) -> TableResult:
        key = f"{self.round.prefix}/tables/{name}.parquet"
        info = write_table(self.round.store, key, table, sources=self.inputs.episodes)
        return TableResult(key=key, digest=info.digest, rows=info.rows)

    def _explored(self) -> Iterable[Mapping[str, Any]]:
        """Rows of the episodes that explored in this round and the earlier ones."""
        for number in range(1, self.round.number + 1):
            try:
                table = read_table(
                    self.round.store, f"{self.round.at(number).prefix}/tables/episodes.parquet", columns=EXPLORED
                )
            except KeyError:
                continue
            yield from table.to_pylist()

    def _result(
        self,
        judgements: Mapping[str, Judgement],
        learnt: Sequence[Episode],
        examples: Sequence[Mapping[str, Any]],
        tables: dict[str, TableResult],
        knowledge: KnowledgeBase,
    ) -> SynthesizeResult:
        proposals = [step.speculation for each in self.episodes for step in each.steps if step.speculation]
        accepted = sum(proposal.accepted for proposal in proposals)
        entries = knowledge.entries()
        new = [entry for entry in entries if entry.round == self.round.number]
        return SynthesizeResult(
            run=self.round.run,
            round=self.round.number,
            inputs=self.inputs.digest,
            judge=self.config.judge.kind,
            agreement=agreement(judgements.values()),
            episodes=_nested((e.task_id, found_by(e), judgements[e.key].outcome.value) for e in self.episodes),
            learnt_from=_counts((episode.task_id, found_by(episode)) for episode in learnt),
            examples=_counts((row["kind"], row["source"]) for row in examples),
            dropped={name: number for name, number in sorted(self.dropped.items()) if number},
            tables=tables,
            proposed=len(proposals),
            accepted=accepted,
            acceptance_rate=accepted / len(proposals) if proposals else None,
            student_only_solutions=student_only(self._explored(), round=self.round.number),
            knowledge_entries=len(entries),
            knowledge_added=dict(sorted(Counter(entry.found_by for entry in new).items())),
            knowledge_from_student=sum(entry.found_by == "student" for entry in entries),
            knowledge_digest=knowledge.digest(),
            knowledge_content=knowledge.content_digest(),
            knowledge_imports={
                source: knowledge.content_digest(origin=source)
                for source in sorted({entry.origin for entry in entries} - {""})
            },
            knowledge_embedding=self.config.knowledge.embedding,
        )


EXPLORED = ("phase", "round", "task_id", "template", "seed", "outcome", "teacher_steps", "episode_key")


def _counts(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (outer, inner), number in sorted(Counter(pairs).items()):
        counts[outer][inner] = number
    return dict(counts)


def _nested(triples: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, int]]]:
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (task, finder, outcome), number in sorted(Counter(triples).items()):
        counts.setdefault(task, {}).setdefault(finder, {})[outcome] = number
    return counts
