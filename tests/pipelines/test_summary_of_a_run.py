"""`summary.json`: its schema is the committed one, and it says what the stages stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InputError
from components.results.report import Facts, ReportResult
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.schemas import OF_SUMMARY, summary_schema
from pipelines.summary import Summary, round_summary
from tests.components.results.made import (
    audit_result,
    distill_result,
    evaluate_result,
    promote_result,
    store,
    synthesize_result,
)
from tests.pipelines.manifests import manifest


def test_the_committed_schema_is_that_of_the_code() -> None:
    assert OF_SUMMARY.read_text() == summary_schema(), "run `make compile`"


@pytest.fixture
def finished(tmp_path: Path) -> Round:
    round = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    keep_manifest(round, manifest())
    split = {
        "split": "heldout_seeds",
        "episodes": 20,
        "solved": 12,
        "success_rate": 0.6,
        "interval": (0.39, 0.78),
        "task_interval": None,
        "by_family": (),
        "by_task": (),
        "outcomes": {"solved": 12, "failed": 8, "infra_error": 1},
        "steps_per_solved": 2.0,
        "seconds_per_solved": 1.0,
        "usd_per_solved": 0.0,
        "tokens": 10,
        "usd": 0.0,
    }
    store(round, evaluate_result(splits={"heldout_seeds": split}), of="student")
    for result in (audit_result(), distill_result(), promote_result(), synthesize_result()):
        store(round, result)
    outcomes = {"explore-teacher": {"solved": 3, "failed": 1}, "explore-student": {"solved": 1, "infra_error": 2}}
    facts = Facts(
        outcomes=outcomes,
        states=None,
        actions=None,
        synergy={},
        since_last={},
        since_start={},
        beside_chance={},
        usd=0.0,
        tokens=0,
    )
    store(round, ReportResult(run="r", round=1, inputs="i", page="p", facts=facts))
    return round


def test_a_round_is_summed_up_from_what_its_stages_stored(finished: Round) -> None:
    found = round_summary(finished, wall_seconds=5.0)
    assert found.student.heldout_seeds is not None
    assert found.student.heldout_seeds.success_rate == 0.6
    assert found.student.heldout_tasks is None
    assert found.teacher.heldout_seeds is None
    assert found.outcomes == {"solved": 4, "failed": 1, "infra_error": 2}
    assert found.audit is not None
    assert found.audit.distance is not None
    assert (found.audit.distance.low, found.audit.distance.mean) == (pytest.approx(0.45), 0.53)
    assert found.promotion is not None
    assert found.promotion.decision == "promote"
    assert found.digests.model == "m"
    whole = Summary(
        run="r",
        recipe="laptop",
        place="laptop",
        seed=0,
        start={"student": found.student_start},
        rounds=(found,),
        wall_seconds=5.0,
        report="reports/report.html",
        champion="c",
    )
    assert Summary.model_validate_json(whole.model_dump_json()) == whole


def test_a_round_without_its_report_is_named(finished: Round) -> None:
    finished.store.delete(f"{finished.prefix}/results/report.json")
    with pytest.raises(InputError, match="round 1 has no report") as raised:
        round_summary(finished, wall_seconds=0.0)
    assert raised.value.where.endswith("round-001/results/report.json")
