"""Serves the forum of a folder: `python -m components.benchmarks.forum.server FOLDER HOST PORT`."""

from __future__ import annotations

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from typing_extensions import override

from components.benchmarks.forum.settings import set_up


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    @override
    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    data, host, port = sys.argv[1:]
    set_up(Path(data))
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    application = StaticFilesHandler(get_wsgi_application())
    make_server(host, int(port), application, Threaded, Quiet).serve_forever()


if __name__ == "__main__":
    main()
