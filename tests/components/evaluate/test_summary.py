"""Rates, costs and comparisons from episodes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.evaluate.summary import evaluation_row, summarise
from components.statistics import wilson
from components.trajectories.schema import AgentInfo, Cost, Episode, Outcome, Step


def episode(
    task: str, seed: int, outcome: Outcome, *, steps: int = 2, seconds: float = 1.0, usd: float = 0.5
) -> Episode:
    return Episode(
        run="r",
        round=1,
        phase="evaluate-student-heldout_seeds",
        benchmark="b",
        task_id=task,
        family=task.split("-")[0],
        template="t",
        seed=seed,
        intent="i",
        start_url="http://x/",
        agent=AgentInfo(name="a", kind="k", digest="d"),
        steps=tuple(
            Step(
                index=i,
                url="u",
                observation="o",
                action="a",
                cost=Cost(prompt_tokens=10, completion_tokens=3, usd=usd / steps),
            )
            for i in range(steps)
        ),
        outcome=outcome,
        started_at="2026-01-01T00:00:00+00:00",
        seconds=seconds,
    )


def rows(*episodes: Episode) -> list[dict[str, object]]:
    return [evaluation_row(each, split="heldout_seeds") for each in episodes]


def test_rates_per_task_family_and_overall_with_their_intervals() -> None:
    found = summarise(
        rows(
            episode("click-a", 1, Outcome.SOLVED),
            episode("click-a", 2, Outcome.FAILED),
            episode("click-b", 1, Outcome.SOLVED),
            episode("enter-c", 1, Outcome.FAILED),
        ),
        split="heldout_seeds",
        confidence=0.95,
        seed=0,
    )
    assert (found.solved, found.episodes, found.success_rate) == (2, 4, 0.5)
    assert found.interval == wilson(2, 4)
    assert [(each.name, each.solved, each.episodes) for each in found.by_task] == [
        ("click-a", 1, 2),
        ("click-b", 1, 1),
        ("enter-c", 0, 1),
    ]
    assert [(each.name, each.solved, each.episodes) for each in found.by_family] == [("click", 2, 3), ("enter", 0, 1)]
    assert found.task_interval is not None


def test_errors_are_counted_apart_and_never_as_failures() -> None:
    found = summarise(
        rows(
            episode("a", 1, Outcome.SOLVED),
            episode("a", 2, Outcome.INFRA_ERROR),
            episode("a", 3, Outcome.ENV_ERROR),
            episode("a", 4, Outcome.JUDGE_ERROR),
        ),
        split="heldout_seeds",
        confidence=0.95,
        seed=0,
    )
    assert (found.episodes, found.success_rate) == (1, 1.0)
    assert found.outcomes == {"solved": 1, "infra_error": 1, "env_error": 1, "judge_error": 1}
    assert found.tokens == 4 * 2 * 13


def test_cost_and_time_of_a_solved_task_charge_the_failures_too() -> None:
    found = summarise(
        rows(
            episode("a", 1, Outcome.SOLVED, steps=4, seconds=2.0, usd=1.0),
            episode("a", 2, Outcome.FAILED, steps=9, seconds=6.0, usd=2.0),
            episode("a", 3, Outcome.INFRA_ERROR, seconds=100.0, usd=50.0),
            episode("b", 1, Outcome.SOLVED, steps=2, seconds=1.0, usd=0.5),
        ),
        split="heldout_seeds",
        confidence=0.95,
        seed=0,
    )
    assert found.steps_per_solved == 3
    assert found.seconds_per_solved == 4.5
    assert found.usd_per_solved == pytest.approx(1.75)
    assert found.usd == pytest.approx(53.5)


def test_nothing_solved_has_no_cost_per_solved_task() -> None:
    found = summarise(rows(episode("a", 1, Outcome.FAILED)), split="heldout_seeds", confidence=0.95, seed=0)
    assert found.steps_per_solved is found.usd_per_solved is found.seconds_per_solved is None
    empty = summarise([], split="heldout_seeds", confidence=0.95, seed=0)
    assert (empty.episodes, empty.success_rate, empty.interval, empty.task_interval) == (0, 0.0, (0.0, 1.0), None)


plays = st.lists(
    st.tuples(st.sampled_from(["a-1", "a-2", "b-1"]), st.sampled_from(list(Outcome))), min_size=1, max_size=20
)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(plays)
def test_groups_add_up_to_the_whole(played: list[tuple[str, Outcome]]) -> None:
    made = rows(*(episode(task, seed, outcome) for seed, (task, outcome) in enumerate(played)))
    found = summarise(made, split="heldout_seeds", confidence=0.95, seed=0)
    for groups in (found.by_task, found.by_family):
        assert sum(each.episodes for each in groups) == found.episodes
        assert sum(each.solved for each in groups) == found.solved
    assert sum(found.outcomes.values()) == len(played)


def test_by_site_and_with_every_family_counting_alike() -> None:
    played = [episode("click-a", seed, Outcome.SOLVED) for seed in range(6)]
    played += [episode("enter-b", 0, Outcome.FAILED), episode("enter-c", 0, Outcome.ENV_ERROR)]
    sites = {"click-a": "shop", "enter-b": "shop+map", "enter-c": "map"}
    found = summarise(rows(*played), split="heldout_seeds", confidence=0.95, seed=0, sites=sites)
    assert [(each.name, each.solved, each.episodes) for each in found.by_site] == [("shop", 6, 6), ("shop+map", 0, 1)]
    assert found.success_rate == pytest.approx(6 / 7)
    assert (found.macro_rate, found.macro_interval) == (0.5, (0.0, 1.0))
    alone = summarise(rows(played[0]), split="heldout_seeds", confidence=0.95, seed=0)
    assert (alone.by_site, alone.macro_rate, alone.macro_interval) == ((), 1.0, None)
