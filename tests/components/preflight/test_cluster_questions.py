"""What a Kubernetes cluster is asked: answers with their mends, and no failure where nothing may be asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from components.errors import InfraError, InputError
from components.pods import Pod, Pods, Secret, Toleration
from components.preflight.cluster import Kubernetes, PodKubernetes
from components.preflight.component import preflight
from components.preflight.controller import SETTINGS, controller_questions
from components.preflight.nodes import obstacles
from components.preflight.questions import Answer, NotAsked, Question, ask, check
from components.preflight.servers import server_questions
from components.preflight.trainjobs import job_questions
from components.serving.config import Deployment
from components.trainjobs import kubernetes as pods_client
from components.trainjobs.config import TrainJobSettings
from components.trajectories.attempts import ATTEMPT

GPU = {"key": "nvidia.com/gpu", "effect": "NoSchedule"}
TAINTED = "with the taint nvidia.com/gpu:NoSchedule"
FORBIDDEN = 403


def node(*, cpu: str = "8", memory: str = "32Gi", gpus: int = 0, taints: Any = (), **labels: str) -> dict[str, Any]:
    room = {"cpu": cpu, "memory": memory} | ({"nvidia.com/gpu": str(gpus)} if gpus else {})
    return {"metadata": {"labels": labels}, "spec": {"taints": list(taints)}, "status": {"allocatable": room}}


@pytest.mark.parametrize(
    ("pod", "there", "why"),
    [
        (Pod(cpu="7", memory="30Gi"), node(), []),
        (Pod(cpu="7910m"), node(cpu="7900m"), ["with 7900m cpu of 7910m"]),
        (Pod(memory="32Gi"), node(memory="33285996Ki"), ["with 33285996Ki memory of 32Gi"]),
        (Pod(memory="32G"), node(memory="33285996Ki"), []),
        (Pod(memory="1Gi"), node(memory="1e9"), ["with 1e9 memory of 1Gi"]),
        (Pod(accelerators=2), node(gpus=4), []),
        (Pod(accelerators=2), node(gpus=1), ["with 1 nvidia.com/gpu of 2"]),
        (Pod(accelerators=1), node(), ["with no nvidia.com/gpu of 1"]),
        (Pod(), node(taints=[GPU]), [TAINTED]),
        (Pod(tolerations=(Toleration(key="nvidia.com/gpu"),)), node(taints=[GPU]), []),
        (Pod(tolerations=(Toleration(key=GPU["key"], operator="Equal", value="b"),)), node(taints=[GPU]), [TAINTED]),
        (Pod(), node(taints=[GPU | {"effect": "PreferNoSchedule"}]), []),
        (Pod(), node(taints=[{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]), []),
        (Pod(node_selector={"pool": "spot"}), node(pool="spot"), []),
        (Pod(node_selector={"pool": "spot"}), node(pool="gpu"), ["without the label pool=spot"]),
    ],
)  # fmt: skip
def test_a_node_takes_a_pod_or_it_is_said_why_it_never_can(pod: Pod, there: dict[str, Any], why: list[str]) -> None:
    assert obstacles(pod, there) == why


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What an API server answers, by path; a number is a status. A kubeconfig leads to it."""
    told: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = told.get(self.path, 404)
            found = found(json.loads(body)) if callable(found) else found
            self.send_response(found if isinstance(found, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps({} if isinstance(found, int) else found).encode())

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    config = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "me", "user": {"token": "t"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "kubeconfig"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def cluster(answers: dict[str, Any]) -> Kubernetes:
    assert not answers, "the server is up and says nothing yet"
    return Kubernetes(namespace="agents", account="run")


def groups(*versions: str) -> dict[str, Any]:
    served = [(each.split("/")[0], {"groupVersion": each}) for each in versions]
    return {"groups": [{"name": name, "versions": [version]} for name, version in served]}


def review(body: dict[str, Any]) -> dict[str, Any]:
    assert body["spec"]["user"] == "system:serviceaccount:agents:run"
    assert "system:serviceaccounts:agents" in body["spec"]["groups"], "a right may be every account's of a namespace"
    return {"status": {"allowed": body["spec"]["resourceAttributes"]["resource"] == "pods"}}


def test_rights_that_runs_lack_are_named_one_by_one(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    answers["/apis/authorization.k8s.io/v1/subjectaccessreviews"] = review
    with pytest.raises(
        InputError, match=r"create workflowtaskresults.argoproj.io.*get configmaps kfp-launcher"
    ) as wrong:
        cluster.check_rights()
    assert "pods" not in wrong.value.what


@pytest.fixture
def pod(answers: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pods_client.Kubernetes:
    """The same server, as a pod of a round reaches it."""
    assert not answers
    [there] = yaml.safe_load((tmp_path / "kubeconfig").read_text())["clusters"]
    (tmp_path / "token").write_text("t")
    client = pods_client.Kubernetes(address=there["cluster"]["server"], namespace="agents", account=tmp_path)
    monkeypatch.setattr("components.preflight.cluster.of_this_pod", lambda: client)
    return client


SELF = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
OF_A_RUN = "11111111-0000-4000-8000-000000000000"


def test_a_pod_of_a_round_is_refused_what_its_account_may_not_do(
    pod: pods_client.Kubernetes, answers: dict[str, Any], form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def review(body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body["spec"])
        return {"status": {"allowed": body["spec"]["resourceAttributes"]["group"] != "trainer.kubeflow.org"}}

    answers[SELF] = review
    answers["/apis"] = groups("argoproj.io/v1alpha1", "kubeflow.org/v1beta1")
    answers["/api/v1/nodes"] = FORBIDDEN
    monkeypatch.setenv(ATTEMPT, OF_A_RUN)
    preflight.python_func(**form)
    assert all(set(each) == {"resourceAttributes"} for each in asked), "it asks about itself"
    training = form["place"].replace("name: here", "name: here, training: {memory_gb: 8, job: {}}")
    with pytest.raises(InputError, match=r"this pod's account may not create trainjobs") as wrong:
        preflight.python_func(**{**form, "place": training, "run": "other"})
    assert "the cluster serves no trainer.kubeflow.org" in wrong.value.what
    assert "there is no TrainingRuntime symbiont-trainer" in wrong.value.what
    assert pod.namespace == "agents"


def test_a_round_of_the_command_line_in_somebodys_pod_asks_kubernetes_nothing(
    pod: pods_client.Kubernetes, answers: dict[str, Any], form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT, "20261127-1200")
    preflight.python_func(**form)
    monkeypatch.setenv(ATTEMPT, OF_A_RUN)
    answers[SELF] = {"status": {"allowed": False}}
    with pytest.raises(InputError, match=f"namespace {pod.namespace}"):
        preflight.python_func(**form)


def test_a_pod_says_what_it_may_not_ask(pod: pods_client.Kubernetes, answers: dict[str, Any]) -> None:
    cluster = PodKubernetes(pod)
    answers["/api/v1/nodes"] = FORBIDDEN
    with pytest.raises(NotAsked, match="this pod's account may not GET /api/v1/nodes"):
        cluster.check_stage(Pod(), stage="explore")


def test_the_secret_of_kubeflows_artifacts_may_be_missing_but_not_closed(
    cluster: Kubernetes, answers: dict[str, Any]
) -> None:
    answers["/apis/authorization.k8s.io/v1/subjectaccessreviews"] = review
    assert "needs none" in cluster.check_artifacts()
    answers["/api/v1/namespaces/agents/secrets/mlpipeline-minio-artifact"] = {"data": {}}
    with pytest.raises(InputError, match="run may not get secrets mlpipeline-minio-artifact"):
        cluster.check_artifacts()


def test_another_version_than_is_used_is_told_from_none(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    answers["/apis"] = groups("argoproj.io/v1beta9")
    with pytest.raises(InputError, match=r"serves argoproj.io/v1beta9, not argoproj.io/v1alpha1"):
        cluster.check_served("argoproj.io/v1alpha1", why="")
    with pytest.raises(InputError, match=r"serves no kubeflow.org"):
        cluster.check_served("kubeflow.org/v1beta1", why="")


def test_a_secret_is_asked_for_its_keys_alone(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    secret = Secret(name="teacher", variables={"KEY": "key", "OTHER": "other"})
    assert "not there" in cluster.check_secret(secret)
    answers["/api/v1/namespaces/agents/secrets/teacher"] = {"data": {"key": "aGVsbG8="}}
    with pytest.raises(InputError, match="has no other"):
        cluster.check_secret(secret)


def test_a_stage_that_no_node_can_take_is_said_with_what_is_in_its_way(
    cluster: Kubernetes, answers: dict[str, Any]
) -> None:
    answers["/apis"] = groups("argoproj.io/v1alpha1")
    answers["/api/v1/nodes"] = {"items": [node(taints=[GPU], gpus=4), node(), node()]}
    pods = Pods.model_validate({"distill": {"accelerators": 1}})
    told = {each.about: ask(each) for each in cluster.node_questions(pods)}
    assert told["a node for explore"] == Answer(about="a node for explore", state="right", said="2 of 3 nodes")
    wrong = told["a node for distill"]
    assert wrong.state == "wrong"
    assert "2 with no nvidia.com/gpu of 1; 1 with the taint nvidia.com/gpu:NoSchedule" in wrong.said
    assert "pods.distill" in wrong.fix


def test_where_nodes_are_made_as_needed_none_is_no_failure(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    answers["/apis"] = groups("karpenter.sh/v1")
    answers["/api/v1/nodes"] = {"items": []}
    with pytest.raises(NotAsked, match="an autoscaler may make one"):
        cluster.check_stage(Pod(), stage="explore")


def test_a_place_that_trains_in_jobs_asks_for_trainer_runtime_and_queue(
    cluster: Kubernetes, answers: dict[str, Any]
) -> None:
    def states() -> dict[str, str]:
        settings = TrainJobSettings(runtime="mine", queue="gpus")
        return {each.about: f"{(said := ask(each)).state}: {said.said}" for each in job_questions(settings, cluster)}

    answers["/apis"] = groups("kueue.x-k8s.io/v1beta2")
    answers["/apis/authorization.k8s.io/v1/subjectaccessreviews"] = review
    told = states()
    assert told["rights of training"].startswith("wrong: run may not create trainjobs.trainer.kubeflow.org")
    assert "get pods" not in told["rights of training"]
    assert (
        told["trainer.kubeflow.org/v1alpha1"]
        == "wrong: the cluster serves no trainer.kubeflow.org: TrainJobs are of it"
    )
    assert told["runtime mine"] == "wrong: there is no TrainingRuntime mine"
    assert told["queue gpus"] == "wrong: there is no LocalQueue gpus"

    del cluster.served
    answers["/apis"] = groups("kueue.x-k8s.io/v1beta2", "trainer.kubeflow.org/v1alpha1")
    runtime = "/apis/trainer.kubeflow.org/v1alpha1/namespaces/agents/trainingruntimes/mine"
    answers[runtime] = {"spec": {"mlPolicy": {"mpi": {}}}}
    answers["/apis/kueue.x-k8s.io/v1beta2/namespaces/agents/localqueues/gpus"] = {"spec": {}}
    told = states()
    assert told["runtime mine"] == "wrong: the TrainingRuntime mine is none of torch"
    assert told["queue gpus"] == "right: there"
    answers[runtime] = {"spec": {"mlPolicy": {"torch": {}}}}
    told = states()
    assert told["runtime mine"] == "right: there, for torch"
    assert told["a node for training"].startswith("not asked")
    answers[runtime] = FORBIDDEN
    assert states()["runtime mine"].startswith("not asked")


def test_a_node_is_looked_for_that_takes_the_pods_of_the_runtime(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    def said() -> Answer:
        told = {each.about: each for each in job_questions(TrainJobSettings(runtime="mine"), cluster)}
        return ask(told["a node for training"])

    wanted = {"cpu": "2", "memory": "8Gi"}
    spec: dict[str, Any] = {
        "containers": [
            {"name": "node", "resources": {"requests": wanted, "limits": {"memory": "8Gi", "nvidia.com/gpu": 8}}}
        ]
    }
    job = {"template": {"spec": {"template": {"spec": spec}}}}
    runtime = "/apis/trainer.kubeflow.org/v1alpha1/namespaces/agents/trainingruntimes/mine"
    answers[runtime] = {"spec": {"template": {"spec": {"replicatedJobs": [job]}}}}
    answers["/apis"] = groups("trainer.kubeflow.org/v1alpha1")
    answers["/api/v1/nodes"] = {"items": [node(taints=[GPU], gpus=4), node()]}
    spec["tolerations"] = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    small = said()
    assert (small.state, small.where) == ("wrong", "TrainingRuntime mine")
    assert "1 with 4 nvidia.com/gpu of 8" in small.said
    assert "gpusPerNode" in small.fix
    spec["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] = 4
    assert said().said == "1 of 2 nodes"


SHIPPED = """
spec:
  ttlStrategy: {secondsAfterCompletion: 3600, secondsAfterSuccess: 3600, secondsAfterFailure: 3600}
  templateDefaults:
    retryStrategy: {limit: '2', retryPolicy: OnError}
"""
"""By Kubeflow Pipelines 2.17.0."""


def test_what_kubeflow_ships_with_against_tries_and_logs_is_told_and_is_no_failure(
    cluster: Kubernetes, answers: dict[str, Any]
) -> None:
    def told(keep_days: int = 7) -> list[tuple[str, str]]:
        answered = map(ask, controller_questions(cluster, keep_days=keep_days))
        return [(each.state, f"{each.said} {each.fix}".strip()) for each in answered]

    assert told() == [], "there is none"
    answers[SETTINGS] = FORBIDDEN
    assert told() == [], "it may not be read"
    answers[SETTINGS] = {"data": {"workflowDefaults": SHIPPED}}
    tries, kept = told()
    assert tries[0] == kept[0] == "warned"
    assert "retryPolicy OnError for all pipelines take templateDefaults out there" in tries[1]
    assert "1 hours after they ended, whatever pods.keep_days says" in kept[1]
    check(controller_questions(cluster, keep_days=7))
    answers[SETTINGS] = {"data": {"workflowDefaults": "spec: {ttlStrategy: {secondsAfterCompletion: 864000}}"}}
    assert told() == [("right", "as the pipeline says"), ("right", "kept as pods.keep_days says")]
    assert told(keep_days=0)[1][0] == "warned", "for good is longer than ten days"
    for odd in (
        {},
        {"data": {"workflowDefaults": "spec: [1"}},
        {"data": {"workflowDefaults": "none"}},
        {"data": {"workflowDefaults": "spec: {templateDefaults: {retryStrategy: {retryPolicy: Always}}}"}},
        {"data": {"workflowDefaults": "spec: {templateDefaults: {retryStrategy: null}, ttlStrategy: []}"}},
    ):
        answers[SETTINGS] = odd
        assert {state for state, _ in told()} == {"right"}


def test_a_place_that_serves_in_deployments_asks_for_rights_template_and_node(
    cluster: Kubernetes, answers: dict[str, Any]
) -> None:
    def said(about: str) -> Answer:
        return ask({each.about: each for each in server_questions(Deployment(template="mine"), cluster)}[about])

    answers["/apis"] = groups("apps/v1")
    answers["/apis/authorization.k8s.io/v1/subjectaccessreviews"] = review
    lacking = said("rights of servers").said
    assert lacking.startswith("run may not get podtemplates mine, create deployments.apps, get deployments.apps")
    assert "get pods" not in lacking
    missing = said("template mine")
    assert (missing.state, missing.said) == ("wrong", "there is no PodTemplate mine")
    assert "serving.round.enabled" in missing.fix
    assert said("a node for servers").state == "not asked"
    wanted = {"requests": {"cpu": "4", "memory": "16Gi"}, "limits": {"memory": "16Gi", "nvidia.com/gpu": 2}}
    spec = {"initContainers": [{"name": "fetch"}], "containers": [{"name": "vllm", "resources": wanted}]}
    answers["/api/v1/namespaces/agents/podtemplates/mine"] = {"template": {"spec": spec}}
    answers["/api/v1/nodes"] = {"items": [node(gpus=1), node(gpus=4)]}
    assert said("template mine").said == "there"
    assert said("a node for servers").said == "1 of 2 nodes"
    answers["/api/v1/nodes"] = {"items": [node(gpus=1)]}
    del cluster._nodes
    small = said("a node for servers")
    assert (small.state, small.where) == ("wrong", "PodTemplate mine")
    assert "1 with 1 nvidia.com/gpu of 2" in small.said
    assert "serving.round" in small.fix


def test_what_every_pod_mounts_is_asked_for(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    answers["/apis"] = groups("argoproj.io/v1alpha1")
    pods = Pods.model_validate({"certificates": "authorities", "scratch": {"kind": "claim", "claim": "disk"}})

    def said() -> dict[str, str]:
        return {each.about: (ask(each)).said for each in cluster.questions(pods)}

    assert said()["certificates authorities"] == "there is no ConfigMap authorities"
    assert said()["claim disk"] == "there is no PersistentVolumeClaim disk"
    answers["/api/v1/namespaces/agents/configmaps/authorities"] = {"data": {"mine.crt": "x"}}
    answers["/api/v1/namespaces/agents/persistentvolumeclaims/disk"] = {"spec": {}}
    assert said()["certificates authorities"] == "the ConfigMap authorities has no ca.crt"
    assert said()["claim disk"] == "there"
    answers["/api/v1/namespaces/agents/configmaps/authorities"] = {"data": {"ca.crt": "x"}}
    assert said()["certificates authorities"] == "ca.crt"


def test_what_may_not_be_asked_is_no_failure_and_no_answer_is_one(cluster: Kubernetes, answers: dict[str, Any]) -> None:
    answers["/api/v1/nodes"] = FORBIDDEN
    with pytest.raises(NotAsked, match="your account may not"):
        cluster.check_stage(Pod(), stage="explore")
    answers["/apis"] = 500
    with pytest.raises(InfraError, match="says 500"):
        cluster.check_served("argoproj.io/v1alpha1", why="")


def test_without_a_kubeconfig_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(NotAsked, match="no kubeconfig here"):
        Kubernetes(namespace="agents", account="run")


def raises(error: Exception) -> Any:
    raise error


def test_everything_that_is_wrong_is_said_at_once() -> None:
    disk, browser = InputError("the disk is full", fix="free it"), InputError("there is no browser")
    asked = [Question(about=str(each), ask=lambda each=each: raises(each)) for each in (disk, NotAsked("x"), browser)]
    with pytest.raises(InputError) as wrong:
        check(asked)
    assert "2 things are wrong" in wrong.value.what
    assert "the disk is full\n  fix: free it" in wrong.value.what
    with pytest.raises(InputError) as one:
        check(asked[:2])
    assert one.value is disk
    check(asked[1:2])
