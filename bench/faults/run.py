"""Plays a world: servers, shards, an evaluation, each a process that is started again until it has ended well."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.faults.disturb import Disturber
from bench.faults.shard import RUN
from bench.faults.world import TASKS, World, write_sites
from components.episodes.runner import iter_errors
from components.guard import comes_up
from components.loopback import HOST, answers, free_ports
from components.results.explore import ExploreResult
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store
from components.trajectories.phases import evaluate_phase, explore_phase
from components.trajectories.records import read_record
from components.trajectories.schema import Episode, round_prefix
from components.trajectories.store import Store

MOST_STARTS = 6
LONGEST = 1800.0
PHASES = (explore_phase("teacher"), evaluate_phase("teacher", "heldout_seeds"))
PREFIX = f"{round_prefix(run=RUN, round=1)}/"


@dataclass(kw_only=True)
class Part:
    """A process of the run, started until it ends with status 0."""

    folder: Path
    words: tuple[str, ...]
    starts: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self.process.pid if self.process is not None and self.process.poll() is None else 0

    def go_on(self) -> bool:
        """Starts it where it does not run and has not ended well; whether there is nothing left to do.

        Raises:
            SystemExit: it ended badly too often.
        """
        if self.process is not None and self.process.poll() is None:
            return False
        if self.process is not None and self.process.returncode == 0:
            return True
        if self.starts == MOST_STARTS:
            raise SystemExit(f"{' '.join(self.words)} did not end well in {MOST_STARTS} starts: see {self._log}")
        self.starts += 1
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "bench.faults.shard", str(self.folder), *self.words]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        return False

    def stop(self) -> None:
        if self.pid and self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def _log(self) -> Path:
        return self.folder / f"{'-'.join(self.words)}.log"


@dataclass(frozen=True, kw_only=True)
class Played:
    """Attributes:
    stored, left: episodes with an outcome that counts, and those without any.
    met: strikes of shop and model; `done`, what was done from outside, of what was `planned`.
    left_over: processes of a killed shard that outlived it.
    counted: episodes that the shards' own results name.
    """

    stored: list[Episode]
    left: list[Episode]
    met: Counter[str]
    done: Counter[str]
    planned: Counter[str]
    left_over: list[str]
    starts: dict[str, int]
    counted: int
    seconds: float


def play(world: World, *, folder: Path, disturb: int | None) -> Played:
    """Explores, then judges.

    Args:
        disturb: seed of what is done from outside; None: nothing is.
    """
    folder.mkdir(parents=True)
    world.write(folder / "world.json")
    began, store = time.monotonic(), open_store(folder / "store")
    shards = [Part(folder=folder, words=("explore", str(number))) for number in range(world.shards)]
    judge = Part(folder=folder, words=("judge", "0"))
    disturber = Disturber(
        store=store,
        prefix=f"{PREFIX}episodes/{PHASES[0]}/",
        explored=world.explored * len(TASKS),
        shards=shards,
        rng=random.Random(disturb),
    )
    with _servers(world, folder=folder), ExitStack() as stack:
        for part in (*shards, judge):
            stack.callback(part.stop)
        if disturb is not None:
            disturber.start()
        _end(shards)
        disturber.over.set()
        _end([judge])
    met = Counter[str]()
    for side in ("shop", "model"):
        lines = (folder / f"{side}.met").read_text().splitlines()
        met.update(f"the {side} {line}" for line in lines)
    return Played(
        stored=list(iter_episodes(store, f"{PREFIX}episodes/")),
        left=[episode for phase in PHASES for episode in iter_errors(store, run=RUN, round=1, phase=phase)],
        met=met,
        done=disturber.done,
        planned=Counter(kind for _, kind in disturber.planned),
        left_over=disturber.left_over,
        starts={" ".join(part.words): part.starts for part in (*shards, judge)},
        counted=sum(_counted(store, shard, of=world.shards) for shard in range(world.shards)),
        seconds=time.monotonic() - began,
    )


def _counted(store: Store, shard: int, *, of: int) -> int:
    key = f"{PREFIX}results/{PHASES[0]}-{shard}-of-{of}.json"
    if not store.exists(key):
        return 0
    return sum(read_record(store, key, ExploreResult, what="result of a stage").outcomes.values())


def _end(parts: list[Part]) -> None:
    end = time.monotonic() + LONGEST
    while not all([part.go_on() for part in parts]):
        if time.monotonic() > end:
            raise SystemExit(f"the run did not end in {LONGEST:g} s")
        time.sleep(0.05)


@contextmanager
def _servers(world: World, *, folder: Path) -> Iterator[None]:
    """The shop, at twice as many addresses as there are pages, so that leases that run out hold up nobody."""
    *ports, endpoint = free_ports(2 * world.shards * world.pages + 1)
    write_sites(folder / "site", world, addresses=[f"http://{HOST}:{port}" for port in ports])
    (folder / "endpoint").write_text(f"http://{HOST}:{endpoint}/v1")
    with ExitStack() as stack:
        for side, own_ports in (("shop", ports), ("model", [endpoint])):
            met = folder / f"{side}.met"
            met.touch()
            words = (side, str(folder / "world.json"), str(met), *map(str, own_ports))
            server = subprocess.Popen([sys.executable, "-m", "bench.faults.servers", *words])
            stack.callback(server.wait)
            stack.callback(server.kill)
            first = f"http://{HOST}:{own_ports[-1]}/{'v1/models' if side == 'model' else ''}"
            if not comes_up(server, lambda url=first: answers(url), seconds=60):  # type: ignore[misc]
                raise SystemExit(f"the {side} did not start")
        yield
