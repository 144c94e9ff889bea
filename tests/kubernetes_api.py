"""What servers that stand in for Kubernetes share: accounts, requests, and replies that fail or get lost."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.serving import Answering

TOKEN = "a-token"


class KubernetesHandler(Answering):
    """Of a server with `asked`, what was asked so far, and `failing`: statuses that the next requests get instead of an
    answer; 0 does what is asked and loses the reply."""

    server: Any

    @abstractmethod
    def forbidden(self, path: str) -> str:
        """Why the account may not ask this; empty where it may."""

    @abstractmethod
    def reply(self, path: str, query: dict[str, str], body: Any) -> tuple[Any, int]:
        """What is answered, and its status; `body` is None where none was sent."""

    def _answer(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(path.query).items()}
        self.server.asked.append(f"{self.command} {path.path}")
        status = self.server.failing.pop(0) if self.server.failing else 200
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer({"message": "Unauthorized"}, status=401)
        elif why := self.forbidden(path.path):
            self.answer({"message": why}, status=403)
        elif status not in (0, 200):
            self.answer({"message": "etcdserver: leader changed"}, status=status)
        else:
            answer = self.reply(path.path, query, json.loads(data) if data else None)
            if status:
                self.answer(*answer)
            else:
                self.close_connection = True
