"""A notice board: notes with replies, a button that deletes, settings. `prepare DATA` and `serve DATA HOST PORT`."""

from __future__ import annotations

import json
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

NAMES = ("boots", "tents", "maps", "ropes", "stoves", "lamps")


class Board(BaseHTTPRequestHandler):
    data: Path

    def do_GET(self) -> None:
        notes, parts = self.notes(), self.path.strip("/").split("/")
        links = "".join(f'<li><a href="/note/{n}/{name}/">All about {name}</a>' for n, (name, _) in notes.items())
        if self.path == "/":
            self.answer(f'<h1>Board</h1><ul>{links}</ul><a href="/help/">Help</a><a href="/settings/">Settings</a>')
        elif self.path == "/logout/":
            self.write({})
            self.answer("Gone.")
        elif parts[0] == "note" and parts[1] in notes:
            n, (name, replies) = parts[1], notes[parts[1]]
            self.answer(
                f"<h1>All about {name}</h1>{''.join(f'<p>{escape(each)}</p>' for each in replies)}"
                f'<form method=post action="/note/{n}/reply"><label>Your reply <textarea name=text required></textarea>'
                f'</label><button>Answer</button></form><form method=post action="/note/{n}/delete"><button>Delete note'
                '</button></form><a href="/">Board</a>'
            )
        elif self.path == "/settings/":
            form = "<form method=post><label>Colour <input name=colour></label><button>Save</button></form>"
            self.answer(f'<h1>Settings</h1>{form}<a href="/logout/">Log out</a>')
        elif self.path == "/help/":
            self.answer('<h1>Help</h1>Nothing here yet. <a href="/">Board</a>')
        else:
            self.answer("No such page.", status=404)

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        notes, (_, n, deed) = self.notes(), (*self.path.strip("/").split("/"), "", "")[:3]
        if deed == "reply" and given.get("text"):
            notes[n][1].append(given["text"][0])
        elif deed == "delete":
            del notes[n]
        self.write(notes)
        self.send_response(302)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def notes(self) -> dict[str, tuple[str, list[str]]]:
        found: dict[str, tuple[str, list[str]]] = json.loads((self.data / "notes.json").read_text())
        return found

    def write(self, notes: dict[str, tuple[str, list[str]]]) -> None:
        (self.data / "notes.json").write_text(json.dumps(notes))

    def answer(self, body: str, *, status: int = 200) -> None:
        data = f"<!doctype html><title>Board</title>{body}".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    what, folder, *where = sys.argv[1:]
    Board.data = Path(folder)
    if what == "prepare":
        Board.data.mkdir(exist_ok=True)
        text = json.dumps({str(n): (name, ["First."]) for n, name in enumerate(NAMES)})
        (Board.data / "notes.json").write_text(text)
    else:
        ThreadingHTTPServer((where[0], int(where[1])), Board).serve_forever()
