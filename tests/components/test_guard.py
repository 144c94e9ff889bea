"""How a process ends: what holds a million objects says so, and Python does not look through them first."""

from __future__ import annotations

import subprocess
import sys

import pytest

SWEPT = """
import atexit, sys
from components.guard import sweep_seldom

class Circle:
    def __init__(self):
        self.itself = self
    def __del__(self):
        print("swept")

Circle()
atexit.register(print, "what was to be done at the end")
if sys.argv[1] == "unswept":
    sweep_seldom()
print("said", end=", ")
"""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("swept", "said, what was to be done at the end\nswept\n"),
        ("unswept", "said, what was to be done at the end\n"),
    ],
)
def test_a_process_ends_without_a_search_for_garbage_and_in_order(how: str, said: str) -> None:
    ended = subprocess.run([sys.executable, "-c", SWEPT, how], capture_output=True, text=True, check=True)
    assert ended.stdout == said
