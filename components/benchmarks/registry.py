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
        options: what the benchmark's class takes, e.g. `folder=` for `miniwob`.

    Raises:
        InputError: unknown name or option, or what an option points to is not what the benchmark needs.
    """
    make = _class_of(name)
    parameters = inspect.signature(make).parameters
    known = list(parameters)
    unknown = [option for option in options if option not in known]
    if unknown:
        raise InputError(
            f"benchmark {name!r} has no option {', '.join(map(repr, unknown))}",
            where="benchmark options",
            fix=f"its options are: {', '.join(known) or 'none'}",
        )
    lacking = [option for option, taken in parameters.items() if taken.default is taken.empty and option not in options]
    if lacking:
        raise InputError(
            f"benchmark {name!r} wants {', '.join(lacking)}",
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
    found: type[Benchmark] = getattr(importlib.import_module(module), cls)
    return found


def choose_tasks(benchmark: Benchmark, names: Iterable[str]) -> tuple[Task, ...]:
    """The named tasks, in the benchmark's order and without repetition.

    Raises:
        InputError: a name is unknown or excluded; says which, and what was probably meant.
    """
    wanted, known = tuple(names), list(benchmark.tasks)
    wrong = [name for name in wanted if name not in benchmark.tasks]
    if wrong:
        raise InputError(
            "; ".join(_why_unknown(benchmark, name) for name in wrong),
            where=f"tasks of {benchmark.name}",
            fix=f"take the name out or correct it; there are {len(known)}, such as {', '.join(known[:5])}",
        )
    return tuple(task for task_id, task in benchmark.tasks.items() if task_id in set(wanted))


def _why_unknown(benchmark: Benchmark, name: str) -> str:
    if name in benchmark.excluded:
        return f"task {name!r} cannot be played: {benchmark.excluded[name]}"
    close = difflib.get_close_matches(name, benchmark.tasks, n=3)
    return f"unknown task {name!r}" + (f" (did you mean {', '.join(close)}?)" if close else "")
