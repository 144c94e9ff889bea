"""A model's server in pods of its own: a Deployment and its Service, made from the PodTemplate that the place names.

Its name depends on the model and the attempt at a round, so that all stages of an attempt share it. Each process that
uses it adds an annotation. The last process that is done deletes it, which frees the GPUs. Servers of killed processes
are deleted at the end of the attempt (`end_servers`).
"""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from components.errors import InfraError, InputError, try_each
from components.loopback import answers
from components.models.storing import publish_model
from components.serving.address import Address
from components.serving.config import Deployment
from components.serving.pods import Trouble, find_trouble
from components.trainjobs.job import workflow_of
from components.trainjobs.kubernetes import Json, Kubernetes, KubernetesHasIt, of_this_pod
from components.trainjobs.objects import ATTEMPT
from components.trajectories import attempts
from components.trajectories.digests import json_digest
from components.trajectories.store import Store

POLL_SECONDS = 5.0
"""Between two looks at the server's state."""
DELETE_TRIES = 5
"""How often it is tried to delete an unused server: a change of its status in between makes the request fail."""
ADDRESS = "http://{name}.{namespace}.svc:8000"
SERVER = "symbiont.dev/server"
"""Label of a server's pods: its name."""
MODEL, STORE = "symbiont.dev/model", "symbiont.dev/store"
"""Annotations of a server and its pods, from which the pods learn the model's digest and the store's URL."""
ASKS = "asks.symbiont.dev/"
"""Prefix of an annotation for each process that uses the server."""
LAST_LINES = 20  # of a log, in an error
POD_NAME = "HOSTNAME"


class DeployedServer(Address):
    """A server in pods, shared by the stages of an attempt at a round.

    Args:
        store: where the pods fetch the model from.
    """

    def __init__(self, config: Deployment, *, store: Store) -> None:
        self.config, self.store = config, store
        self._server: _Server | None = None

    def open(self, folder: Path, digest: str) -> str:
        """See `Address`.

        Raises:
            InputError: this process runs in no pod, its account lacks the rights, the cluster has no such PodTemplate
                or refuses the Deployment made from it, or the pods cannot run for a reason that a retry does
                not change.
            InfraError: the pods end, or do not answer in time; with the reason, if it is known.
        """
        kubernetes = of_this_pod()
        publish_model(self.store, folder)
        asks = f"{ASKS}{uuid.uuid4().hex}"
        body = _deployment(self.config, digest=digest, store=self.store, asks=asks, kubernetes=kubernetes)
        self._server = server = _Server(kubernetes=kubernetes, body=body, asks=asks)
        url = ADDRESS.format(name=server.name, namespace=kubernetes.namespace)
        end, last_state = time.monotonic() + 60 * self.config.minutes, ""
        while True:
            standing = server.standing()
            if standing and server.has_service(standing) and _all_answer(standing) and answers(f"{url}/health"):
                print(f"{server.name} serves model {digest[:12]}", flush=True)
                return f"{url}/v1"
            trouble = server.trouble(standing) if standing else None
            if trouble and not trouble.passes:
                raise trouble.error(where=f"PodTemplate {self.config.template}", output=server.last_lines(trouble))
            if time.monotonic() > end:
                late = (
                    f"{server.name} does not answer after {self.config.minutes} minutes (the place's serving.minutes)"
                )
                raise InfraError(f"{late}: {trouble or 'its pods are not ready'}")
            now = f"waits: {trouble}" if trouble else "starts"
            if now != last_state:
                print(f"{server.name} {now}", flush=True)
                last_state = now
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Stops using the server. A failure is only printed: the end of the attempt deletes what is left."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.leave()
        except (InfraError, InputError) as error:
            print(f"{server.name} is left to the end of the round: {error}", flush=True)


@dataclass(frozen=True, kw_only=True)
class _Server:
    """One server as this process sees it.

    Attributes:
        body: the Deployment as it is created.
        asks: the annotation that marks this process as a user.
    """

    kubernetes: Kubernetes
    body: Json
    asks: str

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def _path(self) -> str:
        return f"{_deployments(self.kubernetes)}/{self.name}"

    @property
    def _core(self) -> str:
        return f"/api/v1/namespaces/{self.kubernetes.namespace}"

    def standing(self) -> Json | None:
        """The Deployment with this process's annotation, created if it is missing. None while an earlier one is being
        deleted."""
        deployment = self.kubernetes.get(self._path)
        if deployment is None:
            try:
                return self.kubernetes.make(_deployments(self.kubernetes), self.body)
            except KubernetesHasIt:
                return None
        if self.asks not in deployment["metadata"]["annotations"] and not _leaving(deployment):
            deployment = self._annotate(self.body["metadata"]["annotations"][self.asks])
        return None if deployment is None or _leaving(deployment) else deployment

    def leave(self) -> None:
        """Removes this process's annotation, and deletes the server if no other process uses it.

        A process that begins to use it in between changes its version, so that the deletion is refused.
        """
        for _ in range(DELETE_TRIES):
            deployment = self._annotate(None)
            if (
                deployment is None
                or _leaving(deployment)
                or any(annotation.startswith(ASKS) for annotation in deployment["metadata"]["annotations"])
            ):
                return
            metadata = deployment["metadata"]
            self.kubernetes.delete(self._path, uid=metadata["uid"], version=metadata["resourceVersion"])

    def _annotate(self, pod: str | None) -> Json | None:
        return self.kubernetes.change(self._path, {"metadata": {"annotations": {self.asks: pod}}})

    def has_service(self, standing: Json) -> bool:
        """Whether the Service exists; creates it if not. The Deployment owns it, so both are deleted together. The
        Service of an earlier Deployment has to be deleted first."""
        metadata, services = standing["metadata"], f"{self._core}/services"
        service_there = self.kubernetes.get(f"{services}/{self.name}")
        if service_there is not None:
            return metadata["uid"] in [
                owner_reference["uid"] for owner_reference in service_there["metadata"].get("ownerReferences", ())
            ]
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.name, "uid": metadata["uid"]}
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": self.name, "labels": metadata["labels"], "ownerReferences": [owner]},
            "spec": {
                "selector": {SERVER: self.name},
                "ports": [{"name": "http", "port": 8000, "targetPort": "http"}],
            },
        }
        try:
            self.kubernetes.make(services, service)
        except KubernetesHasIt:
            return False
        return True

    def trouble(self, standing: Json) -> Trouble | None:
        pods = self.kubernetes.get(f"{self._core}/pods", labelSelector=f"{SERVER}={self.name}") or {}
        return find_trouble(standing, pods.get("items", ()))

    def last_lines(self, trouble: Trouble) -> str:
        """The last lines that a container printed before it ended."""
        if not trouble.container:
            return ""
        options = {"container": trouble.container, "previous": "true", "tailLines": str(LAST_LINES)}
        return self.kubernetes.text(f"{self._core}/pods/{trouble.pod}/log", **options) or ""


def _deployment(config: Deployment, *, digest: str, store: Store, asks: str, kubernetes: Kubernetes) -> dict[str, Any]:
    template = kubernetes.get(f"/api/v1/namespaces/{kubernetes.namespace}/podtemplates/{config.template}")
    if template is None:
        fix = "correct it; the chart makes one with `serving.round.enabled`"
        problem = f"the cluster has no PodTemplate {config.template}"
        raise InputError(problem, where="place: serving.template", fix=fix)
    attempt, pod = os.environ.get(attempts.ATTEMPT, ""), os.environ.get(POD_NAME, "")
    words = [attempt, digest, store.url, config.template, config.replicas]
    name = f"symbiont-{digest[:12]}-{json_digest(words)[:12]}"
    owner = workflow_of(pod, kubernetes=kubernetes)
    labels = {"app.kubernetes.io/part-of": "symbiont", ATTEMPT: attempt, SERVER: name}
    served_model = {MODEL: digest, STORE: store.url}
    pod_template = template["template"]
    template_metadata = {key: pod_template.get("metadata", {}).get(key, {}) for key in ("labels", "annotations")}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {**served_model, asks: pod},
            "ownerReferences": [owner.model_dump(by_alias=True)] if owner else [],
        },
        "spec": {
            "replicas": config.replicas,
            "selector": {"matchLabels": {SERVER: name}},
            "template": {
                "metadata": {
                    "labels": template_metadata["labels"] | labels,
                    "annotations": template_metadata["annotations"] | served_model,
                },
                "spec": pod_template["spec"],
            },
        },
    }


def end_servers(attempt: str, *, kubernetes: Kubernetes) -> None:
    """Deletes every server of an attempt at a round, whoever uses it, and prints its name.

    Raises:
        InputError, InfraError: as `try_each`, after all were tried.
    """
    deployments = kubernetes.get(_deployments(kubernetes), labelSelector=f"{ATTEMPT}={attempt}") or {}

    def end(server: Json) -> None:
        metadata = server["metadata"]
        kubernetes.delete(f"{_deployments(kubernetes)}/{metadata['name']}", uid=metadata["uid"])
        print(f"the server {metadata['name']} is removed", flush=True)

    try_each(partial(end, deployment) for deployment in deployments.get("items", ()) if not _leaving(deployment))


def _deployments(kubernetes: Kubernetes) -> str:
    return f"/apis/apps/v1/namespaces/{kubernetes.namespace}/deployments"


def _leaving(standing: Json) -> bool:
    return bool(standing["metadata"].get("deletionTimestamp"))


def _all_answer(standing: Json) -> bool:
    return int(standing.get("status", {}).get("availableReplicas", 0)) >= int(standing["spec"]["replicas"])
