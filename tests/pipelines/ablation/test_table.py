"""What an ablation's table says of runs whose outcomes are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.results.episodes import change_of
from components.trajectories.schema import Outcome
from pipelines.ablation.table import Origin, Ran, markdown, rows_of_students, worth

TASKS = ("click-button", "enter-text", "login-user", "choose-list")
SEEDS = range(5)
ORIGIN = Origin(
    recipe="tiny",
    changes=("distill.steps=9",),
    rounds=1,
    date="2026-11-26",
    commit="abc1234",
    machine="two cores",
    start="0123456789abcdef",
)
Solves = Callable[[str, int], bool]


def ran(variant: str, seed: int, *, student: Solves, teacher: Solves = lambda *_: True, seconds: float = 60.0) -> Ran:
    def played(solves: Solves) -> dict[tuple[str, str, int], Outcome]:
        return {
            ("heldout_seeds", task, page): Outcome.SOLVED if solves(task, page) else Outcome.FAILED
            for task in TASKS
            for page in SEEDS
        }

    judged = {"student": student, "teacher": teacher, "teacher_without_knowledge": lambda *_: False}
    judged |= {"random": lambda _, page: page == 0, "stop": lambda *_: False}
    outcomes = {role: played(solves) for role, solves in judged.items()}
    return Ran(variant=variant, seed=seed, seconds=seconds, outcomes=outcomes)


def cells(table: str, begins: str) -> list[str]:
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {begins}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture
def runs() -> list[Ran]:
    """Reasons gain one page of every task from both seeds; speculation gains nothing; both cost."""
    made = []
    for seed in (0, 1):
        made += [
            ran("sft", seed, student=lambda _, page: page < 2, seconds=50.0 + 20 * seed),
            ran("multi-task", seed, student=lambda _, page: page < 3),
            ran("speculative", seed, student=lambda _, page: page < 2),
            ran("both", seed, student=lambda _, page: page < 1),
        ]
    return made


def test_rows_are_the_students_of_every_run(runs: list[Ran]) -> None:
    rows = [row.model_dump() for row in rows_of_students(runs)]
    assert len(rows) == 8
    assert rows[0] == {
        "variant": "sft",
        "seed": 0,
        "split": "heldout_seeds",
        "success_rate": 0.4,
        "episodes": 20,
        "seconds": 50.0,
    }


def test_a_variant_is_shown_with_interval_cost_and_what_it_is_read_beside(runs: list[Ran]) -> None:
    table = markdown(runs, origin=ORIGIN)
    assert "2026-11-26, commit abc1234, two cores." in table
    assert "Recipe `tiny`, with `distill.steps=9`, rounds: 1, 2 seeds (0, 1)." in table
    assert "Every student began as the model `0123456789ab`." in table
    assert cells(table, "sft |")[2:] == ["40 (26 to 55)", "–", "100 (91 to 100)", "–", "60"]
    assert cells(table, "beside | acting")[2:] == ["20 (8 to 42)", "–", "0 (0 to 16)", "–", ""]
    assert cells(table, "beside | stopping")[2:] == ["0 (0 to 16)", "–", "", "", ""]
    assert "random-exploration" not in table, "what was not run has no row"


def test_what_an_ingredient_is_worth_is_said_in_words(runs: list[Ran]) -> None:
    table = markdown(runs, origin=ORIGIN)
    assert cells(table, "reasons, for the student")[2:] == ["+20.0 (+20.0 to +20.0)", "+20.0, +20.0", "helps"]
    assert cells(table, "speculative episodes, for the student")[-1].startswith("changed nothing")
    assert cells(table, "both, for the student")[-1] == "does not help: it costs"
    assert cells(table, "knowledge of its own")[-1] == "helps"
    assert "finds" not in table.partition("| what |")[2], "nothing is said of runs that are missing"


def test_seeds_that_disagree_show_it_and_are_no_proof(runs: list[Ran]) -> None:
    lucky = ran("multi-task", 0, student=lambda *_: True)
    unlucky = ran("multi-task", 1, student=lambda task, page: page < 2 * (task != "enter-text"))
    table = markdown([lucky, unlucky, runs[0], runs[4]], origin=ORIGIN)
    _, _, difference, seeds, said = cells(table, "reasons, for the student")
    assert (difference, seeds) == ("+25.0 (+15.0 to +30.0)", "+60.0, -10.0")
    assert said == "not shown to help: not every seed gains"
    assert "[100, 30]" in table


def test_only_seeds_that_ran_both_are_compared(runs: list[Ran]) -> None:
    table = markdown(runs[:5], origin=ORIGIN)  # of the second seed, sft alone
    assert cells(table, "reasons, for the student")[3] == "+20.0"


@pytest.mark.parametrize(
    ("gained", "of", "said"),
    [
        (0, 1, "cannot be told from one task"),
        (0, 4, "changed nothing: each episode ended as without it"),
        (1, 4, "not shown to help: 75.0 points at most"),
        (2, 2, "helps"),
    ],
)
def test_as_much_is_said_as_tasks_and_episodes_allow(gained: int, of: int, said: str) -> None:
    pairs = {str(task): [(False, task < gained)] * 3 for task in range(of)}
    change = change_of(pairs)
    assert worth(change, [change.difference]) == said


def test_a_handful_of_episodes_that_all_gain_are_no_proof() -> None:
    change = change_of({"a": [(False, True)], "b": [(False, True)]})
    assert change.interval == (1.0, 1.0)
    assert worth(change, [1.0]) == "not shown to help: 100.0 points at most"
