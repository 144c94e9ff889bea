"""The tokenizer keeps any text, and writes a word the same way wherever it stands."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from components.models.files import BASE_FOLDER
from components.models.prompting import load_prompting


def test_any_completion_survives(tiny_model: Path) -> None:
    prompting = load_prompting(tiny_model)

    @settings(max_examples=150, derandomize=True, deadline=None)
    @given(st.text(max_size=60))
    def check(text: str) -> None:
        assert prompting.decode(prompting.encode_completion(text)) == text

    check()


def test_a_word_has_the_same_tokens_bare_quoted_and_in_a_sentence(tiny_model: Path) -> None:
    prompting = load_prompting(tiny_model)
    word = prompting.encode_prompt("zorblat")
    for text in ("say zorblat now", '[12] button "zorblat"', ' pick [3] "zorblat"', "zorblat."):
        tokens = prompting.encode_prompt(text)
        assert any(tokens[at : at + len(word)] == word for at in range(len(tokens))), text


def test_a_reference_up_to_99_is_one_token_of_the_base() -> None:
    tokenize = load_prompting(BASE_FOLDER).tokenizer.tokenize
    assert all(str(ref) in tokenize(f'[{ref}] button "Ok"') for ref in range(1, 100))
