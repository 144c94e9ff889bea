"""A random sample of the proposals that a stored round played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from components.proposals.proposal import Proposal, find_proposal
from components.results.place import read
from components.results.propose import ProposeResult
from components.trajectories.rounds import Round
from pipelines.commands import store_of
from pipelines.stored_runs import choose_round, round_of


@contextmanager
def newest_round(out: Path) -> Iterator[Round]:
    """Of the run in a folder."""
    with store_of("laptop", out=out) as (_, store):
        chosen, number = choose_round(store)
        yield round_of(store, chosen.name, number)


def draw(out: Path, *, size: int, seed: int) -> list[Proposal]:
    """By name, so that the same proposals and seed are the same sample."""
    with newest_round(out) as here:
        result = read(here, ProposeResult)
        assert result is not None, "nothing was proposed in this run"
        names = sorted(each.id for each in result.played)
        drawn = Random(seed).sample(names, min(size, len(names)))
        found = [find_proposal(here, name) for name in drawn]
    return [each for each in found if each is not None]
