"""A few pages with the addresses, forms and log-ins of WebArena's GitLab and Reddit, as far as the tests walk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PASSWORD = "hello-9321"
SESSION = "s3ss10n"


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if (self.headers.get("X-Postmill-Auto-Login") or "").endswith(f":{PASSWORD}"):
            user = self.headers["X-Postmill-Auto-Login"].partition(":")[0]
            self.answer("<p>Welcome</p>", cookie=f"session={SESSION}; path=/", extra=f"user={user}; path=/")
        elif path == "/users/sign_in":
            self.answer(
                '<form method="post"><input name="user[login]"><input name="user[password]" type="password">'
                '<input type="hidden" name="authenticity_token" value="t0ken-77"><button>Sign in</button></form>'
            )
        elif path == "/projects/new":
            self.answer(
                '<form method="post" action="/projects"><label>Name <input name="project[name]"></label>'
                '<label>Path <input name="project[path]"></label><button>Create</button>'
                '<input type="hidden" name="project[namespace_id]" value="2505">'
                '<input type="hidden" name="project[initialize_with_readme]" value="0">'
                '<input type="hidden" name="authenticity_token" value="t0ken-77"></form>'
            )
        else:
            who = self.cookies().get("user", "nobody")
            self.answer(
                f'<p>{who}</p><a href="/dashboard/todos">Todos</a> <a href="/projects/new">New project</a>'
                f"<button onclick=\"fetch('/api/v4/user/status', {{method: 'PUT', headers: {{'Content-Type': "
                f"'application/json', 'X-CSRF-Token': 't0ken-77'}}, body: JSON.stringify({{availability: 'busy', "
                f"clear_status_after: null, private_token: 't0ken-77'}})}})\">Busy</button>"
            )

    def do_POST(self) -> None:
        given = {name: values[0] for name, values in parse_qs(self.body()).items()}
        if self.path == "/users/sign_in" and given.get("user[password]") == PASSWORD:
            self.answer("In.", cookie=f"session={SESSION}; path=/", extra=f"user={given['user[login]']}; path=/")
        elif self.path == "/projects" and self.cookies().get("session") == SESSION:
            self.send_response(302)
            self.send_header("Location", "/byteblaze/it")
            self.end_headers()
        else:
            self.answer("No.")

    def do_PUT(self) -> None:
        self.body()
        self.answer(json.dumps({"availability": "busy", "csrf_token": "t0ken-77"}), mime="application/json")

    def body(self) -> str:
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def cookies(self) -> dict[str, str]:
        pairs = (part.strip().partition("=") for part in self.headers.get("Cookie", "").split(";"))
        return {name: value for name, _, value in pairs}

    def answer(self, body: str, *, cookie: str = "", extra: str = "", mime: str = "text/html") -> None:
        self.send_response(200)
        self.send_header("Content-Type", mime)
        for line in filter(None, (cookie, extra)):
            self.send_header("Set-Cookie", line)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The site's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
