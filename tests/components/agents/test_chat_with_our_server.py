"""The chat agent against our own server of its protocol, over a real model and a real socket: the two fit together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from components.agents import prompts
from components.agents.base import Turn
from components.agents.chat import ChatAgent, step_seed
from components.agents.checks import check_endpoint
from components.agents.config import ChatConfig
from components.endpoints.complaints import RequestRefused
from components.errors import InputError
from components.models.files import BASE_FOLDER
from components.models.generate import Ask, generate
from components.models.prompting import load_prompting
from components.models.weights import load_model
from components.trajectories.schema import Cost
from tests.components.agents.turns import make_turn, past
from tests.components.conftest import serving

TOKENS = 16


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The shipped base."""
    with serving(BASE_FOLDER, name="base") as url:
        yield url


def make_config(endpoint: str, **settings: object) -> ChatConfig:
    return ChatConfig.model_validate({"model": "base", "base_url": endpoint, "max_tokens": TOKENS, **settings})


def ask(config: ChatConfig, turns: Sequence[Turn]) -> list[tuple[str, Cost]]:
    async def main() -> list[tuple[str, Cost]]:
        agent = ChatAgent(config)
        asked = [(prompts.chat_messages(turn), step_seed(turn)) for turn in turns]
        try:
            return await asyncio.gather(*(agent.complete(messages, seed=seed) for messages, seed in asked))
        finally:
            await agent.close()

    return asyncio.run(main())


def some_turns() -> list[Turn]:
    asked = [make_turn(intent=f"Press {name}", episode=f"click-test/{name}") for name in ("submit", "name", "nothing")]
    return [*asked, make_turn(history=[past("go_back", reason="to see")])]


def test_turns_asked_at_once_are_answered_as_the_model_answers(endpoint: str) -> None:
    turns = some_turns()
    decided = ask(make_config(endpoint), turns)
    prompting, model = load_prompting(BASE_FOLDER), load_model(BASE_FOLDER).eval()
    texts = ["".join(one["content"] for one in prompts.chat_messages(turn)) for turn in turns]
    asks = [Ask(tokens=prompting.encode_prompt(text)) for text in texts]
    end = prompting.tokenizer.eos_token_id
    written = generate(model, asks, pad=prompting.pad, end=end, max_new_tokens=TOKENS)
    for (text, cost), asked, one in zip(decided, asks, written, strict=True):
        assert text == prompting.decode(one.tokens)
        assert (cost.prompt_tokens, cost.completion_tokens) == (len(asked.tokens), len(one.tokens))


def test_a_sampled_decision_is_repeated_by_its_seed(endpoint: str) -> None:
    config = make_config(endpoint, temperature=1.0)
    turns = some_turns()
    first, again = ([text for text, _ in ask(config, turns)] for _ in range(2))
    assert first == again
    assert len(set(first)) > 1


def test_the_check_takes_the_server_and_names_a_wrong_model(endpoint: str) -> None:
    question = [{"role": "user", "content": "GOAL: Press submit"}]
    check_endpoint(make_config(endpoint), where="teacher", messages=question)
    with pytest.raises(InputError, match=r"it serves: .*base") as raised:
        check_endpoint(make_config(endpoint, model="huge"), where="teacher", messages=question)
    assert raised.value.fix


def test_a_model_that_never_comes_to_its_action_is_named_before_the_run(endpoint: str) -> None:
    with pytest.raises(InputError, match=r"max_tokens \(1\)"):
        check_endpoint(make_config(endpoint, max_tokens=1), where="teacher")


def test_a_page_that_does_not_fit_the_model_is_named_and_not_asked_again(endpoint: str) -> None:
    with pytest.raises(RequestRefused, match="The context is 1024 tokens") as raised:
        ask(make_config(endpoint), [make_turn(page="\n".join(f'[{n}] link "Number {n}"' for n in range(400)))])
    assert "fewer tokens of page" in raised.value.fix
