"""What `symbiont tasks` does: proposals of a stored round, a person's word on them, and the file they can become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml
from rich.table import Table

from components.errors import InputError
from components.proposals.proposal import Proposal, find_proposal
from components.proposals.reviews import Decision, Review, keep_review, read_reviews
from components.results.place import read
from components.results.propose import ProposedTask, ProposeResult
from components.trajectories.rounds import Round
from pipelines.commands import store_of
from pipelines.stored_runs import choose_round, round_of


@contextmanager
def _proposing(*, run: str, round: int | None, place: str, out: Path) -> Iterator[tuple[Round, ProposeResult]]:
    with store_of(place, out=out) as (_, store):
        chosen, number = choose_round(store, run=run, round=round)
        there = round_of(store, chosen.name, number)
        found = read(there, ProposeResult)
        if found is None:
            fix = "name who proposes in its recipe: propose: {by: [templates]}"
            raise InputError(f"nothing was proposed in round {number} of {chosen.name}", where=store.url, fix=fix)
        yield there, found


def list_proposed(
    status: str, *, run: str, round: int | None, place: str, out: Path
) -> tuple[list[ProposedTask], dict[str, Decision], str]:
    """Proposals of a round, reviews of the run, and the digest of the tasks that are played."""
    with _proposing(run=run, round=round, place=place, out=out) as (there, found):
        lines = [each for each in found.proposals if status in ("", each.status)]
        return lines, read_reviews(there.store, run=there.run), found.tasks


def show_proposed(id: str, *, run: str, round: int | None, place: str, out: Path) -> str:
    """One proposal with its origin and its fate, as YAML."""
    with _proposing(run=run, round=round, place=place, out=out) as (there, found):
        [line] = _chosen(found, [id])
        reviews = read_reviews(there.store, run=there.run)
        record = {**line.model_dump(mode="json"), "review": reviews.get(id, ""), **_written(_proposal(there, id))}
        return _yaml(record)


def review_proposed(
    ids: Sequence[str], decision: Decision, *, run: str, round: int | None, place: str, out: Path
) -> None:
    with _proposing(run=run, round=round, place=place, out=out) as (there, found):
        for line in _chosen(found, ids):
            keep_review(there.store, run=there.run, review=Review(task=line.id, decision=decision))


def export_proposed(ids: Sequence[str], *, run: str, round: int | None, place: str, out: Path) -> str:
    """Tasks as `sites.yaml` writes them, to be edited and kept there: those named, else those that are played."""
    with _proposing(run=run, round=round, place=place, out=out) as (there, found):
        lines = _chosen(found, ids) if ids else found.played
        return _yaml({"tasks": [_task(_proposal(there, line.id)) for line in lines]})


def proposed_table(lines: Sequence[ProposedTask], reviews: dict[str, Decision]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("task", "such as", "begins in", "cases", "by", "fate", "review", "because"):
        table.add_column(name, justify="right" if name == "cases" else "left")
    for each in lines:
        row = (each.id, each.intent, each.region, str(each.cases), each.by, each.status)
        table.add_row(*row, reviews.get(each.id, ""), each.reason)
    return table


def _chosen(found: ProposeResult, ids: Sequence[str]) -> list[ProposedTask]:
    known = {each.id: each for each in found.proposals}
    for id in ids:
        if id not in known:
            raise InputError(f"there is no proposal {id}", where="task", fix="take a name from `symbiont tasks list`")
    return [known[id] for id in ids]


def _proposal(there: Round, id: str) -> Proposal:
    found = find_proposal(there, id)
    if found is None:
        raise InputError(f"the proposal {id} is gone from the store", where=there.store.url, fix="start another run")
    return found


def _written(proposal: Proposal) -> dict[str, object]:
    told = proposal.model_dump(mode="json", include={"hint", "persona", "sources"})
    return {**told, "task": _task(proposal)}


def _task(proposal: Proposal) -> dict[str, object]:
    return proposal.task.model_dump(mode="json", exclude_defaults=True)


def _yaml(record: object) -> str:
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=110)
