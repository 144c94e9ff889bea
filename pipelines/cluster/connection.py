"""A connection to the REST API v2beta1 of Kubeflow Pipelines: authentication, retries, and errors in words.

What the user can correct (an address, a token, a right, a field) is an InputError. What may pass is retried, then an
InfraError. A request that creates something is not sent again blindly when its reply is lost: it is first looked up.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.endpoints.complaints import retry_after
from components.endpoints.completions import read_json
from components.errors import InfraError, InputError
from components.loopback import bypass_proxies
from components.place import Kubeflow
from pipelines.cluster.records import strange

if TYPE_CHECKING:
    from httpx2 import Response

API = "/apis/v2beta1"
TOKEN, COOKIE = "SYMBIONT_KUBEFLOW_TOKEN", "SYMBIONT_KUBEFLOW_COOKIE"
PROJECTED = Path("/var/run/secrets/kubeflow/pipelines/token")
"""Where Kubeflow's own manifests mount the token of a pod's service account."""
TRIES = 5
FIRST_PAUSE = 1.0  # seconds before the first retry; doubled each time
LONGEST_PAUSE = 30.0
TIMEOUT = 60.0
PAGE = 100
PASSING = (429, 500, 502, 503, 504)
NOT_BEGUN = (429, 503)
"""Statuses with which the server has done nothing."""

Json = dict[str, Any]


class Missing(InputError):
    """There is no such object."""


class KubeflowHasIt(InputError):
    """An object of this name is there already."""


class Lost(InfraError):
    """A request without a response, or with a server error.

    Attributes:
        begun: the server may have carried it out all the same.
        wait: seconds of its Retry-After header; 0 without one.
    """

    def __init__(self, what: str, *, begun: bool = True, wait: float = 0.0) -> None:
        super().__init__(what)
        self.begun, self.wait = begun, wait


class Connection:
    """Requests to one Kubeflow; a context manager."""

    def __init__(self, settings: Kubeflow) -> None:
        from httpx2 import Client

        bypass_proxies()
        self._settings = settings
        self._answered = False
        self._client = Client(timeout=TIMEOUT, verify=_certificates(settings.ca_file), follow_redirects=False)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **query: str) -> Json:
        return self._insist("GET", path, query=query)

    def delete(self, path: str, **query: str) -> None:
        """Deletes an object; one that is gone already is no error."""
        try:
            self._insist("DELETE", path, query=query)
        except Missing:
            return

    def do(self, path: str) -> None:
        """An idempotent action, such as `runs/ID:terminate`."""
        self._insist("POST", path)

    def make(self, path: str, *, find: Callable[[], Json | None], **request: Any) -> Json:
        """Creates an object exactly once.

        Args:
            find: looks the object up: when the server says that it exists, and before a request is repeated whose reply
                was lost.
            request: `json`, or `files` and `query`.
        """
        return self._insist("POST", path, find=find, **request)

    def pages(self, path: str, key: str, **query: str) -> Iterator[Json]:
        """Every object of a list that comes in pages."""
        token, tokens = "", set[str]()
        while token not in tokens:
            tokens.add(token)
            page = self.get(path, **query, page_size=str(PAGE), **({"page_token": token} if token else {}))
            objects, token = page.get(key) or [], page.get("next_page_token") or ""
            if (
                not isinstance(token, str)
                or not isinstance(objects, list)
                or not all(isinstance(x, dict) for x in objects)
            ):
                raise strange(f"a list of {key}")
            yield from objects
            if not token:
                return
        raise strange(f"a list of {key}: it begins again and again")

    def _insist(self, method: str, path: str, *, find: Callable[[], Json | None] | None = None, **request: Any) -> Json:
        """Sends a request, with up to `TRIES` tries. At an address that has never answered there are no retries."""
        for number in range(TRIES):
            try:
                return self._ask(method, path, **request)
            except KubeflowHasIt:  # of an action: another client did the same at this moment
                if find and (existing := find()) is not None:
                    return existing
                if find or number == TRIES - 1:
                    raise
                time.sleep(FIRST_PAUSE * 2**number)
            except Lost as error:
                if not self._answered or number == TRIES - 1:
                    raise
                time.sleep(error.wait or FIRST_PAUSE * 2**number)
                if find and error.begun and (existing := find()) is not None:
                    return existing
        raise AssertionError("the last try returns or raises")

    def _ask(self, method: str, path: str, *, query: Mapping[str, str] | None = None, **body: Any) -> Json:
        from httpx2 import ConnectError, HTTPError, InvalidURL

        url = f"{self._settings.address.rstrip('/')}{API}/{path}"
        try:
            reply = self._client.request(method, url, params=query, headers=self._who(), **body)
        except ConnectError as error:
            raise Lost(
                f"Kubeflow does not answer at {self._settings.address}: {error}\n"
                "  fix: correct the place's kubeflow.address; where that is a forwarded port,\n"
                "  `kubectl --namespace kubeflow port-forward service/ml-pipeline-ui 8080:80` must be running",
                begun=False,
            ) from error
        except (InvalidURL, OverflowError) as error:
            fix = "correct the place's kubeflow.address"
            raise InputError(f"this is no address: {error}", where=self._settings.address, fix=fix) from error
        except HTTPError as error:
            raise Lost(f"no reply from Kubeflow at {url}: {type(error).__name__} {error}") from error
        self._answered = True
        return self._read(reply, url=url)

    def _read(self, reply: Response, *, url: str) -> Json:
        if reply.status_code in PASSING:
            problem = f"Kubeflow failed with status {reply.status_code} at {url}: {_message(reply)}"
            raise Lost(problem, begun=reply.status_code not in NOT_BEGUN, wait=_retry_after(reply))
        if not reply.is_success:
            raise self._refusal(reply, url=url)
        try:
            content = read_json(reply.text or "{}")
        except ValueError:
            content = None
        if not isinstance(content, dict):
            fix = f"give the address under which {API} is reached, and a token or cookie if there is a log-in before it"
            raise InputError("this is not the API of Kubeflow Pipelines, but a page", where=url, fix=fix)
        return content

    def _refusal(self, reply: Response, *, url: str) -> InputError:
        status, message = reply.status_code, _message(reply)
        if status == 404:
            return Missing(f"Kubeflow has no such thing: {message}", where=url, fix="check the name, and the namespace")
        if status == 409:
            return KubeflowHasIt(f"Kubeflow has this already: {message}", where=url, fix="choose another name")
        if status == 401 or reply.is_redirect:
            fix = f"put a fresh token into {TOKEN}, or the browser's cookie into {COOKIE}, or name kubeflow.token_file"
            return InputError(f"Kubeflow does not know who asks: {message}", where=url, fix=fix)
        if status == 403:
            namespace = self._settings.namespace
            fix = (
                f"ask for the role kubeflow-pipelines-edit in {namespace!r}, or correct the place's kubeflow.namespace"
            )
            return InputError(f"Kubeflow does not allow this: {message}", where=url, fix=fix)
        return InputError(f"Kubeflow refuses this ({status}): {message}", where=url, fix="correct what it names")

    def _who(self) -> dict[str, str]:
        """Authentication headers. A token file is read each time: it is replaced before its token expires."""
        headers = {"Cookie": cookie} if (cookie := os.environ.get(COOKIE, "").strip()) else {}
        if token := (os.environ.get(TOKEN, "") or self._token_of_file()).strip():
            headers["Authorization"] = f"Bearer {token}"
        if not all(header.isascii() and header.isprintable() for header in headers.values()):
            fix = "put it there again, as one line of plain letters"
            raise InputError("the token or cookie for Kubeflow holds what no header can", where=TOKEN, fix=fix)
        return headers

    def _token_of_file(self) -> str:
        file = self._settings.token_file
        path = Path(file) if file else PROJECTED
        try:
            return path.read_text(errors="replace")
        except OSError as error:
            if not file:
                return ""
            fix = "correct the place's kubeflow.token_file"
            raise InputError(f"the token cannot be read: {error.strerror}", where=file, fix=fix) from error


def _retry_after(reply: Response) -> float:
    """Seconds of a response's Retry-After header, at most `LONGEST_PAUSE`; 0 without one."""
    return min(retry_after(reply.headers.get("Retry-After", "")), LONGEST_PAUSE)


def _message(reply: Response) -> str:
    """The error message of a response. Kubeflow's API server and its UI server use different fields."""
    try:
        content = read_json(reply.text)
    except ValueError:
        return reply.reason_phrase
    fields = content if isinstance(content, dict) else {}
    return str(fields.get("message") or fields.get("error_message") or fields.get("error") or reply.reason_phrase)


def _certificates(file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file or None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"no certificates: {error}", where=file, fix="correct the place's kubeflow.ca_file") from error
