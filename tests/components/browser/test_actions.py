"""The action language: strict, canonical, and its errors help."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.browser.actions import Action, ActionError, describe, parse_action
from components.browser.keys import key_events
from components.browser.observation import Element, Observation, state_digest
from components.browser.quoting import quote

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
refs = st.integers(0, 9_999_999)
keys = st.sampled_from(
    ["Enter", "Tab", "ArrowDown", "Control+A", "Control+Shift+ArrowLeft", "+", "Control++", "é", " "]
)
actions = st.one_of(
    st.builds(Action, st.just("click"), refs),
    st.builds(Action, st.just("type"), refs, texts, st.booleans()),
    st.builds(Action, st.just("select"), refs, texts),
    st.builds(Action, st.just("press"), st.none(), keys),
    st.builds(Action, st.just("scroll"), st.none(), st.sampled_from(["up", "down"])),
    st.just(Action("go_back")),
    st.builds(Action, st.sampled_from(["goto", "note", "stop"]), st.none(), texts),
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(actions)
def test_an_action_is_read_back_from_its_canonical_form_of_one_line(action: Action) -> None:
    written = str(action)
    assert parse_action(written) == action
    assert len(written.splitlines()) == 1


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_any_text_is_an_action_or_an_error_in_words(text: str) -> None:
    try:
        action = parse_action(text)
    except ActionError as error:
        said = str(error)
    else:
        said = str(action)
        assert parse_action(said) == action
    assert said
    assert said.encode()
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no action"),
        ("clock [3]", "there is no action"),
        ("click", "write click [12]"),
        ("click 3", "write click [12]"),
        ('click [3] "x"', "not a valid click"),
        ("click [3] enter", "not a valid click"),
        ("click [-3]", "not a valid click"),
        ("type [3] bob", 'type [7] "text"'),
        ('type [3] "bob" return', "not a valid type"),
        ('type [3] "bo\nb"', "not a valid type"),
        ('type [3] "bob', "not a valid type"),
        ('type [3] "\\q"', "not a valid type"),
        ('type [3] "\\ud800"', "not a valid type"),
        ("scroll left", "scroll down or scroll up"),
        ('press "Entr"', 'there is no key "Entr"'),
        ('press "Ctrl+A"', 'no modifier key "Ctrl"'),
        ('stop "a" "b"', "not a valid stop"),
        ("click [3]\nclick [4]", "not a valid click"),
        ("I click [3]", "there is no action"),
    ],
)
def test_what_is_not_an_action_says_why(text: str, says: str) -> None:
    with pytest.raises(ActionError) as caught:
        parse_action(text)
    assert says in str(caught.value)


FORM = {
    1: Element(ref=1, role="clickable", name="pretium", line='clickable "pretium"'),
    2: Element(ref=2, role="textbox", name="#username", line="textbox #username"),
    3: Element(ref=3, role="textbox", name="Name", line='textbox "Name" value "old" readonly', value="old"),
    4: Element(ref=4, role="combobox", name="Colour", line='combobox "Colour" value "Red" options "Red", "Deep blue"'),
    5: Element(ref=5, role="button", name='Say "hi"', line='button "Say \\"hi\\"" disabled'),
    6: Element(ref=6, role="button", name="pretium", line='button "pretium"'),
}
PAGE = Observation(url="u", title="t", text="", elements=FORM)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ('click [1] clickable "pretium"', "click [1]"),
        ('click [1]  "pretium"', "click [1]"),
        ("click [1] clickable", "click [1]"),
        ("click [2] textbox #username", "click [2]"),
        ("click [2] #username", "click [2]"),
        ('click [5] button "Say \\"hi\\""', "click [5]"),
        ('click [5] button "Say \\"hi\\"" disabled', "click [5]"),
        ('click [6] button "pretium"', "click [6]"),
        ('type [3] textbox "Name" "bob"', 'type [3] "bob"'),
        ('type [3] textbox "Name" value "old" readonly "bob" enter', 'type [3] "bob" enter'),
        ('type [3] textbox "Name" "Name"', 'type [3] "Name"'),
        ('type [3] textbox "pretium"', 'type [3] "pretium"'),
        ('type [2] #username "a [1] b"', 'type [2] "a [1] b"'),
        ('select [4] combobox "Colour" "Deep blue"', 'select [4] "Deep blue"'),
        (f'select [4] {FORM[4].line} "Red"', 'select [4] "Red"'),
        ('type [3] "Name"', 'type [3] "Name"'),
        ("click [1].", "click [1]"),
        ('click [1]: clickable "pretium"', "click [1]"),
        ('click [1] - "pretium"', "click [1]"),
        ('click [1] (clickable "pretium").', "click [1]"),
        ('type [3]: "bob"', 'type [3] "bob"'),
        ('type [3] (textbox "Name") "bob" enter', 'type [3] "bob" enter'),
    ],
)
def test_a_reference_followed_by_its_elements_own_line_is_that_action(text: str, means: str) -> None:
    assert str(parse_action(text, PAGE)) == means


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('click [1] textbox "Name"', '[1] is clickable "pretium", but textbox "Name" is [3]; write one of them'),
        ("click [3] #username", '[3] is textbox "Name", but textbox #username is [2]'),
        ('click [1] button "pretium"', '[1] is clickable "pretium", but button "pretium" is [6]'),
        ('type [2] textbox "Name" "bob"', '[2] is textbox #username, but textbox "Name" is [3]'),
        ('type [3] textbox "Name"', 'gives no text; write type [3] "text"'),
        ('type [3] textbox "Name" value "old"', "gives no text"),
        ('type "text" "Focus Text Task"', 'write type [2] "text"'),
        ('type "Name" "bob"', 'write type [3] "text" or type [3] "text" enter'),
        ("type [3] bob", 'write type [3] "text"'),
        ('click button "pretium"', "write click [1]"),
        ("click 3", "write click [1]"),
        ('click [1] button "Send"', "is not a valid click; write click [1]"),
        ('click [1] clickable "preti', "not a valid click"),
        ('click [1] clickable "pretium" and then [6]', "not a valid click"),
        ('click [77] clickable "pretium"', "write click [1]"),
        ('select "Colour" "Red"', 'write select [4] "option"'),
        ("", 'write one of: click [1] | type [2] "text"'),
    ],
)
def test_what_contradicts_itself_is_refused_with_references_of_the_page(text: str, says: str) -> None:
    with pytest.raises(ActionError) as caught:
        parse_action(text, PAGE)
    assert says in str(caught.value)


def test_an_example_for_a_page_without_elements_names_none() -> None:
    with pytest.raises(ActionError, match=r"write click \[reference\]"):
        parse_action("click", Observation(url="u", title="t", text="", elements={}))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(actions)
def test_a_canonical_action_means_the_same_on_every_page(action: Action) -> None:
    assert parse_action(str(action), PAGE) == action


@pytest.mark.parametrize("piece", [" ", '"', "\\", "[1] ", 'a "b" ', "click ", "enter ", "[", '\\\\"', "a_"])
@pytest.mark.parametrize("start", ["click [1] ", 'type [3] "', "note ", 'type [3] textbox "Name" "', "click"])
def test_parsing_is_linear_in_the_length(start: str, piece: str) -> None:
    for end in ("", '"', "\n", "!"):
        with contextlib.suppress(ActionError):
            parse_action(start + piece * (200_000 // len(piece)) + end, PAGE)  # minutes where it is quadratic


def _observation(*, number: int, text: str = "") -> Observation:
    line = 'button "Send"'
    element = Element(ref=number, role="button", name="Send", line=line)
    return Observation(url="u", title="t", text=text or f"[{number}] {line}", elements={number: element})


def test_two_actions_mean_the_same_when_they_act_on_the_same_element_text() -> None:
    first = describe(parse_action("click [3]"), _observation(number=3))
    second = describe(parse_action("click [8]"), _observation(number=8))
    assert first == second == 'click button "Send"'
    assert describe(parse_action("click [4]"), _observation(number=3)) == "click [4]"
    assert describe(parse_action('stop "x"'), _observation(number=3)) == 'stop "x"'


def test_a_state_is_the_same_whatever_its_references_are_but_not_when_a_page_prints_brackets() -> None:
    assert state_digest(_observation(number=3)) == state_digest(_observation(number=31))
    printed = [_observation(number=3, text=f"text {quote(f'[{n}] x')}") for n in (1, 2)]
    assert state_digest(printed[0]) != state_digest(printed[1])


def test_shortcuts_send_no_text_and_characters_do() -> None:
    assert [event["type"] for event in key_events("Control+C")] == ["rawKeyDown", "keyUp"]
    assert key_events("ß")[0]["text"] == "ß"
    assert key_events("Enter")[0]["text"] == "\r"


@pytest.mark.parametrize(
    ("name", "key", "code", "number", "bits", "text"),
    [
        (",", ",", "Comma", 188, 0, ","),
        ("<", "<", "Comma", 188, 8, "<"),
        ("/", "/", "Slash", 191, 0, "/"),
        ("?", "?", "Slash", 191, 8, "?"),
        ("@", "@", "Digit2", 50, 8, "@"),
        (".", ".", "Period", 190, 0, "."),
        ("a", "a", "KeyA", 65, 0, "a"),
        ("A", "A", "KeyA", 65, 8, "A"),
        ("Shift+a", "A", "KeyA", 65, 8, "A"),
        ("Shift+1", "!", "Digit1", 49, 8, "!"),
        ("Control+A", "a", "KeyA", 65, 2, None),
        ("Control+Shift+z", "Z", "KeyZ", 90, 10, None),
        ("Control++", "+", "Equal", 187, 2, None),
        ("Shift+Tab", "Tab", "Tab", 9, 8, None),
        ("Shift+Enter", "Enter", "Enter", 13, 8, "\r"),
        ("+", "+", "Equal", 187, 8, "+"),
        (" ", " ", "Space", 32, 0, " "),
        ("é", "é", "", 0, 0, "é"),
        ("Shift+ß", "ß", "", 0, 8, "ß"),
    ],
)
def test_a_key_has_the_names_and_the_number_of_a_us_keyboard(
    name: str, key: str, code: str, number: int, bits: int, text: str | None
) -> None:
    down, up = key_events(name)
    for event in (down, up):
        assert (event["key"], event["code"], event["windowsVirtualKeyCode"], event["modifiers"]) == (
            key,
            code,
            number,
            bits,
        )
    assert down.get("text") == text


def test_every_printable_ascii_character_is_a_key() -> None:
    for character in map(chr, range(33, 127)):
        assert key_events(character)[0]["code"]
