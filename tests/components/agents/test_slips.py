"""A text that stands nowhere on the page: a slip in copying, or something that was computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.agents.base import Turn
from components.agents.student import Student
from components.models.prompting import load_prompting
from tests.components.agents.turns import page_of

PAGE = page_of({1: 'textbox "To:"', 2: 'textbox "At:"'})
GOAL = 'Write to greta_lund that "Riley comes at 1:22 or 02/24/2019".'
TURN = Turn(episode="t/1", task_id="t", template="", intent=GOAL, observation=PAGE, history=())


@pytest.mark.parametrize(
    ("written", "copied", "slip"),
    [
        ('type [1] "greta+lund"', 'type [1] "greta_lund"', True),
        ('stop "Riley comez at"', 'stop "Riley comes at"', True),
        ('type [2] "greta+lund"', 'type [1] "greta_lund"', False),
        ('type [1] "GRETA_LUND"', 'type [1] "greta_lund"', False),
        ('type [1] "01:22"', 'type [1] "1:22"', False),
        ('type [1] "02/24/2020"', 'type [1] "02/24/2019"', False),
        ('type [1] "greta lind"', 'type [1] "to greta_l"', False),
        ('type [1] "greta+lund"', 'type [1] "greta_lun\ufffd', False),
    ],
)
def test_an_unlikely_span_is_taken_where_it_is_almost_what_was_written(
    tiny_model: Path, written: str, copied: str, slip: bool
) -> None:
    student = Student(prompting=load_prompting(tiny_model), kind="action", temperature=0.0, seed=0)
    assert student.corrects(TURN, copied, written, loss=9.0) is slip
    assert student.corrects(TURN, copied, written, loss=3.0)
