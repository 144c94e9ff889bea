"""What `symbiont tasks` does: shows the proposals of a stored round, keeps reviews of them, and writes them as
tasks."""

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
        opened_round = round_of(store, chosen.name, number)
        result = read(opened_round, ProposeResult)
        if result is None:
            fix = "name who proposes in its recipe: propose: {by: [templates]}"
            raise InputError(f"nothing was proposed in round {number} of {chosen.name}", where=store.url, fix=fix)
        yield opened_round, result


def list_proposed(
    status: str, *, run: str, round: int | None, place: str, out: Path
) -> tuple[list[ProposedTask], dict[str, Decision], str]:
    """Proposals of a round, reviews of the run, and the digest of the tasks that are played."""
    with _proposing(run=run, round=round, place=place, out=out) as (opened_round, result):
        lines = [proposal for proposal in result.proposals if status in ("", proposal.status)]
        return lines, read_reviews(opened_round.store, run=opened_round.run), result.tasks


def show_proposed(id: str, *, run: str, round: int | None, place: str, out: Path) -> str:
    """One proposal with its origin and its fate, as YAML."""
    with _proposing(run=run, round=round, place=place, out=out) as (opened_round, result):
        [line] = _chosen(result, [id])
        reviews = read_reviews(opened_round.store, run=opened_round.run)
        record = {
            **line.model_dump(mode="json"),
            "review": reviews.get(id, ""),
            **_written(_proposal(opened_round, id)),
        }
        return _yaml(record)


def review_proposed(
    ids: Sequence[str], decision: Decision, *, run: str, round: int | None, place: str, out: Path
) -> None:
    with _proposing(run=run, round=round, place=place, out=out) as (opened_round, result):
        for line in _chosen(result, ids):
            keep_review(opened_round.store, run=opened_round.run, review=Review(task=line.id, decision=decision))


def export_proposed(ids: Sequence[str], *, run: str, round: int | None, place: str, out: Path) -> str:
    """Tasks as `sites.yaml` writes them, to be edited and kept there: those named, else those that are played."""
    with _proposing(run=run, round=round, place=place, out=out) as (opened_round, result):
        lines = _chosen(result, ids) if ids else result.played
        return _yaml({"tasks": [_task(_proposal(opened_round, line.id)) for line in lines]})


def proposed_table(lines: Sequence[ProposedTask], reviews: dict[str, Decision]) -> Table:
    table = Table(box=None, header_style="bold")
    for name in ("task", "such as", "begins in", "cases", "by", "fate", "review", "because"):
        table.add_column(name, justify="right" if name == "cases" else "left")
    for proposal in lines:
        row = (proposal.id, proposal.intent, proposal.region, str(proposal.cases), proposal.by, proposal.status)
        table.add_row(*row, reviews.get(proposal.id, ""), proposal.reason)
    return table


def _chosen(result: ProposeResult, ids: Sequence[str]) -> list[ProposedTask]:
    by_id = {proposal.id: proposal for proposal in result.proposals}
    for id in ids:
        if id not in by_id:
            raise InputError(f"there is no proposal {id}", where="task", fix="take a name from `symbiont tasks list`")
    return [by_id[id] for id in ids]


def _proposal(round: Round, id: str) -> Proposal:
    proposal = find_proposal(round, id)
    if proposal is None:
        raise InputError(f"the proposal {id} is gone from the store", where=round.store.url, fix="start another run")
    return proposal


def _written(proposal: Proposal) -> dict[str, object]:
    origin = proposal.model_dump(mode="json", include={"hint", "persona", "sources"})
    return {**origin, "task": _task(proposal)}


def _task(proposal: Proposal) -> dict[str, object]:
    return proposal.task.model_dump(mode="json", exclude_defaults=True)


def _yaml(record: object) -> str:
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=110)
