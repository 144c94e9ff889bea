"""What is held out now must not have been learnt from in an earlier round, whose recipe may have been another."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.benchmarks.config import TasksConfig
from components.errors import InputError
from components.preflight.checks import check_never_taught
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.tables import write_table
from tests.pipelines.manifests import manifest


def split_of(*, train: tuple[str, ...], heldout: tuple[str, ...]) -> TasksConfig:
    return TasksConfig(train=train, heldout=heldout)


@pytest.fixture
def second(tmp_path: Path) -> Round:
    """The second round of a run whose first explored click-button and enter-text."""
    first = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    _, split = split_of(train=("click-button", "enter-text"), heldout=("click-link",)).open()
    keep_manifest(first, manifest(split=split.digest()))
    rows = [{"task_id": task.task_id, "template": task.template} for task in split.train.values() for _ in range(3)]
    write_table(first.store, f"{first.prefix}/tables/episodes.parquet", rows, sources=["x"])
    return first.at(2)


@pytest.mark.parametrize(
    ("train", "heldout"),
    [
        (("click-button", "enter-text"), ("click-link",)),
        (("click-button",), ("click-link",)),
        (("click-link",), ("focus-text",)),
    ],
)
def test_other_tasks_are_trained_and_held_out_as_long_as_none_was_taught(
    second: Round, train: tuple[str, ...], heldout: tuple[str, ...]
) -> None:
    _, split = split_of(train=train, heldout=heldout).open()
    check_never_taught(second, split)


def test_a_task_that_was_taught_cannot_be_held_out_later(second: Round) -> None:
    _, split = split_of(train=("click-link",), heldout=("enter-text", "focus-text")).open()
    with pytest.raises(InputError, match="learnt from earlier in this run") as raised:
        check_never_taught(second, split)
    assert raised.value.what.splitlines()[1:] == ["enter-text in round 1: task enter-text is held out"]
    assert "another run" in raised.value.fix
    check_never_taught(second.at(1), split)
