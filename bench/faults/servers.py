"""The shop and the model, each a process of its own that does as the world says: `python -m bench.faults.servers`.

    python -m bench.faults.servers shop WORLD MET PORT...
    python -m bench.faults.servers model WORLD MET PORT

Each fault that was injected is added to the file MET, one per line.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from bench.faults.world import DOWN, OF_AN_AISLE, Strike, World, is_wrong
from components.loopback import HOST

AWAY = 600.0
"""Seconds that no client waits for."""


class Struck:
    """Which requests meet a fault, by what they are for."""

    def __init__(self, strikes: dict[str, Strike], *, met: Path) -> None:
        self._strikes, self._met = strikes, met
        self._asked = Counter[str]()
        self._lock = threading.Lock()

    def kind(self, name: str) -> str:
        """The fault that this request meets; empty where it meets none."""
        with self._lock:
            self._asked[name] += 1
            strike = self._strikes.get(name)
            if strike is None or not strike.at <= self._asked[name] < strike.at + strike.times:
                return ""
            if self._asked[name] == strike.at:
                self.note(strike.kind)
            return strike.kind

    def count(self, name: str) -> int:
        with self._lock:
            self._asked[name] += 1
            return self._asked[name]

    def note(self, kind: str) -> None:
        with self._met.open("a") as file:
            file.write(f"{kind}\n")


class _Quiet(BaseHTTPRequestHandler):
    def reply(self, status: int, body: str, *, kind: str = "text/html; charset=utf-8", lacking: int = 0) -> None:
        """`lacking`: bytes of the body that are announced and not sent."""
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content[: len(content) - lacking])

    def body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def log_message(self, *_: object) -> None:
        return


class Shop(ThreadingHTTPServer):
    """One replica: what was ordered there and remarked, until it is reset."""

    def __init__(self, port: int, *, struck: Struck, resets: tuple[int, ...]) -> None:
        super().__init__((HOST, port), _Shop)
        self.struck, self.resets = struck, resets
        self.ordered = set[str]()
        self.remarks = dict[str, str]()


class _Shop(_Quiet):
    server: Shop

    def do_GET(self) -> None:
        kind = self.server.struck.kind(self.path)
        if kind.endswith("500"):
            self.reply(500, "<h1>Something went wrong</h1>")
        elif kind == "hangs":
            time.sleep(AWAY)
        elif not kind:  # else the connection ends without an answer
            self.reply(200, self._page())

    def _page(self) -> str:
        _, kind, *rest = self.path.split("/")
        name = rest[0] if rest else ""
        if kind == "aisle":
            thing, number = name.split("-")
            items = [
                f"{thing} {int(number) * OF_AN_AISLE + number_on_aisle:03}" for number_on_aisle in range(OF_AN_AISLE)
            ]
            links = "".join(f'<p><a href="/item/{item.replace(" ", "-")}">{item}</a></p>' for item in items)
            return f"<title>Aisle {name}</title><h1>Aisle {name}</h1>{links}"
        if kind == "item":
            return self._item(name)
        if kind == "ordered":
            return "yes" if name in self.server.ordered else "no"
        return self.server.remarks.get(name, "none") if kind == "remarks" else "<h1>The shop</h1>"

    def _item(self, slug: str, message: str = "") -> str:
        item = slug.replace("-", " ")
        price = 17 + 3 * int(item.rpartition(" ")[2])
        return (
            f"<title>{item}</title><h1>{item}</h1><p>It costs {price}.</p><p>{message}</p>"
            f'<form method="post" action="/order/{slug}"><button>Order</button></form>'
            f'<form method="post" action="/remark/{slug}"><label>Remark <input name="text"></label></form>'
        )

    def do_POST(self) -> None:
        _, kind, *rest = self.path.split("/")
        fields = {name: values[-1] for name, values in parse_qs(self.body()).items()}
        if kind == "reset":
            if self.server.struck.count("/reset") in self.server.resets:
                self.server.struck.note("answers a reset with 500")
                return self.reply(500, "not now")
            self.server.ordered.clear()
            self.server.remarks.clear()
            return self.reply(200, "done")
        if kind == "order":
            self.server.ordered.add(rest[0])
        else:
            self.server.remarks[rest[0]] = fields.get("text", "")
        return self.reply(200, self._item(rest[0], "Thank you."))


class Model(ThreadingHTTPServer):
    def __init__(self, port: int, *, struck: Struck) -> None:
        super().__init__((HOST, port), _Model)
        self.struck = struck


class _Model(_Quiet):
    server: Model

    def do_GET(self) -> None:
        self.reply(200, json.dumps({"object": "list", "data": [{"id": "rules", "object": "model"}]}))

    def do_POST(self) -> None:
        question = json.loads(self.body())["messages"][-1]["content"]
        match = re.search(r"GOAL: .*?\b((?:lamp|kettle|rake|clock) \d+)", question)
        item = match[1] if match else ""
        message = {"role": "assistant", "content": f"REASON: it is next\nACTION: {decide(question, item)}"}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": len(question) // 4, "completion_tokens": 12}
        self._answer(self.server.struck.kind(item), json.dumps({"choices": [choice], "usage": usage}))

    def _answer(self, kind: str, whole: str) -> None:
        ways: dict[str, Callable[[], None]] = {
            "answers 429": lambda: self.reply(429, '{"error": {"message": "slow down"}}', kind="application/json"),
            "answers 500": lambda: self.reply(500, "no", kind="text/plain"),
            DOWN: lambda: self.reply(500, "no", kind="text/plain"),
            "half a body": lambda: self.reply(200, whole, kind="application/json", lacking=len(whole) // 2),
            "half a message": lambda: self.reply(200, whole[: len(whole) // 2], kind="application/json"),
            "nothing": lambda: None,
            "silence": lambda: time.sleep(AWAY),
        }
        ways.get(kind, lambda: self.reply(200, whole, kind="application/json"))()


def decide(question: str, item: str) -> str:
    """The action, on the page that a prompt shows."""
    page = question.rpartition("PAGE (")[2]

    def ref(role: str, name: str) -> str:
        match = re.search(rf'\[(\d+)\] {role} "{name}"', page)
        return match[1] if match else ""

    if not page.startswith(f'"{item}"'):
        link = ref("link", item)
        return f"click [{link}]" if link and not (item.startswith("lamp") and is_wrong(item)) else 'stop ""'
    if item.startswith("kettle"):
        price = re.search(r"It costs (\d+)", page)
        return f'stop "{price[1] if price and not is_wrong(item) else 0}"'
    if "Thank you" in page or (item.startswith("rake") and is_wrong(item)):
        return 'stop ""'
    if item.startswith("rake"):
        return f"click [{ref('button', 'Order')}]"
    return f'type [{ref("textbox", "Remark")}] "{"whatever" if is_wrong(item) else f"mind the {item}"}" enter'


def main() -> None:
    side, path, met, *ports = sys.argv[1:]
    world = World.read(Path(path))
    struck = Struck(world.site if side == "shop" else world.model, met=Path(met))
    if side == "shop":
        servers: list[ThreadingHTTPServer] = [Shop(int(port), struck=struck, resets=world.resets) for port in ports]
    else:
        servers = [Model(int(ports[0]), struck=struck)]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
