"""What the detectors find of the labelled set, whether a canary left, and what scanning and privacy cost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bench.privacy.canaries import CASES, TASKS, left, plant
from bench.privacy.cost import cost
from bench.privacy.endpoint import at_home, remote, serving
from bench.privacy.labelled import Page, Part, pages
from bench.privacy.play import Wandering
from bench.privacy.score import rows
from components.preflight.machine import commit, machine
from components.privacy.config import DetectorModel, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Hit
from components.privacy.summary import summarize
from components.trajectories.episodes import list_episodes
from components.trajectories.open_store import open_store

PAPER = {
    "precision": 0.912,
    "recall": 0.885,
    "f1": 0.898,
    "of": "AgentSymbiotic's prompted DeepSeek-R1-Distill-Qwen-32B on users' instructions (appendix R), not on pages, "
    "against labels that Claude 3 Opus gave and people checked: another task and another set, no comparison",
}
KILLS = (0.25, 0.6)
"""The exploring process is killed when so large a part of its episodes is stored."""


def main(
    model: Annotated[
        str, typer.Option(help="A detector at home beside the rules: URL#name; left out: rules alone.")
    ] = "",
    out: Annotated[Path, typer.Option(help="Where to write the rows.")] = Path("bench/privacy.json"),
    seeds: Annotated[int, typer.Option(help="Seeds of every task for the cost of privacy; 0 leaves it out.")] = 2,
) -> None:
    """Writes everything it measures into one file."""
    found = {
        "commit": commit(),
        "machine": machine(),
        "model": model or "none was given: the union is the rules",
        "rows": [row for part in get_args(Part) for row in labelled_rows(part, model)],
        "paper": PAPER,
        "scan": scan_times(),
        "canaries": canaries(),
    }
    if seeds:
        with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
            found["cost"] = cost(Path(folder), seeds=seeds)
    out.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps({key: found[key] for key in ("scan", "canaries")}, indent=1))


def labelled_rows(part: Part, model: str) -> list[dict[str, Any]]:
    """Rows of the rules, and with a model of the model alone and of both."""
    url, _, name = model.partition("#")
    detectors = Detectors(PrivacyConfig(model=DetectorModel(model=name, base_url=url) if model else None))
    known = [*pages(part)]
    by_rules: list[tuple[Page, tuple[Hit, ...]]] = [(page, detectors.scan_now(page.text)) for page in known]
    if detectors.model is None:
        return [*rows(by_rules, detector="rules", part=part), *rows(by_rules, detector="union", part=part)]
    verdicts = asyncio.run(_verdicts(detectors, known))
    by_model: list[tuple[Page, tuple[Hit, ...]]] = [
        (page, (hit,) if hit else ()) for page, hit in zip(known, verdicts, strict=True)
    ]
    union: list[tuple[Page, tuple[Hit, ...]]] = [
        (page, (*hits, *said)) for (page, hits), (_, said) in zip(by_rules, by_model, strict=True)
    ]
    named = {"rules": by_rules, "model": by_model, "union": union}
    return [row for name, found in named.items() for row in rows(found, detector=name, part=part)]


async def _verdicts(detectors: Detectors, known: list[Page]) -> list[Hit | None]:
    slots = asyncio.Semaphore(8)

    async def one(page: Page) -> Hit | None:
        async with slots:
            return await detectors.model.scan(page.text) if detectors.model else None

    return await asyncio.gather(*map(one, known))


def scan_times() -> dict[str, Any]:
    """Milliseconds of the rules for one page as large as a page may be (8,000 characters), and for one of the set."""
    rules = Detectors(PrivacyConfig()).rules
    texts = [page.text for page in pages("untouched")]
    small = [_milliseconds(rules.scan, text) for text in texts]
    large = [_milliseconds(rules.scan, "\n".join(texts[at : at + 40])[:8000]) for at in range(0, len(texts) - 40, 10)]
    return {"page_ms": _spread(small), "page_of_8000_characters_ms": _spread(large)}


def _milliseconds(scan: Any, text: str) -> float:
    began = time.process_time()
    scan(text)
    return 1000 * (time.process_time() - began)


def _spread(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=20)
    return {"median": round(statistics.median(values), 2), "p95": round(cuts[-1], 2), "n": len(values)}


def canaries() -> dict[str, Any]:
    """Two rounds of a hybrid with faults, killed twice on the way, with a remote judge, writer and vectors between."""
    with (
        tempfile.TemporaryDirectory(prefix="symbiont-") as folder,
        serving(remote) as away,
        serving(at_home) as home,
        _proxied(away.origin),
    ):
        planted = plant(Path(folder, "pages"))
        job = Wandering(
            folder=planted.folder,
            out=Path(folder, "out"),
            remote="http://vendor.example/v1",
            home=f"{home.origin}/v1",
            tasks=TASKS,
            seeds=CASES,
        )
        for share in KILLS:
            _killed(job, episodes=int(share * TASKS * CASES))
        for stage in ({}, {"stage": "synthesize"}, {"round": 2, "seeds": 2}):
            _finished(job.model_copy(update=stage))
        store = open_store(job.out / "store")
        found = left(planted, away.received)
        seen = left(planted, home.received)
        detectors = Detectors(PrivacyConfig())
        summary = summarize(store, run="canaries", rounds=[1, 2], detectors=detectors)
        return {
            "planted": len(planted.canaries),
            "left": len({value for _, value, _ in found}),
            "leaks": sorted({f"{kind} {form}" for kind, _, form in found}),
            "met": len({value for _, value, _ in seen}),
            "episodes": len([*list_episodes(store, "runs/canaries/")]),
            "texts_sent": len(away.received),
            "log": summary.model_dump(mode="json", exclude={"sites", "detectors"}),
            "at_home": summary.at_home,
            "steps": summary.steps,
        }


@contextmanager
def _proxied(origin: str) -> Iterator[None]:
    """Everything that is not for this machine goes to the recording endpoint."""
    before = {name: os.environ.get(name) for name in ("http_proxy", "HTTP_PROXY")}
    os.environ.update(dict.fromkeys(before, origin))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _start(job: Wandering) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bench.privacy.play", job.model_dump_json()], start_new_session=True)


def _killed(job: Wandering, *, episodes: int) -> None:
    """Ends it, with its browser, when so many episodes are stored."""
    process = _start(job)
    while process.poll() is None:
        if (job.out / "store").is_dir() and len([*list_episodes(open_store(job.out / "store"), "runs/")]) >= episodes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(0.2)


def _finished(job: Wandering) -> None:
    """Goes on until nothing is missing; an outage that the faults make is no end."""
    for _ in range(5):
        if _start(job).wait() == 0:
            return
    raise RuntimeError(f"{job.stage} of round {job.round} did not end well")
