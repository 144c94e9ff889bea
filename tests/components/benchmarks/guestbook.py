"""A site that makes it easy to fake success: `guestbook.py HOST PORT`.

It repeats what it is sent, answers made-up addresses, redirects by itself, and sends users who are not logged in to its
log-in.
"""

from __future__ import annotations

import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FRONT = """<h1>Hello {who}</h1>
<a href="/item/5/boots">boots</a> <a href="/item/5/gone">gone</a> <a href="/list?q=new">new</a>
<a href="/logout">Log out</a> <form action="/find"><label>Find <input name="q"></label></form>
<form method="post" action="/vote"><button>Vote</button></form>"""


class Guestbook(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        word = {name: escape(values[-1]) for name, values in asked.items()}
        if path == "/logout":
            self.answer("Goodbye.<a href='/'>Front</a>", **{"Set-Cookie": "who=; Max-Age=0"})
        elif path == "/item/5/boots":
            self.answer("Boots are in stock.")
        elif path.startswith("/item/"):
            self.answer("No such thing.", status=404 if path.endswith("/gone") else 200)
        elif path == "/find":
            self.answer(f"Nothing was found for {word.get('q')}.")
        elif path == "/later":
            self.answer(f"<script>setTimeout(() => location.replace({word['to']!r}), 2500)</script>One moment.")
        elif path == "/login":
            self.answer("Who are you?")
        else:
            self.answer(FRONT.format(who=self.who() or "stranger"))

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/login":
            self.answer("Welcome.", **{"Set-Cookie": f"who={given['name'][0]}"})
        else:
            self.answer("", status=302, Location="/" if self.who() else "/login?next=/vote")

    def who(self) -> str:
        return dict(part.strip().partition("=")[::2] for part in self.headers.get("Cookie", "").split(";")).get(
            "who", ""
        )

    def answer(self, body: str, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>Guestbook</title>{body}".encode())

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Guestbook).serve_forever()
