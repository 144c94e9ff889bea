"""A small client of Kubernetes' API for use in pods, with the pod's service account. Passing errors are retried.

The official client is not in the images.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.errors import InfraError, InputError

if TYPE_CHECKING:
    from httpx2 import Client, Response

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TRIES = 6
FIRST_PAUSE = 1.0  # seconds before the first retry; doubled each time
PASSING = (429, 500, 502, 503, 504)
TIMEOUT = 60.0

Json = dict[str, Any]


class KubernetesHasIt(InputError):
    """An object of this name is there already."""


class Forbidden(InputError):
    """The account lacks the right."""


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """One namespace of a cluster.

    Attributes:
        account: folder with the service account's token and the cluster's CA certificate.

    Every method raises:
        Forbidden: the account lacks the right.
        InputError: the server refuses the object.
        InfraError: no answer, or an error of the server, after all retries.
    """

    address: str
    namespace: str
    account: Path

    def get(self, path: str, **query: str) -> Json | None:
        """An object or a list, by its path; None where it does not exist."""
        reply = self._ask("GET", path, query=query)
        return None if reply.status_code == 404 else dict(reply.json())

    def text(self, path: str, **query: str) -> str | None:
        """A response that is not JSON, such as a log; None where it does not exist, or not yet."""
        reply = self._ask("GET", path, query=query, none=(400, 404))
        return None if reply.status_code != 200 else reply.text

    def make(self, path: str, body: Json) -> Json:
        """Creates an object, and returns it as the server stored it.

        Raises:
            KubernetesHasIt: one of this name exists, perhaps because the reply to the first request was lost.
        """
        return dict(self._ask("POST", path, body=body, none=()).json())

    def change(self, path: str, body: Json) -> Json | None:
        """Changes an object by a JSON merge patch, in which null removes a key.

        Returns:
            The changed object; None where there is none.
        """
        reply = self._ask("PATCH", path, body=body)
        return None if reply.status_code == 404 else dict(reply.json())

    def delete(self, path: str, *, uid: str, version: str = "") -> None:
        """Deletes an object and all that it owns.

        Args:
            uid: of the object; another one of the same name is left alone.
            version: its resourceVersion; an object that has changed since is left alone. Empty: any version.
        """
        preconditions = {"uid": uid} | ({"resourceVersion": version} if version else {})
        options = {"propagationPolicy": "Foreground", "preconditions": preconditions}
        self._ask("DELETE", path, body=options, none=(404, 409))

    def _ask(
        self, method: str, path: str, *, query: Any = None, body: Json | None = None, none: tuple[int, ...] = (404,)
    ) -> Response:
        from httpx2 import HTTPError

        for number in range(TRIES):
            try:
                reply = self._client.request(
                    method, path, params=query, headers=self._headers(method), content=_content(body)
                )
                if reply.status_code not in PASSING:
                    return self._read(reply, f"{method} {path}", none=none)
                problem = f"status {reply.status_code}"
            except HTTPError as error:
                problem = f"{type(error).__name__} {error}"
            if number < TRIES - 1:
                time.sleep(FIRST_PAUSE * 2**number)
        raise InfraError(f"Kubernetes does not answer {method} {path}: {problem}")

    def _read(self, reply: Response, request: str, *, none: tuple[int, ...]) -> Response:
        status = reply.status_code
        if reply.is_success or status in none:
            return reply
        message = _message(reply)
        if status == 409:
            raise KubernetesHasIt(message, where=request)
        if status in (401, 403):
            allowed = (
                "the chart's Role of runs allows it with `place.training.job` or `place.serving` of kind deployment"
            )
            fix = f"{allowed}; or bind one that does to their account"
            raise Forbidden(f"the account of this pod may not do this: {message}", where=request, fix=fix)
        raise InputError(f"Kubernetes refuses this ({status}): {message}", where=request, fix="correct what it names")

    def _headers(self, method: str) -> dict[str, str]:
        """Headers of a request. The token is read each time, because Kubernetes replaces it before it expires."""
        token = (self.account / "token").read_text().strip()
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        return {"Authorization": f"Bearer {token}", "Content-Type": kind}

    @cached_property
    def _client(self) -> Client:
        from httpx2 import Client

        trusted = ssl.create_default_context(cafile=self.account / "ca.crt") if self.address[:6] == "https:" else True
        return Client(base_url=self.address, verify=trusted, timeout=TIMEOUT, trust_env=False)


def of_this_pod() -> Kubernetes:
    """The cluster and namespace of the pod that this process runs in.

    Raises:
        InputError: it runs in no pod, or in one without a token.
    """
    host, port = (os.environ.get(f"KUBERNETES_SERVICE_{name}", "") for name in ("HOST", "PORT"))
    if not host or not (ACCOUNT / "token").is_file():
        what = "TrainJobs and servers need a pod's service account, and this is no pod, or one without a token"
        fix = "leave out training.job, and serving of kind deployment, where the round runs on this machine"
        raise InputError(what, where="place", fix=fix)
    host = f"[{host}]" if ":" in host else host
    namespace = (ACCOUNT / "namespace").read_text().strip()
    return Kubernetes(address=f"https://{host}:{port}", namespace=namespace, account=ACCOUNT)


def _content(body: Json | None) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _message(reply: Response) -> str:
    try:
        return str(reply.json()["message"])
    except (ValueError, KeyError, TypeError):
        return reply.reason_phrase
