"""The results of an ablation: rows for programs, and a table that says in words what each ingredient is worth.

Rates have Wilson's interval, with fewer episodes where those of one task are alike; differences have an interval by
resampling tasks. Three seeds say little of further seeds, so each seed's own figure is shown too, and an ingredient is
said to help only if interval, McNemar's test and every seed agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Self

from pydantic import BaseModel, ConfigDict

from components.results.episodes import Change, Outcomes, Pair, change_of, outcomes_of, pairs_of
from components.results.evaluate import EvaluateResult
from components.results.place import read
from components.statistics import clustered_wilson
from components.trajectories.phases import CHANCE, HELD_OUT, Role, SplitName
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome
from pipelines.ablation.variants import VARIANTS

ALONE: Role = "teacher_without_knowledge"
SHOWN: tuple[Role, ...] = ("student", "teacher")
LEVEL = 0.05
BESIDE: tuple[Role, ...] = (*CHANCE, ALONE)


class Row(BaseModel):
    """One student on one split; `seconds` are those its learning took, of exploring, synthesis and training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant: str
    seed: int
    split: SplitName
    success_rate: float
    episodes: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What was run, when and where; `changes` were made to the recipe of every variant; `start` is the digest of the
    model that they all began with."""

    recipe: str
    changes: Sequence[str]
    rounds: int
    date: str
    commit: str
    machine: str
    start: str


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run that is done: what its last round's agents solved. `seconds` as in a `Row`."""

    variant: str
    seed: int
    seconds: float
    outcomes: Mapping[Role, Outcomes]

    @classmethod
    def read(cls, round: Round, *, variant: str, seconds: float) -> Self:
        results = {role: read(round, EvaluateResult, of=role) for role in (*SHOWN, *BESIDE)}
        outcomes = {
            role: outcomes_of(round.store, result, splits=HELD_OUT) for role, result in results.items() if result
        }
        return cls(variant=variant, seed=round.seed, seconds=seconds, outcomes=outcomes)

    def solved(self, role: Role, split: SplitName) -> dict[str, list[float]]:
        """1 for each episode that was solved and 0 for each that was not, by task."""
        solved: dict[str, list[float]] = {}
        for (episode_split, task, _), outcome in sorted(self.outcomes.get(role, {}).items()):
            if episode_split == split and outcome.counts:
                solved.setdefault(task, []).append(float(outcome is Outcome.SOLVED))
        return solved


@dataclass(frozen=True)
class Question:
    """What something is worth: an agent of one variant compared with an agent of another."""

    about: str
    agent: tuple[str, Role]
    beside: tuple[str, Role]


RANDOM, STUDENT, LABELS = "random-exploration", "student-exploration", "labels"
QUESTIONS = (
    Question("reasons, for the student", ("multi-task", "student"), ("sft", "student")),
    Question("speculative episodes, for the student", ("speculative", "student"), ("sft", "student")),
    Question("both, for the student", ("both", "student"), ("sft", "student")),
    Question("a random explorer's finds, for the student", (RANDOM, "student"), ("both", "student")),
    Question("its own finds, for the student", (STUDENT, "student"), ("both", "student")),
    Question("its own finds beside a random explorer's, for the student", (STUDENT, "student"), (RANDOM, "student")),
    Question("the teacher's labels where it got lost, for the student", (LABELS, "student"), (STUDENT, "student")),
    Question("knowledge of its own and of speculation, for the teacher", ("both", "teacher"), ("both", ALONE)),
    Question("a random explorer's finds, for the teacher", (RANDOM, "teacher"), ("both", "teacher")),
    Question("the student's finds, for the teacher", (STUDENT, "teacher"), ("both", "teacher")),
    Question("its finds beside a random explorer's, for the teacher", (STUDENT, "teacher"), (RANDOM, "teacher")),
    Question("all knowledge, the student's finds in it, for the teacher", (STUDENT, "teacher"), (STUDENT, ALONE)),
)


def rows_of_students(runs: Sequence[Ran]) -> list[Row]:
    """A row for every run and split."""
    return [
        Row(
            variant=run.variant,
            seed=run.seed,
            split=split,
            success_rate=fmean(solved),
            episodes=len(solved),
            seconds=run.seconds,
        )
        for run in runs
        for split in HELD_OUT
        if (solved := [outcome for outcomes in run.solved("student", split).values() for outcome in outcomes])
    ]


def markdown(runs: Sequence[Ran], *, origin: Origin) -> str:
    """The whole page."""
    seeds = sorted({run.seed for run in runs})
    over = f", with {', '.join(f'`{change}`' for change in origin.changes)}" if origin.changes else ""
    origin_words = f"commit {origin.commit or 'unknown'}, {origin.machine or 'machine unknown'}"
    lines = [
        "# What each ingredient is worth",
        "",
        f"`symbiont ablate`, {origin.date}, {origin_words}.",
        f"Recipe `{origin.recipe}`{over}, rounds: {origin.rounds}, {_seeds(seeds)}.",
        f"Every student began as the model `{origin.start[:12]}`.",
        "",
        ABOUT,
        "",
        "Percent solved after the last round, of all seeds together, with 95 % intervals; in brackets each "
        "seed's own. Seconds are those of exploring, synthesis and training, mean of the seeds.",
        "",
        *_table(_head(), list(_variants(runs))),
    ]
    if answers := list(_answers(runs)):
        lines += ["", DIFFERENCES, "", *_table(("what", "judged on", "difference", "by seed", "conclusion"), answers)]
    return "\n".join(lines) + "\n"


def _seeds(seeds: Sequence[int]) -> str:
    """Such as `3 seeds (0, 1, 2)`."""
    return f"{len(seeds)} seed{'s' if len(seeds) > 1 else ''} ({', '.join(map(str, seeds))})"


ABOUT = (
    "Each row of the first table is the same run with other ingredients, judged on the same pages. The rows `beside` "
    "show what chance, an agent that stops at once, and the teacher alone solve there. The second table gives "
    "differences between rows. *Finds* are episodes that solved a task: the student's own, or those of a random "
    "explorer in its place; the teacher is given them as knowledge."
)
DIFFERENCES = (
    "Differences are in points, on the same pages, of all seeds together, with 95 % intervals (tasks resampled). An "
    "ingredient helps if the interval is above zero, McNemar's p is below 0.05, and every seed gains."
)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]


def _head() -> list[str]:
    columns = [f"{agent}, {title}" for agent in ("student", "teacher with the finds") for title in HELD_OUT.values()]
    return ["variant", "what it has", *columns, "seconds"]


def _variants(runs: Sequence[Ran]) -> Iterator[list[str]]:
    for name, variant in VARIANTS.items():
        if own_runs := [run for run in runs if run.variant == name]:
            cells = [_rate(own_runs, role, split) for role in SHOWN for split in HELD_OUT]
            yield [name, variant.about, *cells, f"{fmean(run.seconds for run in own_runs):.0f}"]
    first_run = runs[:1]  # both are the same agents on the same pages in every run
    beside = {role: [_rate(first_run, role, split) for split in HELD_OUT] for role in BESIDE}
    yield ["beside", "acting at random; the teacher alone", *beside["random"], *beside[ALONE], ""]
    yield ["beside", "stopping at once", *beside["stop"], *("" for _ in HELD_OUT), ""]


def _rate(runs: Sequence[Ran], role: Role, split: SplitName) -> str:
    """Such as `51 (43 to 59) [48, 52, 53]`."""
    solved_by_run = [run.solved(role, split) for run in runs]
    by_task: dict[str, list[float]] = {}
    for solved in solved_by_run:
        for task, values in solved.items():
            by_task.setdefault(task, []).extend(values)
    if not by_task:
        return "–"
    rates = [fmean(value for values in solved.values() for value in values) for solved in solved_by_run if solved]
    every = [value for values in by_task.values() for value in values]
    low, high = clustered_wilson(by_task)
    seeds = f" [{', '.join(f'{100 * rate:.0f}' for rate in rates)}]" if len(set(rates)) > 1 else ""
    return f"{100 * fmean(every):.0f} ({100 * low:.0f} to {100 * high:.0f}){seeds}"


def _answers(runs: Sequence[Ran]) -> Iterator[list[str]]:
    by_variant = {(run.variant, run.seed): run for run in runs}
    for question in QUESTIONS:
        for split, title in HELD_OUT.items():
            pairs = list(_pairs(by_variant, question, split))
            if pairs:
                change, differences = (
                    change_of(_joined(pairs)),
                    [change_of(seed_pairs).difference for seed_pairs in pairs],
                )
                seeds = ", ".join(f"{100 * difference:+.1f}" for difference in differences)
                yield [question.about, title, _difference(change), seeds, worth(change, differences)]


def _pairs(
    by_variant: Mapping[tuple[str, int], Ran], question: Question, split: SplitName
) -> Iterator[dict[str, list[Pair]]]:
    """Of every seed that ran both, the pairs of (beside, agent) by task."""
    for seed in sorted({seed for _, seed in by_variant}):
        (variant, role), (variant_beside, rival) = question.agent, question.beside
        run, two = by_variant.get((variant, seed)), by_variant.get((variant_beside, seed))
        if run and two:
            pairs_by_task = pairs_of(two.outcomes.get(rival, {}), run.outcomes.get(role, {}))
            if split_pairs := {
                task: pairs for (task, pair_split), pairs in pairs_by_task.items() if pair_split == split
            }:
                yield split_pairs


def _joined(pairs: Sequence[Mapping[str, Sequence[Pair]]]) -> dict[str, list[Pair]]:
    joined: dict[str, list[Pair]] = {}
    for seed_pairs in pairs:
        for task, task_pairs in seed_pairs.items():
            joined.setdefault(task, []).extend(task_pairs)
    return joined


def _difference(change: Change) -> str:
    low, high = change.interval or (None, None)
    within = "" if low is None or high is None else f" ({100 * low:+.1f} to {100 * high:+.1f})"
    return f"{100 * change.difference:+.1f}{within}"


def worth(change: Change, by_seed: Sequence[float]) -> str:
    """What the interval, the test and the seeds allow to say of an ingredient."""
    if change.interval is None:
        return "cannot be told from one task"
    low, high = change.interval
    if not (change.gains or change.losses):
        return "changed nothing: each episode ended as without it"
    if change.p_value < LEVEL and low > 0:
        return "helps" if min(by_seed) > 0 else "not shown to help: not every seed gains"
    if change.p_value < LEVEL and high < 0:
        return "does not help: it costs"
    return "not shown to help" + (f": {100 * high:.1f} points at most" if high > 0 else "")
