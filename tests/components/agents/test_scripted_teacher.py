"""The teacher reads the text and nothing else, proposes every good move, and follows what it retrieved."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.base import Decision, Past, Turn
from components.agents.scripted.follow import likeness
from components.agents.scripted.teacher import ScriptedTeacher
from components.browser.actions import parse_action
from components.browser.observation import Observation
from components.browser.scene import Scene
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep
from components.trajectories.rounds import Round


def turn(intent: str, text: str, *, history: Sequence[Past] = (), task_id: str = "any") -> Turn:
    page = Observation(url="http://site/", title="", text=text, elements={})
    return Turn(episode="any/0", task_id=task_id, template="", intent=intent, observation=page, history=history)


def decide(asked: Turn, teacher: ScriptedTeacher | None = None) -> Decision:
    (decision,) = asyncio.run((teacher or ScriptedTeacher()).decide([asked]))
    return decision


def entry(intent: str, *steps: tuple[str, str], solved: bool = True) -> KnowledgeEntry:
    return KnowledgeEntry(
        id=f"{intent}{steps}",
        task_id="t",
        template="",
        seed=0,
        intent=intent,
        instruction=intent,
        summary="",
        steps=tuple(KnowledgeStep(observation=page, action=action, described=action) for page, action in steps),
        end="",
        found_by="student",
        solved=solved,
        round=1,
        episode_key="k",
        start=0,
    )


class Shelf:
    """A knowledge base that gives the same entries to everybody."""

    def __init__(self, *entries: KnowledgeEntry, name: str = "shelf") -> None:
        self.entries, self.name = list(entries), name

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:  # noqa: ARG002
        return self.entries[:k]

    def digest(self) -> str:
        return self.name

    def spend_for(self, round: Round) -> None:
        raise NotImplementedError

    def close(self) -> None:
        return


def with_knowledge(*entries: KnowledgeEntry) -> ScriptedTeacher:
    return ScriptedTeacher(knowledge=Shelf(*entries))


LOGIN = 'text "Username"\n[1] textbox #user{user}\ntext "Password"\n[2] textbox #password{password}\n[3] button "Login"'
OFFERS = "\n".join(
    f'text "Duration:"\ntext "{lasts}"\n[{ref}] button "Book for ${cost}"'
    for ref, (lasts, cost) in enumerate([("11h 30m", 1844), ("9h", 1300), ("16m", 1421)], start=1)
)
LOG_IN = 'Enter the username "bob" and the password "Xy" into the text fields and press login.'


def test_a_log_in_is_filled_then_sent() -> None:
    both = decide(turn(LOG_IN, LOGIN.format(user="", password="")))
    assert [c.action for c in both.candidates] == ['type [1] "bob"', 'type [2] "Xy"']
    assert decide(turn(LOG_IN, LOGIN.format(user=' value "bob"', password=""))).action == 'type [2] "Xy"'
    assert decide(turn(LOG_IN, LOGIN.format(user=' value "bob"', password=' value "••"'))).action == "click [3]"
    assert decide(turn(LOG_IN, LOGIN.format(user=' value "rob"', password=' value "••"'))).action == 'type [1] "bob"'


def test_every_box_still_to_check_is_a_good_move_and_any_order_is_accepted() -> None:
    page = '[1] checkbox "a1"\n[2] checkbox "b2" checked\n[3] checkbox "c3"\n[4] checkbox "d4"\n[5] button "Submit"'
    decision = decide(turn("Select d4, b2, a1 and click Submit.", page))
    assert {c.action for c in decision.candidates} == {"click [4]", "click [1]"}
    assert decide(turn("Select b2 and click Submit.", page)).action == "click [5]"
    assert decide(turn("Select nothing and click Submit.", page)).action == "click [5]"


@pytest.mark.parametrize(
    ("intent", "page", "action"),
    [
        ('Click on the "ok" button.', '[1] button "Ok"\n[2] button "ok"', "click [2]"),
        ("Click on Tab #2.", '[1] tab "Tab #1" selected\n[2] tab "Tab #2" collapsed', "click [2]"),
        ("Enter 9:37 PM as the time and press submit.", '[4] time #tt\n[5] button "Submit"', 'type [4] "21:37"'),
        ("Enter 12:05 AM as the time and press submit.", '[4] time #tt\n[5] button "Submit"', 'type [4] "00:05"'),
        ("Solve for x and type your answer into the textbox.", 'text "4 - x = 9"\n[1] textbox #a', 'type [1] "-5"'),
        ("Solve for x and type your answer into the textbox.", 'text "x - 4 = 9"\n[1] textbox #a', 'type [1] "13"'),
        ("Solve the math problem and type", 'text "3 - 10 ="\n[1] textbox #a', 'type [1] "-7"'),
        (
            "Enter the value of Last name into the text field and press Submit.",
            '| "First name" | "Ann" |\n| "Last name" | "Ray" |\n[1] textbox #tt\n[2] button "Submit"',
            'type [1] "Ray"',
        ),
        (
            "Find the email by Cora and click the star icon to mark it as important.",
            '[1] clickable\n  text "Ann"\n  [2] clickable .trash\n  [3] clickable .star\n'
            '[4] clickable\n  text "Cora"\n  [5] clickable .trash\n  [6] clickable .star',
            "click [6]",
        ),
        (
            'For the user @leo, click on the "Like" button.',
            'text "Ann @ann 2h ago"\n[1] clickable .like\n'
            'text "Leo @leo 1h ago"\n[2] clickable .reply\n[3] clickable .like',
            "click [3]",
        ),
        (
            "Select 02/03/2016 as the date and hit submit.",
            '[1] textbox .d\n[2] link "Prev"\n[3] link "Next"\ntext "April 2016"\n| [9] link "3" |',
            "click [2]",
        ),
        ('Close the dialog box by clicking the "x".', 'dialog open\n  [4] button "Close"\n  text "a"', "click [4]"),
        ('Click the button in the dialog box labeled "x".', '[1] button "Close"\n[2] button "OK"', "click [1]"),
        ("Expand the section below and click submit.", '[1] tab "A" collapsed\n[2] button "Submit"', "click [1]"),
        ("Focus into the textbox.", "[3] textbox #tt", "click [3]"),
        ("Focus into the 2nd input textbox.", "[1] textbox #a\n[2] textbox #b", "click [2]"),
        ('Click on a "text" widget.', '[1] textbox value "b" multiline\n[2] textbox value "g"', "click [2]"),
        ('Click on a "textarea" widget.', '[1] textbox value "b"\n[2] textbox value "g" multiline', "click [2]"),
        (
            'Switch between the tabs to find and click on the link "et".',
            '[1] tab "1" selected\n  [2] link "1"\n[3] tab "2" collapsed\n  [4] link "2"\n[5] clickable "ut"',
            "click [4]",
        ),
        (
            'Expand the sections below, to find and click on the link "et".',
            '[1] tab "A" collapsed\n[2] link "A"',
            "click [1]",
        ),
        (
            "Copy the text in the textarea below, paste it into the textbox and press Submit.",
            '[1] textbox #answer\n[2] textbox #to-copy value "Ut et " multiline\n[3] button "Submit"',
            'type [1] "Ut et "',
        ),
        (
            "Copy the text from the 2nd text area below and paste it into the text input, then press Submit.",
            '[1] textbox value "a" multiline\n[2] textbox #answer\n[3] textbox value "b" multiline',
            'type [2] "b"',
        ),
        (
            "Find and pick the card with the greatest number, then press submit.",
            '[1] clickable "9"\n[2] clickable "10"\n[3] clickable "-11"\n[4] button "Submit"',
            "click [2]",
        ),
        (
            "Mark the numbers below as odd or even and press submit when done.",
            '[1] button "Odd"\ntext "-3"\n[2] button "Even"\n[3] button "Odd"\ntext "0"\n[4] button "Even"',
            "click [1]",
        ),
        (
            "Mark the numbers below as odd or even and press submit when done.",
            '[1] button "Odd"\ntext "8"\n[2] button "Even"\n[3] button "Odd"\ntext "1"\n[4] button "Even"',
            "click [2]",
        ),
        (
            "Buy the ticket with the cheapest cost.",
            OFFERS,
            "click [2]",
        ),
        (
            "Buy the ticket with the most expensive cost.",
            OFFERS,
            "click [1]",
        ),
        (
            "Buy the ticket with the shortest duration.",
            OFFERS,
            "click [3]",
        ),
        (
            "Buy the ticket with the longest duration.",
            OFFERS,
            "click [1]",
        ),
        (
            "Generate an even number, then press submit.",
            'text "-"\n[1] button "Generate"\n[2] button "Submit"',
            "click [1]",
        ),
        (
            "Generate an even number, then press submit.",
            'text "4"\n[1] button "Generate"\n[2] button "Submit"',
            "click [2]",
        ),
        (
            "Generate an odd number, then press submit.",
            'text "4"\n[1] button "Generate"\n[2] button "Submit"',
            "click [1]",
        ),
        (
            "Generate a number greater than 4, then press submit.",
            'text "4"\n[1] button "Generate"\n[2] button "Submit"',
            "click [1]",
        ),
        (
            "Generate a number greater than 4, then press submit.",
            'text "10"\n[1] button "Generate"\n[2] button "Submit"',
            "click [2]",
        ),
        (
            "Generate a number less than 7, then press submit.",
            'text "6"\n[1] button "Generate"\n[2] button "Submit"',
            "click [2]",
        ),
        (
            "Generate a number less than 7, then press submit.",
            'text "7"\n[1] button "Generate"\n[2] button "Submit"',
            "click [1]",
        ),
    ],
)
def test_rules_read_the_page(intent: str, page: str, action: str) -> None:
    decision = decide(turn(intent, page))
    assert decision.action == action
    assert decision.reason


COUNTRY = 'Enter an item that starts with "An" and ends with "ica".'
OFFERED = '[1] textbox "Tags:" value "An"\n[2] button "Submit"\n[3] clickable "Angola"\n[4] clickable "Antarctica"'


@pytest.mark.parametrize(
    ("intent", "page", "actions"),
    [
        (COUNTRY, '[1] textbox "Tags:"\n[2] button "Submit"', ['type [1] "An"']),
        (COUNTRY, OFFERED, ["click [4]"]),
        ('Enter an item that starts with "An".', OFFERED, ["click [3]", "click [4]"]),
        (COUNTRY, '[1] textbox "Tags:" value "Antarctica"\n[2] button "Submit"', ["click [2]"]),
        (COUNTRY, '[1] textbox "Tags:" value "Jamaica"\n[2] button "Submit"', ['type [1] "An"']),
    ],
)
def test_an_item_is_taken_from_what_the_field_offers(intent: str, page: str, actions: list[str]) -> None:
    assert [candidate.action for candidate in decide(turn(intent, page)).candidates] == actions


@pytest.mark.parametrize(
    ("shown", "key"),
    [("95", "PageDown"), ("68", "PageDown"), ("67", "ArrowLeft"), ("27", "ArrowRight"), ("26", "PageUp")],
)
def test_a_slider_far_from_its_number_moves_by_pages(shown: str, key: str) -> None:
    page = f'[1] clickable .ui-slider-handle\ntext "{shown}"\n[2] button "Submit"'
    past = Past(observation=page, action="click [1]", reason="", feedback="")
    asked = turn("Select 47 with the slider and hit Submit.", page, history=[past])
    assert decide(asked).action == f'press "{key}"'


def test_the_task_id_changes_nothing() -> None:
    page = '[1] button "a"\n[2] button "b"'
    actions = {decide(turn('Click on the "b" button.', page, task_id=name)).action for name in ("x", "click-dialog")}
    assert actions == {"click [2]"}


def test_without_a_rule_it_stops_and_says_so() -> None:
    decision = decide(turn("Win the game.", '[1] button "x"'))
    assert parse_action(decision.action).kind == "stop"
    assert "rule" in decision.reason


def test_a_solution_is_followed_with_the_words_of_the_present_goal() -> None:
    page = "[1] textbox #a\n[2] textbox #b\n[3] textbox #c"
    teacher = with_knowledge(entry("Put the cursor into the 3rd input textbox.", (page, "click [3]")))
    first = turn("Put the cursor into the 1st input textbox.", page.replace("[", "[1"))
    assert decide(first, teacher).action == "click [11]"
    dialog = 'dialog open\n  [1] button "Cancel"\n  [2] button "OK"'
    labelled = 'Press what the dialog box calls "{}".'
    teacher = with_knowledge(entry(labelled.format("OK"), (dialog, "click [2]")))
    decision = decide(turn(labelled.format("Cancel"), dialog), teacher)
    assert decision.action == "click [1]"
    assert decision.retrieved


def test_a_solution_goes_on_where_the_page_is() -> None:
    shut = 'tablist\n  [1] tab "Section #1" collapsed\n  [2] button "Submit"'
    opened = 'tablist\n  [1] tab "Section #1" expanded\n  [2] button "Submit"\ntabpanel "x"\n  text "y"'
    goal = "Open the section below and send it."
    teacher = with_knowledge(entry(goal, (shut, "click [1]"), (opened, "click [2]")))
    assert decide(turn(goal, shut), teacher).action == "click [1]"
    past = Past(observation=shut, action="click [1]", reason="", feedback="")
    assert decide(turn(goal, opened, history=[past]), teacher).action == "click [2]"


def test_what_led_nowhere_on_this_page_is_not_repeated() -> None:
    page = '[1] button "a"'
    teacher = with_knowledge(entry("Do the thing.", (page, "click [1]")))
    past = Past(observation=page, action="click [1]", reason="", feedback="")
    assert decide(turn("Do the thing.", page, history=[past]), teacher).action == 'stop ""'


@pytest.mark.parametrize(
    "found",
    [
        entry("Do the thing.", ('[1] button "a"', "click [1]"), solved=False),
        entry("Buy a house somewhere in the north", ('[1] button "a"', "click [1]")),
        entry("Do the thing.", ('[1] link "quite"\n[2] link "another"\n[3] link "page"', "click [1]")),
        entry("Do the thing.", ('[1] button "a"', "this is no action")),
        entry("Do the thing.", ('[1] button "a"', "click [7]")),
    ],
)
def test_what_does_not_fit_is_not_followed(found: KnowledgeEntry) -> None:
    assert decide(turn("Do the thing.", '[1] button "a"'), with_knowledge(found)).action == 'stop ""'


def test_other_knowledge_is_another_agent() -> None:
    digests = {
        ScriptedTeacher().info.digest,
        ScriptedTeacher(knowledge=Shelf(name="1")).info.digest,
        ScriptedTeacher(knowledge=Shelf(name="2")).info.digest,
    }
    assert len(digests) == 3


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_no_goal_and_no_page_make_it_fail(intent: str, page: str) -> None:
    decision = decide(turn(intent, page), with_knowledge(entry("Do the thing.", ('[1] button "a"', "click [1]"))))
    assert str(parse_action(decision.action)) == decision.action


@pytest.mark.parametrize(
    ("board", "cell"),
    [
        ("         ", 5),  # the centre
        ("xx  oo   ", 3),  # its own row comes first
        ("x   oo   ", 4),  # the other's is stopped
        ("xoxoxoox ", 9),
    ],
)
def test_a_game_is_won_where_it_can_be_and_kept_open_where_not(board: str, cell: int) -> None:
    marks = {"x": ".mark-x", "o": ".mark-o", " ": "#cell"}
    page = "\n".join(f"[{at}] clickable {marks[mark]}" for at, mark in enumerate(board, start=1))
    action = decide(turn("Playing as 'X', win a game of tic-tac-toe.", page)).action
    assert action == f"click [{cell}]"


_GOALS = [
    'Enter "x" into the text field and press Submit.',
    "Select a, b and click Submit.",
    "Select 01/14/2016 as the date and hit submit.",
    LOG_IN,
    "Select 5 with the slider and hit Submit.",
    'Navigate through the file tree. Find and click on the folder or file named "Ann".',
    "Enter the value that corresponds with each label into the form and submit when done.",
    "Order 2 items that are vegan",
    'Enter an item that starts with "A" and ends with "n".',
    "Find and pick the card with the greatest number, then press submit.",
    "Mark the numbers below as odd or even and press submit when done.",
    "Generate a number less than 5, then press submit.",
    "Buy the ticket with the shortest duration.",
    "Playing as 'X', win a game of tic-tac-toe.",
    "Copy the text in the textarea below, paste it into the textbox and press Submit.",
    "Select A>B>C",
]
_LINES = st.builds(
    lambda ref, role, name, rest: f"{f'[{ref}] ' if ref else ''}{role}{f' {json.dumps(name)}' if name else ''}{rest}",
    st.integers(0, 9),
    st.sampled_from(["button", "textbox", "checkbox", "clickable", "text", "link", "tab", "menuitem", "img", "cell"]),
    st.sampled_from(["", "Submit", "a", "Ann", "5", "+", 'quo"te', "April 2016", "vegan", "A", "@leo x"]),
    st.sampled_from(["", " checked", ' value "x"', " disabled", " .hitarea", " .ui-slider"]),
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.sampled_from(_GOALS), st.lists(_LINES, max_size=10))
def test_whatever_the_page_shows_the_moves_are_actions_on_elements_that_are_there(
    intent: str, lines: list[str]
) -> None:
    page = "\n".join(lines)
    shown = {int(ref) for ref in re.findall(r"^\[(\d+)\]", page, re.MULTILINE)}
    for candidate in decide(turn(intent, page)).candidates:
        action = parse_action(candidate.action)
        assert action.ref is None or action.ref in shown
        assert candidate.reason


def test_a_table_row_is_read_as_its_cells() -> None:
    nodes = Scene('| "Dir | ec" | [1] textbox value "a | [3] b" |').nodes
    assert [(n.role, n.ref, n.name, n.value) for n in nodes] == [
        ("cell", None, "Dir | ec", ""),
        ("textbox", 1, "", "a | [3] b"),
    ]


def test_goals_are_aligned_word_by_word() -> None:
    goals = likeness('Click on a "radio" widget.', 'Click on a "text box" widget.')
    assert goals.exchanged == {"radio": "text box"}
    assert goals.translate("radio") == "text box"
    assert goals.translate("radiology") == "radiology"
    assert likeness("one two", "three four").share == 0
