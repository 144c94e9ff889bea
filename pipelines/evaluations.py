"""`symbiont evaluate`: plays an agent on a benchmark, beside chance and what others published; stored like a round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from components.agents.config import (
    AgentConfig,
    ChatConfig,
    LocalConfig,
    RandomConfig,
    ScriptedConfig,
    StopConfig,
    with_student,
)
from components.benchmarks.config import TasksConfig
from components.benchmarks.registry import is_seeded
from components.code import code_digest
from components.errors import InputError
from components.evaluate.lineage import judged, known_tasks
from components.place import open_knowledge
from components.preflight.config import Recipe
from components.trajectories.phases import CHANCE, Role, evaluation_of
from pipelines.commands import checked
from pipelines.outfolder import opened
from pipelines.rounds import Run, default_name

if TYPE_CHECKING:
    from components.results.evaluate import EvaluateResult
    from components.trajectories.knowledge import KnowledgeBase

TEACHER, RULES = "teacher", "rules"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """An agent that is evaluated, and its role."""

    name: str
    config: AgentConfig
    role: Role


def contender(model: str, *, recipe: Recipe, key_env: str = "") -> Contender:
    """The agent that the option --model names.

    Args:
        model: teacher (the recipe's), rules, random, stop, URL#NAME of an endpoint, or a model's reference.
        key_env: environment variable that holds the endpoint's key.
    """
    contenders: dict[str, tuple[AgentConfig, Role]] = {
        TEACHER: (with_student(recipe.teacher, recipe.distill.student), "teacher"),
        RULES: (ScriptedConfig(), "teacher"),
        "random": (RandomConfig(), "random"),
        "stop": (StopConfig(), "stop"),
    }
    if model in contenders:
        config, role = contenders[model]
        return Contender(name=model, config=config, role=role)
    address, mark, name = model.partition("#")
    if mark and address.startswith(("http://", "https://")):
        config = ChatConfig(base_url=address, model=name, api_key_env=key_env)
        return Contender(name=name, config=config, role="teacher")
    return Contender(name=model, config=LocalConfig(model=model), role="student")


def tasks_of(recipe: Recipe, *, benchmark: str, subset: str) -> Recipe:
    """The recipe with another benchmark.

    On a benchmark without seeds every task is played once, unless the recipe is for this benchmark and says otherwise.

    Raises:
        InputError: a subset without a benchmark.
    """
    if not benchmark:
        if subset:
            raise InputError("--subset is given without a benchmark", where="--subset", fix="name a --benchmark")
        return recipe
    options: dict[str, Any] = {"subset": subset} if subset else {}
    if recipe.tasks.benchmark == benchmark:
        own_tasks = recipe.tasks.model_copy(update={"options": recipe.tasks.options | options})
        return recipe.model_copy(update={"tasks": own_tasks})
    tasks = TasksConfig(benchmark=benchmark, options=options)
    if is_seeded(benchmark):
        return recipe.model_copy(update={"tasks": tasks})
    config = recipe.evaluate.model_copy(update={"seeds": 1, "task_seeds": 1})
    return recipe.model_copy(update={"tasks": tasks.model_copy(update={"heldout": "all"}), "evaluate": config})


def evaluate_command(
    *,
    model: str,
    recipe: Recipe,
    place: str,
    seed: int,
    out: Path,
    console: Console,
    key_env: str = "",
    alone: bool = False,
) -> tuple[EvaluateResult, ...]:
    """The agent's result, then those of the chance agents on the same tasks. Each is stored as a run of its own, so
    that nothing is played twice.

    Args:
        alone: leave the chance agents out.

    Raises:
        InputError: as `checked`; or the agent learnt from tasks that would count as held out, or sees knowledge of
        them.
    """
    from components.models.files import is_local, resolve_model

    first = contender(model, recipe=recipe, key_env=key_env)
    if first.role == "teacher":
        recipe = recipe.model_copy(update={"teacher": first.config})
    parsed_place = checked(recipe, place, out=out)
    if first.role == "student" and is_local(model):
        resolve_model(model, work=out / "work")
    chance = [] if alone else [contender(role, recipe=recipe) for role in CHANCE if role != first.role]
    with opened(out, place=parsed_place) as (folder, services):
        if model.startswith("models:/"):
            services.wait_for_mlflow()
        name = default_name(recipe, seed=seed)
        run = Run(name=name, recipe=recipe, place=services.place, seed=seed, folder=folder)
        round = run.round(1)
        vectors = recipe.synthesize.knowledge.embedding
        knowledge = open_knowledge(round, vectors=vectors) if first.name == TEACHER else None
        tasks_known = known_tasks(first.config, round, knowledge=knowledge)
        tasks = judged(recipe.tasks, known=tasks_known, who=first.name, store=round.store)
        contenders = ((first, knowledge), *((agent, None) for agent in chance))
        return tuple(_evaluated(entrant, run, knowledge=of, tasks=tasks, console=console) for entrant, of in contenders)


def _evaluated(
    entrant: Contender, run: Run, *, knowledge: KnowledgeBase | None, tasks: TasksConfig, console: Console
) -> EvaluateResult:
    """Evaluates one agent in a run whose name is a digest of all that the result depends on."""
    from components.agents.build import build_agent
    from components.evaluate import run as evaluation

    console.print(f"Evaluating {entrant.name} ...", highlight=False, markup=False)
    first, recipe, browser = run.round(1), run.recipe, run.place.browser
    agent = build_agent(
        entrant.config, store=first.store, work=first.work, knowledge=knowledge, serving=run.place.serving
    )
    play, config, role = recipe.play, recipe.evaluate, entrant.role
    phases = evaluation.phases_of(
        config=config, tasks=tasks, play=play, browser=browser, round=first, role=role, agent=agent
    )
    inputs = evaluation.inputs_of(phases, confidence=config.confidence)
    own_round = replace(first, run=f"{evaluation_of(role)}-{agent.info.digest[:8]}-{inputs[:8]}{code_digest()[:8]}")
    own_phases = {split: replace(phase, round=own_round) for split, phase in phases.items()}
    return evaluation.run(own_phases, config=config, role=role)
