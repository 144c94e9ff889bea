"""A server that speaks the OpenAI chat protocol over a real socket and misbehaves as told, request by request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One response.

    Attributes:
        drop: closes the connection without one.
        hang: seconds before it begins; `drip`, between its bytes.
        raw: replaces the body; `choice`, the first choice.
    """

    text: str = 'REASON: done\nACTION: stop ""'
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drop: bool = False
    raw: bytes | None = None
    usage: Any = (100, 10)
    finish: str | None = "stop"
    choice: Any = None
    drip: float = 0.0


@dataclass
class ProtocolServer:
    """Answers with `script` in order, then with its last entry for ever. Keeps every request and when it came."""

    script: list[Answer]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    models_status: int = 200
    """Of the list of models."""
    models: list[dict[str, Any]] = field(default_factory=lambda: [{"id": "tiny", "object": "model"}])
    loading: int = 0
    """How often the list of models is answered with 503 first."""

    def take(self, request: dict[str, Any], key: str) -> Answer:
        with self.lock:
            self.requests.append(request)
            self.keys.append(key)
            self.times.append(time.monotonic())
            return self.script[min(len(self.requests), len(self.script)) - 1]


@contextmanager
def serve(*script: Answer) -> Iterator[ProtocolServer]:
    state = ProtocolServer(list(script) or [Answer()])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, or each reply waits for the client's acknowledgement of its head

        def do_GET(self) -> None:
            status = 503 if state.loading > 0 else state.models_status
            state.loading -= 1
            self.reply(status, {}, json.dumps({"object": "list", "data": state.models}).encode())

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.paths.append(self.path)
            answer = state.take(request, self.headers.get("Authorization", ""))
            with state.lock:
                state.running += 1
                state.most_running = max(state.most_running, state.running)
            time.sleep(answer.hang)
            with state.lock:
                state.running -= 1
            if answer.drop:
                self.close_connection = True
                return
            self.reply(answer.status, answer.headers, body(answer, request), drip=answer.drip)

        def reply(self, status: int, headers: dict[str, str], content: bytes, *, drip: float = 0.0) -> None:
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for part in [content] if not drip else [content[at : at + 1] for at in range(len(content))]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(drip)
            except OSError:
                self.close_connection = True  # the client gave up first

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body(answer: Answer, request: dict[str, Any]) -> bytes:
    if answer.raw is not None:
        return answer.raw
    if answer.status != 200:
        return json.dumps({"error": {"message": answer.text, "type": "error", "code": None}}).encode()
    choice = {"index": 0, "message": {"role": "assistant", "content": answer.text}, "finish_reason": answer.finish}
    completion: dict[str, Any] = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": request.get("model"),
        "choices": [choice if answer.choice is None else answer.choice],
    }
    if isinstance(answer.usage, tuple):
        prompt, written = answer.usage
        completion["usage"] = {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
    elif answer.usage is not None:
        completion["usage"] = answer.usage
    return json.dumps(completion).encode()
