"""What an agent sees of the families in `families/*.yaml`: the real browser renders their HTML once.

`python -m bench.privacy.render tuning` writes `lines/tuning.yaml`, with the purposes of fields, which detectors get
too.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer
import yaml

from bench.privacy.values import LINES, read
from components.browser.pool import BrowserPool
from components.files import write_whole
from components.privacy.forms import marked

FAMILIES = Path(__file__).with_name("families")
AT_ONCE = 8
"""Families on one page: more of them, and an agent would be shown only a part."""
_BETWEEN = re.compile(r'heading "family"\n?')


def main(part: Annotated[str, typer.Argument(help="A file of families, without its ending.")]) -> None:
    """Writes the lines of a file of families; text that is no HTML, an action or a goal, stays as it is."""
    families = read(FAMILIES / f"{part}.yaml")
    pages = [text for languages in families.values() for texts in languages.values() for text in texts]
    rendered = iter(asyncio.run(_observed([text for text in pages if text.startswith("<")])))
    lines = {
        kind: {
            language: {part: [next(rendered) if text.startswith("<") else text for text in texts]}
            for language, texts in languages.items()
        }
        for kind, languages in families.items()
    }
    content = f"# What `python -m bench.privacy.render {part}` made of families/{part}.yaml.\n"
    text = yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=10_000)
    write_whole(LINES / f"{part}.yaml", content + text)


async def _observed(fragments: Sequence[str]) -> list[str]:
    texts = []
    bodies = ["<h6>family</h6>".join(("", *fragment)) for fragment in _batches(fragments)]
    with ThreadingHTTPServer(("127.0.0.1", 0), _serving(bodies)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        async with BrowserPool() as pool, pool.page() as page:
            for number in range(len(bodies)):
                await page.goto(f"http://127.0.0.1:{server.server_port}/{number}")
                observation = await page.observe()
                if observation.trimmed:
                    raise RuntimeError(f"page {number} is too long: {observation.trimmed}")
                texts += [
                    part.strip("\n") for part in _BETWEEN.split(marked(observation.text, observation.purposes))[1:]
                ]
        server.shutdown()
    if len(texts) != len(fragments):
        raise RuntimeError(f"{len(fragments)} families became {len(texts)}")
    return texts


def _batches(fragments: Sequence[str]) -> list[Sequence[str]]:
    return [fragments[at : at + AT_ONCE] for at in range(0, len(fragments), AT_ONCE)]


def _serving(bodies: Sequence[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            self.send_response(200 if name.isdecimal() else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            if name.isdecimal():
                self.wfile.write(f"<!doctype html><title>Page</title><body>{bodies[int(name)]}</body>".encode())

        def log_message(self, *_: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    typer.run(main)
