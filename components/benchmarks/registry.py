"""Benchmarks by name. Adding one is a module beside this file and a line in `_BENCHMARKS`."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Iterable
from typing import Any

from components.benchmarks.base import Benchmark, Task
from components.errors import InputError

_BENCHMARKS = {  # module:class, imported when opened
    "miniwob": "components.benchmarks.miniwob.benchmark:MiniWob",
    "pages": "components.benchmarks.pages:OwnPages",
    "sites": "components.benchmarks.sites.benchmark:OwnSites",
    "forum": "components.benchmarks.forum.benchmark:Forum",
    "webarena-verified": "components.benchmarks.webarena.benchmark:WebArenaVerified",
    "webarena-infinity": "components.benchmarks.infinity.benchmark:WebArenaInfinity",
}


def open_benchmark(name: str, **options: Any) -> Benchmark:
    """The benchmark of this name, to be entered with `async with`.

    Args:
        options: arguments of the benchmark's class, such as `folder=` for `miniwob`.

    Raises:
        InputError: an unknown name or option, a missing option, or one that points to nothing usable.
    """
    make = _class_of(name)
    parameters = inspect.signature(make).parameters
    names = list(parameters)
    unknown = [option for option in options if option not in names]
    if unknown:
        raise InputError(
            f"benchmark {name!r} has no option {', '.join(map(repr, unknown))}",
            where="benchmark options",
            fix=f"its options are: {', '.join(names) or 'none'}",
        )
    lacking = [
        option
        for option, parameter in parameters.items()
        if parameter.default is parameter.empty and option not in options
    ]
    if lacking:
        raise InputError(
            f"benchmark {name!r} needs {', '.join(lacking)}",
            where="benchmark options",
            fix=f"give it in the recipe: tasks: {{benchmark: {name}, options: {{{lacking[0]}: ...}}}}",
        )
    return make(**options)


def licence_of(name: str) -> str:
    """The licence of a benchmark's pages and tasks; empty where it is not known."""
    return _class_of(name).licence if name in _BENCHMARKS else ""


def is_seeded(name: str) -> bool:
    """Whether another seed of its tasks is another episode. Raises InputError where there is no such benchmark."""
    return _class_of(name).seeded


def _class_of(name: str) -> type[Benchmark]:
    if name not in _BENCHMARKS:
        raise InputError(
            f"there is no benchmark named {name!r}", where="benchmark", fix=f"use one of: {', '.join(_BENCHMARKS)}"
        )
    module, _, cls = _BENCHMARKS[name].partition(":")
    benchmark_class: type[Benchmark] = getattr(importlib.import_module(module), cls)
    return benchmark_class


def choose_tasks(benchmark: Benchmark, names: Iterable[str]) -> tuple[Task, ...]:
    """The named tasks, in the benchmark's order and without repetition.

    Raises:
        InputError: a name is unknown or excluded; says which, and what was probably meant.
    """
    requested, task_ids = tuple(names), list(benchmark.tasks)
    unknown = [name for name in requested if name not in benchmark.tasks]
    if unknown:
        raise InputError(
            "; ".join(_why_unknown(benchmark, name) for name in unknown),
            where=f"tasks of {benchmark.name}",
            fix=f"take the name out or correct it; there are {len(task_ids)}, such as {', '.join(task_ids[:5])}",
        )
    return tuple(task for task_id, task in benchmark.tasks.items() if task_id in set(requested))


def _why_unknown(benchmark: Benchmark, name: str) -> str:
    if name in benchmark.excluded:
        return f"task {name!r} cannot be played: {benchmark.excluded[name]}"
    close = difflib.get_close_matches(name, benchmark.tasks, n=3)
    return f"unknown task {name!r}" + (f" (did you mean {', '.join(close)}?)" if close else "")
