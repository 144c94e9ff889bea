"""A stage that failed because of the infrastructure is retried; one with a wrong input is not, because that would not
help. When a server of ours or the round's own process is gone, the round ends within seconds, and is told so.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from components.errors import InfraError, InputError
from components.place import Job, Place
from components.trajectories.attempts import ATTEMPT
from pipelines.local.process import Event, execute_round
from tests.pipelines.processes import eventually, is_running

PIPELINE = """
from kfp import compiler, dsl

@dsl.component(base_image="python", install_kfp_package=False)
def fails(job: str, kind: str, tries: str):
    import os, time
    from pathlib import Path
    from components.trajectories.budget import BudgetError
    from components.errors import InfraError, InputError
    from components.place import stage

    with stage("fails", job=job):
        if kind == "waits":
            Path(tries).write_text(f"{os.getpid()}.")
            time.sleep(600)
        with Path(tries).open("a") as file:
            file.write("x")
        if kind == "killed":
            if Path(tries).read_text() == "x":
                os.kill(os.getpid(), 9)
            return
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


def begin(
    pipeline: Path, folder: Path, *, kind: str, check: Callable[[], None] = lambda: None
) -> Generator[Event, None, None]:
    for name in ("work", "tmp"):
        (folder / name).mkdir()
    job = Job(place=Place(name="p", store=str(folder / "store"), work=str(folder / "work")), run="r", round=1, seed=0)
    return execute_round(
        pipeline=pipeline,
        arguments={"job": job.model_dump_json(), "kind": kind, "tries": str(folder / "tries")},
        attempt="one",
        work=folder / "work",
        log=folder / "log",
        temporary=folder / "tmp",
        check=check,
    )


def attempts(pipeline: Path, folder: Path, *, kind: str) -> tuple[list[Event], Exception | None, str]:
    """What the stage said, what the round ended with, and an x for each time the stage was tried."""
    events, ended = [], None
    try:
        events.extend(begin(pipeline, folder, kind=kind))
    except (InputError, InfraError) as error:
        ended = error
    return events, ended, (folder / "tries").read_text()


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


def test_a_stage_whose_process_is_killed_is_tried_again_and_the_round_goes_on(pipeline: Path, tmp_path: Path) -> None:
    events, error, tries = attempts(pipeline, tmp_path, kind="killed")
    assert error is None
    assert tries == "xx"
    assert [event.kind for event in events] == ["begins", "begins", "ends"]


@pytest.mark.parametrize(("kind", "tries", "again"), [("budget", "x", "x"), ("infrastructure", "xxx", "xxxxxx")])
def test_a_further_try_of_what_nobody_can_mend_ends_at_once_with_the_same_words(
    pipeline: Path, tmp_path: Path, kind: str, tries: str, again: str
) -> None:
    """On a cluster every try is a pod of its own, and Kubeflow counts only that one failed."""
    job = Job(
        place=Place(name="p", store=str(tmp_path / "store"), work=str(tmp_path / "work")), run="r", round=1, seed=0
    )
    arguments = {"job": job.model_dump_json(), "kind": kind, "tries": str(tmp_path / "tries")}
    told = {"pipeline": str(pipeline), "arguments": arguments, "artifacts": str(tmp_path / "kfp")}
    (tmp_path / "request.json").write_text(json.dumps(told))

    def attempt(name: str) -> str:
        command = [sys.executable, "-m", "pipelines.local.execute", str(tmp_path / "request.json")]
        ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {ATTEMPT: name}, check=False)
        assert ended.returncode == 1
        return ended.stdout

    said = attempt("one")
    assert said.count("[stage] fails failed") == 3
    assert said.count("it is wrong" if kind == "budget" else "it broke") >= 3
    assert (tmp_path / "tries").read_text() == tries
    assert attempt("one").count("failed") >= 3
    assert (tmp_path / "tries").read_text() == again, "the same attempt goes on"
    attempt("two")
    assert (tmp_path / "tries").read_text() == again + tries, "another attempt asks again"


def gone() -> None:
    raise InfraError("the s3 server ended")


def test_a_server_that_is_gone_ends_the_round_at_once(pipeline: Path, tmp_path: Path) -> None:
    tries = tmp_path / "tries"

    def check() -> None:
        if tries.exists() and tries.read_text().endswith("."):
            gone()

    with pytest.raises(InfraError, match="the s3 server ended"):
        list(begin(pipeline, tmp_path, kind="waits", check=check))
    assert not is_running(int(tries.read_text().rstrip(".")))


def test_a_stage_that_misses_the_dead_server_is_not_believed_that_its_input_is_wrong(
    pipeline: Path, tmp_path: Path
) -> None:
    with pytest.raises(InfraError, match="the s3 server ended"):
        list(begin(pipeline, tmp_path, kind="input", check=gone))


def test_a_round_whose_guard_is_killed_is_over(pipeline: Path, tmp_path: Path) -> None:
    tries = tmp_path / "tries"

    def check() -> None:
        if tries.exists() and tries.read_text().endswith("."):
            stage = int(tries.read_text().rstrip("."))
            if is_running(stage):
                with contextlib.suppress(ProcessLookupError):  # the guard is gone, and its stage is going
                    os.kill(os.getpgid(stage), signal.SIGKILL)  # the guard leads the group

    with pytest.raises(InfraError, match="killed the round's process"):
        list(begin(pipeline, tmp_path, kind="waits", check=check))
    stage = int(tries.read_text().rstrip("."))
    assert eventually(lambda: not is_running(stage)), "it goes with its guard, a moment later"
