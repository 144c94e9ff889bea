"""The requests of a page and its sites' failures: evidence for evaluators, never shown to agents.

Only a few fields of each request, kept while the page lives and never stored. `network` records bodies and responses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

from components.browser.events import address
from components.browser.origins import allowed
from components.browser.wire import Wire

MOST_BODY = 65_536
"""Bytes of a request's body that the browser reports; a longer body is not reported at all."""
MOST_REQUESTS = 5_000
"""How many are kept; beyond, the oldest ones that change nothing are dropped first."""
KINDS = frozenset(("Document", "XHR", "Fetch", "Ping"))
SCRIPT = "Script"
"""No evidence of a deed, but a page whose script did not come cannot be used."""
BUSY = (408, 429)
"""Statuses below 500 by which a site says that it did not get to a request."""
ABORTED = "net::ERR_ABORTED"
"""Chromium's error for a request that was ended by another one, by a download or by us."""


@dataclass(slots=True, kw_only=True)
class Request:
    """One request; `status` is 0 until it is answered, and a redirect is the request's own answer.

    Attributes:
        at: when it was sent, in Unix seconds.
        document: the browser's name of the document that it asks for; empty where it asks for none.
        led_to: the address that a redirect named.
    """

    method: str
    url: str
    body: str = ""
    content_type: str = ""
    status: int = 0
    document: str = ""
    led_to: str = ""
    at: float = 0.0

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")

    def form(self) -> dict[str, str]:
        """The fields of the body where it is a form or a JSON object; of several of one name the last."""
        kind = self.content_type.partition(";")[0].strip().lower()
        if kind == "application/json":
            return _fields_of_json(self.body)
        if kind == "multipart/form-data":
            return _fields_of_parts(self.body, self.content_type)
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass(slots=True)
class Sent:
    """The requests of one page, oldest first, and what its sites failed at.

    Attributes:
        origins: of the allowed sites; failures of others do not count. None: all count.
        troubles: failures of sites, one sentence each: no answer, or one whose status `fails`; also for scripts.
        unheard: a window was opened, whose first request is not known.
    """

    origins: frozenset[str] | None = None
    requests: list[Request] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    unheard: bool = False
    _open: dict[str, Request] = field(default_factory=dict)

    def start(self, wire: Wire) -> None:
        wire.on("Network.requestWillBeSent", self._begin)
        wire.on("Network.responseReceived", lambda event: self._answered(event["requestId"], event["response"]))
        wire.on("Network.loadingFailed", self._failed)
        wire.on("Page.windowOpen", self._miss)

    @property
    def wrote(self) -> bool:
        """Whether a site's state may have changed."""
        return self.unheard or any(request.writes for request in self.requests)

    def status_of(self, document: str) -> int:
        """The HTTP status of a document; 0 where it is unknown. Args: `document`: the browser's name of it."""
        return next((request.status for request in reversed(self.requests) if request.document == document != ""), 0)

    def not_loaded(self, url: str, reason: str) -> str:
        """A sentence that a document did not load. It counts as trouble if the site was too slow; see also
        `_failed`."""
        sentence = f"{address(url)} did not load: {reason}"
        if "Timeout" in reason:
            self.troubles.append(sentence)
        return sentence

    def _begin(self, event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            self._answered(event["requestId"], event["redirectResponse"], led_to=event["request"]["url"])
        kind = event.get("type")
        if kind not in KINDS and kind != SCRIPT:
            return
        if len(self.requests) >= MOST_REQUESTS:
            del self.requests[next((index for index, request in enumerate(self.requests) if not request.writes), 0)]
        sent = event["request"]
        headers: Mapping[str, str] = {name.lower(): value for name, value in sent.get("headers", {}).items()}
        request = Request(
            method=sent["method"],
            url=sent["url"],
            body=sent.get("postData", ""),
            content_type=headers.get("content-type", ""),
            document=event["loaderId"] if kind == "Document" else "",
            at=event["wallTime"],
        )
        if kind != SCRIPT:
            self.requests.append(request)
        self._open[event["requestId"]] = request

    def _answered(self, name: str, response: Mapping[str, Any], *, led_to: str = "") -> None:
        request = self._open.pop(name, None)
        if request is None:
            return
        request.status, request.led_to = int(response["status"]), led_to
        if fails(request.status) and self._ours(request.url):
            self.troubles.append(f"the site answered {request.method} {address(request.url)} with {request.status}")

    def _failed(self, event: dict[str, Any]) -> None:
        request = self._open.pop(event["requestId"], None)
        reason = event.get("errorText", "")
        ended_here = reason == ABORTED or event.get("canceled") or event.get("blockedReason")
        if request is not None and not ended_here and self._ours(request.url):
            self.troubles.append(f"the site did not answer {request.method} {address(request.url)}: {reason}")

    def _miss(self, _: dict[str, Any]) -> None:
        self.unheard = True

    def _ours(self, url: str) -> bool:
        return self.origins is None or allowed(url, self.origins)


def fails(status: int) -> bool:
    """Whether an answer of this status says that the site failed, or was too busy, and not that it refuses."""
    return status >= 500 or status in BUSY


def _fields_of_json(body: str) -> dict[str, str]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in data.items()} if isinstance(data, dict) else {}


def _fields_of_parts(body: str, content_type: str) -> dict[str, str]:
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n{body}".encode("utf-8", "replace"))
    fields = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content.decode("utf-8", "replace")
    return fields
