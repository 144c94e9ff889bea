"""A student behind an address: its prompt is sent as tokens over the completions protocol.

Every turn is its own request, so that no episode waits for another; the server makes the batches. The constraint of
`decoding` is sent as a regular expression. Our own server also corrects slips in copying, as `LocalAgent` does; it says
so in its list of models (`copied`). With other servers the first text stands.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from components.agents.base import Agent, Decision, Turn
from components.agents.decoding import COPIED, DECODING_VERSION, Possible
from components.agents.prompts import PROMPT_VERSION, STUDENT_PROMPT, TaskKind
from components.agents.student import Student
from components.endpoints.complaints import Passing, check_reply
from components.endpoints.completions import Continuation, read_continuation
from components.endpoints.config import api_key
from components.endpoints.insist import insist
from components.endpoints.wire import Wire
from components.errors import InfraError, InputError
from components.models.files import folder_digest
from components.models.prompting import FILE, load_prompting
from components.serving.address import check_serves, make_address
from components.serving.config import Given, Here, Served
from components.trajectories.digests import json_digest
from components.trajectories.schema import AgentInfo, Cost
from components.trajectories.store import Store

BACKOFF = 1.0
UNSHAPED = {"top_p": 1.0, "top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
"""What vLLM would else take from the model's `generation_config.json`. A penalty of repetition can change even greedy
answers, and an action repeats what stands in its prompt."""


class ServedAgent(Agent):
    """Decides by asking the server of a model; nothing is started or asked before the first decision.

    Args:
        folder: of the model; only its tokenizer is read here.
        work, store: see `make_address`.
        temperature, seed, kind: see `Student`.

    Raises:
        InputError: the environment variable of the key is not set, or the server does not serve this very model; with
            the first decision.
    """

    def __init__(
        self,
        folder: Path,
        serving: Served,
        *,
        work: Path,
        store: Store | None = None,
        temperature: float = 0.0,
        seed: int = 0,
        kind: TaskKind = "action",
    ) -> None:
        self.folder, self.serving, self.digest = folder, serving, folder_digest(folder)
        settings = [self.digest, PROMPT_VERSION, DECODING_VERSION, kind, temperature, seed if temperature else 0]
        if isinstance(serving, Here):
            settings += [setting for setting in (serving.precision, serving.arguments) if setting]
        name = f"served-{self.digest[:12]}"
        self.info = AgentInfo(
            name=name, kind="served", digest=json_digest(["served", *settings, UNSHAPED]), prompt=STUDENT_PROMPT
        )
        self.student = Student(prompting=load_prompting(folder), kind=kind, temperature=temperature, seed=seed)
        self.address = make_address(serving, work=work, store=store)
        self._opening, self._slots = asyncio.Lock(), asyncio.Semaphore(serving.concurrency)
        self._wire: Wire | None = None
        self._corrects, self._never_up = False, ""

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        wire = await self._open()
        return list(await asyncio.gather(*(self._decide(wire, turn) for turn in turns)))

    async def _open(self) -> Wire:
        """The connection to the server. The first call starts it if need be, and checks that it has the model."""
        async with self._opening:
            if self._wire is None:
                try:
                    self._wire = await self._checked(await self._opened())
                except BaseException:  # the next call opens it again: a second server must not stand beside this one
                    await asyncio.to_thread(self.address.close)
                    raise
            return self._wire

    async def _opened(self) -> str:
        """Where the server did not come up in its time, every later decision is told so at once: the stage ends."""
        if self._never_up:
            raise InfraError(self._never_up)
        try:
            return await asyncio.to_thread(self.address.open, self.folder, self.digest)
        except InfraError as error:
            self._never_up = str(error)
            raise

    async def _checked(self, base_url: str) -> Wire:
        key_of = self.serving.api_key_env if isinstance(self.serving, Given) else ""
        key = api_key(key_of, whose=f"the server of model {self.digest[:12]}")
        wire = Wire(base_url, key=key, timeout=self.serving.timeout)
        try:
            served = await self._listed(wire)
        except BaseException:
            await wire.close()
            raise
        self._corrects = bool(served.get("copied"))
        return wire

    async def _listed(self, wire: Wire) -> dict[str, Any]:
        """What the server says of the model; of one that somebody else has started, once it has loaded it.

        Raises:
            InputError: as `check_serves`; or the server takes fewer tokens than the model was taught with.
            InfraError: it does not answer in its time; every later decision is told so at once.
        """
        patience = self.serving.start_seconds if isinstance(self.serving, Given) else 0.0
        end = time.monotonic() + patience
        while True:
            try:
                served = await check_serves(wire, self.digest, retries=self.serving.retries, backoff=BACKOFF)
                break
            except InfraError as error:
                if error.lasting or time.monotonic() > end:
                    self._never_up = str(error) if patience else ""
                    raise
                await asyncio.sleep(BACKOFF)
        longest, taught = served.get("max_model_len"), self.student.prompting.context
        if isinstance(longest, int) and longest < taught and (self.folder / FILE).is_file():
            raise InputError(
                f"the server takes {longest} tokens, the student was taught with {taught}",
                where=wire.base_url,
                fix=f"start it with --max-model-len={taught} or more",
            )
        return served

    async def _decide(self, wire: Wire, turn: Turn) -> Decision:
        began, request = time.monotonic(), self._request(turn)
        answer = await self._ask(wire, request)
        if self._corrects and self.student.may_be_a_slip(turn, answer.text):
            constraint = {"copied": {"text": Possible(turn).source, "after": COPIED}}
            copied = await self._ask(wire, request | constraint)
            if self.student.corrects(turn, copied.text, answer.text, loss=answer.score - copied.score):
                answer = copied
        cost = Cost(prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens)
        return self.student.decision(answer.text, cost=cost, seconds=time.monotonic() - began)

    def _request(self, turn: Turn) -> dict[str, Any]:
        constraint = {"structured_outputs": {"regex": Possible(turn).pattern}} if self.student.kind == "action" else {}
        return {
            "model": self.digest,
            "prompt": self.student.prompt(turn),
            "max_tokens": self.student.max_new_tokens,
            "temperature": self.student.temperature,
            "seed": int.from_bytes(hashlib.sha256(self.student.key(turn).encode()).digest()[:4]) >> 1,
            "logprobs": 0,
            **UNSHAPED,
            **constraint,
        }

    async def _ask(self, wire: Wire, request: dict[str, Any]) -> Continuation:
        async def once() -> Continuation:
            reply = await wire.ask("completions", request)
            check_reply(reply, where=wire.base_url, model=self.digest, secret=wire.key)
            try:
                return read_continuation(reply.text)
            except ValueError as error:
                raise Passing(str(error)) from error

        async with self._slots:
            return await insist(once, where=wire.base_url, retries=self.serving.retries, backoff=BACKOFF)

    async def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()
        await asyncio.to_thread(self.address.close)
