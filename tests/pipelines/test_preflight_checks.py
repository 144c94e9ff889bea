"""Preflight: what is wrong with the disk is said before a round begins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.errors import InputError
from components.preflight.checks import check_disk
from components.preflight.machine import commit, image_of_pod, machine
from components.trajectories.open_store import open_store


def test_a_full_disk_is_named(small_disk: Path) -> None:
    (small_disk / "fill").write_bytes(b"x" * 1_000_000)
    with pytest.raises(InputError, match="a round needs 1 GB") as raised:
        check_disk(small_disk, free_gb=1)
    assert str(small_disk) in str(raised.value)
    with pytest.raises(OSError, match="No space"):
        (small_disk / "more").write_bytes(b"x" * 100_000)
    with pytest.raises(InputError, match="No space left"):
        check_disk(small_disk / "work", free_gb=0)
    assert {each.name for each in small_disk.iterdir()} == {"fill", "more"}


def test_a_full_disk_leaves_no_half_written_object(small_disk: Path) -> None:
    store = open_store(small_disk / "store")
    with pytest.raises(InputError, match="no space left"):
        store.put_new("runs/a", b"x" * 2_000_000)
    assert not store.exists("runs/a")
    assert list(store.list("runs/")) == []


def test_an_image_is_told_of_in_a_pod_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert image_of_pod("i@sha256:1") == ""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert image_of_pod("i@sha256:1") == "i@sha256:1"


def test_the_machine_and_the_commit_are_told_in_words() -> None:
    assert re.fullmatch(r"\w+ \w+, \d+ cores?, \d+ GB of memory", machine())
    assert re.fullmatch(r"[0-9a-f]{40}|", commit())
