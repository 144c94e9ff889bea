"""A test finds its fixtures whatever else is named on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "conftest.py": "from tests.conftest import pytest_collect_directory",
    "test_top.py": "def test_top(): pass",
    "room/conftest.py": "import pytest\n@pytest.fixture\ndef given(): pass",
    "room/a/test_a.py": "def test_a(given): pass",
    "room/b/test_b.py": "def test_b(given): pass",
    "room/test_room.py": "def test_room(given): pass",
}


def test_what_a_folder_gives_is_seen_beside_files_of_the_folders_above(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir=."]
    named = ["room/a", "test_top.py", "room/test_room.py", "room/b"]
    done = subprocess.run(
        [*command, *named], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True
    )
    assert "4 passed" in done.stdout, done.stdout
