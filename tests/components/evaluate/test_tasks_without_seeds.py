"""Of a benchmark without seeds no task that was learnt from is judged as held out."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from components.benchmarks.config import TasksConfig
from components.evaluate.config import EvaluateConfig
from components.evaluate.lineage import learnt_tasks
from components.evaluate.run import make_plan
from components.trajectories.store_folder import FolderStore
from components.trajectories.tables import write_table
from tests.components.results.made import distill_result

SOME = TasksConfig(benchmark="webarena-verified", train=("44", "45"), heldout=("418",))


def test_training_tasks_played_again_are_transductive_and_never_held_out_seeds() -> None:
    benchmark, split = SOME.open()
    plan = make_plan(EvaluateConfig(seeds=2, task_seeds=1), split, seeded=benchmark.seeded)
    assert {name: [task.task_id for task, _ in each] for name, each in plan.items()} == {
        "transductive": ["44", "45", "44", "45"],
        "heldout_tasks": ["418"],
    }
    benchmark, split = TasksConfig(benchmark="miniwob").open()
    assert set(make_plan(EvaluateConfig(), split, seeded=benchmark.seeded)) == {"heldout_seeds", "heldout_tasks"}


def test_every_task_can_be_held_out() -> None:
    benchmark, split = TasksConfig(benchmark="webarena-verified", heldout="all").open()
    assert (len(split.train), split.heldout) == (0, benchmark.tasks)


def test_where_every_task_is_held_out_none_is_named_to_train_on() -> None:
    with pytest.raises(ValidationError, match="heldout: all leaves no task to train on"):
        TasksConfig(benchmark="webarena-verified", train=("44",), heldout="all")


def test_what_a_model_and_those_before_it_learnt_from_is_found_in_the_store(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for number, (model, base, tasks) in enumerate([("m1", "b", ["44", "45"]), ("m2", "m1", ["90"]), ("x", "b", ["7"])]):
        key = f"runs/r/round-{number:03d}/tables/examples.parquet"
        write_table(store, key, [{"task_id": task, "template": f"Do {task}"} for task in tasks], sources={})
        made = distill_result(model_digest=model, base_digest=base, sources={key: "d"})
        store.put(f"runs/r/round-{number:03d}/results/distill.json", made.model_dump_json().encode())
    assert learnt_tasks(store, "m2") == {task: {f"Do {task}"} for task in ("44", "45", "90")}
    assert learnt_tasks(store, "m1").keys() == {"44", "45"}
    assert learnt_tasks(store, "b") == {}
