"""The form of a round, filled in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

RECIPE = "{name: tiny, tasks: {train: [click-button], heldout: [click-link]}}"


@pytest.fixture
def form(tmp_path: Path, mlflow_uri: str) -> dict[str, Any]:
    """What somebody fills in, at a place of its own."""
    where = f"store: {tmp_path}/store, work: {tmp_path}/work, mlflow: {mlflow_uri}"
    place = f"{{name: here, {where}, free_gb: 0, explorers: 3}}"
    told = {"recipe": RECIPE, "place": place, "run": "main", "round": 0, "seed": 0, "overrides": ""}
    return {**told, "pods": "{}", "summary": SimpleNamespace(path=str(tmp_path / "summary.md"))}
