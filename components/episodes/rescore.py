"""Judges stored episodes again with the present evaluators, and stores the new verdicts on request.

Only the stored answer and network record are used. A benchmark that judges a page or a site's database cannot judge an
episode that is over.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from components.benchmarks.base import Benchmark, Evaluation
from components.benchmarks.registry import open_benchmark
from components.episodes.faults import fault_of
from components.episodes.play import bounded
from components.errors import InputError
from components.trajectories.episodes import SUFFIX, decode_episode, encode_episode, get_blob
from components.trajectories.schema import Episode, Outcome
from components.trajectories.seen import forget_rows
from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """An episode and its new verdict. Attributes: `stored_at`: its key in the store, under episodes or errors."""

    stored_at: str
    episode: Episode
    evaluation: Evaluation

    @property
    def flips(self) -> bool:
        return self.evaluation.outcome is not self.episode.outcome

    def __str__(self) -> str:
        why = self.evaluation.message or self.episode.message
        return f"{self.stored_at}: {self.episode.outcome} -> {self.evaluation.outcome}" + (f" ({why})" if why else "")


@dataclass(slots=True)
class Rescorer:
    """Attributes: `silent` counts, by benchmark, the episodes that cannot be judged from what is stored."""

    store: Store
    silent: Counter[str] = field(default_factory=Counter)

    def judge(self, keys: Iterable[str]) -> Iterator[Rejudged]:
        """New verdicts on those episodes (and judge errors) that can be judged again; others count as `silent`.

        Raises:
            InputError: an episode or its record is broken.
        """
        for key in keys:
            if not key.endswith(SUFFIX):
                continue
            episode = decode_episode(self.store.get(key), where=f"{self.store.url}/{key}")
            if not episode.outcome.counts and episode.outcome is not Outcome.JUDGE_ERROR:
                continue  # nobody's failure: there was no whole episode to judge
            evaluation = self._judge_again(episode)
            if evaluation is None:
                self.silent[episode.benchmark] += 1
            else:
                yield Rejudged(stored_at=key, episode=episode, evaluation=bounded(evaluation))

    def _judge_again(self, episode: Episode) -> Evaluation | None:
        benchmark = _benchmark(episode.benchmark)
        if benchmark is None:
            return None
        if episode.network is None:
            return _verdict(benchmark, episode, network=None)
        try:
            record = get_blob(self.store, episode.network, "har")
        except KeyError:  # it was deleted since
            return None
        with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
            path = Path(folder, "network.har")
            path.write_bytes(record)
            return _verdict(benchmark, episode, network=path)

    def write(self, rejudged: Rejudged) -> bool:
        """Replaces the stored verdict; the old one is added to `extra.judged_before`.

        Returns:
            False where the new outcome does not count: then the old verdict stays.
        """
        episode, evaluation = rejudged.episode, rejudged.evaluation
        if not evaluation.outcome.counts:
            return False
        benchmark = _benchmark(episode.benchmark)
        assert benchmark is not None, "it has just judged"
        fresh = episode.model_copy(
            update={
                "outcome": evaluation.outcome,
                "reward": evaluation.reward,
                "message": evaluation.message,
                "benchmark_version": benchmark.version,
                "evaluator_checksum": benchmark.checksum,
                "extra": {"judged": dict(evaluation.judged), "judged_before": [*_before(episode)]},
            }
        )
        forget_rows(self.store, episode.key)
        self.store.put(episode.key, encode_episode(fresh))
        if rejudged.stored_at != episode.key:
            self.store.delete(rejudged.stored_at)
        return True


def _verdict(benchmark: Benchmark, episode: Episode, *, network: Path | None) -> Evaluation | None:
    """What the benchmark says now; a judge error where its evaluator fails, as when an episode is played."""
    try:
        return benchmark.judge_again(episode, network=network)
    except Exception as error:
        return Evaluation(outcome=Outcome.JUDGE_ERROR, reward=0.0, message=fault_of(error, "judge").message)


def _before(episode: Episode) -> Iterator[Mapping[str, object]]:
    yield from episode.extra.get("judged_before", ())
    yield {
        "outcome": str(episode.outcome),
        "reward": episode.reward,
        "message": episode.message,
        "evaluator_checksum": episode.evaluator_checksum,
        "judged": episode.extra.get("judged", {}),
    }


@cache
def _benchmark(name: str) -> Benchmark | None:
    """None for one of whose tasks an episode does not say where they lie."""
    try:
        return open_benchmark(name)
    except InputError:
        return None
