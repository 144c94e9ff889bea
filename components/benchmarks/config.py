"""Which tasks a run plays; a section of the recipe that every stage with tasks is given whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.benchmarks.base import Benchmark
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import Split, make_split
from components.errors import InputError
from components.trajectories.episodes import get_blob

if TYPE_CHECKING:
    from components.trajectories.store import Store


class TasksConfig(BaseModel):
    """A benchmark, and which of its tasks are for learning and which for judging."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    benchmark: str = Field("miniwob", description="name of the benchmark")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the benchmark, such as folder")
    train: tuple[str, ...] | None = Field(None, description="training tasks; unset: the benchmark's default")
    heldout: tuple[str, ...] | Literal["all"] | None = Field(
        None,
        description="tasks never trained on; unset: the benchmark's default; all: every task, and none to train on",
    )
    proposed: str = Field(
        "", description="digest of stored proposed tasks to train on as well; set by the stage propose"
    )

    @model_validator(mode="after")
    def _all_or_some(self) -> Self:
        if self.heldout == "all" and self.train:
            raise ValueError("heldout: all leaves no task to train on; leave out train, or name the held-out tasks")
        return self

    def open(self, store: Store | None = None) -> tuple[Benchmark, Split]:
        """The benchmark, to be entered with `async with`, and its tasks of both sides.

        Args:
            store: where proposed tasks are.

        Raises:
            InputError: an unknown benchmark, option or task; a family of tasks on both sides; or the store has no such
                proposed tasks.
        """
        benchmark = open_benchmark(self.benchmark, **self.options)
        if self.heldout == "all":
            split = Split(train={}, heldout=benchmark.tasks)
        else:
            split = make_split(benchmark, train=self.train, heldout=self.heldout)
        if not self.proposed:
            return benchmark, split
        train = (*split.train_tasks, *benchmark.add(self._stored(store)))
        return benchmark, make_split(benchmark, train=train, heldout=split.heldout_tasks)

    def _stored(self, store: Store | None) -> bytes:
        try:
            if store is not None:
                return get_blob(store, self.proposed, "json")
        except KeyError:
            pass
        where = store.url if store is not None else "tasks.proposed"
        fix = "take the digest from `symbiont tasks list`, or leave it out and let them be proposed"
        raise InputError(f"there are no proposed tasks {self.proposed[:12]}", where=where, fix=fix)
