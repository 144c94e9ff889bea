"""Small records that are damaged are reported with the object and a fix, whoever reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from components.errors import InputError
from components.place import timings
from components.proposals.proposal import find_proposal, iter_proposals
from components.proposals.reviews import Review, keep_review, read_reviews
from components.trajectories.attempts import Attempt
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.store import Store

TORN = (b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"round": "x"}', b'{"task": ' + b"[" * 100_000)
Read = Callable[[Store, Round], object]


def _attempt(store: Store) -> Attempt:
    return Attempt(store=store, run="r", name="a")


READS: dict[str, Read] = {
    "runs/r/attempts/a/begun.json": lambda store, _: _attempt(store).begun,
    "runs/r/attempts/a/end.json": lambda store, _: _attempt(store).ended,
    "runs/r/attempts/a/failed-distill.json": lambda store, _: _attempt(store).check("distill"),
    "runs/r/reviews/open-1.json": lambda store, _: read_reviews(store, run="r"),
    "runs/r/round-001/proposals/open-1.json": lambda _, round: list(iter_proposals(round)),
    "runs/r/round-001/proposals/open-2.json": lambda _, round: find_proposal(round, "open-2"),
    "runs/r/round-001/timings/distill-1.json": lambda _, round: timings(round),
}


@pytest.mark.parametrize("key", READS)
@pytest.mark.parametrize("torn", TORN, ids=range(len(TORN)))
def test_a_torn_record_is_named(tmp_path: Path, key: str, torn: bytes) -> None:
    store = open_store(tmp_path / "store")
    round = Round(run="r", number=1, seed=0, store=store, work=tmp_path)
    store.put(key, torn)
    with pytest.raises(InputError, match="a broken") as error:
        READS[key](store, round)
    assert key in error.value.where
    assert error.value.fix


def test_a_review_is_written_anew_over_a_torn_one(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    store.put("runs/r/reviews/open-1.json", b"{")
    keep_review(store, run="r", review=Review(task="open-1", decision="approved"))
    assert read_reviews(store, run="r") == {"open-1": "approved"}
