"""A chat model behind the OpenAI protocol: a vendor's endpoint, or vLLM serving a model of one's own.

Every turn is its own request; requests of many episodes overlap up to `concurrency`. What may pass (rate limits, server
errors, time-outs, dropped connections, answers that are not JSON) is tried again with back-off and jitter, honouring
`Retry-After`, and ends as InfraError; what the user must mend (key, model, request) is an InputError at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from components.agents import prompts
from components.agents.base import Agent, Decision, Turn
from components.agents.budget import Budget
from components.agents.config import ChatConfig
from components.agents.prompts import Example
from components.errors import InfraError, InputError
from components.trajectories.digests import json_digest
from components.trajectories.schema import AgentInfo, Cost

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI, OpenAI
    from openai.types.chat import ChatCompletion

Messages = list[dict[str, str]]

LONGEST_WAIT = 60.0
"""Seconds; a server that asks for a longer pause is asked again after this one."""

PROBE_TIMEOUT = 30.0

MENDABLE = {
    400: "the endpoint refuses the request; give fewer tokens of page or answer, or correct the sampling settings",
    401: "set the environment variable named by api_key_env to a valid key",
    403: "use a key that may use this model",
    404: "correct base_url (it ends in /v1 on most servers) or the model's name",
    413: "give fewer tokens of page",
    422: "correct the sampling settings",
}


class ChatAgent(Agent):
    """Decides by asking a chat model for a reason and an action.

    Raises:
        InputError: the environment variable that should hold the key is not set.
    """

    def __init__(self, config: ChatConfig) -> None:
        self.config = config
        self.budget = Budget(
            tokens=config.budget_tokens,
            usd=config.budget_usd,
            usd_per_million_prompt=config.usd_per_million_prompt,
            usd_per_million_completion=config.usd_per_million_completion,
        )
        self.info = AgentInfo(name=config.model, kind="chat", digest=_digest(config))
        self._key = _api_key(config)
        self._slots = asyncio.Semaphore(config.concurrency)

    @cached_property
    def _client(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        return AsyncOpenAI(base_url=self.config.base_url, api_key=self._key, timeout=self.config.timeout, max_retries=0)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return await self.answer(turns, examples=[()] * len(turns))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        return await self.answer(turns, examples=[()] * len(turns), propose=self.config.candidates)

    async def answer(
        self, turns: Sequence[Turn], *, examples: Sequence[Sequence[Example]], propose: int = 0
    ) -> list[Decision]:
        """Decides the turns, each shown its own examples; `propose` asks for up to so many candidates."""
        return list(
            await asyncio.gather(
                *(self._one(turn, shown, propose) for turn, shown in zip(turns, examples, strict=True))
            )
        )

    async def _one(self, turn: Turn, examples: Sequence[Example], propose: int) -> Decision:
        messages = prompts.chat_messages(turn, examples=examples, window=self.config.window, propose=propose)
        started = time.monotonic()
        text, cost = await self.complete(messages, seed=step_seed(turn))
        candidates = prompts.parse_chat(text)
        first = candidates[0] if candidates else None
        return Decision(
            # Text without an action goes to the action parser, whose message the model then reads as feedback.
            action=first.action if first else text.strip()[:500],
            reason=first.reason if first else "",
            candidates=candidates[:propose] if propose else (),
            cost=cost,
            seconds=time.monotonic() - started,
        )

    async def complete(self, messages: Messages, *, seed: int) -> tuple[str, Cost]:
        """One answered request: its text and what it cost.

        Raises:
            InfraError: no usable answer after the retries.
            InputError: the endpoint refuses the request in a way that retries cannot change.
            BudgetError: the budget was spent before the request.
        """
        wait = 0.0
        failure = ""
        async with self._slots:
            for attempt in range(self.config.retries + 1):
                await asyncio.sleep(wait)
                self.budget.check()
                try:
                    response = await self._client.chat.completions.create(**_request(self.config, messages, seed=seed))
                    return content_of(response), self._charge(response, messages)
                except Exception as error:
                    wait = _pause(error, self.config, attempt)
                    failure = _say(error)
        raise InfraError(f"{self.config.base_url}: no answer after {self.config.retries + 1} attempts: {failure}")

    def _charge(self, response: ChatCompletion, messages: Messages) -> Cost:
        """The cost as reported; four characters a token where an endpoint reports nothing, so a budget still holds."""
        if response.usage:
            return self.budget.charge(
                prompt_tokens=response.usage.prompt_tokens, completion_tokens=response.usage.completion_tokens
            )
        return self.budget.charge(
            prompt_tokens=sum(len(message["content"]) for message in messages) // 4,
            completion_tokens=len(content_of(response)) // 4,
        )

    async def close(self) -> None:
        await self._client.close()


def probe(config: ChatConfig) -> None:
    """Asks the endpoint once, with the settings of the run, before anything expensive.

    Raises:
        InputError: it cannot be reached, refuses the key, the model or the request, or does not speak the protocol.
    """
    from openai import APIConnectionError, APIStatusError, OpenAI

    messages = [{"role": "user", "content": 'Answer with exactly this line:\nACTION: stop ""'}]
    timeout = min(config.timeout, PROBE_TIMEOUT)
    with OpenAI(base_url=config.base_url, api_key=_api_key(config), timeout=timeout, max_retries=1) as client:
        try:
            content_of(client.chat.completions.create(**_request(config, messages, seed=0)))
        except APIConnectionError as error:
            raise InputError(
                f"the endpoint of model {config.model!r} cannot be reached: {_say(error)}",
                where=config.base_url,
                fix="start the server, or correct base_url in the recipe",
            ) from error
        except APIStatusError as error:
            raise _refused(error, config, served=_served(client)) from error
        except ValueError as error:
            raise InputError(
                f"this is not an endpoint of the OpenAI protocol: {_say(error)}",
                where=config.base_url,
                fix="give the address of an OpenAI-compatible server; it ends in /v1 on most",
            ) from error


def _served(client: OpenAI) -> str:
    """What the endpoint says it serves, for the message; nothing where it does not say."""
    from openai import OpenAIError

    try:
        names = [model.id for model in client.models.list().data]
    except (OpenAIError, ValueError, AttributeError, TypeError):
        return ""
    return f" (it serves: {', '.join(sorted(names)[:10])})" if names else ""


def _refused(error: APIStatusError, config: ChatConfig, *, served: str = "") -> InputError:
    return InputError(
        f"the endpoint refuses model {config.model!r}: {_say(error)}{served}",
        where=config.base_url,
        fix=MENDABLE.get(error.status_code, "see the endpoint's own log for what is wrong with it"),
    )


def _pause(error: Exception, config: ChatConfig, attempt: int) -> float:
    """Seconds to wait before the next attempt.

    Raises:
        InputError: trying again cannot help.
        Exception: the error itself, where it is not the endpoint's.
    """
    from openai import APIConnectionError, APIError, APIStatusError

    asked = 0.0
    if isinstance(error, APIStatusError):
        if error.status_code in MENDABLE:
            raise _refused(error, config) from error
        asked = _retry_after(error)
    elif not isinstance(error, APIConnectionError | APIError | ValueError):
        raise error
    backoff = config.backoff * 2.0**attempt * random.uniform(0.5, 1.0)
    return min(max(asked, backoff), LONGEST_WAIT)


def _retry_after(error: APIStatusError) -> float:
    """What the server asks for, in seconds; 0 where it says nothing or gives a date."""
    try:
        seconds = float(error.response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
    return max(seconds, 0.0)


def content_of(response: ChatCompletion) -> str:
    """The answer's text; empty where the model said nothing.

    Raises:
        ValueError: the response is not a chat completion, whatever its status says.
    """
    choices = getattr(response, "choices", None)
    if not choices:
        raise ValueError(f"not a chat completion: {str(response)[:200]!r}")
    return choices[0].message.content or ""


def _request(config: ChatConfig, messages: Messages, *, seed: int) -> dict[str, Any]:
    request = {"model": config.model, "messages": messages, "max_tokens": config.max_tokens, "seed": seed}
    return request if config.temperature is None else {**request, "temperature": config.temperature}


def step_seed(turn: Turn) -> int:
    """The same step of the same episode asks with the same seed; endpoints that know seeds then repeat themselves."""
    name = f"{turn.episode}#{len(turn.history)}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) >> 1


def _api_key(config: ChatConfig) -> str:
    if not config.api_key_env:
        return "none"
    key = os.environ.get(config.api_key_env, "")
    if not key:
        raise InputError(
            f"the environment variable {config.api_key_env} with the key of model {config.model!r} is not set",
            where="api_key_env",
            fix=f"export {config.api_key_env}=..., or name another variable",
        )
    return key


def _digest(config: ChatConfig) -> str:
    """SHA-256 over what changes the decisions: model, sampling and prompts; not the address, the key or the budget."""
    settings = config.model_dump(include={"model", "temperature", "max_tokens", "window", "candidates"})
    return json_digest([settings, prompts.chat_digest()])


def _say(error: Exception) -> str:
    """The error's kind and message on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
