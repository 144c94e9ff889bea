"""A hybrid's round over the canaries, in a process that may be killed: `python -m bench.privacy.play JSON`."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic import BaseModel

from components.agents.config import ChatConfig, HybridConfig
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.explore.config import ExploreConfig
from components.explore.run import run
from components.privacy.config import DetectorModel, PrivacyConfig
from components.synthesize.config import KnowledgeConfig, ModelJudge, SynthesizeConfig
from components.synthesize.run import run as synthesize
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.knowledge import KnowledgeBase, knowledge_url
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round


class Wandering(BaseModel):
    """What a process does: exploring one round, or the synthesis after it."""

    folder: Path
    out: Path
    remote: str
    home: str
    tasks: int
    seeds: int
    round: int = 1
    stage: str = "explore"
    detector: bool = True


def wander(job: Wandering) -> None:
    """Goes on from what is stored."""
    quick = {"backoff": 0.01, "retries": 6, "temperature": 0.0}
    away = ChatConfig.model_validate({"model": "away", "base_url": job.remote, **quick})
    here = ChatConfig.model_validate({"model": "here", "base_url": job.home, **quick})
    detector = DetectorModel(model="here", base_url=job.home, timeout=0.8) if job.detector else None
    teacher = HybridConfig(remote=away, local=here, privacy=PrivacyConfig(model=detector))
    train = tuple(f"wander-{number}" for number in range(job.tasks))
    tasks = TasksConfig(benchmark="pages", options={"folder": str(job.folder)}, train=train, heldout=("calm",))
    (job.out / "work").mkdir(parents=True, exist_ok=True)
    store = open_store(job.out / "store")
    round = Round(run="canaries", number=job.round, seed=0, store=store, work=job.out / "work")
    vectors = EmbeddingEndpoint(base_url=job.remote, model="away")
    knowledge = KnowledgeBase.open(knowledge_url(store, "canaries"), embedding=vectors, until_round=job.round - 1)
    if job.stage == "explore":
        run(
            config=ExploreConfig(teacher_seeds=job.seeds),
            tasks=tasks,
            play=PlaySettings(backoff=0.01, retries=4),
            browser=BrowserSettings(pages=4),
            round=round,
            mode="teacher",
            teacher=teacher,
            knowledge=knowledge if job.round > 1 else None,
        )
        return
    from components.privacy.guard import guard
    from components.privacy.log import Log

    guard(teacher.privacy, log=Log(store, run="canaries", name="synthesize"))
    kept = KnowledgeConfig(writer=away, embedding=vectors, failures=True, longest=2, per_task=2)
    synthesize(
        config=SynthesizeConfig(judge=ModelJudge(model=away, voices=1), knowledge=kept), tasks=tasks, round=round
    )


if __name__ == "__main__":
    wander(Wandering.model_validate_json(sys.argv[1]))
