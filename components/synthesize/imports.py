"""What is learnt from imported trajectories: training examples, and pieces of knowledge that name their source.

The examples of a source are a table of its own, so that it can be taken down as a whole: it stands beside the source's
episodes, not in the round, and is made once for all rounds and runs that read the source with the same settings. What a
benchmark's evaluation might ask is left out: such sets were not made with our split in mind, so it is no mistake of the
user's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.benchmarks.split import Split
from components.results.synthesize import TableResult
from components.synthesize.config import KnowledgeConfig, SynthesizeConfig
from components.synthesize.examples import COLUMNS, example_rows
from components.synthesize.inputs import RULES_VERSION
from components.synthesize.merging import merge_equal
from components.synthesize.pieces import pieces
from components.synthesize.select import learnt_steps
from components.trajectories.digests import json_digest
from components.trajectories.episodes import load_episodes
from components.trajectories.imports import imported_keys, set_prefix
from components.trajectories.knowledge_entry import KnowledgeEntry
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome
from components.trajectories.store import Store
from components.trajectories.table_files import TableFile


def imported_examples(
    store: Store,
    source: str,
    *,
    digest: str,
    config: SynthesizeConfig,
    split: Split,
    dropped: Counter[str],
    scratch: Path,
) -> TableResult:
    """The table of a source's examples; what its publisher calls solved is learnt, whoever judges the round's own.

    Args:
        digest: of the source's episodes.
        scratch: an empty folder.
    """
    made_of = json_digest([RULES_VERSION, config.drop_useless, split.digest(), digest])
    rows = _rows(store, source, config=config, split=split, dropped=dropped)
    table = TableFile(scratch / "examples.parquet", columns=COLUMNS)
    (piles := scratch / "piles").mkdir()
    for row in merge_equal(rows, dropped, scratch=piles):
        table.add(row)
    key = f"{set_prefix(source)}tables/examples-{made_of[:32]}.parquet"
    info = table.keep(store, key, sources={source: digest})
    return TableResult(key=key, digest=info.digest, rows=info.rows)


def imported_pieces(round: Round, source: str, *, config: KnowledgeConfig, split: Split) -> Iterator[KnowledgeEntry]:
    """The pieces of a source's solved trajectories, as this round's, so that earlier rounds do not see them."""
    entered = Counter[str]()
    for episode in load_episodes(round.store, imported_keys(round.store, source)):
        if episode.outcome is Outcome.SOLVED and not _is_held_out(episode, split):
            entered[episode.task_id] += 1
            if entered[episode.task_id] <= config.per_task:
                pieces_of_episode = pieces(episode, solved=True, longest=config.longest)
                yield from (piece.model_copy(update={"round": round.number}) for piece in pieces_of_episode)


def _rows(
    store: Store, source: str, *, config: SynthesizeConfig, split: Split, dropped: Counter[str]
) -> Iterator[dict[str, Any]]:
    for episode in load_episodes(store, imported_keys(store, source)):
        if episode.outcome is not Outcome.SOLVED:
            dropped["imported: not solved"] += 1
        elif _is_held_out(episode, split):
            dropped["imported: of an evaluation task"] += 1
        else:
            steps = learnt_steps(episode, drop_useless=config.drop_useless, dropped=dropped)
            yield from example_rows(episode, steps)


def _is_held_out(episode: Episode, split: Split) -> bool:
    return bool(
        split.why_heldout(task_id=episode.task_id, template=episode.template, intent=episode.intent, seed=episode.seed)
    )
