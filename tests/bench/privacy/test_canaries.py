"""A small round of a hybrid over planted canaries, with faults: none leaves in any form."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from bench.privacy.canaries import Planted, left, plant
from bench.privacy.endpoint import at_home, remote, serving
from bench.privacy.play import Wandering, wander
from components.endpoints.gate import GATE
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.summary import summarize
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store


def test_no_canary_of_a_small_round_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GATE, "_guard", None)
    planted = plant(tmp_path / "pages", tasks=3, cases=2)
    with serving(remote) as away, serving(at_home) as home:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, away.origin)
        for name in ("no_proxy", "NO_PROXY"):  # whatever hosts other tests had at home
            monkeypatch.setenv(name, "")
        monkeypatch.setattr("urllib.request._opener", None)  # which keeps the proxies of its first use
        job = Wandering(
            folder=planted.folder,
            out=tmp_path / "out",
            remote="http://vendor.example/v1",
            home=f"{home.origin}/v1",
            tasks=3,
            seeds=2,
        )
        wander(job)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
        wander(job.model_copy(update={"stage": "others"}))
    assert [text for text in away.received if "/v1/traces" in text]
    assert left(planted, away.received) == []
    assert left(planted, home.received), "the canaries were met"
    store = open_store(tmp_path / "out/store")
    episodes = [*iter_episodes(store, "runs/canaries/round-001/episodes/")]
    steps = [step for episode in episodes for step in episode.steps]
    assert len(episodes) == 6
    assert any(step.private for step in steps)
    assert any(not step.private for step in steps)
    found = summarize(store, run="canaries", rounds=[1], detectors=Detectors(PrivacyConfig()))
    assert found.in_order
    assert found.redactions


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
