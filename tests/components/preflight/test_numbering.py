"""Which round of a run comes next is found in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InputError
from components.preflight.numbering import choose_number, rounds_of
from components.trajectories.manifest import manifest_key
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def leave(store: Store, *, begun: int, done: tuple[int, ...], run: str = "main") -> None:
    for number in range(1, begun + 1):
        here = Round(run=run, number=number, seed=0, store=store, work=Path())
        store.put(manifest_key(here), b"{}")
        if number in done:
            store.put(done_key(here), b"{}")


@pytest.mark.parametrize(
    ("begun", "done", "next"),
    [(0, (), 1), (1, (), 1), (1, (1,), 2), (2, (1,), 2), (3, (1, 2, 3), 4), (3, (1, 3), 4), (3, (1, 2), 3)],
)
def test_round_zero_is_the_unfinished_one_else_a_new_one(
    store: Store, begun: int, done: tuple[int, ...], next: int
) -> None:
    leave(store, begun=begun, done=done)
    leave(store, begun=9, done=(), run="other")
    assert choose_number(store, run="main", number=0) == next
    assert rounds_of(store, "main").begun == tuple(range(1, begun + 1))


def test_a_round_is_named_to_repeat_it_or_to_leave_an_unfinished_one_behind(store: Store) -> None:
    leave(store, begun=2, done=(1,))
    assert [choose_number(store, run="main", number=wanted) for wanted in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (2, "round 2 of run main was left unfinished when round 3 began"),
        (5, "round 5 of run main cannot begin: it has 3 rounds"),
        (-1, "round -1 of run main cannot begin"),
    ],
)
def test_a_round_that_cannot_be_done_is_refused_with_the_one_that_can(store: Store, wanted: int, said: str) -> None:
    leave(store, begun=3, done=(1,))
    with pytest.raises(InputError, match=said) as raised:
        choose_number(store, run="main", number=wanted)
    assert "which is round 3" in raised.value.fix


@pytest.mark.parametrize("run", ["", "Main", "a/b", "-a", "a-", "..", "a b", "a" * 64])
def test_a_name_that_no_store_or_label_takes_is_refused(store: Store, run: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a run"):
        choose_number(store, run=run, number=0)


@pytest.mark.parametrize("run", ["main", "a", "laptop-0", "team.web-7", "0" * 63])
def test_names_that_people_give_are_taken(store: Store, run: str) -> None:
    assert choose_number(store, run=run, number=0) == 1
