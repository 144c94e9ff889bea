"""What Helm asks an API server before it installs: the kinds it serves, their checks, and whether objects are there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import yaml

CORE = ("Service", "Secret", "ConfigMap", "ServiceAccount", "PersistentVolumeClaim", "Pod")
BUILT_IN = {
    "v1": CORE,
    "apps/v1": ("Deployment", "StatefulSet"),
    "batch/v1": ("CronJob",),
    "policy/v1": ("PodDisruptionBudget",),
    "networking.k8s.io/v1": ("NetworkPolicy",),
    "rbac.authorization.k8s.io/v1": ("Role", "RoleBinding"),
}
OF_THE_CLUSTER = ("ClusterQueue", "ResourceFlavor")


@contextmanager
def serving(custom: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """A server without a single object, which serves the built-in kinds and these; gives its kubeconfig."""
    answers = _answers(BUILT_IN | custom)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = answers.get(self.path.split("?")[0])
            body = json.dumps(found or {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404})
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield _kubeconfig(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def _answers(kinds: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    groups = {each: each.split("/") for each in kinds if "/" in each}
    paths = {each: f"apis/{each}" if "/" in each else f"api/{each}" for each in kinds}
    versions = [{"groupVersion": each, "version": version} for each, (_, version) in groups.items()]
    return {
        "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "groups": [
                {"name": name, "versions": [each], "preferredVersion": each}
                for (name, _), each in zip(groups.values(), versions, strict=True)
            ],
        },
        "/openapi/v3": {"paths": {path: {"serverRelativeURL": f"/openapi/v3/{path}"} for path in paths.values()}},
        **{f"/{path}": _resources(each, kinds[each]) for each, path in paths.items()},
        **{f"/openapi/v3/{path}": _checks(each, kinds[each]) for each, path in paths.items()},
    }


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _resources(version: str, kinds: Iterable[str]) -> dict[str, Any]:
    listed = [
        {
            "name": _plural(kind).lower(),
            "singularName": "",
            "namespaced": kind not in OF_THE_CLUSTER,
            "kind": kind,
            "verbs": ["get", "create", "patch"],
        }
        for kind in kinds
    ]
    return {"kind": "APIResourceList", "groupVersion": version, "resources": listed}


def _checks(version: str, kinds: Iterable[str]) -> dict[str, Any]:
    """That the server checks fields itself, so that Helm needs no schema of its own."""
    group, _, number = version.rpartition("/")
    field = {"name": "fieldValidation", "in": "query"}
    told = {
        f"/{kind}": {
            "patch": {
                "x-kubernetes-group-version-kind": {"group": group, "version": number, "kind": kind},
                "parameters": [field],
                "responses": {},
            }
        }
        for kind in kinds
    }
    return {"openapi": "3.0.0", "info": {"title": "api", "version": number}, "paths": told}


def _kubeconfig(address: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
            "clusters": [{"name": "here", "cluster": {"server": address}}],
            "users": [{"name": "here", "user": {}}],
        }
    )
