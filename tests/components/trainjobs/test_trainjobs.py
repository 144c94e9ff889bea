"""A TrainJob is made once, found again, heard, awaited and ended, against an API server that enforces its rules."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.errors import InfraError, InputError
from components.finish import pods
from components.finish.component import finish
from components.place import Place
from components.trainjobs import job as jobs
from components.trainjobs import kubernetes
from components.trainjobs.job import Job, end_jobs, remove_jobs, workflow_of
from components.trainjobs.objects import ASKED, ATTEMPT, QUEUE, Metadata, RuntimeRef, Spec, Trainer, TrainJob
from components.trajectories import attempts
from tests.components.trainjobs.trainer_server import JOBS, PODS, TrainerServer

DEPLOYED = {"kind": "deployment"}
WORKFLOW = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "name": "round-7", "uid": "u-7"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainerServer]:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(kubernetes, "FIRST_PAUSE", 0.01)
    with TrainerServer(tmp_path) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def made(
    *, asked: str = "one", queue: str = "", attempt: str = "run-1", name: str = "symbiont-1", **spec: Any
) -> TrainJob:
    said: dict[str, Any] = {
        "runtime_ref": RuntimeRef(kind="TrainingRuntime", name="symbiont-trainer"),
        "trainer": Trainer(image="trainer@sha256:1", command=("python",), env=(), num_nodes=2, num_proc_per_node=4),
        "suspend": bool(queue),
        "active_deadline_seconds": 3600,
    }
    labels = {ATTEMPT: attempt} | ({QUEUE: queue} if queue else {})
    metadata = Metadata(name=name, labels=labels, annotations={ASKED: asked})
    return TrainJob(metadata=metadata, spec=Spec(**{**said, **spec}))


def follow(server: TrainerServer, job: TrainJob, on_line: Callable[[str], None] = lambda _: None) -> None:
    Job(job, kubernetes=server.kubernetes(), on_line=on_line).run()


def posts(server: TrainerServer) -> int:
    return server.asked.count(f"POST {JOBS}")


def eventually(server: TrainerServer, *steps: Callable[[], None]) -> threading.Thread:
    """Does one step after each two looks at the job."""

    def play() -> None:
        for step in steps:
            seen = len(server.asked)
            while len(server.asked) < seen + 6:
                threading.Event().wait(0.005)
            step()

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    return thread


def test_a_job_waits_in_its_queue_runs_and_is_heard_line_by_line(
    server: TrainerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def admitted() -> None:
        server.condition("Suspended", status="False", reason="Resumed")
        server.pod("p-0")
        server.pod("p-1", index=1)
        server.say("p-0", "step 1")
        server.say("p-1", "another pod's")

    def restarted() -> None:
        server.pod("p-0-again")
        server.say("p-0-again", "step 2")

    def done() -> None:
        server.say("p-0-again", "step 3")
        server.condition("Complete")

    heard: list[str] = []
    thread = eventually(server, admitted, restarted, done)
    follow(server, made(queue="gpus"), heard.append)
    thread.join()
    assert heard == ["step 1", "step 2", "step 3"]
    said = capsys.readouterr().out
    assert said.index("waits for its turn in the queue gpus") < said.index("symbiont-1 runs")
    assert server.job()["spec"]["suspend"] is True, "only Kueue lets it go"


def test_a_job_that_is_over_before_the_first_look_is_heard_to_its_end(server: TrainerServer) -> None:
    server.take(made().body())
    server.pod("p-0")
    server.say("p-0", "all of it")
    server.condition("Complete")
    heard: list[str] = []
    follow(server, made(), heard.append)
    assert (heard, posts(server)) == (["all of it"], 0)


def test_a_further_try_finds_the_job_of_the_first(server: TrainerServer) -> None:
    server.failing = [200, 200, *[500] * kubernetes.TRIES]
    with pytest.raises(InfraError, match=r"does not answer GET .*status 500"):
        follow(server, made())
    first = server.job()["metadata"]["uid"]
    thread = eventually(server, lambda: server.condition("Complete"))
    follow(server, made())
    thread.join()
    assert (posts(server), server.job()["metadata"]["uid"]) == (1, first)


def test_a_lost_reply_makes_no_second_job(server: TrainerServer) -> None:
    server.failing = [200, 0]
    thread = eventually(server, lambda: server.condition("Complete"))
    follow(server, made())
    thread.join()
    assert posts(server) == 2
    assert len(server.jobs) == 1


@pytest.mark.parametrize("before", ["failed", "asked for otherwise", "already leaving"])
def test_a_job_that_is_of_no_use_makes_way(server: TrainerServer, before: str) -> None:
    old = server.take(made(asked="two" if before == "asked for otherwise" else "one").body())["metadata"]
    if before == "failed":
        server.condition("Failed", reason="JobsFailed")
    if before == "already leaving":
        old["deletionTimestamp"] = "2026-11-26T00:00:01Z"
    thread = eventually(server, lambda: None, lambda: server.condition("Complete"))
    follow(server, made())
    thread.join()
    assert server.job()["metadata"]["uid"] != old["uid"]


def test_what_failed_says_its_last_words_and_may_be_asked_again(server: TrainerServer) -> None:
    server.take(made().body())
    server.pod("p-0")
    server.say("p-0", "CUDA error: unspecified launch failure")
    thread = eventually(server, lambda: server.condition("Failed", reason="JobsFailed", message="jobset failed"))
    with pytest.raises(InfraError, match=r"JobsFailed: jobset failed.*\n.*unspecified launch failure"):
        follow(server, made())
    thread.join()
    assert server.job(), "kept, for whoever looks into it"


@pytest.mark.parametrize(
    ("reason", "error", "said"),
    [
        ("DeadlineExceeded", InfraError, "longer than the place's training.job.minutes"),
        ("TrainingRuntimeNotSupported", InputError, "no such runtime"),
    ],
)
def test_ends_that_have_words_of_their_own(
    server: TrainerServer, reason: str, error: type[Exception], said: str
) -> None:
    thread = eventually(server, lambda: server.condition("Failed", reason=reason))
    with pytest.raises(error, match=said):
        follow(server, made())
    thread.join()


def test_a_job_that_somebody_deleted_is_not_waited_for(server: TrainerServer) -> None:
    thread = eventually(server, lambda: server.jobs.clear())
    with pytest.raises(InfraError, match="somebody deleted"):
        follow(server, made())
    thread.join()


def test_whoever_is_asked_to_end_ends_the_job_first(server: TrainerServer) -> None:
    server.take(made().body())
    server.pod("p-0")
    server.say("p-0", "step 1")
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        follow(server, made(), lambda _: signal.raise_signal(signal.SIGTERM))
    assert server.job()["metadata"]["deletionTimestamp"]
    assert signal.getsignal(signal.SIGTERM) == before


def test_only_a_job_that_was_asked_for_in_the_same_words_is_removed(server: TrainerServer) -> None:
    server.take(made(asked="two").body())
    for asked, removed in (("one", False), ("two", True)):
        Job(made(asked=asked), kubernetes=server.kubernetes(), on_line=print).remove()
        assert ("deletionTimestamp" in server.job()["metadata"]) is removed


def test_the_end_of_an_attempt_is_that_of_its_jobs_and_no_others(server: TrainerServer) -> None:
    for number, attempt in enumerate(("run-1", "run-2", "run-1")):
        server.take(made(attempt=attempt, name=f"symbiont-{number}").body())
    over = {"type": "Failed", "status": "True", "reason": "JobsFailed", "message": ""}
    server.jobs["symbiont-2"]["status"] = {"conditions": [over]}
    end_jobs("run-1", kubernetes=server.kubernetes())
    left = [name for name, each in server.jobs.items() if "deletionTimestamp" not in each["metadata"]]
    assert left == ["symbiont-1", "symbiont-2"], "what failed is kept, for whoever looks into it"


def test_jobs_of_a_round_end_though_its_store_is_away(
    server: TrainerServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.take(made(attempt="run-1").body())
    monkeypatch.setenv(attempts.ATTEMPT, "run-1")
    monkeypatch.setattr(pods, "of_this_pod", server.kubernetes)
    (tmp_path / "file").write_text("where the store's folder was")
    place = f"{{name: here, store: {tmp_path}/file/store, training: {{memory_gb: 8, job: {{}}}}}}"
    status, summary = SimpleNamespace(state="FAILED"), SimpleNamespace(path=str(tmp_path / "summary.md"))
    with pytest.raises(InputError, match="store"):
        finish.python_func(place=place, run="main", status=status, summary=summary)
    assert server.job()["metadata"]["deletionTimestamp"]


def test_a_job_that_cannot_be_ended_keeps_no_other(
    server: TrainerServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (0, 1, 2):
        server.take(made(name=f"symbiont-{number}").body())
    first = "symbiont-0"
    monkeypatch.setattr(server, "refused", {first})
    with pytest.raises(InputError, match="refuses this"):
        end_jobs("run-1", kubernetes=server.kubernetes())
    left = [name for name, each in server.jobs.items() if "deletionTimestamp" not in each["metadata"]]
    assert left == [first]
    assert capsys.readouterr().out == "trainjob symbiont-1 is ended\ntrainjob symbiont-2 is ended\n"
    place = Place.model_validate({"name": "c", "training": {"memory_gb": 8, "job": {}}, "serving": DEPLOYED})
    monkeypatch.setattr(pods, "of_this_pod", server.kubernetes)
    removed: list[str] = []
    monkeypatch.setattr(pods, "end_servers", lambda attempt, **_: removed.append(attempt))
    with pytest.raises(InputError, match="refuses this"):
        pods.end_pods(place, attempt="run-1")
    assert removed == ["run-1"], "servers are removed all the same"


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ({"activeDeadlineSeconds": 0}, "stopped"),
        ({"shutdown": "Stop"}, "stopped"),
        ({"activeDeadlineSeconds": 86400}, "failed"),
        ({}, "failed"),
        (None, "failed"),
    ],
)
def test_a_run_that_somebody_stopped_is_told_from_one_that_failed(
    server: TrainerServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: Any, state: str
) -> None:
    """Kubeflow tells its exit handler the same of both."""
    server.pod("step", job="none")
    server.pods["step"]["metadata"]["ownerReferences"] = [{**WORKFLOW, "controller": True}]
    if spec is not None:
        server.workflows["round-7"] = {"metadata": {"name": "round-7"}, "spec": spec}
    monkeypatch.setenv(attempts.ATTEMPT, "run-1")
    monkeypatch.setenv("HOSTNAME", "step")
    monkeypatch.setattr(pods, "of_this_pod", server.kubernetes)
    status, summary = SimpleNamespace(state="FAILED"), SimpleNamespace(path=str(tmp_path / "summary.md"))
    place = f"{{name: here, store: {tmp_path}/store}}"
    assert finish.python_func(place=place, run="main", status=status, summary=summary) == state


def test_an_account_that_may_not_look_says_so_and_the_round_ends(
    server: TrainerServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.pod("step", job="none")
    server.pods["step"]["metadata"]["ownerReferences"] = [{**WORKFLOW, "controller": True}]
    server.workflows = None
    monkeypatch.setenv("HOSTNAME", "step")
    monkeypatch.setattr(pods, "of_this_pod", server.kubernetes)
    assert pods.asked_to_end("FAILED") is False
    assert "is not known: the account of this pod may not do this" in capsys.readouterr().out


def test_jobs_of_a_runtime_that_are_long_over_go_and_no_others(server: TrainerServer) -> None:
    server.runtimes.add(("TrainingRuntime", "theirs"))
    theirs = RuntimeRef(kind="TrainingRuntime", name="theirs")

    def job(name: str, *, days: float = 0, kind: str = "Complete", **spec: Any) -> None:
        """One that ended so many days ago."""
        server.take(made(name=name, **spec).body())
        at = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": kind, "status": "True", "reason": "", "message": "", "lastTransitionTime": at}
        server.jobs[name]["status"] = {"conditions": [condition] if days else []}

    job("runs")
    job("over", days=8)
    job("failed", days=9, kind="Failed")
    job("fresh", days=1)
    job("others", days=90, runtime_ref=theirs)
    job("suspended", days=90, kind="Suspended")
    said = list(remove_jobs(runtime="symbiont-trainer", days=7, kubernetes=server.kubernetes()))
    assert [each.split(",")[0] for each in said] == ["TrainJob over", "TrainJob failed"]
    left = [name for name, each in server.jobs.items() if "deletionTimestamp" not in each["metadata"]]
    assert sorted(left) == ["fresh", "others", "runs", "suspended"]


def test_who_may_not_remove_jobs_is_told(server: TrainerServer) -> None:
    server.forbidden = {"GET"}
    with pytest.raises(InputError, match="the account of this pod may not do this"):
        list(remove_jobs(runtime="symbiont-trainer", days=7, kubernetes=server.kubernetes()))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"runtime_ref": RuntimeRef(kind="ClusterTrainingRuntime", name="symbiont-trainer")}, "runtime .* must exist"),
        ({"active_deadline_seconds": 0}, "greater than or equal to 1"),
    ],
)
def test_what_the_cluster_refuses_is_the_users(server: TrainerServer, spec: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        follow(server, made(**spec))
    assert not server.jobs


def test_an_account_without_rights_is_named_with_its_mend(server: TrainerServer) -> None:
    server.forbidden = {"POST"}
    with pytest.raises(InputError, match=r"may not do this: trainjobs.*\n.*\n.*the chart's Role"):
        follow(server, made())


def test_a_step_of_a_workflow_knows_whose_it_is(server: TrainerServer) -> None:
    server.pod("step", job="none")
    server.pods["step"]["metadata"]["ownerReferences"] = [{**WORKFLOW, "controller": True}]
    owner = workflow_of("step", kubernetes=server.kubernetes())
    assert owner is not None
    assert owner.model_dump(by_alias=True) == WORKFLOW
    assert workflow_of("elsewhere", kubernetes=server.kubernetes()) is None
    assert server.asked == [f"GET {PODS}/step", f"GET {PODS}/elsewhere"]
    job = made()
    owned = job.model_copy(update={"metadata": job.metadata.model_copy(update={"owner_references": (owner,)})})
    assert server.refusal(owned.body()) is None


def test_only_a_pod_may_ask(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kubernetes, "ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    with pytest.raises(InputError, match="no pod"):
        kubernetes.of_this_pod()
    (tmp_path / "token").write_text("t")
    (tmp_path / "namespace").write_text("agents\n")
    found = kubernetes.of_this_pod()
    assert (found.address, found.namespace) == ("https://[fd00::1]:443", "agents")
