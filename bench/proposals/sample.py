"""A random sample of the proposals that a stored round played, and the site that they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from bench.proposals.one_app import round_in
from components.benchmarks import forum
from components.proposals.proposal import Proposal, find_proposal
from components.results.place import read
from components.results.propose import ProposeResult
from components.trajectories.rounds import Round
from pipelines.commands import store_of
from pipelines.stored_runs import choose_round, round_of

FORUM = Path(forum.__path__[0])


@contextmanager
def newest_round(out: Path) -> Iterator[Round]:
    """Of the run in a folder."""
    with store_of("laptop", out=out) as (_, store):
        chosen, number = choose_round(store)
        yield round_of(store, chosen.name, number)


@contextmanager
def round_of_proposals(out: Path) -> Iterator[Round]:
    """The one of an application, else the newest."""
    if site_in(out) != FORUM:
        yield round_in(out)
        return
    with newest_round(out) as round:
        yield round


def site_in(out: Path) -> Path:
    """The folder of the `sites.yaml` that a run was about."""
    copy = out / "site"
    return copy if copy.is_dir() else FORUM


def draw(out: Path, *, size: int, seed: int, among: Collection[str] | None = None) -> list[Proposal]:
    """Draws by name, so that the same proposals and seed give the same sample; only among these names, if given."""
    with round_of_proposals(out) as round:
        result = read(round, ProposeResult)
        assert result is not None, "nothing was proposed in this run"
        names = sorted(task.id for task in result.played if among is None or task.id in among)
        drawn = Random(seed).sample(names, min(size, len(names)))
        proposals = [find_proposal(round, name) for name in drawn]
    return [proposal for proposal in proposals if proposal is not None]
