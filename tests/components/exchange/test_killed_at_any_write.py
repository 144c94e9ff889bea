"""An import and a takedown that die at any of their writes: the same command ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from components.errors import InputError
from components.exchange import imports, takedown
from components.exchange.imports import import_file
from components.exchange.takedown import take_down
from components.trajectories.imports import records_of, set_prefix
from components.trajectories.open_store import open_store
from components.trajectories.schema import Origin
from components.trajectories.store import Store
from pipelines.cli import app
from tests.components.dying import DyingStore, Killed, contents, deaths
from tests.components.exchange.published import adp_row, api, finish, web, write

ORIGIN = Origin(source="a-set", licence="CC-BY-4.0")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    parts = (web(), api("click", bid="a40"), finish("done"))
    return write(tmp_path / "rows.jsonl", [adp_row(f"Buy {number}", *parts) for number in range(3)])


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_now", lambda: "2026-11-26T00:00:00+00:00")


def test_an_import_that_died_anywhere_is_gone_on_from(rows: Path, tmp_path: Path) -> None:
    def work(store: Store) -> object:
        return import_file(store, rows, form="adp", origin=ORIGIN)

    whole = open_store(tmp_path / "whole")
    work(whole)
    ends = [contents(store) for store in deaths(work, folder=tmp_path / "dead", begun=lambda _: None)]
    assert len(ends) >= 2 * 4
    assert all(each == contents(whole) for each in ends)


def test_a_takedown_that_died_anywhere_is_gone_on_from(rows: Path, tmp_path: Path) -> None:
    def begun(store: Store) -> None:
        for source in ("a-set", "b-set"):
            import_file(store, rows, form="adp", origin=Origin(source=source, licence="MIT"))

    def work(store: Store) -> object:
        return take_down(store, "a-set")

    whole = open_store(tmp_path / "whole")
    begun(whole)
    work(whole)
    left = contents(whole, without=("takedowns/",))
    assert left
    assert not any(key.startswith(set_prefix("a-set")) for key in left)
    ends = [contents(store, without=("takedowns/",)) for store in deaths(work, folder=tmp_path / "dead", begun=begun)]
    assert len(ends) >= 2 * 5
    assert all(each == left for each in ends)


def test_what_an_import_left_that_died_keeps_its_licence_and_can_be_taken_down(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(Killed):
        import_file(DyingStore(out / "store", left=1, after=True), rows, form="adp", origin=ORIGIN)
    store = open_store(out / "store")
    assert not records_of(store, "a-set")
    with pytest.raises(InputError, match=r"here under the licence 'CC-BY-4\.0'"):
        import_file(store, rows, form="adp", origin=Origin(source="a-set", licence="MIT"))
    done = CliRunner().invoke(app, ["takedown", "--source", "a-set", "--yes", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert not list(store.list(set_prefix("a-set")))
    with pytest.raises(InputError, match="no source b-set is imported here"):
        takedown.check_known(store, "b-set")
