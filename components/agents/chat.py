"""A chat model behind the OpenAI protocol: a vendor's endpoint, or vLLM serving a model of one's own.

Every turn is its own request; requests of many episodes overlap up to `concurrency`. What may pass (rate limits, server
errors, time-outs, dropped connections, answers in no form) is tried again with back-off and jitter, honouring
`Retry-After`, and ends as InfraError. A request that the endpoint refuses is that step's error alone (RequestRefused);
what the user must mend (key, account, model, address) is an InputError at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from components.agents import answers, constrained, prompts
from components.agents.answers import spoken
from components.agents.base import Agent, Decision, Turn
from components.agents.blocks import Example
from components.agents.config import ChatConfig
from components.endpoints.complaints import FILTER_FIX, Passing, RequestRefused, check_reply
from components.endpoints.completions import Completion, read_completion
from components.endpoints.config import api_key
from components.endpoints.insist import insist
from components.endpoints.wire import Wire
from components.errors import InfraError
from components.text import clean
from components.trajectories.budget import LETTERS_PER_TOKEN, Budget
from components.trajectories.digests import json_digest
from components.trajectories.ledger import Ledger
from components.trajectories.schema import AgentInfo, Candidate, Cost

Messages = list[dict[str, str]]
Form = dict[str, Any] | None

MORE, MOST_MORE = 4, 16_384
"""An answer that `max_tokens` cut is asked for again with so many times more, up to so many tokens."""
UNSAID = "an answer has no text though the model wrote some, which its server took for thoughts or for calls of tools"
UNSAID_FIX = "start the server with the parsers of this very model for thoughts and tools, or with none"


class CutShort(InfraError):
    """`max_tokens` ended the answer before it said what was asked, twice. The setting's fault, not the agent's."""

    lasting = True


class ChatAgent(Agent):
    """Decides by asking a chat model for a reason and an action.

    Args:
        ledger: what the run has spent on the model; left out where there is no run.

    Raises:
        InputError: the environment variable that should hold the key is not set.
    """

    def __init__(self, config: ChatConfig, *, ledger: Ledger | None = None) -> None:
        self.config = config
        self.budget = Budget(
            model=config.model,
            tokens=config.budget_tokens,
            usd=config.budget_usd,
            usd_per_million_prompt=config.usd_per_million_prompt,
            usd_per_million_completion=config.usd_per_million_completion,
            ledger=ledger,
        )
        self.info = AgentInfo(name=config.model, kind="chat", digest=_digest(config), prompt=prompts.CHAT.name)
        self.plans = config.plan
        key = api_key(config.api_key_env, whose=f"model {config.model!r}")
        self.wire = Wire(config.base_url, key=key, timeout=config.timeout)
        self._slots = asyncio.Semaphore(config.concurrency)

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
        started = time.monotonic()
        messages, form = self.question(turn, examples=examples, propose=propose)
        text, cost = await self.complete(messages, seed=step_seed(turn), enough=self.acts, form=form)
        candidates = self._read(text)
        first = candidates[0] if candidates else None
        description, marked = self._remarks(text)
        return Decision(
            # Text without an action goes to the action parser, whose message the model then reads as feedback.
            action=first.action if first else spoken(text).strip()[:500],
            reason=first.reason if first else "",
            candidates=candidates[:propose] if propose else (),
            cost=cost,
            seconds=time.monotonic() - started,
            exchange=json.dumps({"messages": messages, "answer": text}, ensure_ascii=False),
            description=description,
            highlight=answers.highlighted(turn.observation, marked),
        )

    def question(self, turn: Turn, *, examples: Sequence[Example] = (), propose: int = 0) -> tuple[Messages, Form]:
        """What a turn is asked as, and the form the endpoint is to keep an answer to."""
        page, constrain = turn.observation, self.config.constrained
        asking = asked_of(self.config, propose=propose)
        form = constrained.form(page, asking) if constrain else ""
        messages = prompts.chat_messages(turn, examples=examples, asking=asking, form=form)
        return messages, constrained.response_format(page, asking) if constrain else None

    def _remarks(self, text: str) -> tuple[str, tuple[int, ...]]:
        if not self.config.recall:
            return "", ()
        return constrained.read_remarks(text) if self.config.constrained else answers.parse_remarks(text)

    def acts(self, text: str) -> bool:
        """Whether an answer holds an action."""
        return bool(self._read(text))

    @property
    def _read(self) -> Callable[[str], tuple[Candidate, ...]]:
        return constrained.read_answer if self.config.constrained else answers.parse_chat

    async def complete(
        self, messages: Messages, *, seed: int, enough: Callable[[str], bool] | None = None, form: Form = None
    ) -> tuple[str, Cost]:
        """One answered request: its text and what it cost.

        Args:
            enough: whether a text that `max_tokens` cut says what was asked; any words but thoughts, when left out.
            form: the request's `response_format`.

        Raises:
            InfraError: no usable answer after the retries; RequestRefused, the endpoint refuses this very request, or
                gives none of the words that the model wrote, twice;
                CutShort, `max_tokens` ended it twice.
            InputError: the endpoint refuses us in a way that no other request can change.
            BudgetError: the budget was spent before the request.
        """
        enough = enough or says
        completion, cost = await self.ask(messages, seed=seed, form=form)
        if completion.cut and not enough(_text(completion)):
            completion, second = await self._more(messages, seed=seed, form=form)
            cost += second
            if completion.cut and not enough(_text(completion)):
                raise self._cut_short()
        elif completion.unsaid:
            completion, second = await self.ask(messages, seed=seed ^ 1, form=form)
            cost += second
        if completion.unsaid:
            raise RequestRefused(f"{self.config.base_url}: {UNSAID}", fix=UNSAID_FIX)
        return _text(completion), cost

    async def _more(self, messages: Messages, *, seed: int, form: Form) -> tuple[Completion, Cost]:
        most = min(MORE * self.config.max_tokens, MOST_MORE)
        if most <= self.config.max_tokens:
            raise self._cut_short()
        try:
            return await self.ask(messages, seed=seed, max_tokens=most, form=form)
        except RequestRefused as error:
            raise self._cut_short() from error

    def _cut_short(self) -> CutShort:
        return CutShort(
            f"{self.config.base_url}: max_tokens ({self.config.max_tokens}) ends the answers of model "
            f"{self.config.model!r} before they say what was asked; raise max_tokens"
        )

    async def ask(
        self, messages: Messages, *, seed: int, max_tokens: int | None = None, form: Form = None
    ) -> tuple[Completion, Cost]:
        """One request, tried again while it may help. Raises what `complete` does, but for CutShort."""
        messages = sent(messages, system=self.config.system)
        request = _request(self.config, messages, seed=seed, max_tokens=max_tokens or self.config.max_tokens)
        if form is not None:
            request["response_format"] = form
        most = self.budget.price(
            prompt_tokens=_letters(messages), completion_tokens=max_tokens or self.config.max_tokens
        )

        async def once() -> tuple[Completion, Cost]:
            async with self.budget.request(most=most):
                completion = await self._once(request)
                cost = await self._charge(completion, messages)
            if completion.filtered:
                raise RequestRefused(
                    f"{self.config.base_url}: the endpoint's content filter took the answer away", fix=FILTER_FIX
                )
            return completion, cost

        async with self._slots:
            return await insist(
                once, where=self.config.base_url, retries=self.config.retries, backoff=self.config.backoff
            )

    async def _once(self, request: dict[str, Any]) -> Completion:
        reply = await self.wire.ask("chat/completions", request)
        check_reply(reply, where=self.config.base_url, model=self.config.model, secret=self.wire.key)
        try:
            return read_completion(reply.text)
        except ValueError as error:
            raise Passing(str(error)) from error

    async def _charge(self, completion: Completion, messages: Messages) -> Cost:
        """The cost as reported, else by characters."""
        usage, said = completion.usage, completion.choice.message
        if usage is not None and (usage.completion_tokens or not completion.text):
            return await self.budget.charge(
                prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens
            )
        return await self.budget.charge(
            prompt_tokens=_letters(messages) // LETTERS_PER_TOKEN,
            completion_tokens=len(said.content + said.refusal + said.thought) // LETTERS_PER_TOKEN,
        )

    async def close(self) -> None:
        await self.wire.close()
        await self.budget.close()


def says(text: str) -> bool:
    """Whether an answer holds any words but thoughts."""
    return bool(spoken(text).strip())


def sent(messages: Messages, *, system: bool) -> Messages:
    """The messages as the endpoint takes them: storable text, and no system role where it knows none."""
    cleaned = [{**message, "content": clean(message["content"])} for message in messages]
    if system or len(cleaned) < 2 or cleaned[0]["role"] != "system":
        return cleaned
    first, second, *rest = cleaned
    return [{**second, "content": f"{first['content']}\n\n{second['content']}"}, *rest]


def _text(completion: Completion) -> str:
    """The answer, as it may be stored: no half characters, and no longer than anybody reads."""
    return clean(completion.text[: answers.LONGEST_ANSWER])


def _letters(messages: Messages) -> int:
    return sum(len(message["content"]) for message in messages)


def _request(config: ChatConfig, messages: Messages, *, seed: int, max_tokens: int) -> dict[str, Any]:
    request = {"model": config.model, "messages": messages, config.max_tokens_name: max_tokens}
    if config.send_seed:
        request["seed"] = seed
    if config.temperature is not None:
        request["temperature"] = config.temperature
    return request


def asked_of(config: ChatConfig, *, propose: int = 0) -> prompts.Asking:
    """How a model of this configuration is asked."""
    return prompts.Asking(
        propose=propose, plan=config.plan, recall=config.recall, window=config.window, budget=config.prompt
    )


def step_seed(turn: Turn) -> int:
    """The same step of the same episode asks with the same seed; endpoints that know seeds then repeat themselves."""
    name = f"{turn.episode}#{len(turn.history)}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) >> 1


def _digest(config: ChatConfig) -> str:
    """SHA-256 over what changes the decisions: model, sampling and prompts; not the address, the key or the budget."""
    settings = config.model_dump(
        include={
            "model",
            "temperature",
            "send_seed",
            "system",
            "constrained",
            "max_tokens",
            "window",
            "plan",
            "recall",
            "prompt",
            "candidates",
        }
    )
    return json_digest([settings, prompts.chat_digest(), constrained.FORM_VERSION if config.constrained else ""])
