"""A family is on one side only, and whatever belongs to the evaluation is refused by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.benchmarks.base import Task
from components.benchmarks.miniwob.benchmark import MiniWob
from components.benchmarks.miniwob.skills import ASIDE, HELDOUT, SKILLS, TRAIN
from components.benchmarks.split import HELDOUT_SEEDS, Split, make_split, normalise
from components.errors import InputError

BENCHMARK = MiniWob()
SPLIT = make_split(BENCHMARK)


def row(**changes: object) -> dict[str, object]:
    task = SPLIT.train["enter-text"]
    base = {"example_id": "e1", "task_id": task.task_id, "template": task.template, "seed": 3}
    return base | {"intent": 'Enter "Ann" into the text field and press Submit.'} | changes


def test_the_default_split_has_enough_tasks_and_no_family_or_template_on_both_sides() -> None:
    assert len(SPLIT.train) == 50
    assert len(SPLIT.heldout) == 20
    assert not {t.family for t in SPLIT.train.values()} & {t.family for t in SPLIT.heldout.values()}
    wordings = [
        {part for t in side.values() for part in t.template.split(" | ")} for side in (SPLIT.train, SPLIT.heldout)
    ]
    assert not wordings[0] & wordings[1]


def test_every_task_is_trained_or_held_out_or_aside_with_a_reason_and_none_is_twice() -> None:
    sides = [*TRAIN, *HELDOUT, *ASIDE]
    assert sorted(sides) == sorted(BENCHMARK.tasks)
    assert all(ASIDE.values())
    families = [family for sides in SKILLS.values() for side in sides for family in side]
    assert len(families) == len(set(families))
    assert set(families) <= {task.family for task in BENCHMARK.tasks.values()}


def test_every_family_that_is_held_out_has_others_of_its_skill_in_training() -> None:
    trained, heldout = ({side[task].family for task in side} for side in (SPLIT.train, SPLIT.heldout))
    for families in SKILLS.values():
        assert set(families[0]) <= trained
        assert set(families[1]) <= heldout


@pytest.mark.parametrize("delayed", [task for task in BENCHMARK.tasks if f"{task}-nodelay" in BENCHMARK.tasks])
def test_a_task_is_not_played_with_its_delay_as_well(delayed: str) -> None:
    assert delayed not in (*TRAIN, *HELDOUT)


def test_the_same_names_give_the_same_split_whatever_their_order() -> None:
    forwards = make_split(BENCHMARK, train=["click-button", "enter-text"], heldout=["click-link"])
    backwards = make_split(BENCHMARK, train=["enter-text", "click-button", "enter-text"], heldout=["click-link"])
    assert forwards.train_tasks == backwards.train_tasks
    assert forwards.digest() == backwards.digest() != SPLIT.digest()


def test_training_and_heldout_seeds_never_meet() -> None:
    assert not set(SPLIT.train_seeds(1000, skip=500)) & set(SPLIT.heldout_seeds(1000))
    assert SPLIT.train_seeds(4) == (0, 1, 2, 3)
    assert SPLIT.train_seeds(4, skip=4) == (4, 5, 6, 7)
    assert SPLIT.train_seeds(10, skip=HELDOUT_SEEDS - 10)[-1] == HELDOUT_SEEDS - 1
    with pytest.raises(InputError) as caught:
        SPLIT.train_seeds(10, skip=HELDOUT_SEEDS - 9)
    assert caught.value.where == f"seeds {HELDOUT_SEEDS - 9} to {HELDOUT_SEEDS + 1}"


def test_the_first_heldout_seed_is_refused_and_the_last_training_seed_is_not() -> None:
    SPLIT.check([row(seed=HELDOUT_SEEDS - 1)])
    with pytest.raises(InputError):
        SPLIT.check([row(seed=HELDOUT_SEEDS)])


def test_own_training_rows_pass() -> None:
    SPLIT.check([row(), row(prompt_intent="Select nothing and click Submit.", intent=None)])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"task_id": "click-link"}, "task click-link is held out"),
        ({"task_id": "renamed", "template": SPLIT.heldout["click-link"].template}, "template"),
        ({"intent": "  Click ON the link “Eget”"}, "intent"),
        ({"seed": HELDOUT_SEEDS + 7}, f"seed {HELDOUT_SEEDS + 7}"),
    ],
)
def test_a_row_of_the_evaluation_is_refused_by_name(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        SPLIT.check([row(), row(example_id="bad-one", **changes)])
    assert "row 1 (bad-one)" in str(caught.value)
    assert "row 0" not in str(caught.value)
    assert said in str(caught.value)


def test_a_wording_that_merely_fits_a_looser_heldout_one_is_no_contamination() -> None:
    split = make_split(BENCHMARK, train=["choose-list"], heldout=["click-option", "click-menu"])
    task = split.train["choose-list"]
    rows = [
        {"task_id": task.task_id, "template": task.template, "intent": "Select Ann from the list and click Submit."}
    ]
    split.check(rows)
    rows[0]["intent"] = "Select Ann and click Submit."
    with pytest.raises(InputError, match="click-option"):
        split.check(rows)


@pytest.mark.parametrize(
    ("train", "heldout", "said"),
    [
        (["click-button"], ["unicode-test"], "family button is on both sides"),
        (["click-buton"], None, "did you mean click-button"),
        (["click-color"], None, "cannot be played"),
    ],
)
def test_a_wrong_split_says_why(train: list[str], heldout: list[str] | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_split(BENCHMARK, train=train, heldout=heldout)


@settings(max_examples=60, derandomize=True)
@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=100, derandomize=True)
@given(st.sampled_from(sorted(SPLIT.heldout)), st.text(alphabet="abcXYZ0189-@ ", min_size=1, max_size=12))
def test_every_filled_in_heldout_wording_is_recognised(task_id: str, word: str) -> None:
    for part in SPLIT.heldout[task_id].template.split(" | "):
        intent = re.sub(r"\{\w+\}", word, part)
        assert SPLIT.why_heldout(task_id="x", template="y", intent=intent, seed=None)


def test_a_quarter_of_the_families_is_held_out_by_their_digest() -> None:
    """The digests of these names begin with the bytes 63 and 64, the last and the first of their side."""
    families = ("family-255", "family-468")

    class Named(MiniWob):
        default_split = None

        @property
        def tasks(self) -> Mapping[str, Task]:
            return {
                family: Task(benchmark="named", task_id=family, family=family, template=family, max_steps=1)
                for family in families
            }

    assert make_split(Named()).heldout_tasks == ("family-255",)


def test_a_benchmark_without_a_default_list_is_split_by_the_digest_of_its_families() -> None:
    other = MiniWob()
    other.name, other.default_split = "other", None
    split = make_split(other)
    assert split.train
    assert split.heldout
    assert set(split.train) | set(split.heldout) == set(other.tasks)
    assert isinstance(split, Split)
