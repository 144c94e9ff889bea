"""A small round of a hybrid over planted canaries, with faults: none leaves in any form."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bench.privacy.canaries import Planted, left, plant
from bench.privacy.endpoint import Endpoint, at_home, remote, serving
from bench.privacy.play import Wandering, wander
from components.endpoints.gate import GATE
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.summary import summarize
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Endpoint, Endpoint]]:
    """A remote endpoint, which is the proxy of all that leaves too, and one at home."""
    monkeypatch.setattr(GATE, "_guard", None)
    with serving(remote) as away, serving(at_home) as home:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, away.origin)
        for name in ("no_proxy", "NO_PROXY"):  # whatever hosts other tests had at home
            monkeypatch.setenv(name, "")
        monkeypatch.setattr("urllib.request._opener", None)  # which keeps the proxies of its first use
        yield away, home


def played(folder: Path, out: Path, home: Endpoint, monkeypatch: pytest.MonkeyPatch, **more: Any) -> list[Episode]:
    """The episodes of a small round, of which judge, writer, vectors, audit and traces were told as well."""
    job = Wandering(
        folder=folder, out=out, remote="http://vendor.example/v1", home=f"{home.origin}/v1", tasks=3, seeds=2, **more
    )
    wander(job)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    for stage in ("synthesize", "others"):
        wander(job.model_copy(update={"stage": stage}))
    return [*iter_episodes(open_store(out / "store"), "runs/canaries/round-001/episodes/")]


def test_no_canary_of_a_small_round_leaves(
    tmp_path: Path, two: tuple[Endpoint, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    away, home = two
    planted = plant(tmp_path / "pages", tasks=3, cases=2)
    episodes = played(planted.folder, tmp_path / "out", home, monkeypatch)
    assert [text for text in away.received if "/v1/traces" in text]
    assert left(planted, away.received) == []
    assert left(planted, home.received), "the canaries were met"
    steps = [step for episode in episodes for step in episode.steps]
    assert len(episodes) == 6
    assert any(step.private for step in steps)
    assert any(not step.private for step in steps)
    found = summarize(
        open_store(tmp_path / "out/store"), run="canaries", rounds=[1], detectors=Detectors(PrivacyConfig())
    )
    assert found.in_order
    assert found.redactions


def test_of_pages_that_are_not_listed_no_word_leaves_whatever_the_rules_know(
    tmp_path: Path, two: tuple[Endpoint, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    away, home = two
    planted = plant(tmp_path / "pages", tasks=3, cases=2)
    for page in planted.folder.glob("*.html"):
        words = f"the {page.stem} hums"
        if not page.name.startswith(("start", "quiet", "end", "calm")):
            page.write_text(
                page.read_text().replace("<title>", f"<title>{words} ").replace("<body>", f"<body><h2>{words}</h2>")
            )
    listed = [f"http://127.0.0.1:*/{name}*.html" for name in ("start-", "quiet-", "end", "calm")]
    episodes = played(planted.folder, tmp_path / "out", home, monkeypatch, public=listed, detector=False)
    kinds = {kind for episode in episodes for step in episode.steps for kind in step.private}
    assert "page" in kinds
    assert any(not step.private for episode in episodes for step in episode.steps)
    assert [text for text in away.received if "/v1/traces" in text]
    assert not [text for text in away.received if " hums" in text]
    assert [text for text in home.received if " hums" in text], "they were met"
    assert left(planted, away.received) == []


@pytest.mark.parametrize(
    "leak",
    [
        "kim4711@example.org",
        "see KIM4711@EXAMPLE.ORG",
        quote("kim4711@example.org", safe=""),
        "gro.elpmaxe@1174mik",
        b"kim4711@example.org".hex(),
        "".join(f"&#{ord(each)};" for each in "kim4711@example.org"),
        "kim 4711 @ example . org",
        *(base64.b64encode(b"x" * n + b"kim4711@example.org" + b"y").decode() for n in range(4)),
    ],
)
def test_a_canary_would_be_known_again_in_any_form(leak: str, tmp_path: Path) -> None:
    planted = Planted(folder=tmp_path, canaries=[("email", "kim4711@example.org")])
    assert left(planted, ["before", f"a {leak} b"])
    assert not left(planted, ["before", "a kim b example"])
