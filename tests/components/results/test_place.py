"""A stage's result is written once, found again for the same inputs, and refused for others."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from components.errors import InputError
from components.results.place import ResultPlace, read, result_key, results_digest
from components.trajectories.digests import json_digest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Record


class Made(Record):
    stage: ClassVar[str] = "made"
    inputs: str
    value: int


@pytest.fixture
def round(tmp_path: Path) -> Round:
    return Round(run="run", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)


def place(round: Round, inputs: str) -> ResultPlace[Made]:
    return ResultPlace(kind=Made, round=round, name="made", inputs=inputs, other="this round made something else")


def test_a_result_is_found_again_by_its_stage_and_read_by_others(round: Round) -> None:
    assert place(round, "a").known() is None
    assert read(round, Made) is None
    kept = place(round, "a").keep(Made(inputs="a", value=1))
    assert place(round, "a").known() == kept == Made(inputs="a", value=1)
    assert read(round, Made) == kept
    assert read(round.at(2), Made) is None


def test_a_result_of_other_inputs_is_refused_and_stays(round: Round) -> None:
    place(round, "a").keep(Made(inputs="a", value=1))
    with pytest.raises(InputError, match="made something else") as raised:
        place(round, "b").known()
    assert result_key(round, "made") in str(raised.value)
    with pytest.raises(InputError, match="made something else"):
        place(round, "b").keep(Made(inputs="b", value=2))
    assert read(round, Made) == Made(inputs="a", value=1)


def test_who_comes_second_gets_the_result_that_stands(round: Round) -> None:
    place(round, "a").keep(Made(inputs="a", value=1))
    assert place(round, "a").keep(Made(inputs="a", value=2)).value == 1


@pytest.mark.parametrize(
    "torn",
    [b"", b"{", b'{"inputs": "a"', b'{"inputs": "a"}', b'{"inputs": "a", "value": 1, "more": 2}', b"[]", b"\xff"],
)
def test_a_torn_result_is_a_wrong_input_that_names_its_file(round: Round, torn: bytes) -> None:
    round.store.put_new(result_key(round, "made"), torn)
    for ask in (place(round, "a").known, lambda: read(round, Made)):
        with pytest.raises(InputError, match="broken result") as raised:
            ask()
        assert raised.value.where == f"{round.store.url}/{result_key(round, 'made')}"


def test_one_of_several_results_of_a_stage_is_asked_for_by_name(round: Round) -> None:
    round.store.put_new(result_key(round, "made-student"), b'{"inputs": "s", "value": 3}')
    assert read(round, Made, of="student") == Made(inputs="s", value=3)
    assert read(round, Made, of="teacher") is None
    assert read(round, Made) is None


def test_the_digest_of_all_results_changes_with_each_but_the_one_left_out(round: Round) -> None:
    seen = [results_digest(round, without="made")]
    for name in ("distill", "evaluate-student"):
        round.store.put_new(result_key(round, name), b"{}")
        seen.append(results_digest(round, without="made"))
    assert len(set(seen)) == 3
    place(round, "a").keep(Made(inputs="a", value=1))
    assert results_digest(round, without="made") == seen[-1] != results_digest(round)
    assert results_digest(round.at(2)) == seen[0]


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert (
        json_digest({"a": 1, "b": [1, 2]}) == json_digest({"b": [1, 2], "a": 1}) != json_digest({"a": 1, "b": [2, 1]})
    )
    assert json_digest([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
