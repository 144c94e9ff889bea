"""Which tasks and seeds are for learning and which for judging, and the guard between them.

Tasks are split by family: a family is either for training or held out, never both. Training tasks are judged on
held-out seeds; held-out tasks never enter exploration, the knowledge base or training at all. Seeds are split once for
every task: the held-out ones begin at `HELDOUT_SEEDS`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from components.benchmarks.base import Benchmark, Task
from components.benchmarks.registry import choose_tasks
from components.errors import InputError

HELDOUT_SEEDS = 1_000_000
Case = dict[str, str]
"""Values of a task's variables, by name."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """Tasks by id, in the benchmark's order."""

    train: Mapping[str, Task]
    heldout: Mapping[str, Task]

    @property
    def train_tasks(self) -> tuple[str, ...]:
        return tuple(self.train)

    @property
    def heldout_tasks(self) -> tuple[str, ...]:
        return tuple(self.heldout)

    def train_seeds(self, n: int, *, skip: int = 0) -> tuple[int, ...]:
        """`n` seeds for exploring; `skip` those that earlier rounds used."""
        if skip + n > HELDOUT_SEEDS:
            raise InputError(f"there are only {HELDOUT_SEEDS} training seeds", where=f"seeds {skip} to {skip + n}")
        return tuple(range(skip, skip + n))

    def heldout_seeds(self, n: int, *, skip: int = 0) -> tuple[int, ...]:
        """`n` seeds for judging, on training tasks as on held-out ones."""
        return tuple(range(HELDOUT_SEEDS + skip, HELDOUT_SEEDS + skip + n))

    def digest(self) -> str:
        """SHA-256 over the tasks of both sides; part of an evaluation's inputs."""
        return hashlib.sha256(repr((self.train_tasks, self.heldout_tasks)).encode()).hexdigest()

    @cached_property
    def _heldout_templates(self) -> dict[str, str]:
        """Held-out task by normalised wording. Wordings without literal words fit every intent and are left out."""
        return {
            normalise(part): task_id
            for task_id, task in self.heldout.items()
            for part in task.template.split(" | ")
            if _literals(part)
        }

    def why_heldout(self, *, task_id: str, template: str, intent: str, seed: int | None) -> str:
        """Why an example of this origin belongs to the evaluation; empty where it does not.

        An intent belongs to a held-out task if it fits one of that task's wordings better than its own template, that
        is, with more literal letters. `Select Ann from the list and click Submit` also fits `Select {items} and click
        Submit`, but its own template has more literal letters.

        Args:
            template: of the example's task; several wordings are separated by ` | `.
            seed: None where the example has none.
        """
        if task_id in self.heldout:
            return f"task {task_id} is held out"
        own_wordings = [normalise(part) for part in template.split(" | ")]
        for part in own_wordings:
            if part in self._heldout_templates:
                return f"template {part!r} is that of held-out task {self._heldout_templates[part]}"
        plain = normalise(intent)
        own_literals = max((_literals(part) for part in own_wordings if _pattern(part).fullmatch(plain)), default=0)
        for part, owner in self._heldout_templates.items():
            if _literals(part) > own_literals and _pattern(part).fullmatch(plain):
                return f"intent {intent!r} is one of held-out task {owner}"
        if seed is not None and seed >= HELDOUT_SEEDS:
            return f"seed {seed} of task {task_id} is held out"
        return ""

    def check(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Refuses rows of a data set (or of a knowledge base) that belong to the evaluation.

        Args:
            rows: each with `task_id`, `template`, `intent` (or `prompt_intent`), `seed` and, to name it, `example_id`
                or `id`. Compared are the task's id, its template, the intent (lower case, spaces and quotes
                normalised) against every wording of the held-out tasks, and the seed.

        Raises:
            InputError: names the rows and what is wrong with each.
        """
        refusals = []
        for number, row in enumerate(rows):
            seed = row.get("seed")
            why = self.why_heldout(
                task_id=str(row.get("task_id", "")),
                template=str(row.get("template", "")),
                intent=str(row.get("intent") or row.get("prompt_intent") or ""),
                seed=None if seed is None else int(seed),
            )
            if why:
                name = row.get("example_id") or row.get("id")
                refusals.append(f"row {number}{f' ({name})' if name else ''}: {why}")
        if refusals:
            remainder = [f"and {len(refusals) - 20} more rows"] if len(refusals) > 20 else []
            raise InputError(
                "evaluation tasks are in the data:\n"
                + "\n".join(f"    {line}" for line in [*refusals[:20], *remainder]),
                where="data set",
                fix="take these rows out, or explore only the split's training tasks and seeds",
            )


def make_split(
    benchmark: Benchmark, *, train: Sequence[str] | None = None, heldout: Sequence[str] | None = None
) -> Split:
    """The split of the named tasks, or of the benchmark's default ones; deterministic.

    A benchmark without a default list holds out about a quarter of its families, chosen by the digest of their names.
    An empty `train` is for a benchmark whose training tasks are still to be proposed. If only one side is named, the
    other one is its default without the families of the named side.

    Raises:
        InputError: an unknown or excluded task; a family or a template on both sides (names them); nothing to train on.
    """
    default_train, default_heldout = benchmark.default_split or _by_digest(benchmark.tasks)
    chosen = {task.task_id: task for task in choose_tasks(benchmark, train if train is not None else default_train)}
    judged = {
        task.task_id: task for task in choose_tasks(benchmark, heldout if heldout is not None else default_heldout)
    }
    if heldout is None:
        judged = _without_families(judged, chosen)
    elif train is None:
        chosen = _without_families(chosen, judged)
    split = Split(train=chosen, heldout=judged)
    _check_split(split, trains=train is None or bool(train))
    return split


def _without_families(tasks: Mapping[str, Task], other_side: Mapping[str, Task]) -> dict[str, Task]:
    families = {task.family for task in other_side.values()}
    return {task_id: task for task_id, task in tasks.items() if task.family not in families}


def _by_digest(tasks: Mapping[str, Task]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    def is_heldout(task: Task) -> bool:
        return hashlib.sha256(task.family.encode()).digest()[0] < 64

    return (
        tuple(task_id for task_id, task in tasks.items() if not is_heldout(task)),
        tuple(task_id for task_id, task in tasks.items() if is_heldout(task)),
    )


def _check_split(split: Split, *, trains: bool) -> None:
    if trains and not split.train:
        raise InputError("no task is left to train on", where="train tasks", fix="name at least one task")
    shared = {task.family for task in split.train.values()} & {task.family for task in split.heldout.values()}
    if shared:
        tasks = [i for side in (split.train, split.heldout) for i, task in side.items() if task.family in shared]
        raise InputError(
            f"family {', '.join(sorted(shared))} is on both sides of the split ({', '.join(tasks)})",
            where="train tasks and held-out tasks",
            fix="move all tasks of a family to one side",
        )
    for task in split.train.values():
        why = split.why_heldout(task_id=task.task_id, template=task.template, intent="", seed=None)
        if why:
            raise InputError(f"training task {task.task_id}: {why}", where="train tasks", fix="take one of them out")


def case_of(cases: Sequence[Case], seed: int) -> Case:
    """The seed's case. Training seeds have the first two thirds of the cases, held-out seeds the others; of fewer than
    three cases both have all."""
    train_count = 2 * len(cases) // 3 if len(cases) > 2 else 0
    if seed >= HELDOUT_SEEDS:
        heldout = cases[train_count:]
        return heldout[(seed - HELDOUT_SEEDS) % len(heldout)]
    train = cases[:train_count] or cases
    return train[seed % len(train)]


def normalise(text: str) -> str:
    """The text for comparisons: NFKC, lower case, single spaces, straight quotes, no `.`, `!` or `?` at the end."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(str.maketrans("“”„‘’", '"""\'\''))
    return " ".join(text.split()).rstrip(" .!?")


def _literals(template: str) -> int:
    """How many letters and digits of a template are literal."""
    return sum(map(str.isalnum, re.sub(r"\{\w+\}", "", template)))


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    """A pattern of the normalised intents of a normalised template."""
    parts = re.split(r"(\{\w+\})", template)
    return re.compile("".join(".*" if part.startswith("{") else re.escape(part) for part in parts))
