"""Kubernetes with Kubeflow Trainer, as its API answers: TrainJobs by the published types and the CRD's rules, and pods.

What the rules are is read from `kubeflow_trainer_api` (types) and from the CRD's validations (names, minima, webhooks).
Jobs stand still until a test moves them; with `starts=True` their commands are run, one process for each node.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kubeflow_trainer_api.models import TrainerV1alpha1TrainJob

from components.loopback import free_ports
from components.trainjobs.kubernetes import Kubernetes
from tests.kubernetes_api import TOKEN, KubernetesHandler

Json = dict[str, Any]
NAMESPACE = "agents"
JOBS = f"/apis/trainer.kubeflow.org/v1alpha1/namespaces/{NAMESPACE}/trainjobs"
WORKFLOWS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/workflows"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
QUEUE = "kueue.x-k8s.io/queue-name"
BEGUN = datetime(2026, 11, 26, tzinfo=UTC)


class TrainerServer(ThreadingHTTPServer):
    """One namespace.

    Attributes:
        failing: statuses that the next requests get instead of an answer; 0 does what is asked and loses the reply.
        forbidden: methods that the account may not use on TrainJobs.
        refused: jobs that a webhook lets nobody delete.
        workflows: Argo's, by name; None where the account may read none.
    """

    daemon_threads = True

    def __init__(self, folder: Path, *, starts: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.starts = folder, starts
        self.jobs: dict[str, Json] = {}
        self.pods: dict[str, Json] = {}
        self.logs: dict[str, list[tuple[str, str]]] = {}
        self.runtimes = {("TrainingRuntime", "symbiont-trainer")}
        self.asked: list[str] = []
        self.failing: list[int] = []
        self.forbidden: set[str] = set()
        self.refused: set[str] = set()
        self.workflows: dict[str, Json] | None = {}
        self._lines, self._lock = 0, threading.RLock()
        (folder / "token").write_text(f"{TOKEN}\n")

    def kubernetes(self) -> Kubernetes:
        address = f"http://127.0.0.1:{self.server_address[1]}"
        return Kubernetes(address=address, namespace=NAMESPACE, account=self.folder)

    def job(self) -> Json:
        """The only one."""
        [job] = self.jobs.values()
        return job

    def condition(self, kind: str, *, status: str = "True", reason: str = "", message: str = "") -> None:
        """Sets a condition of the only job."""
        with self._lock:
            standing = self.job().setdefault("status", {}).setdefault("conditions", [])
            standing[:] = [each for each in standing if each["type"] != kind]
            standing.append({"type": kind, "status": status, "reason": reason, "message": message})

    def pod(self, name: str, *, index: int = 0, job: str = "") -> None:
        """A pod of a job; of the same index, the newest counts."""
        labels = {"batch.kubernetes.io/job-completion-index": str(index)}
        labels["jobset.sigs.k8s.io/jobset-name"] = job or self.job()["metadata"]["name"]
        made = (BEGUN + timedelta(seconds=len(self.pods))).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.pods[name] = {"metadata": {"name": name, "labels": labels, "creationTimestamp": made}}
        self.logs[name] = []

    def say(self, pod: str, line: str) -> None:
        with self._lock:
            self._lines += 1
            when = (BEGUN + timedelta(seconds=self._lines)).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
            self.logs[pod].append((when, line))

    def refusal(self, body: Json) -> tuple[int, str] | None:
        """Why the API server, or a webhook, does not take this TrainJob."""
        known = TrainerV1alpha1TrainJob.from_dict(body)
        assert known is not None
        if (lost := _lost(body, known.to_dict())) is not None:
            return 400, f"strict decoding error: unknown field {lost}"
        meta, spec = body["metadata"], body["spec"]
        if (body["apiVersion"], body["kind"]) != ("trainer.kubeflow.org/v1alpha1", "TrainJob"):
            return 400, "the API version or kind does not match"
        if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", meta["name"]) or len(meta["name"]) > 63:
            return 422, "metadata.name must match RFC 1035 DNS label format"
        if bad := [each for each in meta.get("labels", {}).values() if not LABEL.fullmatch(each)]:
            return 422, f"metadata.labels: Invalid value: {bad[0]}"
        if any(not each.get("uid") for each in meta.get("ownerReferences", ())):
            return 422, "metadata.ownerReferences.uid: must not be empty"
        if spec.get("activeDeadlineSeconds", 1) < 1 or spec["trainer"].get("numProcPerNode", 1) < 1:
            return 422, "should be greater than or equal to 1"
        if any(each["name"].startswith("PET_") for each in spec["trainer"].get("env", ())):
            return 403, "admission webhook denied the request: must not have reserved envs"
        runtime = spec["runtimeRef"]
        if (runtime.get("kind", "ClusterTrainingRuntime"), runtime["name"]) not in self.runtimes:
            return 403, f"admission webhook denied the request: specified runtime {runtime['name']} must exist"
        return (409, f'trainjobs "{meta["name"]}" already exists') if meta["name"] in self.jobs else None

    def take(self, body: Json) -> Json:
        with self._lock:
            body["metadata"] |= {"uid": str(uuid.uuid4()), "creationTimestamp": "2026-11-26T00:00:00Z"}
            self.jobs[body["metadata"]["name"]] = body
            if body["spec"]["suspend"]:
                self.condition("Suspended", reason="Suspended")
            elif self.starts:
                self.start(body)
        return body

    def start(self, job: Json) -> None:
        """Runs a job's command, as its pods would."""
        trainer, name = job["spec"]["trainer"], job["metadata"]["name"]
        [port] = free_ports(1)
        processes = []
        for node in range(trainer["numNodes"]):
            pod = f"{name}-node-0-{node}-{uuid.uuid4().hex[:5]}"
            self.pod(pod, index=node, job=name)
            disk = self.folder / pod
            disk.mkdir()
            told = {"NNODES": trainer["numNodes"], "NPROC_PER_NODE": trainer["numProcPerNode"], "NODE_RANK": node}
            told |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
            given = {each["name"]: each["value"] for each in trainer["env"]}
            environment = {**os.environ, **given, **{f"PET_{key}": str(value) for key, value in told.items()}}
            command = [sys.executable, *trainer["command"][1:]]
            assert trainer["command"][0] == "python"
            processes.append(
                subprocess.Popen(
                    command,
                    env=environment | {"TMPDIR": str(disk), "OMP_NUM_THREADS": "1"},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            threading.Thread(target=self._hear, args=(pod, processes[-1]), daemon=True).start()
        threading.Thread(target=self._wait, args=(processes,), daemon=True).start()

    def _hear(self, pod: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.say(pod, line.rstrip("\n"))

    def _wait(self, processes: list[subprocess.Popen[str]]) -> None:
        statuses = [each.wait() for each in processes]
        if self.jobs:
            self.condition("Failed" if any(statuses) else "Complete", reason="JobsFailed" if any(statuses) else "")


def _lost(given: Any, kept: Any, path: str = "") -> str | None:
    """The first field that the published types do not know."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in (kept or {}):
                return f"{path}{key}"
            if (found := _lost(value, kept[key], f"{path}{key}.")) is not None:
                return found
    if isinstance(given, list):
        pairs = zip(given, kept, strict=True)
        return next((found for one, other in pairs if (found := _lost(one, other, path)) is not None), None)
    return None


class _Handler(KubernetesHandler):
    server: TrainerServer

    def forbidden(self, path: str) -> str:
        if path.startswith(WORKFLOWS) and self.server.workflows is None:
            return "workflows.argoproj.io is forbidden"
        forbidden = path.startswith(JOBS) and self.command in self.server.forbidden
        return "trainjobs.trainer.kubeflow.org is forbidden" if forbidden else ""

    do_GET = do_POST = do_DELETE = KubernetesHandler._answer

    def reply(self, path: str, query: dict[str, str], body: Json | None) -> tuple[Any, int]:
        server = self.server
        if self.command == "POST":
            assert body is not None
            refusal = server.refusal(body)
            return ({"message": refusal[1]}, refusal[0]) if refusal else (server.take(body), 201)
        if path == JOBS:
            wanted = dict(each.split("=") for each in query.get("labelSelector", "").split(",") if each)
            return {
                "items": [each for each in server.jobs.values() if wanted.items() <= each["metadata"]["labels"].items()]
            }, 200
        if path.startswith(JOBS):
            return self._of_job(path.removeprefix(f"{JOBS}/"), body)
        if path.startswith(WORKFLOWS):
            found = (server.workflows or {}).get(path.removeprefix(f"{WORKFLOWS}/"))
            return (found, 200) if found else ({"message": "not found"}, 404)
        if path == PODS:
            wanted = dict(each.split("=") for each in query["labelSelector"].split(","))
            return {
                "items": [each for each in server.pods.values() if wanted.items() <= each["metadata"]["labels"].items()]
            }, 200
        name, _, log = path.removeprefix(f"{PODS}/").partition("/")
        if name not in server.pods:
            return {"message": f'pods "{name}" not found'}, 404
        if not log:
            return server.pods[name], 200
        assert (query["container"], query["timestamps"]) == ("node", "true")
        since = query.get("sinceTime", "")[:19]  # to the second, as the API has it
        return "".join(f"{when} {line}\n" for when, line in list(server.logs[name]) if when[:19] >= since), 200

    def _of_job(self, name: str, body: Json | None) -> tuple[Json, int]:
        job = self.server.jobs.get(name)
        if job is None:
            return {"message": f'trainjobs.trainer.kubeflow.org "{name}" not found'}, 404
        if self.command == "DELETE":
            assert body is not None
            assert body["propagationPolicy"] == "Foreground"
            if name in self.server.refused:
                return {"message": "admission webhook denied the request"}, 422
            if body["preconditions"]["uid"] != job["metadata"]["uid"]:
                return {"message": "the UID in the precondition does not match"}, 409
            job["metadata"]["deletionTimestamp"] = "2026-11-26T00:00:01Z"
        elif job["metadata"].get("deletionTimestamp"):  # its pods have ended: it goes with the next look
            del self.server.jobs[name]
        return job, 200
