"""A lending desk in a page of code: who has which tool. `app.py prepare DATA` and `app.py serve DATA HOST PORT`."""

from __future__ import annotations

import secrets
import sqlite3
import sys
from contextlib import closing
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

TOOLS = ("drill", "ladder", "saw", "sander", "plane", "vice")
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Lending desk</title><h1>Lending desk</h1>'
LOGIN = '<form method="post"><label>Name <input name="name"></label> <label>Password <input name="password"></label>'


def prepare(data: Path) -> None:
    with closing(sqlite3.connect(data / "desk.sqlite3")) as desk, desk:
        desk.execute("create table tool (name text primary key, holder text not null default '', shelf integer)")
        desk.execute("create table session (token text primary key, name text)")
        desk.executemany("insert into tool (name, shelf) values (?, ?)", [(tool, len(tool)) for tool in TOOLS])


class Desk(BaseHTTPRequestHandler):
    data: Path

    def do_GET(self) -> None:
        path, who = urlsplit(self.path).path, self.who()
        if path == "/login":
            self.answer(f'{LOGIN} <input type="hidden" name="form" value="7"><button>Log in</button></form>')
        elif path == "/logout":
            self.ask("delete from session where name = ?", who)
            self.answer("Goodbye.", headers={"Set-Cookie": "desk=; Max-Age=0"})
        elif path.startswith("/tool/"):
            self.answer(self.tool(path.removeprefix("/tool/"), who))
        else:
            links = "".join(f'<li><a href="/tool/{name}">{name}</a>' for (name,) in self.ask("select name from tool"))
            self.answer(f"<p>Hello {escape(who or 'stranger')}</p><ul>{links}</ul>")

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        word = {name: values[0] for name, values in given.items()}
        if self.path == "/login" and word.get("form") == "7" and word.get("password") == word["name"][::-1]:
            token = secrets.token_hex(8)
            self.ask("insert into session values (?, ?)", token, word["name"])
            self.answer("Welcome.", headers={"Set-Cookie": f"desk={token}; HttpOnly"})
        elif self.path == "/lend" and self.who():
            self.ask("update tool set holder = ? where name = ?", self.who(), word["tool"])
            self.answer(self.tool(word["tool"], self.who()))
        elif self.path == "/reset":
            self.ask("update tool set holder = ''")
            self.answer("As new.")
        else:
            self.answer("That is not for you.", status=403)

    def tool(self, name: str, who: str) -> str:
        for holder, shelf in self.ask("select holder, shelf from tool where name = ?", name):
            state = f"{escape(holder)} has it." if holder else "It is free."
            lend = (
                f'<form method="post" action="/lend"><button name="tool" value="{name}">Lend it to me</button></form>'
            )
            return f'<h2>The {name}</h2><p>Shelf {shelf}. {state}</p>{lend if who else ""}<a href="/">All tools</a>'
        return "There is no such tool."

    def who(self) -> str:
        cookies = dict(part.strip().partition("=")[::2] for part in self.headers.get("Cookie", "").split(";"))
        return next((name for (name,) in self.ask("select name from session where token = ?", cookies.get("desk"))), "")

    def ask(self, query: str, *words: object) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.data / "desk.sqlite3")) as desk, desk:
            return desk.execute(query, words).fetchall()

    def answer(self, body: str, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(f"{HEAD}{body}</html>".encode())

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    what, folder, *where = sys.argv[1:]
    Desk.data = Path(folder)
    if what == "prepare":
        prepare(Desk.data)
    else:
        ThreadingHTTPServer((where[0], int(where[1])), Desk).serve_forever()
