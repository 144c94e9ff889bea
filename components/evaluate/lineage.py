"""What a model was taught, as far as this store knows: so that nothing it learnt from is judged as new to it."""

from __future__ import annotations

from components.agents.config import LocalConfig
from components.benchmarks.config import TasksConfig
from components.errors import InputError
from components.results.students import stored_students
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from components.trajectories.tables import read_table


def learnt_tasks(store: Store, model: str) -> set[str]:
    """Ids of the tasks whose episodes a model learnt from, and the models before it.

    Args:
        model: digest of its files.

    Raises:
        KeyError: a table that it was taught with is gone.
    """
    made = {student.model_digest: student for _, _, student in stored_students(store)}
    found: set[str] = set()
    while (each := made.pop(model, None)) is not None:
        for key in each.sources:
            found.update(read_table(store, key, columns=["task_id"])["task_id"].to_pylist())
        model = each.base_digest
    return found


def judged(student: LocalConfig, round: Round, tasks: TasksConfig) -> TasksConfig:
    """The tasks with what a model learnt from set apart, where every task of a benchmark without seeds is judged.

    Raises:
        InputError: the recipe says itself what is held out, and the model learnt from some of that.
    """
    benchmark, split = tasks.open(round.store)
    if benchmark.seeded:
        return tasks
    learnt = _learnt(student.model, round) & benchmark.tasks.keys()
    if taught := sorted(learnt & split.heldout.keys()):
        if tasks.heldout != "all":
            raise InputError(
                f"{student.model} learnt from tasks that are to be judged as held out: {', '.join(taught)}",
                where="tasks.heldout",
                fix="judge it on the split it was taught with, or leave out tasks.train and tasks.heldout",
            )
        families = {benchmark.tasks[name].family for name in learnt}
        again = tuple(name for name, task in benchmark.tasks.items() if task.family in families)
        new = tuple(name for name in benchmark.tasks if name not in again)
        return tasks.model_copy(update={"train": again, "heldout": new})
    return tasks


def _learnt(model: str, round: Round) -> set[str]:
    from components.models.files import folder_digest, resolve_model

    return learnt_tasks(round.store, folder_digest(resolve_model(model, work=round.work, store=round.store)))
