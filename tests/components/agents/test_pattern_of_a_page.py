"""The regular expression that a server decodes under allows what the stage's own process allows, and nothing else."""

from __future__ import annotations

import dataclasses
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.agents.base import Past, Turn
from components.agents.decoding import Possible
from components.browser.observation import Observation
from components.models.matching import Copied, Matching
from tests.components.agents.turns import page_of

LINES = {
    1: 'button "Ok"',
    12: 'combobox "Size" options "S (small)", "Ünï", "a\\"b"',
    20: 'textbox "Name"',
    3: 'listbox "Any"',
}
PAGE = page_of(LINES)
TURN = Turn(episode="t/1", task_id="t", template="", intent='Type "bob" twice.', observation=PAGE, history=())
WHOLE = [
    "click [1]", "click [12]", " click [20]", "click [2]", "go_back", "wait", 'wait "x"', "scroll up", "scroll left",
    'type [20] "bob"', 'type [20] "Ok" enter', 'type [1] "a\\n"', 'type [20] "a\nb"', 'select [12] "S (small)"',
    'select [12] "Ünï"', 'select [12] "a\\"b"', 'select [12] "S small"', 'select [3] "free"', 'press "Enter"',
    'goto "http://x/"', 'note ""', 'stop "bob"', 'stop "x" enter', "hover [1]", 'type  [20] "x"', 'type [20]  "x"',
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(WHOLE).flatmap(lambda text: st.integers(0, len(text)).map(lambda end: text[:end])),
    st.tuples(st.sampled_from(WHOLE), st.integers(0, 30), st.sampled_from(list(' "[]\\1bS\n\ufffd(é'))).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    ),
    st.tuples(st.sampled_from(WHOLE), st.integers(0, 30)).map(lambda parts: parts[0][: parts[1]] + "\ufffd"),
)


@settings(derandomize=True, max_examples=600, deadline=None)
@given(text=texts, copies=st.booleans(), done=st.lists(st.sampled_from(WHOLE), max_size=3))
@example(text='type [20] "bob" ', copies=False, done=[])
@example(text='type [20] "bob" \ufffd', copies=False, done=[])
@example(text='type [20] "bob" ent\ufffd', copies=False, done=[])
def test_both_allow_the_same_beginnings_and_the_same_actions(text: str, copies: bool, done: list[str]) -> None:
    history = [Past(observation=PAGE.text, action=each, reason="", feedback="") for each in done]
    possible = Possible(dataclasses.replace(TURN, history=history), copies=copies)
    copied = Copied(text=possible.source, after=("type", "stop")) if copies else None
    matching = Matching(possible.pattern, copied=copied)
    assert matching.begins(text) is possible.begins(text)
    if possible.begins(text):
        assert matching.ends(text) is possible.ends(text)


def test_a_page_without_elements_has_no_references() -> None:
    bare = Turn(
        episode="t/1", task_id="t", template="", intent="", history=(),
        observation=Observation(url="", title="", text="", elements={}),
    )  # fmt: skip
    matching = Matching(Possible(bare).pattern)
    assert matching.ends('stop ""')
    assert not matching.begins("click [")


def test_tabs_can_be_gone_to_and_closed_where_several_are_open() -> None:
    several = dataclasses.replace(TURN, observation=dataclasses.replace(PAGE, tabs=('tab 1 "A"', 'tab 2 "B"')))
    for text, there in {"tab 1": True, "tab 2": True, "close_tab": True, "tab 3": False, "tab": False}.items():
        for turn, expected in ((several, there), (TURN, False)):
            possible = Possible(turn)
            assert possible.ends(text) is expected
            assert bool(re.fullmatch(possible.pattern, text)) is expected
    assert Possible(several).begins("tab ")
    assert not Possible(TURN).begins("tab")
