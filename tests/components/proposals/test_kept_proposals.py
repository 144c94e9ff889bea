"""Proposals are found by name in the newest round that has one; a person's later word replaces the earlier one."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.benchmarks.sites.form import Check, SiteTask
from components.proposals.proposal import Proposal, find_proposal, iter_proposals, keep_proposal
from components.proposals.reviews import Review, keep_review, read_reviews
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round


@pytest.fixture
def round(tmp_path: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)


def proposal(id: str, *, hint: str = "") -> Proposal:
    task = SiteTask(
        id=id, family="f", intent="Open {page}.", cases=({"page": "a"}, {"page": "b"}), check=Check(text="a")
    )
    return Proposal(by="templates", task=task, region="/", hint=hint)


def test_the_newest_rounds_proposal_is_found_and_no_later_ones(round: Round) -> None:
    for number, hint in ((1, "first"), (3, "third")):
        keep_proposal(round.at(number), proposal("open-a", hint=hint))
    found = [find_proposal(round.at(number), "open-a") for number in (1, 2, 3, 4)]
    assert [each.hint if each else "" for each in found] == ["first", "first", "third", "third"]
    assert find_proposal(round.at(4), "open-b") is None


def test_a_proposal_is_kept_once(round: Round) -> None:
    for id, hint in (("b", "one"), ("a", "two"), ("b", "another")):
        keep_proposal(round, proposal(id, hint=hint))
    assert [(each.id, each.hint) for each in iter_proposals(round)] == [("a", "two"), ("b", "one")]
    assert list(iter_proposals(round.at(2))) == []
    assert proposal("a").intents == ("Open a.", "Open b.")


def test_a_later_word_replaces_the_earlier_one(round: Round) -> None:
    keep_review(round.store, run="r", review=Review(task="a", decision="approved"))
    keep_review(round.store, run="r", review=Review(task="a", decision="rejected"))
    keep_review(round.store, run="other", review=Review(task="b", decision="approved"))
    assert read_reviews(round.store, run="r") == {"a": "rejected"}
