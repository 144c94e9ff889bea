"""What earlier releases stored is read by this one: a run outlives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.evaluate import EvaluateResult
from components.results.explore import ExploreResult
from components.results.place import Result, read
from components.results.preflight import PreflightResult
from components.results.promote import PromoteResult
from components.results.report import ReportResult
from components.results.synthesize import SynthesizeResult
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

FIXTURES = Path(__file__).parent / "fixtures"
KINDS: tuple[type[Result], ...] = (
    AuditResult,
    DistillResult,
    EvaluateResult,
    ExploreResult,
    PreflightResult,
    PromoteResult,
    ReportResult,
    SynthesizeResult,
)
PARTS = {"evaluate": "student", "explore": "student-0-of-1"}


@pytest.mark.parametrize("release", sorted(path.name for path in FIXTURES.iterdir()))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.stage)
def test_a_result_that_an_earlier_release_stored_is_read(tmp_path: Path, release: str, kind: type[Result]) -> None:
    """Where this fails, give the new field a default: nobody's earlier rounds may become unreadable."""
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    for path in (FIXTURES / release).glob("*.json"):
        here.store.put(f"{here.prefix}/results/{path.name}", path.read_bytes())
    found = read(here, kind, of=PARTS.get(kind.stage, ""))
    assert found is not None
    assert found.inputs


def test_a_report_that_knew_its_main_split_alone_is_read() -> None:
    told = json.loads((FIXTURES / "2026-11-26/report.json").read_text())
    change = told["facts"]["since_start"]["heldout_seeds"]
    told["facts"]["change"] = change
    ((split, known),) = ReportResult.model_validate(told).facts.since_last.items()
    assert (split, known.model_dump(mode="json")) == ("heldout_seeds", change)
