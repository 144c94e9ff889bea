"""A made-up manifest of a round."""

from __future__ import annotations

from components.trajectories.manifest import Manifest


def manifest(**changes: object) -> Manifest:
    fields = {
        "run": "r",
        "round": 1,
        "seed": 0,
        "recipe": "a" * 64,
        "code": "b" * 64,
        "packages": {"torch": "1"},
        "benchmark": "miniwob",
        "benchmark_version": "1",
        "evaluator_checksum": "c",
        "split": "d",
        "teacher": {"name": "t", "kind": "scripted", "digest": "e"},
        "start": "s",
        "student": "s",
        "champion": "s",
        "data": {},
        "place": "laptop",
        "created_at": "2026-01-01T00:00:00+00:00",
    }
    return Manifest.model_validate({**fields, **changes})
