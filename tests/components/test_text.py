"""Text from outside, and observations without their references."""

from __future__ import annotations

import pytest

from components.text import clean, cleaned, shows, without_references
from components.trajectories.knowledge_entry import KnowledgeStep, entry_id


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ('[12] button "Send"', 'button "Send"'),
        ('| "Ann" | [5] link "Edit" [6] checkbox |', '| "Ann" | link "Edit" checkbox |'),
        ('text "press [12] now"', 'text "press [12] now"'),
        ('[3] textbox "a \\" [4] b" value "[5]"', 'textbox "a \\" [4] b" value "[5]"'),
        ('type [7] "see [8]" enter', 'type "see [8]" enter'),
        ("click [7]", "click "),
        ('text "', 'text "'),
    ],
)
def test_references_go_and_what_a_page_says_in_quotes_stays(text: str, without: str) -> None:
    assert without_references(text) == without


def test_pieces_of_pages_that_say_different_numbers_are_different() -> None:
    def identity(page: str) -> str:
        step = KnowledgeStep(observation=page, action="click [1]", described='click button "Go"')
        return entry_id(task_id="t", intent="i", steps=[step], end="")

    assert identity('[1] button "Go"') == identity('[9] button "Go"')
    assert identity('text "press [1]"') != identity('text "press [9]"')


def test_what_no_store_can_hold_is_replaced() -> None:
    assert clean("a\ud83d\0b") == "a\ufffd\ufffdb"
    assert clean("\U0001f600") == "\U0001f600"
    assert cleaned({"a\0": ["\0", 1.5, None], 7: ("\0",)}) == {"a\ufffd": ["\ufffd", 1.5, None], 7: ("\ufffd",)}


def test_a_block_of_lines_is_shown_where_they_stand_one_after_the_other() -> None:
    lines = ["heading", "row", "row", "end"]
    for block in ("row", "row\nend", "row\nrow", "heading\nrow\nrow\nend", ""):
        assert shows(lines, block), block
    for block in ("end\nrow", "heading\nend", "ro", "end\nmore"):
        assert not shows(lines, block), block
