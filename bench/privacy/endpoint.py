"""A remote model that records all it is sent, a model at home that repeats all it sees, and the faults of both.

The remote model acts at random; it uses placeholders, invents private data, and sometimes answers nonsense. The one at
home is as careless as possible: it copies private pages into its reasons, notes and fields.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from components.models.files import BASE_FOLDER, folder_digest
from components.models.prompting import load_prompting

Answer = Callable[[str, random.Random], str]
FAULTS = 0.12
"""Share of requests that meet one."""


class Endpoint(ThreadingHTTPServer):
    """Answers chat completions, embeddings and what an analyzer is asked by `answer`, with faults."""

    daemon_threads = True
    request_queue_size = 128  # a scan asks about every text at once

    def __init__(self, answer: Answer, *, faults: float = FAULTS) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.faults, self.received = answer, faults, list[str]()
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no error here."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_GET(self) -> None:
        """Says that it serves whatever model is asked for; of any other method it takes no more than its words."""
        self._recorded()
        self._answer({"object": "list", "data": [{"id": folder_digest(BASE_FOLDER), "object": "model"}]})

    do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_CONNECT = do_GET

    def _recorded(self) -> str:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode(errors="replace")
        try:
            texts = [*_texts(json.loads(body))]
        except ValueError:
            texts = [body]
        with self.server.lock:
            self.server.received += [f"{self.command} {self.path}\n{self.headers}", *texts]
        return body

    def do_POST(self) -> None:
        body = self._recorded()
        request, count = json.loads(body), len(self.server.received)
        chance = random.Random(hashlib.sha256(f"{count} {body}".encode()).digest())
        fault = chance.random() / self.server.faults if self.server.faults else 1.0
        if fault < 0.3:
            self.close_connection = True  # dropped, without an answer
            return
        if fault < 0.5:
            time.sleep(1.0)  # later than a detector may answer
        if fault < 0.7:
            self.send_error(503)
            return
        self._answer(self._reply(request, chance), whole=fault >= 1.0)

    def _answer(self, reply: Any, *, whole: bool = True) -> None:
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data if whole else data[: len(data) // 2])

    def _reply(self, request: dict[str, Any], chance: random.Random) -> Any:
        if "text" in request:
            return json.loads(self.server.answer(request["text"], chance))
        if "input" in request:
            vectors = [
                {"object": "embedding", "index": at, "embedding": [1.0, 0.5]} for at in range(len(request["input"]))
            ]
            return {"object": "list", "data": vectors}
        if "messages" not in request:  # traces, or tokens
            return {}
        text = self.server.answer(request["messages"][-1]["content"], chance)
        return {"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]}

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _texts(value: Any) -> Iterator[str]:
    """Every text, and what a student's tokens say."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and len(value) > 1 and all(isinstance(item, int) for item in value):
        yield load_prompting(BASE_FOLDER).tokenizer.decode(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@contextmanager
def serving(answer: Answer, *, faults: float = FAULTS) -> Iterator[Endpoint]:
    server = Endpoint(answer, faults=faults)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def remote(text: str, chance: random.Random) -> str:
    """The remote model, also as judge and writer."""
    if "PAGE (" not in text:
        return "VERDICT: solved\nINSTRUCTION: Do it.\nSUMMARY: It was done."
    page = text.rpartition("PAGE (")[2]
    clicks = re.findall(r"\[(\d+)\] (?:link|button)", page)
    fields = re.findall(r"\[(\d+)\] (?:textbox|searchbox)", page)
    names = re.findall(r"\[[a-z ]+ \d+\]", text)
    choices = [f"click [{ref}]" for ref in clicks] * 2
    choices += [f'type [{ref}] "{name}"' for ref in fields for name in [*names[:2], "lamp"]]
    choices += [f'note "{name}"' for name in names[:1]] + ["go_back"]
    choices += [f'type [{ref}] "4111 1111 1111 1111"' for ref in fields[:1]]
    if chance.random() < 0.1:
        return "I would rather not say."
    return f"REASON: It may lead on to {names[0] if names else 'more'}.\nACTION: {chance.choice(choices)}"


def at_home(text: str, chance: random.Random) -> str:
    """The detector at home, and the model that decides private steps and keeps nothing to itself."""
    if "PAGE (" not in text:
        return "[PRIVATE NOT FIND]"
    page = text.rpartition("PAGE (")[2]
    texts = [text.replace("\\", "") for text in re.findall(r'"((?:[^"\\]|\\.)+)"', page)] or ["nothing"]
    fields = re.findall(r"\[(\d+)\] (?:textbox|searchbox)", page)
    clicks = re.findall(r"\[(\d+)\] (?:link|button)", page)
    choices = [f"note {json.dumps(text)}" for text in texts] + [f"click [{ref}]" for ref in clicks] * 2
    choices += [f"type [{ref}] {json.dumps(chance.choice(texts))}" for ref in fields]
    return f"REASON: The page says {'; '.join(texts)}.\nACTION: {chance.choice(choices)}"
