"""People's reviews of proposals: approved ones are played first, rejected ones never. A later review replaces one."""

from __future__ import annotations

from typing import Literal

from components.trajectories.records import read_record
from components.trajectories.schema import Record
from components.trajectories.store import Store

AGAIN = "approve or reject the task once more, which writes it anew"
Decision = Literal["approved", "rejected"]


class Review(Record):
    task: str
    decision: Decision


def keep_review(store: Store, *, run: str, review: Review) -> None:
    store.put(f"{_prefix(run)}{review.task}.json", review.model_dump_json().encode())


def read_reviews(store: Store, *, run: str) -> dict[str, Decision]:
    """The decisions of a run's reviews, by task."""
    reviews = (read_record(store, key, Review, what="review", fix=AGAIN) for key in store.list(_prefix(run)))
    return {review.task: review.decision for review in reviews}


def _prefix(run: str) -> str:
    return f"runs/{run}/reviews/"
