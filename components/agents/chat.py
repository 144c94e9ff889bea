"""A chat model behind the OpenAI protocol: a vendor's endpoint, or vLLM serving a model of one's own.

Every turn is its own request; requests of many episodes overlap up to `concurrency`. Failures that may pass (rate
limits, server errors, time-outs, dropped connections, unreadable answers) are tried again with back-off and jitter,
honouring `Retry-After`; the last one is raised as InfraError. A request that the endpoint refuses fails that step alone
(RequestRefused). A wrong key, account, model or address is an InputError at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from components.trajectories.rounds import Round

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
        ledger: sums of what the run has spent on the model; None where there is no run.

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

    def spend_for(self, round: Round) -> None:
        self.budget.ledger = round.ledger(self.config.model)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return await self.answer(turns, examples=[()] * len(turns))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        return await self.answer(turns, examples=[()] * len(turns), propose=self.config.candidates)

    async def answer(
        self, turns: Sequence[Turn], *, examples: Sequence[Sequence[Example]], propose: int = 0
    ) -> list[Decision]:
        """Decides the turns.

        Args:
            examples: for each turn the pieces of knowledge that the model is shown.
            propose: how many candidates are asked for at most; 0: one action.

        Raises: as `Agent.decide`.
        """
        return list(
            await asyncio.gather(
                *(self._decide(turn, pieces, propose) for turn, pieces in zip(turns, examples, strict=True))
            )
        )

    async def _decide(self, turn: Turn, examples: Sequence[Example], propose: int) -> Decision:
        started = time.monotonic()
        messages, form = self.question(turn, examples=examples, propose=propose)
        text, cost = await self.complete(messages, seed=step_seed(turn), enough=self.acts, form=form)
        candidates = self._parse(text)
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
        """(messages, response_format) of a turn; the second is None where the endpoint does not constrain answers."""
        page, constrain = turn.observation, self.config.constrained
        asking = asking_of(self.config, propose=propose)
        form = constrained.form(page, asking) if constrain else ""
        messages = prompts.chat_messages(turn, examples=examples, asking=asking, form=form)
        return messages, constrained.response_format(page, asking) if constrain else None

    def _remarks(self, text: str) -> tuple[str, tuple[int, ...]]:
        if not self.config.recall:
            return "", ()
        return constrained.read_remarks(text) if self.config.constrained else answers.parse_remarks(text)

    def acts(self, text: str) -> bool:
        """Whether an answer contains an action."""
        return bool(self._parse(text))

    @property
    def _parse(self) -> Callable[[str], tuple[Candidate, ...]]:
        return constrained.read_answer if self.config.constrained else answers.parse_chat

    async def complete(
        self, messages: Messages, *, seed: int, enough: Callable[[str], bool] | None = None, form: Form = None
    ) -> tuple[str, Cost]:
        """One answered request: its text and what it cost.

        Args:
            seed: sent where the endpoint knows seeds.
            enough: whether a text that `max_tokens` cut is still an answer; None: any words besides thoughts are.
            form: the request's `response_format`.

        Raises:
            InfraError: no usable answer after the retries. Of these RequestRefused: the endpoint refuses this very
                request, or hid the model's words twice. CutShort: `max_tokens` cut the answer twice.
            InputError: a wrong key, account, model or address: no other request would do better.
            BudgetError: the budget was spent before the request.
        """
        enough = enough or has_words
        completion, cost = await self.ask(messages, seed=seed, form=form)
        if completion.cut and not enough(_text(completion)):
            completion, second = await self._ask_for_more(messages, seed=seed, form=form)
            cost += second
            if completion.cut and not enough(_text(completion)):
                raise self._cut_short()
        elif completion.unsaid:
            completion, second = await self.ask(messages, seed=seed ^ 1, form=form)
            cost += second
        if completion.unsaid:
            raise RequestRefused(f"{self.config.base_url}: {UNSAID}", fix=UNSAID_FIX)
        return _text(completion), cost

    async def _ask_for_more(self, messages: Messages, *, seed: int, form: Form) -> tuple[Completion, Cost]:
        max_tokens = min(MORE * self.config.max_tokens, MOST_MORE)
        if max_tokens <= self.config.max_tokens:
            raise self._cut_short()
        try:
            return await self.ask(messages, seed=seed, max_tokens=max_tokens, form=form)
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
        """One request, tried again while it may help: its answer and cost. Raises as `complete`, but no CutShort."""
        messages = prepared(messages, system=self.config.system)
        request = _request(self.config, messages, seed=seed, max_tokens=max_tokens or self.config.max_tokens)
        if form is not None:
            request["response_format"] = form
        highest_cost = self.budget.price(
            prompt_tokens=_letters(messages), completion_tokens=max_tokens or self.config.max_tokens
        )

        async def once() -> tuple[Completion, Cost]:
            async with self.budget.request(highest_cost=highest_cost):
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
        """The reported cost; where none is reported, it is counted by characters."""
        usage, message = completion.usage, completion.choice.message
        if usage is not None and (usage.completion_tokens or not completion.text):
            return await self.budget.charge(
                prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens
            )
        return await self.budget.charge(
            prompt_tokens=_letters(messages) // LETTERS_PER_TOKEN,
            completion_tokens=len(message.content + message.refusal + message.thought) // LETTERS_PER_TOKEN,
        )

    async def close(self) -> None:
        await self.wire.close()
        await self.budget.close()


def has_words(text: str) -> bool:
    """Whether an answer contains any words besides thoughts."""
    return bool(spoken(text).strip())


def prepared(messages: Messages, *, system: bool) -> Messages:
    """The messages as the endpoint takes them: valid Unicode, and without the system role where it knows none."""
    cleaned = [{**message, "content": clean(message["content"])} for message in messages]
    if system or len(cleaned) < 2 or cleaned[0]["role"] != "system":
        return cleaned
    first, second, *others = cleaned
    return [{**second, "content": f"{first['content']}\n\n{second['content']}"}, *others]


def _text(completion: Completion) -> str:
    """The answer as it may be stored: valid Unicode, at most `LONGEST_ANSWER` characters."""
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


def asking_of(config: ChatConfig, *, propose: int = 0) -> prompts.Asking:
    """The prompt's settings for a model of this configuration."""
    return prompts.Asking(
        propose=propose, plan=config.plan, recall=config.recall, window=config.window, budget=config.prompt
    )


def step_seed(turn: Turn) -> int:
    """The seed of a step, of 31 bits: the same for the same step of the same episode, so that answers can repeat."""
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
