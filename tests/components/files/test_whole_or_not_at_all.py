"""A file that is written whole is the old one or the new one at any moment, and nobody else's to read when private."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.errors import InputError
from components.files import PRIVATE, whole, write_whole

WRITER = """
import sys
from pathlib import Path
from components.files import write_whole
for turn in range(100_000):
    write_whole(Path(sys.argv[1]), str(turn % 10) * 200_000)
    print(turn, flush=True)
"""


def test_bytes_and_text_arrive_as_they_are(tmp_path: Path) -> None:
    assert write_whole(tmp_path / "a.bin", b"\x00\xff").read_bytes() == b"\x00\xff"
    assert write_whole(tmp_path / "b.txt", "Ünï\n").read_text(encoding="utf-8") == "Ünï\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "b.txt"]


def test_a_body_that_raises_leaves_what_was_there(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "a.yaml", "old")

    def fails() -> None:
        with whole(path) as part:
            assert part.suffix == ".yaml"
            part.write_text("half")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fails()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "summary.json").mkdir()
    for path, said in (
        (tmp_path / "summary.json", "Is a directory"),
        (tmp_path / "nowhere" / "a", "No such file or directory"),
    ):
        with pytest.raises(InputError, match=said) as raised:
            write_whole(path, "x")
        assert raised.value.where == str(path)
        assert raised.value.fix
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_kill_9_leaves_one_whole_content(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for line in writer.stdout:
        if int(line) >= 20:
            break
    time.sleep(0.003)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    text = path.read_text()
    assert len(text) == 200_000
    assert len(set(text)) == 1


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with whole(tmp_path / "keys.json", mode=PRIVATE) as part:
            part.write_text("{}")
            assert part.stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == PRIVATE
