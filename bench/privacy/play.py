"""A hybrid's round over the canaries, in a process that may be killed: `python -m bench.privacy.play JSON`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from pydantic import BaseModel

from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig, HybridConfig
from components.agents.reference import RandomAgent
from components.agents.served import ServedAgent
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.detect.collect import collect
from components.detect.config import DetectConfig
from components.endpoints.complaints import RequestRefused
from components.episodes.config import PlaySettings
from components.explore.config import ExploreConfig
from components.explore.run import run
from components.models.files import BASE_FOLDER
from components.privacy.config import DetectorModel, PrivacyConfig
from components.serving.config import Given
from components.synthesize.config import KnowledgeConfig, ModelJudge, SynthesizeConfig
from components.synthesize.run import run as synthesize
from components.traces import exchanges, trace
from components.tracking import post
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.episodes import iter_episodes
from components.trajectories.knowledge import KnowledgeBase, knowledge_url
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round


class Wandering(BaseModel):
    """What a process does: exploring one round, the synthesis after it, or all else that sends (`others`)."""

    folder: Path
    out: Path
    remote: str
    home: str
    tasks: int
    seeds: int
    round: int = 1
    stage: str = "explore"
    detector: bool = True
    public: tuple[str, ...] = ()


def wander(job: Wandering) -> None:
    """Continues from what is stored."""
    quick = {"backoff": 0.01, "retries": 6, "temperature": 0.0}
    away = ChatConfig.model_validate({"model": "away", "base_url": job.remote, **quick})
    home_chat = ChatConfig.model_validate({"model": "here", "base_url": job.home, **quick})
    detector = DetectorModel(model="here", base_url=job.home, timeout=0.8) if job.detector else None
    teacher = HybridConfig(remote=away, local=home_chat, privacy=PrivacyConfig(model=detector, public=job.public))
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

    guard(teacher.privacy, log=Log(store, run="canaries", name=job.stage))
    if job.stage == "others":
        send_otherwise(round, away, work=job.out / "work")
        return
    knowledge_config = KnowledgeConfig(writer=away, embedding=vectors, failures=True, longest=2, per_task=2)
    synthesize(
        config=SynthesizeConfig(judge=ModelJudge(model=away, voices=1), knowledge=knowledge_config),
        tasks=tasks,
        round=round,
    )


def send_otherwise(round: Round, away: ChatConfig, *, work: Path) -> None:
    """Asks what `detect.others` names and a student served elsewhere, and shows every episode in a remote MLflow."""
    os.environ["MLFLOW_TRACKING_URI"] = away.base_url.removesuffix("/v1")
    met = f"{round.prefix}/episodes/"
    served = ServedAgent(BASE_FOLDER, Given(base_url=away.base_url, retries=6), work=work)
    agents = {"teacher": RandomAgent(), "student": RandomAgent(), "away": ChatAgent(away), "served": served}
    asyncio.run(collect(round.store, [met], agents, config=DetectConfig()))
    for episode in iter_episodes(round.store, met):
        with contextlib.suppress(OSError, RequestRefused):  # a fault, or what stays at home
            post("v1/traces", trace(episode, exchanges(round.store, episode)), headers={})


if __name__ == "__main__":
    wander(Wandering.model_validate_json(sys.argv[1]))
