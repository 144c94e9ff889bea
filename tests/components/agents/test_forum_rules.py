"""Rules for a forum on pages that are not as they expect."""

from __future__ import annotations

import asyncio

import pytest

from components.agents.scripted.teacher import ScriptedTeacher
from tests.components.agents.turns import make_turn

TOPIC = """[1] link "Spirit"
[2] link .header__tabs__item.js-tab
[3] link .header__tabs__item.js-tab-notification
[4] link "ann"
[5] link "Main"
[6] link "Birds"
heading "Owls"
  [7] link "edit"
[8] link "ann"
text "I hear them."
[9] link "share"
[10] link "bob"
text "So do I."
[11] link "report"
[12] link "share"
[13] link "like (0)"
"""
INTENTS = (
    "Open the category Birds.",
    'Search the forum for "owls".',
    'Open the topic "Owls".',
    'Who started the topic "Owls"? Answer with the name alone.',
    'In which category is the topic "Owls"? Answer with its name alone.',
    'How many comments does the topic "Owls" have? Answer with the number alone.',
    'Reply to the topic "Owls" with "Hoo."',
    'Start a topic titled "Owls" in the category Birds that says "Hoo."',
    'Like what bob said in the topic "Owls".',
    'Report what bob said in the topic "Owls" as spam.',
    'Ask to be notified about the topic "Owls".',
    "Open the profile of the person who started this topic.",
    "Show which topics ann has started.",
    "Set your location to Alderby.",
    "Set your first name to Ann and your last name to Lee.",
    'Send bob a private message titled "Owls" that says "Hoo."',
)


def decided(intent: str, page: str) -> str:
    (decision,) = asyncio.run(ScriptedTeacher().decide([make_turn(intent=intent, page=page)]))
    return decision.action


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        (INTENTS[3], 'stop "ann"'),
        (INTENTS[4], 'stop "Birds"'),
        (INTENTS[5], 'stop "2"'),
        (INTENTS[8], "click [13]"),
        (INTENTS[9], "click [11]"),
        (INTENTS[11], "click [8]"),
        (INTENTS[12], "click [8]"),
        (INTENTS[13], "click [4]"),
        ('Open the topic "Herons".', "click [2]"),
    ],
)
def test_what_they_do_on_a_topics_page(intent: str, action: str) -> None:
    assert decided(intent, TOPIC) == action


@pytest.mark.parametrize("page", ["", "(the page cannot be read)", '[1] link "Spirit"', 'heading "Owls"'])
def test_a_page_without_what_they_look_for_is_nothing_to_raise_at(page: str) -> None:
    for intent in INTENTS:
        assert decided(intent, page)
