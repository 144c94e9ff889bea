"""One process of the run, as a pod has it: `python -m bench.faults.shard FOLDER explore 0` or `... FOLDER judge 0`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.faults.world import RETRIES, TASKS, World
from components.agents.build import build_agent
from components.agents.config import ChatConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.evaluate import run as evaluation
from components.evaluate.config import EvaluateConfig
from components.explore import run as exploration
from components.explore.config import ExploreConfig
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

RUN = "faults"


def round_in(folder: Path, *, work: str) -> Round:
    place = folder / "work" / work
    place.mkdir(parents=True, exist_ok=True)
    return Round(run=RUN, number=1, seed=0, store=open_store(folder / "store"), work=place)


def main() -> None:
    folder, part, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    world, endpoint = World.read(folder / "world.json"), (folder / "endpoint").read_text()
    round = round_in(folder, work=f"{part}-{number}")
    teacher = ChatConfig(base_url=endpoint, model="rules", timeout=8, retries=RETRIES, backoff=0.05)
    tasks = TasksConfig(benchmark="sites", options={"folder": str(folder / "site")}, train=tuple(TASKS), heldout=())
    play = PlaySettings(retries=4, backoff=0.2)
    browser = BrowserSettings(pages=world.pages, navigation_seconds=10, hang_seconds=10)
    if part == "explore":
        exploration.run(
            config=ExploreConfig(teacher_seeds=world.explored),
            tasks=tasks,
            play=play,
            browser=browser,
            round=round,
            mode="teacher",
            shard=number,
            shards=world.shards,
            teacher=teacher,
        )
    else:
        config = EvaluateConfig(seeds=world.judged, task_seeds=0)
        phases = evaluation.phases_of(
            config=config,
            tasks=tasks,
            play=play,
            browser=browser,
            round=round,
            role="teacher",
            agent=build_agent(teacher, store=round.store, work=round.work),
        )
        evaluation.run(phases, config=config, role="teacher")


if __name__ == "__main__":
    main()
