"""`symbiont evaluate`: an agent on a benchmark, beside chance and what others published, stored like a round's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from components.agents.config import (
    AgentConfig,
    ChatConfig,
    LocalConfig,
    RandomConfig,
    ScriptedConfig,
    StopConfig,
)
from components.benchmarks.base import Benchmark
from components.benchmarks.config import TasksConfig
from components.code import code_digest
from components.errors import InputError
from components.place import open_knowledge
from components.preflight.config import Recipe
from components.trajectories.phases import CHANCE, Role
from components.trajectories.rounds import Round
from pipelines.commands import checked
from pipelines.outfolder import opened
from pipelines.rounds import Run, default_name

if TYPE_CHECKING:
    from components.results.evaluate import EvaluateResult, SplitResult

TEACHER, RULES = "teacher", "rules"
SPLITS = {"heldout_seeds": "held-out seeds", "heldout_tasks": "held-out tasks", "transductive": "transductive"}


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Who is judged, and as what."""

    name: str
    config: AgentConfig
    role: Role


def contender(model: str, *, recipe: Recipe, key_env: str = "") -> Contender:
    """The agent that a word on the command line names.

    Args:
        model: teacher (the recipe's), rules, random, stop, URL#NAME of an endpoint, or a model's reference.
        key_env: variable with the endpoint's key.
    """
    known: dict[str, tuple[AgentConfig, Role]] = {
        TEACHER: (recipe.teacher, "teacher"),
        RULES: (ScriptedConfig(), "teacher"),
        "random": (RandomConfig(), "random"),
        "stop": (StopConfig(), "stop"),
    }
    if model in known:
        config, role = known[model]
        return Contender(name=model, config=config, role=role)
    address, mark, name = model.partition("#")
    if mark and address.startswith(("http://", "https://")):
        config = ChatConfig(base_url=address, model=name, api_key_env=key_env)
        return Contender(name=name, config=config, role="teacher")
    return Contender(name=model, config=LocalConfig(model=model), role="student")


def tasks_of(recipe: Recipe, *, benchmark: str, subset: str) -> Recipe:
    """The recipe with another benchmark; of one without seeds every task is judged, once, unless the recipe says so."""
    if not benchmark:
        if subset:
            raise InputError("a subset of what?", where="--subset", fix="name a --benchmark")
        return recipe
    options: dict[str, Any] = {"subset": subset} if subset else {}
    if recipe.tasks.benchmark == benchmark:
        own = recipe.tasks.model_copy(update={"options": recipe.tasks.options | options})
        return recipe.model_copy(update={"tasks": own})
    tasks = TasksConfig(benchmark=benchmark, options=options)
    if tasks.open()[0].seeded:
        return recipe.model_copy(update={"tasks": tasks})
    once = recipe.evaluate.model_copy(update={"seeds": 1, "task_seeds": 1})
    return recipe.model_copy(update={"tasks": tasks.model_copy(update={"heldout": "all"}), "evaluate": once})


def evaluate_command(
    *,
    model: str,
    recipe: Recipe,
    place: str,
    seed: int,
    out: Path,
    console: Console,
    key_env: str = "",
    alone: bool = True,
) -> tuple[EvaluateResult, ...]:
    """The agent's result, then chance's: each in a run of its own, which is found again.

    Args:
        alone: leave chance out.

    Raises:
        InputError: as `checked`; or the model learnt from tasks that would be judged as held out.
    """
    from components.models.files import is_local, resolve_model

    first = contender(model, recipe=recipe, key_env=key_env)
    if first.role == "teacher":
        recipe = recipe.model_copy(update={"teacher": first.config})
    here = checked(recipe, place, out=out)
    if first.role == "student" and is_local(model):
        resolve_model(model, work=out / "work")
    others = [] if alone else [contender(role, recipe=recipe) for role in CHANCE if role != first.role]
    with opened(out, place=here) as (folder, services):
        if model.startswith("models:/"):
            services.wait_for_mlflow()
        name = default_name(recipe, seed=seed)
        run = Run(name=name, recipe=recipe, place=services.place, seed=seed, folder=folder)
        return tuple(_evaluated(each, run, console=console) for each in (first, *others))


def _evaluated(who: Contender, run: Run, *, console: Console) -> EvaluateResult:
    from components.agents.build import build_agent
    from components.evaluate.run import run as evaluate

    console.print(f"Evaluating {who.name} ...", highlight=False, markup=False)
    first, recipe = run.round(1), run.recipe
    knowledge = open_knowledge(first) if who.name == TEACHER else None
    tasks = judged(who, first, recipe.tasks)
    agent = build_agent(who.config, store=first.store, work=first.work, knowledge=knowledge, serving=run.place.serving)
    own = f"evaluate-{agent.info.digest[:8]}-{run.name}-{recipe.digest[:6]}{code_digest()[:6]}"
    return evaluate(
        config=recipe.evaluate,
        tasks=tasks,
        play=recipe.play,
        browser=run.place.browser,
        round=replace(first, run=own),
        role=who.role,
        agent=agent,
    )


def judged(who: Contender, round: Round, tasks: TasksConfig) -> TasksConfig:
    """The tasks with what a model learnt from set apart, where every task of a benchmark without seeds is judged.

    Raises:
        InputError: the recipe says itself what is held out, and the model learnt from some of that.
    """
    benchmark, split = tasks.open()
    if benchmark.seeded or not isinstance(who.config, LocalConfig):
        return tasks
    learnt = _learnt(who.config.model, round) & benchmark.tasks.keys()
    if taught := sorted(learnt & split.heldout.keys()):
        if tasks.heldout != "all":
            raise InputError(
                f"{who.name} learnt from tasks that are to be judged as held out: {', '.join(taught)}",
                where="tasks.heldout",
                fix="judge it on the split it was taught with, or leave out tasks.train and tasks.heldout",
            )
        families = {benchmark.tasks[name].family for name in learnt}
        again = tuple(name for name, task in benchmark.tasks.items() if task.family in families)
        new = tuple(name for name in benchmark.tasks if name not in again)
        return tasks.model_copy(update={"train": again, "heldout": new})
    return tasks


def _learnt(model: str, round: Round) -> set[str]:
    from components.evaluate.lineage import learnt_tasks
    from components.models.files import folder_digest, resolve_model

    return learnt_tasks(round.store, folder_digest(resolve_model(model, work=round.work, store=round.store)))


def success_table(found: tuple[EvaluateResult, ...]) -> Table:
    """A row for each agent and split."""
    table = Table(box=None)
    for name in ("agent", "what", "solved", "success", "interval", "mean of families", "interval", "not counted"):
        table.add_column(name)
    for one in found:
        for split, each in one.splits.items():
            errors = sum(each.outcomes.values()) - each.episodes
            table.add_row(
                one.agent.name,
                SPLITS[split],
                f"{each.solved} of {each.episodes}",
                f"{each.success_rate:.1%}",
                _interval(each.interval),
                "" if each.macro_rate is None else f"{each.macro_rate:.1%}",
                _interval(each.macro_interval),
                str(errors) if errors else "",
            )
    return table


def site_table(found: tuple[EvaluateResult, ...], benchmark: Benchmark) -> Table | None:
    """By site, beside what others published; None where the benchmark has one site."""
    sites = sorted({site.name for one in found for each in one.splits.values() for site in each.by_site})
    if not sites:
        return None
    alone = [site for site in sites if "+" not in site]
    columns = [*alone, "several"] if len(alone) < len(sites) else alone
    table = Table(box=None)
    for name in ("agent", "what", "all", *columns):
        table.add_column(name)
    for one in found:
        for split, each in one.splits.items():
            shown = _by_site(each)
            cells = (shown.get(column, "") for column in columns)
            table.add_row(one.agent.name, SPLITS[split], f"{each.success_rate:.0%}", *cells)
    for name, rates in benchmark.published.items():
        table.add_row(name, "published", *(f"{rates[c]:.0%}" if c in rates else "" for c in ("all", *columns)))
    return table


def _by_site(found: SplitResult) -> dict[str, str]:
    """Rate and interval of each site; tasks of several sites are told together."""
    shown = {each.name: f"{each.success_rate:.0%} ({_interval(each.interval)})" for each in found.by_site}
    several = [each for each in found.by_site if "+" in each.name]
    if episodes := sum(each.episodes for each in several):
        shown["several"] = f"{sum(each.solved for each in several) / episodes:.0%} of {episodes}"
    return shown


def _interval(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.0%} to {ends[1]:.0%}" if ends else ""


def remarks(found: tuple[EvaluateResult, ...], benchmark: Benchmark) -> Iterator[str]:
    """What is to be known beside the numbers."""
    for name, why in found[0].doubtful.items():
        yield f"task {name} is counted, and known to be wrong: {why}"
    if benchmark.published and any(each.by_site for each in found[0].splits.values()):
        yield "published: all tasks of WebArena, by its own evaluators; some points of difference say nothing"
