"""Preflight: what is wrong with disk, endpoint or student is said before a round begins, and the manifest is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.errors import InputError
from components.preflight.checks import check_disk
from components.preflight.machine import commit, machine
from components.trajectories.manifest import keep_manifest, manifest_key, read_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.pipelines.manifests import manifest


def test_a_full_disk_is_named(small_disk: Path) -> None:
    (small_disk / "fill").write_bytes(b"x" * 1_000_000)
    with pytest.raises(InputError, match="a round wants 1 GB") as raised:
        check_disk(small_disk, free_gb=1)
    assert str(small_disk) in str(raised.value)
    with pytest.raises(OSError, match="No space"):
        (small_disk / "more").write_bytes(b"x" * 100_000)
    with pytest.raises(InputError, match="No space left"):
        check_disk(small_disk / "work", free_gb=0)
    assert not list((small_disk / "work").iterdir())


def test_a_full_disk_leaves_no_half_written_object(small_disk: Path) -> None:
    store = open_store(small_disk / "store")
    with pytest.raises(InputError, match="no space left"):
        store.put_new("runs/a", b"x" * 2_000_000)
    assert not store.exists("runs/a")
    assert list(store.list("runs/")) == []


@pytest.fixture
def round_one(tmp_path: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path / "work")


def test_a_manifest_is_written_once_and_the_same_one_is_found_again(round_one: Round) -> None:
    first = keep_manifest(round_one, manifest())
    again = keep_manifest(round_one, manifest(created_at="2027-01-01T00:00:00+00:00", place="cluster"))
    assert again == first == read_manifest(round_one)


def test_a_round_begun_with_something_else_names_what_differs(round_one: Round) -> None:
    keep_manifest(round_one, manifest())
    with pytest.raises(InputError, match=r"code: 'b+' then, 'x' now"):
        keep_manifest(round_one, manifest(code="x"))


def test_a_manifest_of_another_version_is_refused(round_one: Round) -> None:
    old = manifest().model_dump_json().replace('"manifest_version":1', '"manifest_version":0')
    round_one.store.put(manifest_key(round_one), old.encode())
    with pytest.raises(InputError, match="version is 0"):
        read_manifest(round_one)


@pytest.mark.parametrize("stored", [b"", b"[]", b'{"manifest_version": 1, "run": "r"}'])
def test_a_broken_manifest_is_named(round_one: Round, stored: bytes) -> None:
    round_one.store.put(manifest_key(round_one), stored)
    with pytest.raises(InputError, match="a broken manifest") as raised:
        read_manifest(round_one)
    assert raised.value.where.endswith(manifest_key(round_one))
    assert raised.value.fix


def test_the_machine_and_the_commit_are_told_in_words() -> None:
    assert re.fullmatch(r"\w+ \w+, \d+ cores?, \d+ GB of memory", machine())
    assert re.fullmatch(r"[0-9a-f]{40}|", commit())
