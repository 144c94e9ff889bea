"""Writes stored episodes to one file of another format, a few in memory at a time, whole or not at all.

What is private is replaced by names, as for a remote model (`privacy.episodes`); the word lists are those of the round
that played the episode.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.errors import InputError
from components.exchange.adp import trajectory_of
from components.exchange.forms import UNSTATED, Format
from components.exchange.messages import conversations
from components.files import whole, write_whole
from components.privacy.detectors import Detectors
from components.privacy.episodes import redacted
from components.trajectories.episodes import read_pictures
from components.trajectories.listing import EpisodeFilter, find_episodes
from components.trajectories.phases import EVALUATE
from components.trajectories.rounds import Round
from components.trajectories.rows import STEP_COLUMNS, step_rows, to_table
from components.trajectories.schema import Episode
from components.trajectories.store import Store

Write = Callable[[dict[str, Any]], object]
BATCH = 256  # rows of a Parquet file that are written together
WHENCE = {"source": "string", "licence": "string", "intent": "string", "run": "string", "round": "int64"} | {
    name: "string" for name in ("benchmark", "family", "template", "agent", "agent_digest", "answer")
}
PARQUET_COLUMNS = WHENCE | STEP_COLUMNS | {"title": "string", "screenshot": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote, and what it did not: episodes by reason."""

    episodes: int
    rows: int
    pictures: int
    left_out: dict[str, int]


@dataclass(kw_only=True)
class Export:
    """One export.

    Attributes:
        licence: of the episodes that were played here.
        screenshots: whether pages' pictures are written, into the folder `<file>.pictures`.
        private: leave what is private as it was.
    """

    store: Store
    filter: EpisodeFilter
    format: Format
    to: Path
    licence: str = UNSTATED
    screenshots: bool = True
    private: bool = False
    _counts: Counter[str] = field(default_factory=Counter)
    _left_out: Counter[str] = field(default_factory=Counter)
    _known: dict[tuple[str, int], Detectors] = field(default_factory=dict)

    def run(self) -> Exported:
        """Writes the file.

        Raises:
            InputError: no episode fits; the file cannot be written; an episode is broken.
        """
        if not self.to.parent.is_dir():
            raise InputError("there is no such folder", where=str(self.to.parent), fix="make it, or give another --to")
        try:
            with whole(self.to) as part, (parquet if self.format == "parquet" else json_lines)(part) as write:
                self._write(write)
        except OSError as error:
            fix = "free some space, or give another --to; then run the same again"
            raise InputError(f"the file cannot be written: {error}", where=str(self.to), fix=fix) from error
        counts = {name: self._counts[name] for name in ("episodes", "rows", "pictures")}
        return Exported(**counts, left_out=dict(self._left_out))

    def _write(self, write: Write) -> None:
        rows: Callable[[Episode], Iterator[dict[str, Any]]]
        rows = {"adp": self._adp, "messages": self._messages, "parquet": self._steps}[self.format]
        for episode in self._episodes():
            self._counts["episodes"] += 1
            for row in rows(episode):
                self._counts["rows"] += 1
                write(row)
        if not self._counts["episodes"]:
            raise InputError("no episode fits", where=self.store.url, fix="`symbiont trajectories` lists them")

    def _episodes(self) -> Iterator[Episode]:
        for episode in find_episodes(self.store, self.filter):
            if episode.phase.startswith(EVALUATE) and not self.filter.phase:
                self._left_out["played to judge an agent (--phase evaluate exports them)"] += 1
            elif (redacted_episode := episode if self.private else redacted(episode, self._detectors(episode))) is None:
                self._left_out["more is private in it than the rules find"] += 1
            else:
                yield redacted_episode

    def _detectors(self, episode: Episode) -> Detectors:
        whose = (episode.run, episode.round)
        if whose not in self._known:
            round = Round(run=episode.run, number=episode.round, seed=0, store=self.store, work=Path())
            self._known[whose] = Detectors.of_round(round)
        return self._known[whose]

    def _whence(self, episode: Episode) -> dict[str, Any]:
        return {
            "source": episode.origin.source if episode.origin else f"symbiont run {episode.run}",
            "licence": episode.origin.licence if episode.origin else self.licence,
            "intent": episode.intent,
            "run": episode.run,
            "round": episode.round,
            "benchmark": f"{episode.benchmark} {episode.benchmark_version}".strip(),
            "family": episode.family,
            "template": episode.template,
            "agent": episode.agent.name,
            "agent_digest": episode.agent.digest,
            "answer": episode.answer,
        }

    def _adp(self, episode: Episode) -> Iterator[dict[str, Any]]:
        names = ("phase", "task_id", "seed", "outcome", "reward")
        details = self._whence(episode) | episode.model_dump(mode="json", include=set(names))
        yield trajectory_of(episode, details=details, pictures=self._pictures(episode)).model_dump(
            mode="json", by_alias=True
        )

    def _messages(self, episode: Episode) -> Iterator[dict[str, Any]]:
        whence = self._whence(episode) | {"episode_key": episode.key, "task_id": episode.task_id}
        for step, messages in conversations(episode, pictures=self._pictures(episode)):
            yield {"messages": messages, **whence, "outcome": episode.outcome.value, "step": step.index}

    def _steps(self, episode: Episode) -> Iterator[dict[str, Any]]:
        whence, pictures = self._whence(episode), self._pictures(episode)
        for step, row in zip(episode.steps, step_rows(episode), strict=True):
            yield whence | row | {"title": step.title, "screenshot": pictures.get(step.index)}

    def _pictures(self, episode: Episode) -> dict[int, str]:
        """Writes the pictures of an episode's pages, and gives their paths beside the file."""
        pictures = read_pictures(self.store, episode) if self.screenshots else {}
        folder = self.to.with_name(f"{self.to.name}.pictures")
        names = {step.index: f"{step.screenshot}.png" for step in episode.steps if step.index in pictures}
        for index, name in names.items():
            if not (folder / name).exists():
                folder.mkdir(exist_ok=True)
                write_whole(folder / name, pictures[index])
                self._counts["pictures"] += 1
        return {index: f"{folder.name}/{name}" for index, name in names.items()}


@contextmanager
def json_lines(path: Path) -> Iterator[Write]:
    """Writes a file of JSON, one row a line."""
    with path.open("w", encoding="utf-8") as file:
        yield lambda row: file.write(json.dumps(row, ensure_ascii=False) + "\n")


@contextmanager
def parquet(path: Path) -> Iterator[Write]:
    """Writes a Parquet file of `PARQUET_COLUMNS`, `BATCH` rows at a time."""
    from pyarrow.parquet import ParquetWriter

    waiting: list[dict[str, Any]] = []
    with ParquetWriter(path, to_table([], columns=PARQUET_COLUMNS).schema, compression="zstd") as file:

        def flush() -> None:
            file.write_table(to_table(waiting, columns=PARQUET_COLUMNS))
            waiting.clear()

        def write(row: dict[str, Any]) -> None:
            waiting.append(row)
            if len(waiting) >= BATCH:
                flush()

        yield write
        flush()
