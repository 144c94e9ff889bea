"""A student behind the OpenAI protocol, asked by the official client over a real socket."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from components.errors import InputError
from components.models.files import folder_digest
from components.models.generate import Ask, generate
from components.models.prompting import load_prompting
from components.models.serve import serve
from components.models.weights import load_model
from tests.components.conftest import serving

SERVER = """
import sys
from pathlib import Path
from typing import Any
import torch
from components.models.serve import serve_here
torch.set_num_threads(1)
serve_here(Path(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), name="tiny")
"""


@pytest.fixture(scope="module")
def endpoint(tiny_model: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(tiny_model), str(port)])
    try:
        for _ in range(600):
            assert process.poll() is None
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _client(endpoint: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=endpoint, api_key="none", max_retries=0)


def test_the_model_is_listed_by_its_name_and_by_its_digest(endpoint: str, tiny_model: Path) -> None:
    async def go() -> list[str]:
        async with _client(endpoint) as client:
            return [model.id async for model in client.models.list()]

    assert asyncio.run(go()) == ["tiny", folder_digest(tiny_model)]


def test_requests_at_once_are_answered_as_the_model_answers(endpoint: str, tiny_model: Path) -> None:
    prompts = [f'GOAL: look up {number}\nPAGE:\n[1] link "a"\nACTION:' for number in range(12)]

    async def go() -> list[openai.types.chat.ChatCompletion]:
        async with _client(endpoint) as client:
            return await asyncio.gather(
                *(
                    client.chat.completions.create(
                        model="tiny", messages=[{"role": "user", "content": prompt}], max_tokens=9, temperature=0
                    )
                    for prompt in prompts
                )
            )

    answers = asyncio.run(go())
    prompting, model = load_prompting(tiny_model), load_model(tiny_model).eval()
    asks = [Ask(tokens=prompting.encode_prompt(prompt)) for prompt in prompts]
    wanted = generate(model, asks, pad=prompting.pad, end=prompting.tokenizer.eos_token_id, max_new_tokens=9)
    for answer, ask, one in zip(answers, asks, wanted, strict=True):
        assert answer.choices[0].message.content == prompting.decode(one.tokens)
        assert answer.usage is not None
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (len(ask.tokens), len(one.tokens))
        assert answer.choices[0].finish_reason == ("length" if len(one.tokens) == 9 else "stop")


def test_a_seed_repeats_a_sample(endpoint: str) -> None:
    async def go() -> list[str | None]:
        async with _client(endpoint) as client:
            answers = [
                await client.chat.completions.create(
                    model="tiny", messages=[{"role": "user", "content": "x"}], max_tokens=8, temperature=1, seed=seed
                )
                for seed in (1, 2, 1)
            ]
        return [answer.choices[0].message.content for answer in answers]

    first, other, again = asyncio.run(go())
    assert first == again != other


def test_wrong_requests_are_refused_by_name(endpoint: str) -> None:
    async def go(model: str, text: str, **more: Any) -> None:
        async with _client(endpoint) as client:
            await client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **more)

    with pytest.raises(openai.NotFoundError, match="`other` does not exist"):
        asyncio.run(go("other", "x"))
    with pytest.raises(openai.BadRequestError, match="context is 512 tokens"):
        asyncio.run(go("tiny", "word " * 2000))
    with pytest.raises(openai.UnprocessableEntityError):
        asyncio.run(go("tiny", "x", n=2))


def test_messages_that_no_template_takes_are_refused_with_its_words(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    template = folder / "chat_template.jinja"

    async def go(endpoint: str) -> None:
        messages: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "x"}]
        async with _client(endpoint) as client:
            await client.chat.completions.create(model="tiny", messages=messages)

    for text, said in (("", "chat_template is not set"), ("{{ raise_exception('no system role') }}", "no system role")):
        template.write_text(text)
        if not text:
            template.unlink()
        with serving(folder, name="tiny") as endpoint, pytest.raises(openai.BadRequestError, match=said):
            asyncio.run(go(endpoint))


def test_a_completion_is_held_to_a_regular_expression_and_says_how_likely_it_was(
    endpoint: str, tiny_model: Path
) -> None:
    async def go(prompt: str | list[int], **more: object) -> openai.types.Completion:
        async with _client(endpoint) as client:
            return await client.completions.create(
                model=folder_digest(tiny_model),
                prompt=prompt,
                temperature=0,
                logprobs=0,
                max_tokens=12,
                extra_body=more,
            )

    prompting = load_prompting(tiny_model)
    for prompt in ("GOAL: look up", prompting.encode_prompt("GOAL: look up")):
        free = asyncio.run(go(prompt))
        held = asyncio.run(go(prompt, structured_outputs={"regex": "[a-oq-y ]*"}))
        assert re.fullmatch("[a-oq-y ]*", held.choices[0].text)
        assert held.choices[0].text != free.choices[0].text
        for answer in (free, held):
            assert answer.choices[0].logprobs is not None
            assert answer.usage is not None
            scores = answer.choices[0].logprobs.token_logprobs or []
            assert len(scores) - answer.usage.completion_tokens in (0, 1), "the end has a probability and is no token"
            assert all(score <= 0 for score in scores)
    with pytest.raises(openai.BadRequestError, match="not a regular expression"):
        asyncio.run(go("x", structured_outputs={"regex": "("}))
    with pytest.raises(openai.BadRequestError, match="from 0 to 599"):
        asyncio.run(go([600]))
    with pytest.raises(openai.BadRequestError, match="from 0 to 599"):
        asyncio.run(go([]))


def test_a_port_in_use_is_named(tiny_model: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="cannot listen"):
            serve(tiny_model, host="127.0.0.1", port=taken.getsockname()[1])
