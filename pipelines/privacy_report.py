"""What `symbiont privacy report` reads and says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from components.privacy.detectors import Detectors
from components.privacy.summary import summarize
from components.results.privacy import PrivacySummary
from pipelines.commands import store_of
from pipelines.stored_runs import choose_round, round_of


def privacy_report(*, run: str, round: int | None, place: str, out: Path) -> PrivacySummary:
    """The summary of one round, or of all of a run's.

    Raises:
        InputError: no such run or round.
    """
    with store_of(place, out=out) as (_, store):
        chosen, number = choose_round(store, run=run, round=round)
        rounds = chosen.begun if round is None else (number,)
        detectors = Detectors.of_round(round_of(store, chosen.name, number))
        return summarize(store, run=chosen.name, rounds=rounds, detectors=detectors)


def privacy_table(found: PrivacySummary) -> Table:
    """Sites for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("site", "steps", "at home", "by class"):
        table.add_column(name, justify="right" if name in ("steps", "at home") else "left")
    for name, site in found.sites.items():
        classes = ", ".join(f"{kind} {count}" for kind, count in site.classes.items())
        table.add_row(name, str(site.steps), str(site.at_home), classes)
    return table


def privacy_words(found: PrivacySummary) -> Iterator[str]:
    """What else there is to say, a line each."""
    yield f"{found.requests} requests to remote models, {found.bytes} bytes, in {found.chains} logs"
    yield f"looked at then by {', '.join(found.detectors) or 'nobody'}; today by {found.today}"
    yield f"names in the place of values: {found.redactions or 'none'}"
    yield f"taken out at the gate, of a teacher's questions: {found.stopped or 'nothing'}"
    yield f"taken out at the gate, of all other requests: {found.taken_out or 'nothing'}"
    yield f"refused at the gate: {found.refused}; no longer readable: {found.unread}"
    for name, where in found.broken.items():
        yield f"ALTERED: {name}: {where}"
    for name in found.unlogged:
        yield f"NOT IN THE LOG: a question of episode {name}"
    yield f"today's rules find in what was sent: {found.found_today or 'nothing'}; what they miss they miss again"
