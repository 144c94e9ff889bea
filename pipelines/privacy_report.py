"""What `symbiont privacy report` reads and prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field
from rich.table import Table

from components.privacy.detectors import Detectors
from components.privacy.log import ALONE, log_prefix
from components.privacy.summary import summarize
from components.results.privacy import PrivacySummary
from components.trajectories.store import Store
from pipelines.commands import store_of
from pipelines.stored_runs import choose_round, round_of, stored_runs


class Report(PrivacySummary):
    """A run's summary, and that of what left by `symbiont play`, which belongs to no run."""

    played: PrivacySummary | None = Field(
        None, description="what left during `symbiont play`; none if nothing did, or if a run or round was asked for"
    )

    @property
    def all_in_order(self) -> bool:
        return self.in_order and (self.played is None or self.played.in_order)


def privacy_report(*, run: str, round: int | None, place: str, out: Path) -> Report:
    """The summary of what left.

    Args:
        run: its name or the beginning of it; empty: the newest, and what left by `symbiont play` as well. `alone`: only
            the latter.
        round: None: all rounds of the run.

    Raises:
        InputError: no such run or round.
    """
    with store_of(place, out=out) as (_, store):
        played = any(store.list(log_prefix(ALONE)))
        runs = {stored.name for stored in stored_runs(store)}
        if played and round is None and ALONE not in runs and (run == ALONE or not (run or runs)):
            return _report(_of_play(store, Detectors.by_rules(None)))
        chosen, number = choose_round(store, run=run, round=round)
        rounds = chosen.begun if round is None else (number,)
        detectors = Detectors.of_round(round_of(store, chosen.name, number))
        summary = _report(summarize(store, run=chosen.name, rounds=rounds, detectors=detectors))
        if played and round is None and not run:
            return summary.model_copy(update={"played": _of_play(store, detectors)})
        return summary


def _report(summary: PrivacySummary) -> Report:
    return Report(**dict(summary))


def _of_play(store: Store, detectors: Detectors) -> PrivacySummary:
    """The summary of `symbiont play`. It stores no episodes, so its log cannot be compared with any."""
    return summarize(store, run=ALONE, rounds=(), detectors=detectors)


def privacy_table(summary: PrivacySummary) -> Table:
    """The steps of each site, as a table for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("site", "steps", "at home", "by class"):
        table.add_column(name, justify="right" if name in ("steps", "at home") else "left")
    for name, site in summary.sites.items():
        classes = ", ".join(f"{kind} {count}" for kind, count in site.classes.items())
        table.add_row(name, str(site.steps), str(site.at_home), classes)
    return table


def privacy_lines(summary: PrivacySummary) -> Iterator[str]:
    """The rest of the summary, as lines."""
    yield f"{summary.requests} requests to remote models, {summary.bytes} bytes, in {summary.chains} logs"
    yield f"looked at then by {', '.join(summary.detectors) or 'nobody'}; today by {summary.today}"
    yield f"names in the place of values: {summary.redactions or 'none'}"
    yield f"taken out at the gate, of a teacher's questions: {summary.stopped or 'nothing'}"
    yield f"taken out at the gate, of all other requests: {summary.taken_out or 'nothing'}"
    yield f"refused at the gate: {summary.refused}; no longer readable: {summary.unread}"
    for name, place in summary.broken.items():
        yield f"ALTERED: {name}: {place}"
    for name in summary.unlogged:
        yield f"NOT IN THE LOG: a question of episode {name}"
    yield f"today's rules find in what was sent: {summary.found_today or 'nothing'}; what they miss they miss again"
