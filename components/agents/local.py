"""A local Hugging Face model that decides for many episodes at once. The laptop's student.

It reads a student's prompt (`prompts.student_prompt`) and writes only the action, which is short and fast, or the
reason and then the action. A page that does not fit the context is cut at its end, line by line, as in training.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from components.agents.base import Agent, Decision, Turn
from components.agents.decoding import DECODING_VERSION, Possible
from components.agents.prompts import PROMPT_VERSION, STUDENT_PROMPT, TaskKind
from components.agents.student import Student
from components.models.devices import Precision, computed_in
from components.models.files import folder_digest
from components.models.generate import TINY, Ask, Written, generate
from components.models.prompting import load_prompting
from components.models.weights import load_model
from components.trajectories.digests import json_digest
from components.trajectories.schema import AgentInfo, Cost

TURNS = 32
"""How many are decided together at most."""


def local_info(
    folder: Path, *, temperature: float, seed: int, kind: TaskKind, precision: Precision | None
) -> AgentInfo:
    """Identifies the agent independent of where it runs: the same model asked in the same way is the same agent."""
    digest = folder_digest(folder)
    settings = [digest, PROMPT_VERSION, DECODING_VERSION, kind, temperature, seed if temperature else 0]
    settings += [precision] if precision else []
    return AgentInfo(name=f"local-{digest[:12]}", kind="local", digest=json_digest(settings), prompt=STUDENT_PROMPT)


class LocalAgent(Agent):
    """Batched greedy or sampled decisions of a model folder. Tokenizer and weights are read at the first decision, so
    that whoever has nothing to decide imports no torch.

    Args:
        temperature, seed, kind: see `Student`.
        precision: of weights and matrix products; None: fp32.
    """

    def __init__(
        self,
        folder: Path,
        *,
        temperature: float = 0.0,
        seed: int = 0,
        kind: TaskKind = "action",
        precision: Precision | None = None,
    ) -> None:
        self.batch_size = TURNS
        self.info = local_info(folder, temperature=temperature, seed=seed, kind=kind, precision=precision)
        self._folder, self._precision, self._model = folder, precision, None
        self._manner: dict[str, Any] = {"kind": kind, "temperature": temperature, "seed": seed}
        # One generation at a time: two would share the cores and both be slower.
        self._lock = asyncio.Lock()

    def load(self) -> Any:
        """The model, read with its tokenizer at the first call.

        Raises:
            InputError: tokenizer, configuration or weights cannot be read.
        """
        if self._model is None:
            self.student = Student(prompting=load_prompting(self._folder), **self._manner)
            self._model = load_model(self._folder, kept_in=computed_in(self._precision)).eval()
        return self._model

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        """
        Raises:
            InputError: as `load`.
        """
        if not turns:
            return []
        async with self._lock:
            return await asyncio.to_thread(self._decide, turns)

    def _decide(self, turns: Sequence[Turn]) -> list[Decision]:
        model = self.load()
        began = time.monotonic()
        with _threads(model):
            asks = [self._ask(turn) for turn in turns]
            answers = self._write(model, asks)
            retries = [
                index
                for index, answer in enumerate(answers)
                if self.student.may_be_a_slip(turns[index], self._text(answer))
            ]
            copied = self._write(
                model, [replace(asks[index], allowed=Possible(turns[index], copies=True)) for index in retries]
            )
        for index, answer in zip(retries, copied, strict=True):
            free, loss = self._text(answers[index]), answers[index].score - answer.score
            if self.student.corrects(turns[index], self._text(answer), free, loss=loss):
                answers[index] = answer
        seconds = time.monotonic() - began
        return [self._decision(ask, answer, seconds=seconds) for ask, answer in zip(asks, answers, strict=True)]

    def _ask(self, turn: Turn) -> Ask:
        allowed = Possible(turn) if self.student.kind == "action" else None
        return Ask(tokens=self.student.prompt(turn), key=self.student.key(turn), allowed=allowed)

    def _write(self, model: Any, asks: Sequence[Ask]) -> list[Written]:
        return generate(
            model,
            asks,
            pad=self.student.prompting.pad,
            end=self.student.prompting.tokenizer.eos_token_id,
            max_new_tokens=self.student.max_new_tokens,
            temperature=self.student.temperature,
            decode=self.student.prompting.decode,
        )

    def _text(self, answer: Written) -> str:
        return self.student.prompting.decode(answer.tokens)

    def _decision(self, ask: Ask, answer: Written, *, seconds: float) -> Decision:
        cost = Cost(prompt_tokens=len(ask.tokens), completion_tokens=len(answer.tokens))
        return self.student.decision(self._text(answer), cost=cost, seconds=seconds)


@contextmanager
def _threads(model: Any) -> Iterator[None]:
    """A tiny model is fastest on one thread."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1 if model.num_parameters() < TINY else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
