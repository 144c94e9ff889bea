"""Which tasks a run plays; a section of the recipe that every stage with tasks is given whole."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.benchmarks.base import Benchmark
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import Split, make_split


class TasksConfig(BaseModel):
    """A benchmark, and which of its tasks are for learning and which for judging."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    benchmark: str = Field("miniwob", description="where the tasks come from")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the benchmark, e.g. folder")
    train: tuple[str, ...] | None = Field(None, description="training tasks; unset: the benchmark's own choice")
    heldout: tuple[str, ...] | Literal["all"] | None = Field(
        None, description="tasks never trained on; unset: likewise; all: every task, and none to train on"
    )

    def open(self) -> tuple[Benchmark, Split]:
        """The benchmark, to be entered with `async with`, and its tasks of both sides.

        Raises:
            InputError: an unknown benchmark, option or task; or a family of tasks on both sides.
        """
        benchmark = open_benchmark(self.benchmark, **self.options)
        if self.heldout == "all":
            return benchmark, Split(train={}, heldout=benchmark.tasks)
        return benchmark, make_split(benchmark, train=self.train, heldout=self.heldout)
