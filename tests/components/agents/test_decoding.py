"""What can be written on a page: every possible action and each of its beginnings, and nothing else."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.agents.base import Past, Turn
from components.agents.decoding import Possible
from components.agents.local import LocalAgent
from components.browser.actions import Action, ActionError, parse_action
from components.browser.observation import Element, Observation
from components.browser.quoting import quote
from tests.components.agents.turns import page_of

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
    st.builds(Action, st.just("type"), st.just(3), TEXTS, st.booleans()),
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


def after(*acts: str, page: str = PAGE) -> Possible:
    history = [Past(observation=page, action=each, reason="", feedback="") for each in acts]
    return Possible(dataclasses.replace(turn(), history=history))


def test_what_was_done_on_this_very_page_is_not_done_to_the_same_element_again() -> None:
    possible = after("click [123]", 'type [3] "Riley" enter')
    for text in (" click [123]", " click [123", ' type [3] "Riley"', ' type [3] "Ann'):
        assert not possible.begins(text)
    for text in (" click [3]", " click [12]", ' select [12] "a"', "wait"):
        assert possible.ends(text)
    assert after("click [123]", page="another page").ends(" click [123]")


def test_a_kind_of_action_that_nothing_is_left_for_is_none() -> None:
    possible = after(*(f"click [{ref}]" for ref in LINES))
    assert not possible.begins(" click")
    assert possible.begins(" type")
    assert not re.fullmatch(possible.pattern, " click [3]")


def test_an_element_is_only_given_what_it_takes() -> None:
    page = page_of(
        {1: 'button "disabled"', 2: 'textbox "A" disabled', 3: 'textbox #disabled "B" readonly', 4: 'link "C"'}
    )
    possible = Possible(dataclasses.replace(turn(), observation=page))
    for text in (" click [1]", " click [3]", " click [4]"):
        assert possible.ends(text)
    for text in (" click [2", ' type [1 "', " type", " select"):
        assert not possible.begins(text)


def test_part_of_a_character_may_only_come_within_a_text() -> None:
    possible = Possible(turn())
    assert possible.begins(' type [3] "Zo\ufffd')
    assert possible.begins(' select [12] "Zo\ufffd')
    for text in (" click \ufffd", " click [12\ufffd", ' type [3] "x"\ufffd', " \ufffd", ' select [12] "\ufffd'):
        assert not possible.begins(text)
    assert not possible.begins(' select [12] "Zoë\ufffd')


def test_a_list_of_options_takes_no_text_and_a_field_with_suggestions_does() -> None:
    page = page_of(
        {
            1: 'combobox "City" value "Rome" options "Rome", "Oslo"',
            2: 'listbox "Days" options "Monday"',
            3: 'textbox "City" options "Rome", "Oslo"',
            4: 'combobox "Its options"',
        }
    )
    possible = Possible(dataclasses.replace(turn(), observation=page))
    for ref, typed, chosen in ((1, False, True), (2, False, True), (3, True, False), (4, True, True)):
        assert (possible.begins(f" type [{ref}]"), possible.begins(f" select [{ref}]")) == (typed, chosen)


def test_copies_are_spans_of_goal_notice_and_page() -> None:
    copies = Possible(turn(), copies=True)
    assert copies.ends(' type [3] "Ann Lee"')
    assert copies.ends(' stop "Riley"')
    assert copies.begins(' type [3] "Ril')
    assert not copies.begins(' type [3] "Rile"l')
    assert not copies.begins(' type [3] "Rilel')
    assert copies.begins(' note "anything')
    assert copies.begins(' type [3] "Zo\ufffd')
    assert not copies.begins(' type [3] "Ril\ufffd')
    noticed = dataclasses.replace(turn(), notice='end with stop "DONE"')
    assert Possible(noticed, copies=True).ends(' stop "DONE"')
    assert not copies.ends(' stop "DONE"')
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
