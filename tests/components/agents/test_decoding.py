"""What can be written on a page: every possible action and each of its beginnings, and nothing else."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.agents.base import Turn
from components.agents.decoding import Possible
from components.agents.local import LocalAgent
from components.browser.actions import Action, ActionError, parse_action
from components.browser.observation import Element, Observation
from components.browser.quoting import quote

OPTIONS = ('say "b"', "Zoë", "a")
LINES = {
    3: 'textbox "Name" value "Riley"',
    12: f'combobox "Kind" options {", ".join(map(quote, OPTIONS))}',
    123: 'button "Send it"',
}
PAGE = "\n".join(f"[{ref}] {line}" for ref, line in LINES.items())
TEXTS = st.text(max_size=12)


def turn(intent: str = 'Enter "Ann Lee" there') -> Turn:
    elements = {
        ref: Element(ref=ref, role=line.split(" ")[0], name="", line=line, value="") for ref, line in LINES.items()
    }
    page = Observation(url="http://site", title="", text=PAGE, elements=elements)
    return Turn(episode="t/1", task_id="t", template="", intent=intent, observation=page, history=())


ACTIONS = st.one_of(
    st.builds(Action, st.just("click"), st.sampled_from(list(LINES))),
    st.builds(Action, st.just("type"), st.sampled_from(list(LINES)), TEXTS, st.booleans()),
    st.builds(Action, st.just("select"), st.just(12), st.sampled_from(OPTIONS)),
    st.builds(Action, st.sampled_from(["note", "stop", "goto"]), st.none(), TEXTS),
    st.builds(Action, st.just("scroll"), st.none(), st.sampled_from(["up", "down"])),
    st.just(Action("go_back")),
    st.just(Action("press", None, "Enter")),
)


@given(ACTIONS)
def test_a_possible_action_and_all_its_beginnings_are_allowed(action: Action) -> None:
    possible, text = Possible(turn()), f" {action}"
    assert possible.ends(text)
    assert all(possible.begins(text[:end]) for end in range(len(text) + 1))


@given(st.text(alphabet='clicktypeselopr [](123)"\\ aZoëREnterupdown', max_size=24))
def test_what_is_allowed_to_end_is_an_action(text: str) -> None:
    possible = Possible(turn())
    if not possible.ends(text):
        return
    try:
        action = parse_action(text)
    except ActionError:
        # the one thing that is left to the parser: names of keys
        assert text.strip().startswith("press")
        return
    assert action.ref is None or action.ref in LINES


@pytest.mark.parametrize(
    "text",
    [
        " click [4",
        " click [012]",
        " click [12] ",
        ' click [12] button "Kind"',
        " fly",
        ' select [12] "b',
        ' type [3] "x" go',
        ' type [3]  "x"',
        " go_back now",
        " scroll sideways",
        " press Enter",
    ],
)
def test_what_no_possible_action_begins_with_is_not_allowed(text: str) -> None:
    assert not Possible(turn()).begins(text)


def test_part_of_a_character_may_only_come_within_a_text() -> None:
    possible = Possible(turn())
    assert possible.begins(' type [3] "Zo\ufffd')
    for text in (" click \ufffd", " click [12\ufffd", ' type [3] "x"\ufffd', " \ufffd"):
        assert not possible.begins(text)


def test_copies_are_spans_of_goal_and_page() -> None:
    copies = Possible(turn(), copies=True)
    assert copies.ends(' type [3] "Ann Lee"')
    assert copies.ends(' stop "Riley"')
    assert copies.begins(' type [3] "Ril')
    assert not copies.begins(' type [3] "Rile"l')
    assert not copies.begins(' type [3] "Rilel')
    assert copies.begins(' note "anything')
    free = Possible(turn())
    assert free.copied(' type [3] "Riley" enter')
    assert free.copied(" click [3]")
    assert not free.copied(' type [3] "Rilele"')


def test_a_model_that_was_taught_nothing_names_no_element_that_is_not_there(tiny_model: Path) -> None:
    for temperature in (0.0, 1.5):
        agent = LocalAgent(tiny_model, temperature=temperature)
        for decision in asyncio.run(agent.decide([turn(f"goal {number}") for number in range(12)])):
            named = re.match(r"(?:click|type|select) \[(\d+)\]", decision.action)
            assert named is None or int(named[1]) in LINES, decision.action
