"""Kubernetes as its API answers who makes Deployments and Services: strict schemas, rights, versions, owners, and pods.

Deployments stand still until a test moves them. What is deleted goes with the look after next, with all it owns.
"""

from __future__ import annotations

import functools
import re
import threading
import uuid
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import kubernetes_validate

from components.preflight.cluster import Right
from components.trainjobs.kubernetes import Kubernetes
from tests.kubernetes_api import TOKEN, KubernetesHandler

Json = dict[str, Any]
NAMESPACE = "agents"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
SERVICES = f"/api/v1/namespaces/{NAMESPACE}/services"
VERBS = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
ANNOTATION = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)
"""To stand in for it: it reads a megabyte for every object."""


class DeploymentServer(ThreadingHTTPServer):
    """One namespace, with one PodTemplate.

    Attributes:
        rights: the account's; what else is asked is forbidden.
        objects: by path.
        failing: statuses that the next requests get instead of an answer; 0 does what is asked and loses the reply.
        meanwhile: is done before the next DELETE is looked at.
    """

    daemon_threads = True

    def __init__(self, folder: Path, *, template: Json, rights: tuple[Right, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.rights = folder, rights
        path = f"/api/v1/namespaces/{NAMESPACE}/podtemplates/{template['metadata']['name']}"
        self.objects: dict[str, Json] = {path: template}
        self.logs: dict[str, str] = {}
        self.asked: list[str] = []
        self.failing: list[int] = []
        self.meanwhile: list[Any] = []
        self.lock, self._version = threading.RLock(), 0
        (folder / "token").write_text(f"{TOKEN}\n")

    def kubernetes(self) -> Kubernetes:
        address = f"http://127.0.0.1:{self.server_address[1]}"
        return Kubernetes(address=address, namespace=NAMESPACE, account=self.folder)

    def under(self, path: str) -> list[Json]:
        return [each for key, each in list(self.objects.items()) if key.startswith(f"{path}/")]

    def deployment(self) -> Json:
        """The only one."""
        [found] = self.under(DEPLOYMENTS)
        return found

    def status(self, **status: Any) -> None:
        """What the controllers say of the newest Deployment."""
        with self.lock:
            self.changed(self.under(DEPLOYMENTS)[-1])["status"] = status

    def pod(self, **status: Any) -> str:
        """A pod of the only Deployment; its name."""
        name = f"{self.deployment()['metadata']['name']}-{len(self.objects)}"
        labels = self.deployment()["spec"]["template"]["metadata"]["labels"]
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}"
        self.objects[path] = {"metadata": {"name": name, "labels": labels}, "status": status}
        return name

    def changed(self, found: Json) -> Json:
        self._version += 1
        found["metadata"]["resourceVersion"] = str(self._version)
        return found

    def refusal(self, body: Json, path: str) -> tuple[int, str] | None:
        """Why the API server does not take this new object."""
        about = body["metadata"]
        try:
            kubernetes_validate.validate(body, "1.37", strict=True)
        except kubernetes_validate.ValidationError as error:
            return 400, f"strict decoding error: {error}"
        if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", about["name"]) or len(about["name"]) > 63:
            return 422, "metadata.name: a Service's is an RFC 1035 label"
        if bad := [each for each in about.get("labels", {}).values() if not LABEL.fullmatch(each)]:
            return 422, f"metadata.labels: Invalid value: {bad[0]}"
        if bad := [each for each in about.get("annotations", {}) if not ANNOTATION.fullmatch(each)]:
            return 422, f"metadata.annotations: Invalid value: {bad[0]}"
        if any(not each.get("uid") for each in about.get("ownerReferences", ())):
            return 422, "metadata.ownerReferences.uid: must not be empty"
        if path == DEPLOYMENTS:
            selector, labels = body["spec"]["selector"]["matchLabels"], body["spec"]["template"]["metadata"]["labels"]
            if not selector or not selector.items() <= labels.items():
                return 422, "`selector` does not match template `labels`"
        return (409, f'"{about["name"]}" already exists') if f"{path}/{about['name']}" in self.objects else None

    def gone(self, path: str) -> None:
        found = self.objects.pop(path)
        owned = [key for key, each in self.objects.items() if _owns(found, each)]
        for key in owned:
            del self.objects[key]


def _owns(owner: Json, owned: Json) -> bool:
    return owner["metadata"].get("uid") in [each["uid"] for each in owned["metadata"].get("ownerReferences", ())]


class _Handler(KubernetesHandler):
    server: DeploymentServer

    do_GET = do_POST = do_PATCH = do_DELETE = KubernetesHandler._answer

    def forbidden(self, path: str) -> str:
        group, _, rest = path.removeprefix("/api/v1").removeprefix("/apis/").partition("/namespaces/")
        _, resource, *parts = rest.split("/")
        verb = VERBS.get(self.command) or ("get" if parts else "list")
        name, subresource = (*parts, "", "")[:2]
        may = any(
            (each.verb, each.group, each.resource, each.subresource)
            == (verb, group.split("/")[0], resource, subresource)
            and each.name in ("", name)
            for each in self.server.rights
        )
        return "" if may else f"{self.command} {path} is forbidden"

    def reply(self, path: str, query: dict[str, str], body: Any) -> tuple[Any, int]:
        with self.server.lock:
            return self._of(path, query, body or {})

    def _of(self, path: str, query: dict[str, str], body: Json) -> tuple[Any, int]:
        server = self.server
        if self.command == "POST":
            if refusal := server.refusal(body, path):
                return {"message": refusal[1]}, refusal[0]
            body["metadata"]["uid"] = str(uuid.uuid4())
            server.objects[f"{path}/{body['metadata']['name']}"] = server.changed(body)
            return body, 201
        if "labelSelector" in query:
            wanted = dict(each.split("=") for each in query["labelSelector"].split(","))
            found = [each for each in server.under(path) if wanted.items() <= each["metadata"]["labels"].items()]
            return {"items": found}, 200
        if path.endswith("/log"):
            return server.logs.get(path.split("/")[-2] + f" {query['container']} {query['previous']}", ""), 200
        if self.command == "DELETE" and server.meanwhile:
            server.meanwhile.pop(0)()
        if (one := server.objects.get(path)) is None:
            return {"message": f'"{path.split("/")[-1]}" not found'}, 404
        about = one["metadata"]
        if self.command == "PATCH":
            if self.headers["Content-Type"] != "application/merge-patch+json":
                return {"message": "the body of the request was in an unknown format"}, 415
            [(_, changes)] = body["metadata"].items()
            about["annotations"] = {k: v for k, v in (about["annotations"] | changes).items() if v is not None}
            server.changed(one)
        elif self.command == "DELETE":
            assert body["propagationPolicy"] == "Foreground"
            known = body["preconditions"]
            if known != {key: about[key] for key in known}:
                return {"message": "the precondition does not match"}, 409
            about["deletionTimestamp"] = "2026-11-27T00:00:01Z"
            server.changed(one)
        elif about.get("deletionTimestamp"):  # its pods have ended: it goes with the next look
            server.gone(path)
        return one, 200
