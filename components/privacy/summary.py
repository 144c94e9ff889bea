"""Sums of private steps and remote requests of a run's rounds, for `symbiont privacy report` and the round's report."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from components.endpoints.gate import is_loopback
from components.errors import InputError
from components.privacy.detectors import Detectors
from components.privacy.log import Chain, Entry, counted, read_chains, sent_texts
from components.results.privacy import PrivacySummary, SiteSteps
from components.trajectories.episodes import iter_episodes
from components.trajectories.schema import Episode, round_prefix
from components.trajectories.store import Store

_OF_ROUND = re.compile(r"round-(\d{3,})-")


@dataclass
class _Site:
    steps: int = 0
    at_home: int = 0
    classes: Counter[str] = field(default_factory=Counter)


def summarize(store: Store, *, run: str, rounds: Sequence[int], detectors: Detectors) -> PrivacySummary:
    """Counts a run's steps and remote requests, checks the log, and scans all sent texts again.

    Args:
        rounds: numbers of the rounds.
        detectors: their rules, of today's version, scan every request again.
    """
    sites, questions = defaultdict[str, _Site](_Site), Counter[str]()
    for number in rounds:
        for episode in iter_episodes(store, f"{round_prefix(run=run, round=number)}/episodes/"):
            _count(episode, sites, questions)
    chains = [chain for chain in read_chains(store, run) if _is_of(chain, rounds)]
    entries = [entry for chain in chains for entry in chain.entries]
    logged = Counter(entry.episode for entry in entries)
    counts, unread = _look_again(store, entries, detectors)
    return PrivacySummary(
        sites={
            name: SiteSteps(steps=site.steps, at_home=site.at_home, classes=dict(sorted(site.classes.items())))
            for name, site in sorted(sites.items())
        },
        endpoints=dict(sorted(Counter(entry.endpoint for entry in entries).items())),
        bytes=sum(entry.bytes for entry in entries),
        redactions=_sum(entry.redactions for entry in entries),
        stopped=_sum(entry.stopped for entry in entries if entry.episode),
        taken_out=_sum(entry.stopped for entry in entries if not entry.episode),
        refused=sum(entry.refused for entry in entries),
        chains=len(chains),
        broken={chain.name: chain.broken for chain in chains if chain.broken},
        unlogged=tuple(sorted(name for name, count in questions.items() if count > logged[name])),
        detectors=tuple(sorted({version for entry in entries for version in entry.detectors})),
        today=detectors.rules.version,
        found_today=dict(sorted(counts.items())),
        unread=unread,
    )


def _count(episode: Episode, sites: dict[str, _Site], questions: Counter[str]) -> None:
    if episode.agent.kind not in ("hybrid", "speculative", "labelled"):
        return
    for step in episode.steps:
        host = urlsplit(step.url).hostname or ""
        site = sites[episode.benchmark if is_loopback(host) or not host else host]
        site.steps += 1
        site.at_home += bool(step.private)
        site.classes.update(step.private)
        questions[f"{episode.task_id}/{episode.seed}"] += bool(step.exchange and not step.private)


def _is_of(chain: Chain, rounds: Sequence[int]) -> bool:
    """Whether a chain belongs to one of these rounds, or to no particular round."""
    match = _OF_ROUND.match(chain.name)
    return match is None or int(match[1]) in rounds


def _look_again(store: Store, entries: Sequence[Entry], detectors: Detectors) -> tuple[Counter[str], int]:
    counts, unread = Counter[str](), 0
    for entry in entries:
        try:
            for text in sent_texts(store, entry):
                counts += counted(detectors.scan_now(text))
        except (KeyError, InputError):
            unread += 1
    return counts, unread


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))
