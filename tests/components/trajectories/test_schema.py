"""What every stored record promises: texts that can be stored, numbers that can be read again, costs that add up."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import ValidationError

from components.text import clean
from components.trajectories.episodes import decode_episode, encode_episode
from components.trajectories.schema import Candidate, Cost, Episode, PageEvent, Speculation, Step, Target
from tests.conftest import MakeEpisode

HALF = "sale \ud83c"


def test_costs_add_up_part_by_part() -> None:
    total = Cost(prompt_tokens=1, completion_tokens=20, usd=0.5) + Cost(prompt_tokens=300, completion_tokens=4, usd=2.0)
    assert total == Cost(prompt_tokens=301, completion_tokens=24, usd=2.5)


def test_every_text_of_an_episode_can_be_stored_however_deep_it_is(make_episode: MakeEpisode) -> None:
    candidate = Candidate(action=HALF, reason=HALF)
    step = Step(
        index=0,
        url=HALF,
        title=HALF,
        observation=HALF,
        action=HALF,
        reason=HALF,
        feedback=HALF,
        target=Target(ref=1, role=HALF, name=HALF, line=HALF),
        events=(PageEvent(kind="dialog", detail=HALF),),
        retrieved=(HALF, "fine"),
        speculation=Speculation(proposed=candidate, candidates=(candidate,), accepted=False),
    )
    plain = make_episode(steps=[step]).model_dump()
    texts = {
        "intent": HALF,
        "answer": "a\0b",
        "message": HALF,
        "retries": (HALF,),
        "extra": {HALF: [HALF, {"x": HALF}]},
    }
    episode = Episode.model_validate({**plain, **texts})
    again = decode_episode(encode_episode(episode), where="k")
    assert again == episode
    assert again.steps[0].observation == "sale \ufffd"
    assert again.answer == "a\ufffdb"
    assert again.extra == {"sale \ufffd": ["sale \ufffd", {"x": "sale \ufffd"}]}


@examples(max_examples=200, derandomize=True)
@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_leaves_what_can_be_stored_and_only_that(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned
    if not any(0xD800 <= ord(letter) < 0xE000 or letter == "\0" for letter in text):
        assert cleaned == text


@pytest.mark.parametrize("usd", [math.inf, -math.inf, math.nan])
def test_numbers_that_could_not_be_read_again_are_refused(usd: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Cost(usd=usd)


def test_a_step_on_a_page_of_fields_can_be_kept_and_read(make_step: Callable[..., Step]) -> None:
    step = Step(**{**make_step("click [1]").model_dump(), "purposes": {2: "pass\0word"}})
    assert step.purposes == {2: "pass\N{REPLACEMENT CHARACTER}word"}
    assert Step.model_validate_json(step.model_dump_json()) == step
