"""What a round and the reaper ask of the cluster of KUBECONFIG, each with the token of its account, as its pod has it.

A script says what controllers and kubelets would: no node has to be there. See `on_a_cluster`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from helm_python.chart import Chart
from helm_python.config import Config
from kubernetes.client import ApiException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import DynamicApiError, NotFoundError

from components.errors import InputError
from components.models.files import folder_digest
from components.place import Place
from components.preflight.cluster import Kubernetes
from components.preflight.questions import ask
from components.preflight.servers import server_questions
from components.preflight.trainjobs import job_questions
from components.serving import deployment
from components.serving.config import Deployment
from components.serving.deployment import DeployedServer, end_servers
from components.trainjobs.job import Job, remove_jobs, was_stopped
from components.trainjobs.kubernetes import Kubernetes as OfAPod
from components.trainjobs.objects import API, ASKED, ATTEMPT, QUEUE, Metadata, RuntimeRef, Spec, Trainer, TrainJob
from components.trajectories import attempts
from components.trajectories.open_store import open_store
from tests.charts.on_a_cluster import EVERYTHING, POD, RELEASE, Live, served
from tests.charts.rendered import CHART, DIGEST, Object, laid_over, objects, place_in, pods
from tests.serving import Answering
from tests.serving import served as answering

SERVERS: Object = {
    "serving": {"round": {"enabled": True, "arguments": ["--max-model-len=10000"]}},
    "place": {"serving": {"kind": "deployment", "replicas": 2, "minutes": 5}},
    "images": {"vllm": {"digest": DIGEST}},
}
"""Students of rounds are served in Deployments."""
WORKFLOWS = "argoproj.io/v1alpha1"


def test_a_run_asks_for_a_trainjob_and_the_reaper_removes_it(
    cluster: DynamicClient, namespace: str, tmp_path: Path
) -> None:
    """Each with the token of its own account, as its pod has it."""
    given = served(cluster, "production", more=EVERYTHING)
    if not {"training", "queue"} <= set(given):
        pytest.skip("the cluster has no Kubeflow Trainer, or no Kueue")
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        made = objects([helm.install(chart, RELEASE, given)["manifest"]])
        settings, there = place_in(made).training.job, Kubernetes(namespace=namespace, account=f"{RELEASE}-run")
        assert settings
        told = {each.about: ask(each).said for each in job_questions(settings, there)}
        assert "node" in told.pop("a node for training"), "how many, or that there is none"
        assert told == {
            "rights of training": "demo-run may do all 7 things that a run does",
            API: "served",
            "runtime demo-trainer": "there, for torch",
            "queue demo": "there",
        }
        run, reaper = (_account(cluster, f"{RELEASE}-{each}", namespace, tmp_path / each) for each in ("run", "reaper"))
        for name, ends in (("symbiont-over", "Complete"), ("symbiont-runs", "Suspended")):
            job = _trainjob(name, place=place_in(made))
            begun = Job(job, kubernetes=run, on_line=print)._begun()
            assert begun.asked == job.metadata.annotations[ASKED]
            _note(cluster, f"/apis/{API}/namespaces/{namespace}/trainjobs/{name}", ends)
        with pytest.raises(InputError, match="may not do this"):
            reaper.make(f"/apis/{API}/namespaces/{namespace}/trainjobs", job.body())
        removed = list(remove_jobs(runtime=settings.runtime, days=0, kubernetes=reaper))
        assert [each.split(",")[0] for each in removed] == ["TrainJob symbiont-over"]
        assert not list(remove_jobs(runtime="of-others", days=0, kubernetes=reaper))
        Job(job, kubernetes=run, on_line=print).remove()
        left = cluster.resources.get(api_version=API, kind="TrainJob").get(namespace=namespace).items
        assert all(each.metadata.deletionTimestamp for each in left), "none is left but those whose pods end first"
        helm.uninstall(RELEASE)


def _account(cluster: DynamicClient, name: str, namespace: str, folder: Path) -> OfAPod:
    """An account of the namespace with a token, as a pod has them."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    folder.mkdir()
    (folder / "token").write_text(cluster.request("post", path, body=asked).status.token)
    told = cluster.client.configuration
    (folder / "ca.crt").write_text(Path(told.ssl_ca_cert).read_text())
    return OfAPod(address=told.host, namespace=namespace, account=folder)


def _trainjob(name: str, *, place: Place) -> TrainJob:
    """As distill asks for one."""
    job, processes = place.training.job, place.training.processes
    assert job
    trainer = Trainer(image="trainer:1", command=("python",), env=(), num_nodes=job.nodes, num_proc_per_node=processes)
    spec = Spec(
        runtime_ref=RuntimeRef(kind=job.kind, name=job.runtime),
        trainer=trainer,
        suspend=bool(job.queue),
        active_deadline_seconds=60 * job.minutes,
    )
    labels = {ATTEMPT: "one", QUEUE: job.queue}
    return TrainJob(metadata=Metadata(name=name, labels=labels, annotations={ASKED: name}), spec=spec)


def _note(cluster: DynamicClient, path: str, kind: str) -> None:
    """As the controller of TrainJobs says how one stands."""
    when = "2026-11-01T10:00:00Z"
    told = {"type": kind, "status": "True", "reason": "Told", "message": "", "lastTransitionTime": when}
    body: Object = {"status": {"conditions": [told]}}
    cluster.request("patch", f"{path}/status", body=body, content_type="application/merge-patch+json")


def test_a_run_learns_from_its_workflow_that_somebody_stopped_it(
    cluster: DynamicClient, namespace: str, tmp_path: Path
) -> None:
    """As `finish` asks, by the account of its pod."""
    if WORKFLOWS not in Kubernetes(namespace=namespace, account="").served.get("argoproj.io", ()):
        pytest.skip("the cluster has no Argo Workflows")
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        made = objects([helm.install(chart, RELEASE, served(cluster, "existing"))["manifest"]])
        run, reaper = (_account(cluster, f"{RELEASE}-{each}", namespace, tmp_path / each) for each in ("run", "reaper"))
        body: Object = {"apiVersion": WORKFLOWS, "kind": "Workflow", "metadata": {"name": "round"}, "spec": {}}
        workflow = cluster.resources.get(api_version=WORKFLOWS, kind="Workflow").create(body=body, namespace=namespace)
        owner = {"apiVersion": WORKFLOWS, "kind": "Workflow", "name": "round", "uid": workflow.metadata.uid}
        [spec] = [spec for name, _, spec in pods(made) if name == f"CronJob/{RELEASE}-reaper"]
        pod = POD | {"metadata": {"name": "finish", "ownerReferences": [owner]}, "spec": spec}
        cluster.resources.get(api_version="v1", kind="Pod").create(body=pod, namespace=namespace)
        assert not was_stopped("finish", kubernetes=run)
        assert not was_stopped("of-nobody", kubernetes=run)
        with pytest.raises(InputError, match="may not do this"):
            was_stopped("finish", kubernetes=reaper)
        path = f"/apis/{WORKFLOWS}/namespaces/{namespace}/workflows/round"
        ended = {"spec": {"activeDeadlineSeconds": 0}}
        cluster.request("patch", path, body=ended, content_type="application/merge-patch+json")
        assert was_stopped("finish", kubernetes=run)
        helm.uninstall(RELEASE)


@pytest.mark.parametrize("more", [SERVERS, laid_over(EVERYTHING, SERVERS)], ids=["alone", "everything"])
def test_the_stages_of_a_round_share_a_server_and_the_last_removes_it(
    more: Object, cluster: DynamicClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, live = served(cluster, "existing", more=more), Live(cluster, namespace=namespace)
    model, store = tmp_path / "model", open_store(tmp_path / "store")
    model.mkdir()
    for name in ("config.json", "model.safetensors"):
        (model / name).write_text("{}")
    with Config(namespace=namespace) as helm, Chart.load(CHART) as chart:
        made = objects([helm.install(chart, RELEASE, given)["manifest"]])
        settings, there = place_in(made).serving, Kubernetes(namespace=namespace, account=f"{RELEASE}-run")
        assert isinstance(settings, Deployment)
        told = {each.about: ask(each).said for each in server_questions(settings, there)}
        assert "node" in told.pop("a node for servers"), "how many, or that there is none"
        assert told == {
            "rights of servers": "demo-run may do all 11 things that a run does",
            "template demo-round": "there",
        }

        run, reaper = (_account(cluster, f"{RELEASE}-{each}", namespace, tmp_path / each) for each in ("run", "reaper"))
        monkeypatch.setattr(deployment, "of_this_pod", lambda: run)
        monkeypatch.setattr(deployment, "POLL_SECONDS", 0.1)
        monkeypatch.setenv(attempts.ATTEMPT, "attempt-1")
        monkeypatch.setenv(deployment.POD_NAME, "explore-0")
        first, second = (DeployedServer(settings, store=store) for _ in range(2))
        with answering(ThreadingHTTPServer(("127.0.0.1", 0), _Healthy)) as vllm, _pods_come_up(cluster, namespace):
            address = f"http://127.0.0.1:{vllm.server_port}"
            monkeypatch.setattr(deployment, "ADDRESS", address)
            for each in (first, second):
                assert each.open(model, folder_digest(model)) == f"{address}/v1"
            [server] = _servers(cluster, namespace)
            about, spec = server["metadata"], server["spec"]["template"]
            assert sum(name.startswith(deployment.ASKS) for name in about["annotations"]) == 2, "both ask the same one"
            live.show(POD | {"metadata": {"generateName": "shown-", **spec["metadata"]}, "spec": spec["spec"]})
            service = live.read({"apiVersion": "v1", "kind": "Service", "metadata": {"name": about["name"]}})
            assert [each["uid"] for each in service["metadata"]["ownerReferences"]] == [about["uid"]]
            first.close()
            assert not _goes(cluster, namespace, about["name"]), "the second asks it still"
            second.close()
            assert _goes(cluster, namespace, about["name"])

            monkeypatch.setenv(attempts.ATTEMPT, "attempt-2")
            killed = DeployedServer(settings, store=store)
            killed.open(model, folder_digest(model))
            [left] = {each["metadata"]["name"] for each in _servers(cluster, namespace)} - {about["name"]}
            end_servers("attempt-1", kubernetes=run)
            assert not _goes(cluster, namespace, left), "it is another attempt's"
            end_servers("attempt-2", kubernetes=reaper)
            assert _goes(cluster, namespace, left)
        with pytest.raises(InputError, match="may not do this"):
            reaper.make(f"/apis/apps/v1/namespaces/{namespace}/deployments", {})
        helm.uninstall(RELEASE)


class _Healthy(Answering):
    """In place of vLLM."""

    def do_GET(self) -> None:
        self.answer("well")


def _servers(cluster: DynamicClient, namespace: str) -> list[Object]:
    kind = cluster.resources.get(api_version="apps/v1", kind="Deployment")
    found: list[Object] = kind.get(namespace=namespace, label_selector=deployment.SERVER).to_dict()["items"]
    return found


def _goes(cluster: DynamicClient, namespace: str, name: str) -> bool:
    """Whether it is gone or goes: without a controller nothing that is deleted with its pods first is ever gone."""
    kind = cluster.resources.get(api_version="apps/v1", kind="Deployment")
    try:
        return "deletionTimestamp" in kind.get(namespace=namespace, name=name).to_dict()["metadata"]
    except NotFoundError:
        return True


@contextmanager
def _pods_come_up(cluster: DynamicClient, namespace: str) -> Iterator[None]:
    """Says of every server that all its pods answer, again and again: a controller without nodes says otherwise."""
    over = threading.Event()

    def play() -> None:
        while not over.wait(0.05):
            for each in _servers(cluster, namespace):
                count = each["spec"]["replicas"]
                status = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), count)
                path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{each['metadata']['name']}/status"
                with suppress(DynamicApiError, ApiException):  # it goes
                    cluster.request("patch", path, body={"status": status}, content_type="application/merge-patch+json")

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
