"""A stage that the infrastructure failed is tried again; one that was given a wrong input is not: it would be vain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from components.errors import InfraError, InputError
from components.place import Job, Place
from pipelines.local.process import Event, execute_round

PIPELINE = """
from kfp import compiler, dsl

@dsl.component(base_image="python", install_kfp_package=False)
def fails(job: str, kind: str, tries: str):
    from pathlib import Path
    from components.agents.budget import BudgetError
    from components.errors import InfraError, InputError
    from components.place import stage

    with stage("fails", job=job):
        with Path(tries).open("a") as file:
            file.write("x")
        wrong = {"input": InputError, "budget": BudgetError}
        raise wrong[kind]("it is wrong", where="here", fix="mend it") if kind in wrong else InfraError("it broke")

@dsl.pipeline(name="round")  # another name than its one stage, or kfp takes it for the bare component
def pipeline(job: str, kind: str, tries: str):
    fails(job=job, kind=kind, tries=tries).set_retry(2, backoff_duration="0s").set_caching_options(False)

compiler.Compiler().compile(pipeline, TARGET)
"""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline of one stage with two retries, compiled in another process: kfp wants the function's source."""
    folder = tmp_path_factory.mktemp("pipeline")
    script, target = folder / "write.py", folder / "fails.yaml"
    script.write_text(PIPELINE.replace("TARGET", repr(str(target))))
    subprocess.run([sys.executable, str(script)], check=True, capture_output=True)
    return target


def attempts(pipeline: Path, folder: Path, *, kind: str) -> tuple[list[Event], Exception | None, str]:
    """What the stage said, what the round ended with, and an x for each time the stage was tried."""
    for name in ("work", "tmp"):
        (folder / name).mkdir()
    job = Job(place=Place(name="p", store=str(folder / "store"), work=str(folder / "work")), run="r", round=1, seed=0)
    tries, events = folder / "tries", []
    said = execute_round(
        pipeline=pipeline,
        arguments={"job": job.model_dump_json(), "kind": kind, "tries": str(tries)},
        work=folder / "work",
        log=folder / "log",
        temporary=folder / "tmp",
    )
    ended = None
    try:
        events.extend(said)
    except (InputError, InfraError) as error:
        ended = error
    return events, ended, tries.read_text()


@pytest.mark.parametrize("kind", ["input", "budget"])
def test_a_wrong_input_or_a_spent_budget_is_tried_once(pipeline: Path, tmp_path: Path, kind: str) -> None:
    events, error, tries = attempts(pipeline, tmp_path, kind=kind)
    assert tries == "x"
    assert isinstance(error, InputError)
    assert (error.what, error.where, error.fix) == ("it is wrong", "here", "mend it")
    assert [event.kind for event in events] == ["begins", "failed"]


def test_broken_infrastructure_is_tried_again(pipeline: Path, tmp_path: Path) -> None:
    _, error, tries = attempts(pipeline, tmp_path, kind="infrastructure")
    assert tries == "xxx"
    assert isinstance(error, InfraError)
    assert "it broke" in str(error)
