"""`make bench-browser`: our browser against BrowserGym, aria snapshots and Chromium's accessibility tree.

One run, one headless browser, the same 20 MiniWoB++ tasks and the same static pages. Every measured row is written with
its spread to bench/browser.json. BrowserGym pins an old Playwright, so it lives in build/bench-browsergym; the first
run makes that environment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.browser_rows import Row, cpu_seconds, machine, memory_mb, row, tree_of
from bench.browser_static import static_rows
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.actions import Action
from components.browser.find import find_browser
from components.browser.page import Page
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.files import write_whole

HERE = Path(__file__).parent
GYM = HERE.parent / "build" / "bench-browsergym"
GYM_VERSION = "0.14.3"
TASKS = (
    "click-test", "click-test-2", "click-button", "click-button-sequence", "click-checkboxes", "click-collapsible",
    "click-dialog", "click-dialog-2", "click-link", "click-option", "click-tab", "click-tab-2", "choose-list",
    "enter-text", "enter-password", "login-user", "focus-text", "use-autocomplete", "email-inbox", "social-media",
)  # fmt: skip
STEPS = 3  # per task and episode, for each contender
EPISODES = 3  # per task, ours; BrowserGym plays one, because its steps are slow
WIDTH, HEIGHT = 500, 320


async def play(
    page: Page, benchmark: MiniWob, task: str, *, seeds: Sequence[int], shots: bool
) -> dict[str, list[float]]:
    """Plays one task's episodes: every step clicks the next element; an ended episode is restarted in the page."""
    timings: dict[str, list[float]] = {"first": [], "again": [], "steps": [], "cpu": []}
    for seed in seeds:
        began = time.perf_counter()
        await benchmark.start(page, benchmark.tasks[task], seed=seed)
        observation = await page.observe()
        timings["first" if seed == seeds[0] else "again"].append(time.perf_counter() - began)
        processes = tree_of(os.getpid())
        for number in range(STEPS):
            refs = list(observation.elements)
            action = Action("click", refs[number % len(refs)]) if refs else Action("press", None, "Tab")
            before, began = cpu_seconds(processes), time.perf_counter()
            await page.act(action)
            observation = await page.observe()
            if shots:
                await page.camera.viewport()
            over = await benchmark.finished(page, benchmark.tasks[task])
            timings["steps"].append(time.perf_counter() - began)
            timings["cpu"].append(cpu_seconds(processes) - before)
            if over and number + 1 < STEPS:
                await benchmark.start(page, benchmark.tasks[task], seed=seed + 100 + number)
                observation = await page.observe()
    return timings


async def ours(benchmark: MiniWob, *, pages: int, shots: bool) -> list[Row]:
    """Our rows for the 20 tasks with this many pages at once; the rate without resets counts only the time in steps."""
    variant = f"{pages} page{'s' if pages > 1 else ''}{', screenshot' if shots else ''}"
    settings = BrowserSettings(pages=pages, width=WIDTH, height=HEIGHT, lease_seconds=600)
    timings: list[dict[str, list[float]]] = []
    open_seconds: list[float] = []
    async with BrowserPool(settings=settings) as pool:

        async def play_task(task: str) -> None:
            began = time.perf_counter()
            async with pool.page() as page:
                open_seconds.append(time.perf_counter() - began)
                seeds = range(1, EPISODES + 1)
                timings.append(await play(page, benchmark, task, seeds=seeds, shots=shots))

        await play_task(TASKS[0])  # the browser's first page warms its caches; it is not counted
        timings.clear()
        open_seconds.clear()
        cpu, began = cpu_seconds(), time.perf_counter()
        if pages == 1:
            for task in TASKS:
                await play_task(task)
        else:
            await asyncio.gather(*map(play_task, TASKS))
        wall, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    steps = [second for part in timings for second in part["steps"]]
    busy = sum(steps) / pages
    rates = {
        "steps_per_second": round(len(steps) / busy, 1),
        "steps_per_second_with_resets": round(len(steps) / wall, 1),
        "cpu_ms_per_step_with_resets": round(1000 * cpu / len(steps), 2),
    }
    if pages == 1:
        rates["cpu_ms_per_step"] = round(1000 * statistics.fmean(s for part in timings for s in part["cpu"]), 1)
    rows = [row("miniwob step", "symbiont", steps, variant=variant, **rates)]
    if pages == 1 and not shots:
        rows.append(row("miniwob reset", "symbiont", [s for p in timings for s in p["first"]], variant="navigation"))
        rows.append(row("miniwob reset", "symbiont", [s for p in timings for s in p["again"]], variant="in the page"))
        rows.append(row("new context and page", "symbiont", open_seconds, variant="once per episode in a run"))
    return rows


async def gym(url: str, *, executable: Path, tuned: bool, processes: int, seconds: float) -> list[Row]:
    """BrowserGym's rows for the 20 tasks."""
    settings = {"url": url, "executable": str(executable), "steps": STEPS, "tuned": tuned, "seconds": seconds}
    runs, environment = [], gym_environment(executable)
    began = time.perf_counter()
    for number in range(processes):
        request = json.dumps({**settings, "tasks": TASKS[number::processes]})
        command = (str(GYM / "bin" / "python"), str(HERE / "browsergym_steps.py"), request)
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
    if processes == 1 and tuned:
        rows.append(
            told_memory("browsergym", answers[0]["memory"], variant="one environment: two browsers and a driver")
        )
    return rows


def gym_environment(executable: Path) -> dict[str, str]:
    """The variables with which BrowserGym finds this browser."""
    shims = GYM / "browsers"
    for link in _browser_links(shims):
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(executable)
    return {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(shims)}


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

        holders = []
        for number in range(pages + 1):
            ready = asyncio.Event()
            holders.append(asyncio.create_task(hold(TASKS[number], ready)))
            await ready.wait()
            marks.append(memory_mb())
        release.set()
        await asyncio.gather(*holders)
    grown = [after - before for before, after in pairwise(marks)]
    first = {"browser_and_first_page_mb": round(marks[0], 1)}
    return [told_memory("symbiont", grown, variant="each page further", **first)]


def told_memory(who: str, megabytes: Sequence[float], **more: Any) -> Row:
    """A row of proportional memory without the playing process itself."""
    spread = {"mean_mb": statistics.fmean(megabytes), "min_mb": min(megabytes), "max_mb": max(megabytes)}
    result: Row = {"what": "memory per page", "who": who, "n": len(megabytes)}
    result |= {name: round(value, 1) for name, value in spread.items()} | more
    print("  ".join(f"{k} {v}" for k, v in result.items()), flush=True)
    return result


def compared(rows: Sequence[Row]) -> dict[str, float]:
    """Our steps per second over tuned BrowserGym's, which plays one environment per process and always takes a
    screenshot.

    The headline is one page against one environment, text only; beside it: the same with a screenshot on our side too,
    the medians, and the highest rate of each with several pages or processes, resets included.
    """

    def of(who: str, variant: str) -> list[Row]:
        steps = [r for r in rows if r["what"] == "miniwob step" and r["who"] == who]
        return [r for r in steps if variant in ("", r["variant"])]

    def ratio(ours: str, theirs: str, rate: str = "steps_per_second") -> float:
        mine, other = (max(float(r[rate]) for r in of(*side)) for side in (("symbiont", ours), ("browsergym", theirs)))
        return round(mine / other, 1)

    process, resets = "tuned, 1 process", "steps_per_second_with_resets"
    medians = of("browsergym", process)[0]["p50_ms"] / of("symbiont", "1 page")[0]["p50_ms"]
    return {
        "one page against one environment": ratio("1 page", process),
        "one page against one environment, medians": round(medians, 1),
        "one page with a screenshot against one environment": ratio("1 page, screenshot", process),
        "one page against one environment, resets counted": ratio("1 page", process, resets),
        "best of several pages against best of several processes, resets counted": ratio("", "", resets),
    }


async def served_at(benchmark: MiniWob, pool: BrowserPool) -> str:
    """The address at which the tasks' pages are served."""
    async with pool.page() as page:
        return (await benchmark.start(page, benchmark.tasks[TASKS[0]], seed=1)).url.rpartition("/")[0] + "/"


async def measure(seconds: float) -> dict[str, Any]:
    executable = find_browser()
    facts = machine(executable)
    rows: list[Row] = []
    async with MiniWob() as benchmark:
        async with BrowserPool(settings=BrowserSettings(pages=1)) as pool:
            url = await served_at(benchmark, pool)
        rows += await ours(benchmark, pages=1, shots=False)
        rows += await gym(url, executable=executable, tuned=True, processes=1, seconds=seconds)
        for pages, shots in ((1, True), (2, False), (4, False)):
            rows += await ours(benchmark, pages=pages, shots=shots)
        rows += await gym(url, executable=executable, tuned=True, processes=2, seconds=seconds / 2)
        rows += await gym(url, executable=executable, tuned=False, processes=1, seconds=seconds / 2)
        rows += await memory_rows(benchmark, pages=8)
    rows += await static_rows(executable)
    facts["machine"]["load_average_after"] = os.getloadavg()[0]
    return {**facts, "times_tuned_browsergym": compared(rows), "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "browser.json")
    parser.add_argument(
        "--seconds", type=float, default=75, help="longest run of BrowserGym with one process, others half of it"
    )
    arguments = parser.parse_args()
    make_gym()
    rows = asyncio.run(measure(arguments.seconds))
    write_whole(arguments.out, json.dumps(rows, indent=1) + "\n")
    print(json.dumps(rows["times_tuned_browsergym"], indent=1))


if __name__ == "__main__":
    main()
