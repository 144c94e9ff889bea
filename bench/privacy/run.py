"""What the detectors find in the labelled set, whether a canary leaves, and what scanning and privacy cost."""

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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bench.privacy.borrowed import ENGLISH, PACKAGE, PARTS, borrowed, fetched
from bench.privacy.canaries import CASES, TASKS, left, plant, where_they_stand
from bench.privacy.cost import cost, cost_table
from bench.privacy.endpoint import at_home, remote, serving
from bench.privacy.labelled import Page, Part, pages
from bench.privacy.play import Wandering
from bench.privacy.score import Found, rows
from components.files import write_whole
from components.preflight.machine import commit, machine
from components.privacy.config import Analyzer, DetectorModel, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.hits import Hit, merged
from components.privacy.summary import summarize
from components.progress import Progress
from components.trajectories.episodes import list_episodes
from components.trajectories.open_store import open_store
from pipelines.options import print_table

PAPER = {
    "precision": 0.912,
    "recall": 0.885,
    "f1": 0.898,
    "of": "AgentSymbiotic's prompted DeepSeek-R1-Distill-Qwen-32B on users' instructions (appendix R), not on pages, "
    "against labels that Claude 3 Opus gave and people checked: another task and another set, no comparison",
}
MEASURES = ("labelled", "analyzer", "borrowed", "scan", "canaries", "cost")
NEW: Part = "fresh-13"
READ = 3
"""Pages of each family that an analyzer reads."""
ASKED: tuple[Part, ...] = ("untouched", "hard")
"""Parts that a model is asked about; no model was tuned on any of them."""
AT_ONCE = 8
TIMEOUT = 300.0
"""Seconds for an answer: what is measured is what a model says, not how fast this machine is."""
KILLS = (0.25, 0.6)
"""The exploring process is killed when this share of its episodes is stored."""


def main(
    model: Annotated[
        str, typer.Option(help="A detector at home beside the rules: URL#name; left out: rules alone.")
    ] = "",
    analyzer: Annotated[
        str, typer.Option(help="An analyzer at home beside the rules, asked about the newest set: its URL.")
    ] = "",
    threshold: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The analyzer's, from which a place counts.")
    ] = 0.5,
    doubt: Annotated[float, typer.Option(min=0.0, max=1.0, help="Below which it doubts the rules; 0: never.")] = 0.0125,
    out: Annotated[Path, typer.Option(help="Where to write the rows.")] = Path("bench/privacy.json"),
    seeds: Annotated[int, typer.Option(min=1, help="Seeds of every task for the cost of privacy.")] = 2,
    only: Annotated[
        list[str] | None, typer.Option(help=f"What to measure, of {', '.join(MEASURES)}; the rest stays as it was.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Pages of a class that a slow model is asked about; 0: all.")] = 0,
) -> None:
    """Writes what it measures into one file, each part with its commit, and prints the cost of privacy as a table.

    Status 1 where a canary left.
    """
    if unknown := set(only or ()) - set(MEASURES):
        raise typer.BadParameter(f"no measure is called {', '.join(sorted(unknown))}: {', '.join(MEASURES)}")
    chosen = only or [name for name in MEASURES if analyzer or name != "analyzer"]
    if "analyzer" in chosen and not analyzer:
        raise typer.BadParameter("give the analyzer's address: --analyzer http://127.0.0.1:8002")
    results: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
    for name in chosen:
        if name == "labelled":
            new = [row for part in get_args(Part) for row in labelled_rows(part, model, most=most)]
            results["rows"] = new if model else [*new, *of_a_model(results.get("rows", []))]
            results["model"] = model or results.get("model", "none was given: the union is the rules")
        elif name == "analyzer":
            config = Analyzer(base_url=analyzer, threshold=threshold, doubt=doubt, timeout=TIMEOUT)
            results["analyzer"] = {
                "threshold": threshold,
                "doubt": doubt,
                "rows": analyzer_rows(config),
                "borrowed": [*analyzed_borrowed(config)],
            }
        elif name == "borrowed":
            results["borrowed"] = {"of": PACKAGE, "rows": borrowed_rows()}
        elif name == "cost":
            with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
                results["cost"] = cost(Path(folder), seeds=seeds)
            print_table(cost_table(results["cost"]))
        else:
            results[name] = scan_times() if name == "scan" else canaries()
            print(json.dumps(results[name], indent=1))
        results.setdefault("measured", {})[name] = {"commit": commit(), "machine": machine(), "load": load()}
        write_whole(out, json.dumps({**results, "paper": PAPER}, indent=1) + "\n")
    if "canaries" in chosen and results["canaries"]["left"]:
        raise typer.Exit(1)


def load() -> float:
    """Load average of the last five minutes: times and success depend on it."""
    return round(os.getloadavg()[1], 1)


def of_a_model(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that a run without a model leaves as they were: of what was asked, and of it together with the rules."""
    return [row for row in rows if row["detector"] != "rules" and row["part"] in ASKED]


def labelled_rows(part: Part, model: str, *, most: int) -> list[dict[str, Any]]:
    """Rows of the rules, and with a model of the model alone and of both, on the pages that it was asked about."""
    url, _, name = model.partition("#")
    detector = DetectorModel(model=name, base_url=url, timeout=TIMEOUT) if model else None
    detectors = Detectors(PrivacyConfig(model=detector))
    labelled = [*pages(part)]
    by_rules: list[tuple[Page, tuple[Hit, ...]]] = [(page, detectors.scan_now(page.text)) for page in labelled]
    alone = rows(by_rules, detector="rules", part=part)
    if part not in ASKED:
        return [*alone, *rows(by_rules, detector="union", part=part)]
    if detectors.model is None:
        return alone
    sampled = sample(labelled, most=most) if most else labelled
    verdicts = asyncio.run(_verdicts(detectors, sampled))
    by_model: list[tuple[Page, tuple[Hit, ...]]] = [
        (page, (hit,) if hit else ()) for page, hit in zip(sampled, verdicts, strict=True)
    ]
    union: list[tuple[Page, tuple[Hit, ...]]] = [
        (page, (*detectors.scan_now(page.text), *verdict_hits)) for page, verdict_hits in by_model
    ]
    combinations = (("model", by_model), ("union", union))
    return [
        *alone,
        *(row for name, hits_by_page in combinations for row in rows(hits_by_page, detector=name, part=part)),
    ]


def analyzer_rows(config: Analyzer) -> list[dict[str, Any]]:
    """Rows of rules, analyzer and both on the newest set, with and without what the analyzer doubts.

    Overlapping hits of a union count as one.
    """
    detectors, labelled = Detectors(PrivacyConfig(analyzer=config)), [*pages(NEW, repeats=READ)]
    found = asyncio.run(_read(detectors, labelled))
    by_rules = [(page, detectors.scan_now(page.text)) for page in labelled]
    both = [(page, merged(hits)) for page, hits in found]
    deciding = [(page, merged(hit for hit in hits if hit.decides)) for page, hits in found]
    by_analyzer = [(page, [hit for hit in hits if hit.source in ("analyzer", "no verdict")]) for page, hits in found]
    combinations: dict[str, Found] = {
        "rules": by_rules,
        "analyzer": by_analyzer,
        "union": both,
        "union without doubts": deciding,
    }
    return [row for name, each in combinations.items() for row in rows(each, detector=name, part=NEW)]


async def _read(detectors: Detectors, labelled: list[Page]) -> list[tuple[Page, tuple[Hit, ...]]]:
    slots = asyncio.Semaphore(AT_ONCE)
    with Progress("pages", len(labelled)) as progress:

        async def read(page: Page) -> tuple[Page, tuple[Hit, ...]]:
            async with slots:
                hits = await detectors.places(page.text)
            progress.advance()
            return page, hits

        return await asyncio.gather(*map(read, labelled))


def analyzed_borrowed(config: Analyzer) -> Iterator[dict[str, Any]]:
    """Rows of rules and analyzer together on sentences of others, with people of English-speaking countries."""
    detectors = Detectors(PrivacyConfig(analyzer=config))

    def scan(text: str) -> tuple[Hit, ...]:
        return tuple(merged(hit for hit in asyncio.run(detectors.places(text)) if hit.decides))

    sentences, everybody = fetched()
    people = [person for person in everybody if person["Country"] in ENGLISH]
    for part, half in PARTS.items():
        found = borrowed(scan, sentences=sentences[half::2], people=people)
        yield from rows(found, detector="union without doubts", part=part)


def borrowed_rows() -> list[dict[str, Any]]:
    """Rows of the rules on sentences of others, with people of English-speaking countries and with people of thirty."""
    scan = Detectors(PrivacyConfig()).scan_now
    sentences, everybody = fetched()
    groups = {
        "English-speaking countries": [person for person in everybody if person["Country"] in ENGLISH],
        "thirty countries": everybody,
    }
    return [
        {**row, "people": name}
        for name, people in groups.items()
        for part, half in PARTS.items()
        for row in rows(borrowed(scan, sentences=sentences[half::2], people=people), detector="rules", part=part)
    ]


def sample(labelled: Sequence[Page], *, most: int) -> list[Page]:
    """Of every class so many pages, spread over lines and languages; of those without anything private four times as
    many."""
    groups = defaultdict[str | None, list[Page]](list)
    for page in labelled:
        groups[page.kind].append(page)
    sampled = []
    for number, (kind, group) in enumerate(groups.items()):
        count = most if kind else 4 * most
        first = len(group) * number // len(groups)  # else a single page of every class would be of the first line
        sampled += [group[(first + len(group) * at // count) % len(group)] for at in range(count)]
    return sampled


async def _verdicts(detectors: Detectors, labelled: list[Page]) -> list[Hit | None]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def verdict(page: Page) -> Hit | None:
        async with slots:
            return await detectors.model.scan(page.text) if detectors.model else None

    return await asyncio.gather(*map(verdict, labelled))


def scan_times() -> dict[str, Any]:
    """Milliseconds of the rules for a page of the set, one of 8,000 characters, and the largest that an agent is shown
    (4,000 tokens)."""
    rules = Detectors(PrivacyConfig()).rules
    texts = [page.text for page in pages("untouched")]
    small = [_milliseconds(rules.scan, text) for text in texts]
    sizes = {
        f"page_of_{size}_characters_ms": [
            _milliseconds(rules.scan, "\n".join(texts[at : at + 80])[:size]) for at in range(0, len(texts) - 80, 10)
        ]
        for size in (8000, 16000)
    }
    return {"page_ms": _spread(small)} | {name: _spread(times) for name, times in sizes.items()}


def _milliseconds(scan: Any, text: str) -> float:
    began = time.process_time()
    scan(text)
    return 1000 * (time.process_time() - began)


def _spread(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=20)
    return {"median": round(statistics.median(values), 2), "p95": round(cuts[-1], 2), "n": len(values)}


def canaries() -> dict[str, Any]:
    """Two rounds of a hybrid with faults, killed twice on the way, with a remote judge, writer, vectors,
    audited model, student and MLflow between."""
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
        for stage in ({}, {"stage": "synthesize"}, {"stage": "others"}, {"round": 2, "seeds": 2}):
            _finished(job.model_copy(update=stage))
        store = open_store(job.out / "store")
        away_leaks = left(planted, away.received)
        home_leaks = left(planted, home.received)
        for kind, value, text in where_they_stand(away_leaks, away.received):
            print(f"left: {kind} {value} in {text!r}", file=sys.stderr)
        detectors = Detectors(PrivacyConfig())
        summary = summarize(store, run="canaries", rounds=[1, 2], detectors=detectors)
        return {
            "planted": len({value for _, value in planted.canaries}),
            "left": len({value for _, value, _ in away_leaks}),
            "leaks": sorted({f"{kind} {form}" for kind, _, form in away_leaks}),
            "met": len({value for _, value, _ in home_leaks}),
            "episodes": len([*list_episodes(store, "runs/canaries/")]),
            "texts_sent": len(away.received),
            "traces": sum("/v1/traces" in text for text in away.received),
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
