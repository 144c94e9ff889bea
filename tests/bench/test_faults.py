"""A run with every fault at once, in its small form; `python -m bench.faults` has two hundred episodes."""

from __future__ import annotations

from pathlib import Path

from bench.faults.compare import compare
from bench.faults.run import play
from bench.faults.world import disturbed, peaceful


def test_a_run_with_every_fault_ends_as_one_in_peace(tmp_path: Path) -> None:
    world = disturbed(peaceful(20), seed=2)
    found = compare(world, play(world, folder=tmp_path / "disturbed", disturb=2))
    assert found["wrong"] == [], found
    assert found["outcomes"] == {"disturbed": {"failed": 4, "solved": 16}}
