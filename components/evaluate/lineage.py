"""The tasks that an agent was trained on or is shown, as far as this store knows, so that none is judged as unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from components.agents.config import AgentConfig, HybridConfig, LocalConfig
from components.benchmarks.base import Task
from components.benchmarks.config import TasksConfig
from components.errors import InputError
from components.results.students import stored_students
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from components.trajectories.tables import read_table

if TYPE_CHECKING:
    from components.trajectories.knowledge import KnowledgeBase

Known = Mapping[str, set[str]]
"""Templates by task id: an id alone may also be that of another benchmark's task."""


def learnt_tasks(store: Store, model: str) -> Known:
    """The tasks whose episodes a model learnt from, and the models before it.

    Args:
        model: digest of its files.

    Raises:
        KeyError: a table that it was taught with is gone.
    """
    students = {student.model_digest: student for _, _, student in stored_students(store)}
    templates_of = defaultdict[str, set[str]](set)
    while (student := students.pop(model, None)) is not None:
        for key in student.sources:
            rows = read_table(store, key, columns=["task_id", "template"])
            for task, template in set(zip(*(column.to_pylist() for column in rows.columns), strict=True)):
                templates_of[task].add(template)
        model = student.base_digest
    return templates_of


def known_tasks(config: AgentConfig, round: Round, *, knowledge: KnowledgeBase | None) -> Known:
    """The tasks that an agent's own models learnt from, and those of which it is shown pieces."""
    templates_of = defaultdict[str, set[str]](set)
    parts = (config, config.local) if isinstance(config, HybridConfig) else (config,)
    sources = [_learnt(part.model, round) for part in parts if isinstance(part, LocalConfig)]
    for tasks in (*sources, knowledge.tasks() if knowledge is not None else {}):
        for task, templates in tasks.items():
            templates_of[task] |= templates
    return templates_of


def judged(tasks: TasksConfig, *, known: Known, who: str, store: Store) -> TasksConfig:
    """The tasks with what an agent knows set apart, where every task of a benchmark is judged.

    Args:
        known: of `known_tasks`; `who` names the agent in an error.

    Raises:
        InputError: the recipe says itself what is held out, and the agent knows some of that.
    """
    if not known:
        return tasks
    benchmark, split = tasks.open(store)
    met = {name for name, task in benchmark.tasks.items() if _is_met(task, known, seeded=benchmark.seeded)}
    if taught := sorted(met & split.heldout.keys()):
        if tasks.heldout != "all":
            raise InputError(
                f"{who} learnt from tasks that are to be judged as held out, or is shown pieces of them: "
                f"{', '.join(taught)}",
                where="tasks.heldout",
                fix="judge it on the split it was taught with, or leave out tasks.train and tasks.heldout",
            )
        families = {benchmark.tasks[name].family for name in met}
        again = tuple(name for name, task in benchmark.tasks.items() if task.family in families)
        new = tuple(name for name in benchmark.tasks if name not in again)
        return tasks.model_copy(update={"train": again, "heldout": new})
    return tasks


def _is_met(task: Task, known: Known, *, seeded: bool) -> bool:
    """By its id; for a benchmark of the user's own tasks also by a wording that it still has."""
    wordings = set(task.template.split(" | "))
    return task.task_id in known and (
        not seeded or any(wordings & set(template.split(" | ")) for template in known[task.task_id])
    )


def _learnt(model: str, round: Round) -> Known:
    from components.models.files import folder_digest, resolve_model

    return learnt_tasks(round.store, folder_digest(resolve_model(model, work=round.work, store=round.store)))
