"""`make bench-browser`: our browser against BrowserGym, aria snapshots and Chromium's accessibility tree.

One run, one headless browser, the same 20 MiniWoB++ tasks and the same static pages. Every measured row goes with its
spread into bench/browser.json. BrowserGym pins an old Playwright, so it lives in build/bench-browsergym; the first run
makes that environment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, async_playwright
from playwright.async_api import Page as PlaywrightPage

from components.benchmarks.miniwob import MiniWob
from components.browser.actions import Action
from components.browser.find import find_browser
from components.browser.page import Page
from components.browser.pool import ARGUMENTS, BrowserPool
from components.browser.settings import BrowserSettings

HERE = Path(__file__).parent
GYM = HERE.parent / "build" / "bench-browsergym"
GYM_VERSION = "0.14.3"
TASKS = (
    "click-test", "click-test-2", "click-button", "click-button-sequence", "click-checkboxes", "click-collapsible",
    "click-dialog", "click-dialog-2", "click-link", "click-option", "click-tab", "click-tab-2", "choose-list",
    "enter-text", "enter-password", "login-user", "focus-text", "use-autocomplete", "email-inbox", "social-media",
)  # fmt: skip
SIZES = (60, 400, 2000, 9000)
STEPS = 3  # per task and episode, for everybody
EPISODES = 3  # per task, ours; BrowserGym plays one, for its steps are slow
STATIC_REPEATS = 15
STATIC_SECONDS = 6.0  # per row, so that the slowest stay bounded
WIDTH, HEIGHT = 500, 320
Row = dict[str, Any]


def row(what: str, who: str, seconds: Sequence[float], **more: Any) -> Row:
    """One measured row: milliseconds with their spread."""
    ms = sorted(1000 * value for value in seconds)
    cuts = statistics.quantiles(ms, n=10, method="inclusive") if len(ms) > 1 else [ms[0]] * 9
    spread = {"n": len(ms), "min_ms": ms[0], "p10_ms": cuts[0], "p50_ms": statistics.median(ms), "p90_ms": cuts[8]}
    spread["mean_ms"], spread["stdev_ms"] = statistics.fmean(ms), statistics.pstdev(ms)
    found: Row = {"what": what, "who": who, **{k: round(v, 3) for k, v in spread.items()}, **more}
    print("  ".join(f"{k} {v}" for k, v in found.items()), flush=True)
    return found


def tree_of(root: int) -> list[int]:
    """The process and everything it started and still runs."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, new = [root], {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found += new
    return found


def cpu_seconds() -> float:
    """CPU time of this process, the driver and the browser."""
    total = 0
    for pid in tree_of(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory_mb() -> float:
    """Proportional memory of what this process started: the driver and the browser."""
    total = 0
    for pid in tree_of(os.getpid())[1:]:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


async def play(
    page: Page, benchmark: MiniWob, task: str, *, seeds: Sequence[int], shots: bool
) -> dict[str, list[float]]:
    """Plays one task's episodes: every step clicks the next element; what ended is started again in the page."""
    found: dict[str, list[float]] = {"first": [], "again": [], "steps": []}
    for seed in seeds:
        began = time.perf_counter()
        await benchmark.start(page, benchmark.tasks[task], seed=seed)
        seen = await page.observe()
        found["first" if seed == seeds[0] else "again"].append(time.perf_counter() - began)
        for number in range(STEPS):
            refs = list(seen.elements)
            action = Action("click", refs[number % len(refs)]) if refs else Action("press", None, "Tab")
            began = time.perf_counter()
            await page.act(action)
            seen = await page.observe()
            if shots:
                await page.screenshot()
            over = await benchmark.finished(page, benchmark.tasks[task])
            found["steps"].append(time.perf_counter() - began)
            if over and number + 1 < STEPS:
                await benchmark.start(page, benchmark.tasks[task], seed=seed + 100 + number)
                seen = await page.observe()
    return found


async def ours(benchmark: MiniWob, *, pages: int, shots: bool) -> list[Row]:
    """Our rows for the 20 tasks with so many pages at once; the rate without resets counts the time spent in steps."""
    variant = f"{pages} page{'s' if pages > 1 else ''}{', screenshot' if shots else ''}"
    settings = BrowserSettings(pages=pages, width=WIDTH, height=HEIGHT, lease_seconds=600)
    found: list[dict[str, list[float]]] = []
    opened: list[float] = []
    async with BrowserPool(settings=settings) as pool:

        async def one(task: str) -> None:
            began = time.perf_counter()
            async with pool.page() as page:
                opened.append(time.perf_counter() - began)
                seeds = range(1, EPISODES + 1)
                found.append(await play(page, benchmark, task, seeds=seeds, shots=shots))

        await one(TASKS[0])  # the browser's first page warms its caches; it is not counted
        found.clear(), opened.clear()
        cpu, began = cpu_seconds(), time.perf_counter()
        if pages == 1:
            for task in TASKS:
                await one(task)
        else:
            await asyncio.gather(*map(one, TASKS))
        wall, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    steps = [second for part in found for second in part["steps"]]
    busy = sum(steps) / pages
    rates = {
        "steps_per_second": round(len(steps) / busy, 1),
        "steps_per_second_with_resets": round(len(steps) / wall, 1),
        "cpu_ms_per_step_with_resets": round(1000 * cpu / len(steps), 2),
    }
    rows = [row("miniwob step", "symbiont", steps, variant=variant, **rates)]
    if pages == 1 and not shots:
        rows.append(row("miniwob reset", "symbiont", [s for p in found for s in p["first"]], variant="navigation"))
        rows.append(row("miniwob reset", "symbiont", [s for p in found for s in p["again"]], variant="in the page"))
        rows.append(row("new context and page", "symbiont", opened, variant="once per episode in a run"))
    return rows


async def gym(url: str, *, executable: Path, tuned: bool, processes: int, seconds: float) -> list[Row]:
    """BrowserGym's rows for the 20 tasks."""
    shims = GYM / "browsers"
    for link in _browser_links(shims):
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(executable)
    given = {"url": url, "executable": str(executable), "steps": STEPS, "tuned": tuned, "seconds": seconds}
    runs = []
    began = time.perf_counter()
    for number in range(processes):
        told = json.dumps({**given, "tasks": TASKS[number::processes]})
        command = (str(GYM / "bin" / "python"), str(HERE / "browsergym_steps.py"), told)
        environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(shims)}
        runs.append(
            await asyncio.create_subprocess_exec(
                *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
            )
        )
    answers = []
    for run in runs:
        out, problem = await run.communicate()
        if run.returncode:
            raise SystemExit(f"BrowserGym failed:\n{problem.decode()[-2000:]}")
        answers.append(json.loads(out.decode().splitlines()[-1]))
    wall = time.perf_counter() - began
    steps, resets, cpu = ([s for answer in answers for s in answer[part]] for part in ("steps", "resets", "cpu"))
    variant = f"{'tuned' if tuned else 'defaults'}, {processes} process{'es' if processes > 1 else ''}"
    rates = {
        "steps_per_second": round(len(steps) / (sum(steps) / processes), 1),
        "steps_per_second_with_resets": round(len(steps) / ((sum(steps) + sum(resets)) / processes), 1),
        "cpu_ms_per_step": round(1000 * statistics.fmean(cpu), 1),
        "wall_seconds": round(wall, 1),
    }
    rows = [row("miniwob step", "browsergym", steps, variant=variant, **rates)]
    rows.append(row("miniwob reset", "browsergym", resets, variant=variant))
    return rows


def _browser_links(folder: Path) -> list[Path]:
    """Where BrowserGym's chat window, which takes no path, will look for its browser."""
    manifest = next(GYM.glob("lib/python*/site-packages/playwright/driver/package/browsers.json"))
    revision = next(b["revision"] for b in json.loads(manifest.read_text())["browsers"] if b["name"] == "chromium")
    shell = folder / f"chromium_headless_shell-{revision}" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    return [shell, folder / f"chromium-{revision}" / "chrome-linux64" / "chrome"]


def make_gym() -> None:
    """Makes BrowserGym's environment where it is missing."""
    python = GYM / "bin" / "python"
    if python.exists() and list(GYM.glob("lib/python*/site-packages/browsergym/miniwob")):
        return
    print(f"making {GYM}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(GYM)], check=True)
    pip = [str(python), "-m", "pip", "install", "-q"]
    names = [f"browsergym-core=={GYM_VERSION}", f"browsergym-miniwob=={GYM_VERSION}", "psutil"]
    subprocess.run([*pip, *names], check=True)
    newer = ["playwright==1.65.2", "pyee>=13", "greenlet>=3.5", "lxml", "miniwob==1.1.0"]
    subprocess.run([*pip, "--no-deps", *newer], check=True)


def static_page(elements: int) -> str:
    """A page of about so many elements: a shop's listing with headings, texts, links, buttons and fields."""
    parts = [
        "<title>Shop</title><nav><ul>",
        *(f"<li><a href=/s{i}>Section {i}</a>" for i in range(5)),
        "</ul></nav><main>",
    ]
    for i in range(max(1, (elements - 15) // 10)):
        parts.append(
            f"<section><h2>Item {i}</h2><p>Words about <b>item</b> {i} that fill a line of text.</p>"
            f"<ul><li><a href=/i/{i}>Open {i}</a><li><button>Buy {i}</button></ul>"
            f"<label>Count <input value={i}></label></section>"
        )
    return "".join(parts) + "</main>"


async def repeat(call: Callable[[], Awaitable[Any]]) -> list[float]:
    found: list[float] = []
    await call()
    deadline = time.perf_counter() + STATIC_SECONDS
    while len(found) < STATIC_REPEATS and (time.perf_counter() < deadline or len(found) < 3):
        began = time.perf_counter()
        await call()
        found.append(time.perf_counter() - began)
    return found


async def static_rows(executable: Path) -> list[Row]:
    """One look at a static page, by four ways, alone and with a screenshot."""
    rows: list[Row] = []
    settings = BrowserSettings(pages=1, budget_tokens=1_000_000)
    async with BrowserPool(settings=settings) as pool, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": settings.width, "height": settings.height})
        other = await context.new_page()
        cdp = await context.new_cdp_session(other)
        async with pool.page() as page:
            for size in SIZES:
                html = static_page(size)
                await page.evaluate("html => { document.open(); document.write(html); document.close() }", html)
                await page.settle()
                await other.set_content(html)
                count = await other.evaluate("() => document.querySelectorAll('*').length")
                rows += await looks(page, other, cdp, elements=count)
        await browser.close()
    return rows


async def looks(page: Page, other: PlaywrightPage, cdp: CDPSession, *, elements: int) -> list[Row]:
    async def aria() -> object:
        return await other.aria_snapshot(mode="ai")

    async def tree() -> object:
        return await cdp.send("Accessibility.getFullAXTree")

    async def with_shot(look: Callable[[], Awaitable[Any]], shot: Callable[[], Awaitable[Any]]) -> None:
        await look()
        await shot()

    ways: list[tuple[str, Callable[[], Awaitable[Any]], Callable[[], Awaitable[Any]]]] = [
        ("symbiont", page.observe, page.screenshot),
        ("aria_snapshot(mode='ai')", aria, other.screenshot),
        ("CDP getFullAXTree", tree, other.screenshot),
    ]
    rows = []
    for who, look, shot in ways:
        rows.append(row("static look", who, await repeat(look), elements=elements, variant="text only"))
        both = await repeat(lambda look=look, shot=shot: with_shot(look, shot))  # type: ignore[misc]
        rows.append(row("static look", who, both, elements=elements, variant="screenshot"))
    return rows


async def memory_rows(benchmark: MiniWob, *, pages: int) -> list[Row]:
    """Memory that each further open page takes."""
    async with BrowserPool(settings=BrowserSettings(pages=pages + 1, width=WIDTH, height=HEIGHT)) as pool:
        release = asyncio.Event()
        marks: list[float] = []

        async def hold(task: str, ready: asyncio.Event) -> None:
            async with pool.page() as page:
                await benchmark.start(page, benchmark.tasks[task], seed=1)
                await page.observe()
                ready.set()
                await release.wait()

        held = []
        for number in range(pages + 1):
            ready = asyncio.Event()
            held.append(asyncio.create_task(hold(TASKS[number], ready)))
            await ready.wait()
            marks.append(memory_mb())
        release.set()
        await asyncio.gather(*held)
    grown = [after - before for before, after in pairwise(marks)]
    found: Row = {
        "what": "memory per page",
        "who": "symbiont",
        "n": len(grown),
        "mean_mb": round(statistics.fmean(grown), 1),
        "min_mb": round(min(grown), 1),
        "max_mb": round(max(grown), 1),
        "browser_and_first_page_mb": round(marks[0], 1),
    }
    print(found, flush=True)
    return [found]


def machine(executable: Path) -> dict[str, Any]:
    def output(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "commit": output("git", "-C", str(HERE), "rev-parse", "HEAD"),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpu": model[0].partition(":")[2].strip() if model else platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "load_average_before": os.getloadavg()[0],
            "system": platform.platform(),
            "python": platform.python_version(),
            "browser": output(str(executable), "--version"),
        },
    }


def compared(rows: Sequence[Row]) -> dict[str, float]:
    """Our steps per second over tuned BrowserGym's, one page against one process and the best of each."""

    def best(who: str, variant: str, rate: str) -> float:
        rates = [
            r[rate]
            for r in rows
            if r["what"] == "miniwob step" and r["who"] == who and r["variant"].startswith(variant)
        ]
        return float(max(rates))

    found = {}
    for rate in ("steps_per_second", "steps_per_second_with_resets"):
        found[f"{rate}, one page"] = best("symbiont", "1 page", rate) / best("browsergym", "tuned, 1 process", rate)
        found[f"{rate}, best of each"] = best("symbiont", "", rate) / best("browsergym", "tuned", rate)
    return {name: round(ratio, 1) for name, ratio in found.items()}


async def measure(seconds: float) -> dict[str, Any]:
    executable = find_browser()
    facts = machine(executable)
    rows: list[Row] = []
    async with MiniWob() as benchmark:
        for pages, shots in ((1, False), (1, True), (2, False), (4, False)):
            rows += await ours(benchmark, pages=pages, shots=shots)
        rows += await memory_rows(benchmark, pages=8)
        async with BrowserPool(settings=BrowserSettings(pages=1)) as pool, pool.page() as page:
            url = (await benchmark.start(page, benchmark.tasks[TASKS[0]], seed=1)).url.rpartition("/")[0] + "/"
        for tuned, processes in ((True, 1), (True, 2), (False, 1)):
            rows += await gym(url, executable=executable, tuned=tuned, processes=processes, seconds=seconds)
    rows += await static_rows(executable)
    facts["machine"]["load_average_after"] = os.getloadavg()[0]
    return {**facts, "times_tuned_browsergym": compared(rows), "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "browser.json")
    parser.add_argument("--seconds", type=float, default=120, help="longest run of each BrowserGym variant")
    given = parser.parse_args()
    make_gym()
    found = asyncio.run(measure(given.seconds))
    part = given.out.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1) + "\n")
    part.replace(given.out)
    print(json.dumps(found["times_tuned_browsergym"], indent=1))


if __name__ == "__main__":
    main()
