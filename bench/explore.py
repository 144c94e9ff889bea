"""`make bench-explore`: episodes at once against an endpoint of a fixed latency; writes bench/explore.json.

    python -m bench.explore [--episodes 1 4 16 64] [--latencies 0.2 1 3] [--browsergym 1 4]

A plain teacher (a chat model that always scrolls) plays one wave of MiniWoB++ episodes of five steps each, all at once
and each on a page of its own, as exploring does: runner, pool and store are the real ones, the endpoint is a process of
its own that waits and answers. The ideal time is that of five answers one after the other; everything above it is our
overhead (starting the browser is not counted). CPU seconds include everything in the wave: no wave can be shorter than
its CPU seconds divided by the cores. Memory is measured in a wave of its own, because reading it for 64 pages takes
more than a core: it is the peak proportional memory (Pss) of this process and everything it started, less what it was
before the first page.

Beside it BrowserGym's own loop, tuned as in bench/browser.py: a process and a browser for each episode, both up before
the clock starts. They are part of an episode's cost there, so their memory counts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.browser import GYM, gym_environment, make_gym, served_at
from bench.browser_rows import cpu_seconds, machine, memory_mb, tree_of
from components.agents.build import build_agent
from components.agents.config import ChatConfig
from components.benchmarks.miniwob.benchmark import MiniWob
from components.browser.find import find_browser
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Identity
from components.episodes.runner import Runner
from components.files import write_whole
from components.guard import comes_up
from components.loopback import HOST, free_ports
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.phases import explore_phase

HERE = Path(__file__).parent
STEPS = 5
TASKS = (
    "click-checkboxes",
    "login-user",
    "email-inbox",
    "click-tab-2",
    "social-media",
    "use-autocomplete",
    "choose-list",
)
SAMPLING = 0.25  # seconds between two looks at the memory
ANSWER = json.dumps(
    {
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "REASON: it may be below\nACTION: scroll down"},
            }
        ],
        "usage": {"prompt_tokens": 500, "completion_tokens": 12},
    }
).encode()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, latency: float) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            await asyncio.sleep(latency)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(f"Content-Length: {len(ANSWER)}\r\n\r\n".encode() + ANSWER)
            await writer.drain()


def _serve(port: int, latency: float) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _answer(r, w, latency=latency), HOST, port, backlog=256)
        await server.serve_forever()

    asyncio.run(serve())


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@contextlib.contextmanager
def endpoint(latency: float) -> Iterator[str]:
    """The address of a model that takes `latency` seconds for every answer, however many are under way."""
    [port] = free_ports(1)
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, latency), daemon=True)
    server.start()
    try:
        # An episode that found no endpoint yet would wait, and that would be counted as our overhead.
        if not comes_up(None, lambda: _listens(port), seconds=60):
            raise TimeoutError("the endpoint did not start within a minute")
        yield f"http://{HOST}:{port}/v1"
    finally:
        server.kill()
        server.join()


def _memory() -> float:
    line_of_memory = next(
        line for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")
    )
    return memory_mb() + int(line_of_memory.split()[1]) / 1024


@dataclass(kw_only=True)
class Watched:
    """What a wave took: seconds by the clock and of processors, and megabytes where those were asked for."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0


@contextlib.asynccontextmanager
async def _watched(base: float | None) -> AsyncIterator[Watched]:
    """Watches what runs within: its seconds, of processes that ended as they were last seen; or, where it is told how
    many megabytes were held before, its memory at its highest above them."""
    watched, over, cpu, spent = Watched(), asyncio.Event(), dict[int, float](), cpu_seconds()

    async def watch() -> None:
        while not over.is_set():
            if base is not None:
                watched.memory = max(watched.memory, await asyncio.to_thread(_memory) - base)
            else:
                cpu.update({pid: cpu_seconds([pid]) for pid in tree_of(os.getpid())})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), SAMPLING)

    watching, began = asyncio.create_task(watch()), time.monotonic()
    yield watched
    watched.wall = time.monotonic() - began
    over.set()
    await watching
    watched.cpu = sum(cpu.values()) - spent


async def wave(url: str, *, episodes: int, latency: float, memory: bool) -> Watched:
    """Plays this many episodes at once."""
    with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
        return await _wave(url, episodes=episodes, latency=latency, memory=memory, folder=Path(folder))


async def _wave(url: str, *, episodes: int, latency: float, memory: bool, folder: Path) -> Watched:
    teacher = ChatConfig(base_url=url, model="scrolls", concurrency=episodes, send_seed=False)
    agent = build_agent(teacher, store=None, work=folder)
    settings, store = BrowserSettings(pages=episodes), open_store(folder / "store")
    async with MiniWob() as benchmark, BrowserPool(settings=settings) as pool:
        async with pool.page():
            pass  # the browser is up
        plan = [(benchmark.tasks[TASKS[number % len(TASKS)]], number) for number in range(episodes)]
        runner = Runner(
            plan=plan,
            benchmark=benchmark,
            pool=pool,
            agent=agent,
            identity=Identity(run="bench", round=1, phase=explore_phase("teacher")),
            store=store,
            settings=PlaySettings(max_steps=STEPS, useless_steps=STEPS + 1),
            label=f"{episodes} episodes, {latency:g} s",
        )
        async with _watched(_memory() if memory else None) as watched:
            result = await runner.run()
    await agent.close()
    steps = [len(episode.steps) for episode in iter_episodes(store, "runs/bench/")]
    assert steps == [STEPS] * episodes, (steps, result)
    return watched


async def gym_wave(url: str, *, episodes: int, executable: Path, memory: bool) -> Watched:
    """The same by BrowserGym: a process with a browser for each episode."""
    async with MiniWob() as benchmark:
        async with BrowserPool(settings=BrowserSettings(pages=1)) as pool:
            pages = await served_at(benchmark, pool)
        settings = {"url": pages, "model": url, "executable": str(executable), "steps": STEPS}
        loops, environment, base = [], gym_environment(executable), _memory() if memory else None
        for number in range(episodes):
            request = json.dumps({**settings, "task": TASKS[number % len(TASKS)], "seed": 2 * number})
            loops.append(
                await asyncio.create_subprocess_exec(
                    *(str(GYM / "bin" / "python"), str(HERE / "browsergym_explore.py"), request),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=environment,
                )
            )
        await asyncio.gather(*(_says(loop, b"ready\n") for loop in loops))
        async with _watched(base) as watched:
            await asyncio.gather(*(_goes_on(loop, b"done\n") for loop in loops))
        await asyncio.gather(*(loop.communicate(b"\n") for loop in loops))
    return watched


async def _goes_on(loop: asyncio.subprocess.Process, until: bytes) -> None:
    assert loop.stdin is not None
    loop.stdin.write(b"\n")
    await _says(loop, until)


async def _says(loop: asyncio.subprocess.Process, line: bytes) -> None:
    assert loop.stdout is not None
    while (text := await loop.stdout.readline()) != line:
        assert text, "BrowserGym's loop ended"


def _row(who: str, episodes: int, latency: float, play: Callable[..., Coroutine[Any, Any, Watched]]) -> dict[str, Any]:
    """A wave for its time, and one for its memory."""
    timed, measured = (asyncio.run(play(memory=memory)) for memory in (False, True))
    return {
        "who": who,
        "episodes": episodes,
        "latency_s": latency,
        "wall_s": round(timed.wall, 2),
        "ideal_s": STEPS * latency,
        "steps_per_second": round(episodes * STEPS / timed.wall, 2),
        "episodes_per_minute": round(60 * episodes / timed.wall, 1),
        "memory_mb_per_episode": round(measured.memory / episodes, 1),
        "cpu_seconds_per_episode": round(timed.cpu / episodes, 3),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _print(row: dict[str, Any]) -> None:
    print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--latencies", type=float, nargs="+", default=[0.2, 1.0, 3.0])
    parser.add_argument(
        "--browsergym", type=int, nargs="*", default=[1, 4], help="episodes at once of BrowserGym's loop"
    )
    parser.add_argument("--to", type=Path, default=HERE / "explore.json")
    arguments = parser.parse_args()
    executable = find_browser("")
    if arguments.browsergym:
        make_gym()
    about, rows = machine(executable), list[dict[str, Any]]()
    for latency in arguments.latencies:
        with endpoint(latency) as url:
            for episodes in arguments.episodes:
                play = partial(wave, url, episodes=episodes, latency=latency)
                rows.append(_row("symbiont", episodes, latency, play))
                _print(rows[-1])
            for episodes in arguments.browsergym:
                gym = partial(gym_wave, url, episodes=episodes, executable=executable)
                rows.append(_row("browsergym", episodes, latency, gym))
                _print(rows[-1])
    about["machine"]["load_average_after"] = os.getloadavg()[0]
    write_whole(arguments.to, (json.dumps({**about, "steps": STEPS, "rows": rows}, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
