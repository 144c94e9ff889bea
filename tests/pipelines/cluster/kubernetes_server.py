"""Pods, events and logs of a namespace, as Kubernetes' API gives them; and a kubeconfig that leads there."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.serving import Answering

Json = dict[str, Any]


class KubernetesServer(ThreadingHTTPServer):
    """Knows one namespace; `status` other than 200 is what every question gets, or those about `closed` alone."""

    daemon_threads = True

    def __init__(self, *, namespace: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.namespace, self.status, self.closed = namespace, 200, ""
        self.pods: list[Json] = []
        self.events: list[Json] = []
        self.logs: dict[str, str] = {}

    def pod(self, name: str, *, run: str, container: Json | None = None, **status: Any) -> None:
        """A pod of a run, made after the others, of the stage that its name begins with; `container` is the state of
        its container `main`."""
        told = {"name": "main", "image": "registry/explorer@sha256:1", "imageID": "", "ready": False, "restartCount": 0}
        if container is not None:
            status["containerStatuses"] = [{**told, "state": container}]
        labels = {"pipeline/runid": run, "symbiont.dev/stage": name.split("-")[0]}
        made = f"2026-11-01T10:00:{len(self.pods):02d}Z"
        metadata = {"name": name, "labels": labels, "creationTimestamp": made}
        self.pods.append({"metadata": metadata, "status": {"phase": "Pending", **status}})

    def event(self, pod: str, reason: str, message: str = "", *, kind: str = "Warning") -> None:
        about = {"metadata": {"name": f"e{len(self.events)}"}, "involvedObject": {"name": pod}}
        self.events.append({**about, "reason": reason, "type": kind, "message": message})

    def kubeconfig(self, path: Path) -> Path:
        cluster = {"server": f"http://127.0.0.1:{self.server_address[1]}"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "here", "user": {}}],
        }
        path.write_text(yaml.safe_dump(config))
        return path


class _Handler(Answering):
    server: KubernetesServer

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        kind, *name = asked.path.removeprefix(f"/api/v1/namespaces/{self.server.namespace}/").split("/")
        if self.server.status != 200 or kind == self.server.closed:
            status = self.server.status if self.server.status != 200 else 403
            self.answer({"kind": "Status", "message": "forbidden"}, status=status)
        elif name:
            self.answer(self.server.logs.get(name[0], ""))
        elif kind == "pods":
            run = query["labelSelector"].removeprefix("pipeline/runid=")
            found = [each for each in self.server.pods if each["metadata"]["labels"]["pipeline/runid"] == run]
            found.sort(key=lambda each: each["metadata"]["name"])  # as etcd has them
            self.answer({"kind": "PodList", "apiVersion": "v1", "items": found})
        else:
            pod = query["fieldSelector"].removeprefix("involvedObject.name=")
            found = [each for each in self.server.events if each["involvedObject"]["name"] == pod]
            self.answer({"kind": "EventList", "apiVersion": "v1", "items": found})
