"""From a recipe's description of an agent to the agent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from components.agents.base import Agent

if TYPE_CHECKING:
    from components.agents.prompts import TaskKind
    from components.privacy.knowledge import Searched
    from components.serving.config import ServingConfig
    from components.trajectories.store import Store

from components.agents.config import (
    AgentConfig,
    ChatConfig,
    HybridConfig,
    LocalConfig,
    RandomConfig,
    ScriptedConfig,
    StopConfig,
)
from components.errors import InputError


def build_agent(
    config: AgentConfig,
    *,
    store: Store | None,
    work: Path,
    knowledge: Searched | None = None,
    serving: ServingConfig | None = None,
) -> Agent:
    """The agent of a configuration.

    Args:
        store: where a local model is stored; may be None for the other kinds.
        work: folder in which a local model is unpacked.
        knowledge: pieces of past trajectories that a teacher is shown; a local model reads none, as in the paper.
        serving: where a local model runs; None: in this process, as a hybrid teacher's always does.

    Raises:
        InputError: the model does not exist, the environment variable of the key is not set, or a hybrid agent names
            `student` and nobody replaced it by a model.
    """
    match config:
        case ScriptedConfig():
            from components.agents.scripted.teacher import ScriptedTeacher

            return ScriptedTeacher(knowledge=knowledge)
        case RandomConfig():
            from components.agents.reference import RandomAgent

            return RandomAgent()
        case StopConfig():
            from components.agents.reference import StopAgent

            return StopAgent()
        case ChatConfig():
            from components.agents.chat import ChatAgent
            from components.agents.retrieval import RetrievalAgent

            agent = ChatAgent(config)
            return RetrievalAgent(agent, knowledge) if knowledge is not None and config.examples else agent
        case HybridConfig():
            from components.agents.hybrid import HybridAgent
            from components.privacy.detectors import Detectors
            from components.privacy.knowledge import RedactedKnowledge

            if config.local == "student":
                fix = "name a model, such as {kind: local, model: base}"
                raise InputError("it is not known which student decides private steps", where="teacher.local", fix=fix)
            detectors = Detectors(config.privacy)
            shown = RedactedKnowledge(knowledge, detectors) if knowledge is not None else None
            return HybridAgent(
                remote=build_agent(config.remote, store=store, work=work, knowledge=shown),
                local=build_agent(config.local, store=store, work=work),
                detectors=detectors,
            )
        case LocalConfig():
            from components.agents.beside import BesideAgent, is_tiny
            from components.agents.local import LocalAgent
            from components.agents.served import ServedAgent
            from components.models.files import resolve_model
            from components.serving.config import Beside, Served

            folder = resolve_model(config.model, work=work, store=store)
            kind: TaskKind = "reason_action" if config.reasons else "action"
            if isinstance(serving, Served):
                return ServedAgent(folder, serving, work=work, store=store, temperature=config.temperature, kind=kind)
            precision = serving.precision if serving else None
            if isinstance(serving, Beside) and is_tiny(folder):
                return BesideAgent(
                    folder,
                    processes=serving.processes,
                    temperature=config.temperature,
                    kind=kind,
                    precision=precision,
                )
            return LocalAgent(folder, temperature=config.temperature, kind=kind, precision=precision)
