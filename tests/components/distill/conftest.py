"""A store with one round's examples: clicking and typing on small pages, enough for a tiny model to learn by heart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.tables import write_table

Rows = list[dict[str, Any]]
WORDS = ("Red", "Blue", "Green", "Save", "Send", "Name", "City", "Open")


@pytest.fixture
def rows() -> Rows:
    """Forty steps of forty episodes, each as both tasks."""
    rng, out = Random(2), []
    for seed in range(40):
        names = rng.sample(WORDS, 3)
        page = "\n".join(f'[{ref}] button "{name}"' for ref, name in enumerate(names, 1))
        at = rng.randrange(3)
        shared = {
            "prompt_intent": f"Click on {names[at]}.",
            "history": "none",
            "observation": page,
            "action": f"click [{at + 1}]",
            "reason": f'"{names[at]}" is asked for.',
            "weight": 1.0,
            "task_id": "click-it",
            "seed": seed,
        }
        out += [{**shared, "kind": kind, "example_id": f"{seed}-{kind}"} for kind in ("action", "reason_action")]
    return out


@pytest.fixture
def make_round(tmp_path: Path, rows: Rows) -> Callable[..., Round]:
    """A round whose examples stand in a store of their own; the same name gives the same store and scratch folder."""

    def make(name: str = "one", *, number: int = 1, examples: Rows | None = None) -> Round:
        store = open_store(str(tmp_path / name / "store"))
        round = Round(run="test", number=number, seed=3, store=store, work=tmp_path / name / "work")
        write_table(store, f"{round.prefix}/tables/examples.parquet", examples or rows, sources={"rows": name})
        return round

    return make
