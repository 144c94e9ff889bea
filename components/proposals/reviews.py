"""What a person said of proposals: approved ones are always played, rejected ones never. A later word replaces it."""

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
    """By the task's name."""
    found = (read_record(store, key, Review, what="review", fix=AGAIN) for key in store.list(_prefix(run)))
    return {review.task: review.decision for review in found}


def _prefix(run: str) -> str:
    return f"runs/{run}/reviews/"
