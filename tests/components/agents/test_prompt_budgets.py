"""No block of a prompt is longer than its budget, whatever the page, the goal, the examples and the past are."""

from __future__ import annotations

import dataclasses
from random import Random

import pytest

from components.agents import constrained, prompts
from components.agents.base import Past
from components.agents.blocks import (
    BYTES,
    CUT,
    GAP,
    Example,
    around,
    examples_block,
    goal_block,
    history_block,
    notice_block,
    page_block,
    plan_block,
    size,
)
from components.agents.config import PromptBudget
from components.agents.plan import plan_of
from components.agents.student import Student
from components.browser.actions import Action
from components.browser.observation import Element, Observation
from components.models.files import BASE_FOLDER
from components.models.prompting import load_prompting
from tests.components.agents.turns import make_turn, past

SMALL = PromptBudget(goal=20, examples=100, plan=50, history=100, page=200)
MOST = {**SMALL.model_dump(), "notice": SMALL.goal}
BARE = dataclasses.replace(
    make_turn(intent="", last_step=True), observation=Observation(url="", title="", text="", elements={})
)
OF_AN_EXAMPLE = 4 * 2 * prompts.LONGEST_LINE + 700
"""Bytes of the one worked example: an element's line, twice, and the words around it."""
LONGEST_SYSTEM = sum(size(prompts.WORDS[part]) for part in ("system", "actions", "planning", "tabs")) + 2
LETTERS = ("a", "é", "漢", "😀", "\n", " ", '"', "[7]", "\\", "word ", '[12] button "Ok"\n', "\u2028", "note ")


def texts(rng: Random, count: int) -> list[str]:
    """Short and long ones, of few lines and of many, of one byte a letter and of four."""
    found = [""]
    for _ in range(count):
        few = rng.sample(LETTERS, rng.randrange(1, 6))
        found.append("".join(rng.choices(few, k=rng.choice((1, 5, 40, 300, 2000)))))
    return found


def test_ten_thousand_prompts_keep_their_budgets() -> None:
    rng = Random(4)
    pool = texts(rng, 300)

    def any_text() -> str:
        return rng.choice(pool)

    def any_branch() -> str:
        return str(Action(rng.choice(("branch", "prune")), text=any_text(), number=rng.randrange(3)))

    def any_past() -> Past:
        return Past(
            observation="",
            action=rng.choice((any_text, any_branch))(),
            reason=any_text(),
            feedback=rng.choice((any_text(), "")),
            target=any_text(),
            url="",
            title="",
            description=any_text(),
            highlight=any_text(),
        )

    def any_example() -> Example:
        steps = tuple((any_text(), any_text(), any_text()) for _ in range(rng.randrange(1, 4)))
        return Example(instruction=any_text(), summary=any_text(), solved=True, steps=steps)

    def any_page() -> Observation:
        elements = [
            Element(ref=ref, role=rng.choice(("button", "textbox", "combobox")), name=any_text(), line=any_text())
            for ref in rng.sample(range(1, 10**6), rng.choice((0, 1, 5)))
        ]
        tabs = rng.choice(((), ("tab 1", "tab 2")))
        known = {element.ref: element for element in elements}
        return Observation(url=any_text(), title=any_text(), text=any_text(), elements=known, tabs=tabs)

    for _ in range(10_000):
        page = any_page()
        turn = dataclasses.replace(
            make_turn(intent=any_text(), history=[any_past() for _ in range(rng.choice((0, 1, 3, 9)))]),
            observation=page,
            notice=any_text(),
            last_step=rng.random() < 0.2,
        )
        examples = [any_example() for _ in range(rng.choice((0, 0, 1, 3)))]
        plan = plan_of(turn.history)
        blocks = {
            "goal": goal_block(turn.intent, SMALL),
            "notice": notice_block(turn.notice, SMALL),
            "history": history_block(
                turn.history,
                window=rng.randrange(6),
                budget=SMALL,
                scope=rng.choice((None, plan.scope, [])),
                page=rng.choice((None, page.text)),
            ),
            "plan": plan_block(plan, SMALL),
            "page": page_block(page, SMALL),
            "examples": examples_block(examples, SMALL) if examples else "",
        }
        for name, block in blocks.items():
            assert size(block) <= BYTES * MOST[name], (name, block)
        asking = prompts.Asking(
            budget=SMALL, plan=rng.random() < 0.5, recall=rng.random() < 0.5, propose=rng.choice((0, 5))
        )
        constrain = rng.random() < 0.5
        form, bare = (constrained.form(each, asking) if constrain else "" for each in (page, BARE.observation))
        system, asked = prompts.chat_messages(turn, examples=examples, asking=asking, form=form)
        _, least = prompts.chat_messages(BARE, asking=asking, form=bare)
        assert size(asked["content"]) <= BYTES * sum(MOST.values()) + size(least["content"]) + OF_AN_EXAMPLE
        assert size(system["content"]) <= LONGEST_SYSTEM, "no page says anything there"


def test_no_students_prompt_is_longer_than_its_context() -> None:
    rng, taught = Random(5), load_prompting(BASE_FOLDER)
    pool = texts(rng, 200)
    for _ in range(300):
        context = rng.choice((150, 400, taught.context))
        reads = tuple(each for each in ("heading", "notes", "notice") if rng.random() < 0.5)
        history = [
            past(rng.choice((f"note {rng.choice(pool)}", rng.choice(pool)))) for _ in range(rng.choice((0, 1, 9)))
        ]
        page = Observation(url=rng.choice(pool), title=rng.choice(pool), text=rng.choice(pool), elements={})
        turn = dataclasses.replace(
            make_turn(intent=rng.choice(pool), history=history), observation=page, notice=rng.choice(pool)
        )
        prompting = dataclasses.replace(taught, context=context, reads=reads)
        student = Student(prompting=prompting, kind=rng.choice(("action", "reason_action")), temperature=0.0, seed=0)
        assert len(student.prompt(turn)) + student.max_new_tokens <= context


def test_what_fits_is_not_touched() -> None:
    page = "\n".join(f'[{n}] button "Button {n}"' for n in range(50))
    history = [past(f"click [{n}]", reason=f"why {n}") for n in range(3)]
    example = Example(instruction="Do it", summary="It was done.", solved=True, steps=((page, "click [7]", "so"),))
    _, asked = prompts.chat_messages(make_turn(page=page, history=history), examples=[example])
    assert asked["content"].count(page) == 2
    assert all(f"because: why {n}" in asked["content"] for n in range(3))
    assert CUT not in asked["content"]
    assert GAP not in asked["content"]


def test_of_a_long_page_the_beginning_stays_and_the_cut_is_said() -> None:
    lines = [f'text "Line {n}"' for n in range(500)]
    shown = page_block(Observation(url="http://site/", title="T", text="\n".join(lines), elements={}), SMALL)
    head, *kept, end = shown.split("\n")
    assert (head, end) == ('PAGE ("T", "http://site/"):', CUT)
    assert kept == lines[: len(kept)]
    assert size(shown) > BYTES * SMALL.page - 40  # and no room is left unused


def test_of_a_long_past_the_newest_steps_and_notes_stay() -> None:
    history = [past(f'note "fact {n}"') for n in range(40)] + [past(f"click [{n}]", reason="x" * 90) for n in range(20)]
    shown = history_block(history, window=5, budget=SMALL)
    assert "60. click [19]" in shown
    assert 'note "fact 39"' in shown
    assert "fact 0" not in shown
    assert "DONE SO FAR: 58 earlier steps, then" in shown


@pytest.mark.parametrize("reference", [0, 3, 250, 499])
def test_of_an_examples_page_the_element_that_was_acted_on_stays(reference: int) -> None:
    lines = [f'[{n}] link "Product {n}"' for n in range(500)]
    shown = around("\n".join(lines), f"click [{reference}]", 400)
    kept = [line for line in shown.split("\n") if line != GAP]
    assert lines[reference] in kept
    first = lines.index(kept[0])
    assert kept == lines[first : first + len(kept)]
    assert (shown.startswith(GAP), shown.endswith(GAP)) == (first > 0, first + len(kept) < 500)
    assert 330 < size(shown) <= 400


def test_three_whole_trajectories_are_shown_in_part_each() -> None:
    page = "\n".join(f'[{n}] link "Product {n}"' for n in range(3000))
    examples = [
        Example(
            instruction=f"Buy {n}",
            summary="S",
            solved=True,
            steps=tuple((page, f"click [{at}]", "r") for at in (5, 2000)),
        )
        for n in range(3)
    ]
    shown = examples_block(examples, PromptBudget())
    assert size(shown) <= BYTES * PromptBudget().examples
    for n in range(3):
        assert f"Buy {n}" in shown
    assert shown.count('[2000] link "Product 2000"') == shown.count("ACTION: click [2000]") == 3
