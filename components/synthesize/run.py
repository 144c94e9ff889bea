"""Synthesis: from a round's episodes to training examples and knowledge. See README.md for what it reads and writes.

Everything that can be refused is refused before the first table is written. Everything is written once and found again,
so that a killed synthesis that is run again ends with the same bytes. Episodes are read a few at a time, once for each
output; only a short record of each stays in memory.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from components.benchmarks.config import TasksConfig
from components.benchmarks.split import Split
from components.results.place import ResultPlace
from components.results.synthesize import FROM, SynthesizeResult, TableResult
from components.synthesize.config import SynthesizeConfig
from components.synthesize.discoveries import student_only
from components.synthesize.examples import COLUMNS, example_rows
from components.synthesize.imports import imported_examples, imported_pieces
from components.synthesize.inputs import Inputs, fixed_inputs
from components.synthesize.judge import judge_episodes
from components.synthesize.judgement import agreement
from components.synthesize.labels import LABELS, taught_steps, to_be_taught
from components.synthesize.merging import merge_equal
from components.synthesize.pieces import kept_pieces
from components.synthesize.select import capped, distinct, good_ones, learnt_steps
from components.synthesize.trajectories import JudgedEpisode
from components.synthesize.wording import put_into_words
from components.trajectories.episodes import load_episodes
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, PieceOrigin, knowledge_url
from components.trajectories.rounds import Round
from components.trajectories.rows import EPISODE_COLUMNS, STEP_COLUMNS, episode_row, step_rows
from components.trajectories.schema import Episode, Step
from components.trajectories.table_files import TableFile, read_rows
from components.trajectories.tables import is_whole

EXPLORED = ("phase", "round", "task_id", "template", "seed", "outcome", "teacher_steps", "episode_key")


def run(*, config: SynthesizeConfig, tasks: TasksConfig, round: Round) -> SynthesizeResult:
    """Synthesizes one round; returns at once where that is done and what it made is whole.

    Raises:
        InputError: no episodes; a broken one; another configuration than the round was begun with; rows of held-out
            tasks or seeds among the examples or the knowledge (names them).
        InfraError: the store or a model's endpoint does not answer; running again goes on.
    """
    _, split = tasks.open(round.store)
    inputs = fixed_inputs(config=config, split=split, round=round)
    place = ResultPlace(
        kind=SynthesizeResult,
        round=round,
        name="synthesize",
        inputs=inputs.digest,
        other="this round's synthesis was made from other inputs",
    )
    round.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="synthesize-", dir=round.work) as scratch:
        work = _Synthesis(config=config, round=round, split=split, inputs=inputs, scratch=Path(scratch))
        if (result := place.known()) is not None and work.has_whole(result):
            return result
        return place.keep(work.run())


class _Synthesis:
    """One pass after another over a round's episodes; what was left out is counted on the way."""

    def __init__(self, *, config: SynthesizeConfig, round: Round, split: Split, inputs: Inputs, scratch: Path) -> None:
        self.config, self.round, self.split, self.inputs, self.scratch = config, round, split, inputs, scratch
        self.dropped: Counter[str] = Counter()
        self.examples: Counter[tuple[str, str]] = Counter()
        self.proposed = self.accepted = 0

    def run(self) -> SynthesizeResult:
        files = {
            name: TableFile(self.scratch / f"{name}.parquet", columns=columns)
            for name, columns in (("episodes", EPISODE_COLUMNS), ("steps", STEP_COLUMNS), ("examples", COLUMNS))
        }
        tried = list(self._judge(files["episodes"], files["steps"]))
        self.dropped["judged not good"] = sum(not attempt.good for attempt in tried)
        learnt = self._choose(tried)
        taught = to_be_taught(tried)
        self.split.check(self._fill(files["examples"], self._examples(learnt, taught)))
        tables = {name: self._store_table(name, file) for name, file in files.items()} | dict(self._imported())
        with closing(self._knowledge()) as knowledge:
            knowledge.add(self._put_into_words(self._entries(tried)), guard=self.split)
            return self._result(tried, learnt, tables, knowledge)

    def has_whole(self, result: SynthesizeResult) -> bool:
        """Whether tables and knowledge are still as this result says."""
        tables = all(is_whole(self.round.store, table.key, digest=table.digest) for table in result.tables.values())
        return tables and self._knowledge().content_digest() == result.knowledge_content

    def _judge(self, episodes: TableFile, steps: TableFile) -> Iterator[JudgedEpisode]:
        """Judges every episode; its rows go into the tables."""
        stored = load_episodes(self.round.store, self.inputs.episodes)
        for episode, judgement in judge_episodes(stored, judge=self.config.judge, round=self.round):
            episodes.add(episode_row(episode))
            for row in step_rows(episode):
                steps.add(row)
            attempt = JudgedEpisode.of(episode, outcome=judgement.outcome, evaluator=judgement.evaluator)
            if attempt.finder == "speculative":
                proposals = [step.speculation for step in episode.steps if step.speculation]
                self.proposed += len(proposals)
                self.accepted += sum(proposal.accepted for proposal in proposals)
            yield attempt

    def _choose(self, tried: Sequence[JudgedEpisode]) -> list[JudgedEpisode]:
        good = [attempt for attempt in good_ones(tried) if attempt.finder in self.config.train_on]
        return capped(
            distinct(good, self.dropped), per_task=self.config.per_task, seed=self.round.seed, dropped=self.dropped
        )

    def _examples(self, learnt: Sequence[JudgedEpisode], taught: Sequence[JudgedEpisode]) -> Iterator[dict[str, Any]]:
        def own_steps(episode: Episode) -> list[Step]:
            return learnt_steps(episode, drop_useless=self.config.drop_useless, dropped=self.dropped)

        rows = (
            row
            for tried, steps_of, source in ((learnt, own_steps, ""), (taught, taught_steps, LABELS))
            for episode in load_episodes(self.round.store, [attempt.key for attempt in tried])
            for row in example_rows(episode, steps_of(episode), source=source)
        )
        return merge_equal(rows, self.dropped, scratch=self._folder("examples"))

    def _fill(self, table: TableFile, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows of examples, each of them in the table and counted once it was passed on."""
        for row in rows:
            yield row
            table.add(row)
            self.examples[row["kind"], row["source"]] += 1

    def _imported(self) -> Iterator[tuple[str, TableResult]]:
        for source, digest in self.inputs.imports.items():
            if source in self.config.imports:
                yield (
                    f"{FROM}{source}",
                    imported_examples(
                        self.round.store,
                        source,
                        digest=digest,
                        config=self.config,
                        split=self.split,
                        dropped=self.dropped,
                        scratch=self._folder(f"from-{source}"),
                    ),
                )

    def _entries(self, tried: Sequence[JudgedEpisode]) -> Iterator[KnowledgeEntry]:
        bad = [attempt for attempt in tried if not attempt.good]
        yield from kept_pieces(
            distinct([*good_ones(tried), *bad], Counter()),
            read_episodes=lambda keys: load_episodes(self.round.store, keys),
            config=self.config.knowledge,
            seed=self.round.seed,
        )
        for source in self.config.knowledge.imports:
            yield from imported_pieces(self.round, source, config=self.config.knowledge, split=self.split)

    def _put_into_words(self, entries: Iterator[KnowledgeEntry]) -> Iterator[KnowledgeEntry]:
        writer = self.config.knowledge.writer
        return put_into_words(entries, writer=writer, round=self.round) if writer else entries

    def _knowledge(self) -> KnowledgeBase:
        """The run's knowledge base as of this round: what a later round added to it is not counted here."""
        embedding = self.config.knowledge.embedding
        url = knowledge_url(self.round.store, self.round.run)
        knowledge = KnowledgeBase.open(url, embedding=embedding, until_round=self.round.number)
        knowledge.spend_for(self.round)
        return knowledge

    def _folder(self, name: str) -> Path:
        (folder := self.scratch / name).mkdir()
        return folder

    def _store_table(self, name: str, file: TableFile) -> TableResult:
        key = f"{self.round.prefix}/tables/{name}.parquet"
        info = file.keep(self.round.store, key, sources=self.inputs.episodes)
        return TableResult(key=key, digest=info.digest, rows=info.rows)

    def _explored(self) -> Iterator[Mapping[str, Any]]:
        """Rows of the episodes that explored in this round and the earlier ones."""
        for number in range(1, self.round.number + 1):
            key = f"{self.round.at(number).prefix}/tables/episodes.parquet"
            if self.round.store.exists(key):
                yield from read_rows(self.round.store, key, columns=EXPLORED)

    def _result(
        self,
        tried: Sequence[JudgedEpisode],
        learnt: Sequence[JudgedEpisode],
        tables: dict[str, TableResult],
        knowledge: KnowledgeBase,
    ) -> SynthesizeResult:
        pieces = knowledge.origins()
        return SynthesizeResult(
            run=self.round.run,
            round=self.round.number,
            inputs=self.inputs.digest,
            judge=self.config.judge.kind,
            agreement=agreement(tried),
            episodes=_nested((attempt.task_id, attempt.finder, attempt.outcome.value) for attempt in tried),
            learnt_from=_counts(Counter((attempt.task_id, attempt.finder) for attempt in learnt)),
            examples=_counts(self.examples),
            dropped={name: number for name, number in sorted(self.dropped.items()) if number},
            tables=tables,
            proposed=self.proposed,
            accepted=self.accepted,
            acceptance_rate=self.accepted / self.proposed if self.proposed else None,
            student_only_solutions=student_only(self._explored(), round=self.round.number),
            knowledge_entries=pieces.total(),
            knowledge_added=dict(sorted(_by_finder(pieces, round=self.round.number).items())),
            knowledge_from_student=sum(number for origin, number in pieces.items() if origin.found_by == "student"),
            knowledge_digest=knowledge.digest(),
            knowledge_content=knowledge.content_digest(),
            knowledge_imports={
                source: knowledge.content_digest(origin=source)
                for source in sorted({origin.source for origin in pieces} - {""})
            },
            knowledge_embedding=self.config.knowledge.embedding,
        )


def _by_finder(pieces: Counter[PieceOrigin], *, round: int) -> Counter[str]:
    counts = Counter[str]()
    for origin, number in pieces.items():
        if origin.round == round:
            counts[origin.found_by] += number
    return counts


def _counts(pairs: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (outer, inner), number in sorted(pairs.items()):
        counts[outer][inner] = number
    return dict(counts)


def _nested(triples: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, dict[str, int]]]:
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (task, finder, outcome), number in sorted(Counter(triples).items()):
        counts.setdefault(task, {}).setdefault(finder, {})[outcome] = number
    return counts
