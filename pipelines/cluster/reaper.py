"""Ends what nobody else ends: attempts whose pods went without their exit handler, and TrainJobs that are long over.

An exit handler does not run where its workflow is deleted. Kubeflow knows that such a run is over, or knows it no more;
the sites it held are then given back, and how it ended is written down. TrainJobs (Kubeflow Trainer 2) have no time to
live of their own.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from components.errors import InfraError
from components.finish.run import run as finish
from components.trajectories.attempts import Attempt, attempts_at
from components.trajectories.store import Store
from pipelines.cluster.connection import Missing
from pipelines.cluster.kubeflow import Cluster

if TYPE_CHECKING:
    from httpx2 import Client

OF_KUBEFLOW = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""How Kubeflow names a run; a laptop's attempts are named otherwise."""
TRAIN_JOBS = "/apis/trainer.kubeflow.org/v1alpha1/namespaces/{}/trainjobs"
OVER = ("Complete", "Failed")
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT = 30.0


def end_attempts(cluster: Cluster, store: Store) -> Iterator[str]:
    """Ends each attempt that Kubeflow says is over and that nothing has ended; says which, and how."""
    for attempt in _unended(store):
        try:
            found = cluster.run(attempt.name)
        except Missing:
            stopped = True
        else:
            if not found.finished:
                continue
            stopped = found.state == "CANCELED"
        end = finish(store, run=attempt.run, attempt=attempt.name, stopped=stopped)
        yield f"{attempt.run}, attempt {attempt.name}: {end}"


def _unended(store: Store) -> Iterator[Attempt]:
    runs = dict.fromkeys(key.split("/")[1] for key in store.list("runs/") if "/attempts/" in key)
    found = (attempt for run in runs for attempt in attempts_at(store, run))
    return (each for each in found if OF_KUBEFLOW.fullmatch(each.name) and each.ended is None)


def remove_train_jobs(kubernetes: Client, *, namespace: str, runtime: str, days: float) -> Iterator[str]:
    """Deletes each TrainJob of a runtime that has been over for so long; says which.

    Args:
        kubernetes: a client whose base address is Kubernetes' API.

    Raises:
        InfraError: Kubernetes does not answer, or does not allow it.
    """
    path, before = TRAIN_JOBS.format(quote(namespace)), datetime.now(UTC) - timedelta(days=days)
    for job in _asked(kubernetes, "GET", path)["items"]:
        ended = _ended(job)
        if job["spec"]["runtimeRef"]["name"] == runtime and ended and ended < before:
            name = job["metadata"]["name"]
            _asked(kubernetes, "DELETE", f"{path}/{quote(name)}?propagationPolicy=Background")
            yield f"TrainJob {name}, over since {ended:%Y-%m-%d %H:%M}"


def _ended(job: dict[str, Any]) -> datetime | None:
    for each in job.get("status", {}).get("conditions", ()):
        if each["type"] in OVER and each["status"] == "True":
            return datetime.fromisoformat(each["lastTransitionTime"])
    return None


def _asked(kubernetes: Client, method: str, path: str) -> dict[str, Any]:
    from httpx2 import HTTPError

    try:
        reply = kubernetes.request(method, path)
    except HTTPError as error:
        raise InfraError(f"Kubernetes does not answer: {error}") from error
    if reply.status_code == 404 and method == "DELETE":  # somebody else was first
        return {}
    if reply.is_error:
        raise InfraError(f"Kubernetes says {reply.status_code} to {method} {path}: {reply.text[:500]}")
    told: dict[str, Any] = reply.json()
    return told


def kubernetes_of_a_pod() -> Client:
    """A client with the account of this pod."""
    from httpx2 import Client

    token, authority = (ACCOUNT / "token").read_text(), ssl.create_default_context(cafile=ACCOUNT / "ca.crt")
    headers = {"Authorization": f"Bearer {token}"}
    return Client(base_url="https://kubernetes.default.svc", headers=headers, verify=authority, timeout=TIMEOUT)
