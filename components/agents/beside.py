"""A local model that decides in processes of its own, a batch in each, beside the process that plays.

A tiny model's forward pass is mostly Python, so that a thread of the playing process would stand in the way of its
pages, and a second one in the way of the first. `python -m components.agents.beside` is such a process: it reads what
it is asked from its input and answers on its output, a line of JSON each, and ends when its input does, as it does when
whoever asked is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from components.agents.base import Agent, Decision, Past, Turn
from components.agents.local import TURNS, LocalAgent, local_info
from components.agents.prompts import TaskKind
from components.browser.observation import Element, Observation
from components.errors import InfraError, InputError
from components.guard import end_unswept
from components.models.generate import TINY
from components.trajectories.schema import Cost

WEIGHT = 2
"""Bytes; students are kept in bfloat16."""
GRACE = 5.0
"""Seconds a process may take to end."""


def is_tiny(folder: Path) -> bool:
    """Whether one thread decides, so that a second process has a core to itself."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors")) < TINY * WEIGHT


class BesideAgent(Agent):
    """Decides what a `LocalAgent` would, several batches at once. The processes start with the first episode.

    Args:
        temperature, seed, kind: see `Student`.
    """

    def __init__(
        self, folder: Path, *, processes: int, temperature: float = 0.0, seed: int = 0, kind: TaskKind = "action"
    ) -> None:
        self.batch_size, self.at_once = TURNS, processes
        self.info = local_info(folder, temperature=temperature, seed=seed, kind=kind)
        self._told = {"folder": str(folder), "temperature": temperature, "seed": seed, "kind": kind}
        self._free: list[_Process] = []
        self._slots, self._started = asyncio.Semaphore(processes), False

    @contextmanager
    def episode(self) -> Iterator[None]:
        self._start()
        yield

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        """
        Raises:
            InputError: the folder is no model that can be loaded.
            InfraError: a process ended; the next call starts another.
        """
        if not turns:
            return []
        self._start()
        async with self._slots:
            process = self._free.pop() if self._free else _Process(self._told)
            decided = await asyncio.to_thread(process.ask, turns)
            self._free.append(process)
            return decided

    async def close(self) -> None:
        for process in self._free:
            process.end()
        self._free.clear()

    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._free = [_Process(self._told) for _ in range(self.at_once)]


class _Process:
    """
    Args:
        told: the arguments of its `LocalAgent`.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with suppress(BrokenPipeError):  # whoever asks it learns of it
            self._send(told)

    def ask(self, turns: Sequence[Turn]) -> list[Decision]:
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._send([asdict(turn) for turn in turns])
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            self.end()
            raise InfraError(f"a process that decides ended (status {self._process.returncode})")
        answer = json.loads(line)
        if isinstance(answer, dict):
            self.end()
            raise InputError(**answer)
        return [Decision(**{**each, "cost": Cost(**each["cost"])}) for each in answer]

    def end(self) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when this ends
    end_unswept()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    asked = map(json.loads, sys.stdin.buffer)
    with suppress(BrokenPipeError), asyncio.Runner() as runner:
        for told in asked:
            agent = _opened(told)
            for turns in asked:
                answer = runner.run(_decided(agent, turns)) if isinstance(agent, LocalAgent) else agent
                answers.write(json.dumps(answer).encode() + b"\n")
                answers.flush()


def _opened(told: Mapping[str, Any]) -> LocalAgent | dict[str, str]:
    """The model, or what is wrong with it."""
    try:
        return LocalAgent(**{**told, "folder": Path(told["folder"])})
    except InputError as error:
        return {"what": error.what, "where": error.where, "fix": error.fix}


async def _decided(agent: LocalAgent, turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    decided = await agent.decide([_turn(each) for each in turns])
    return [
        {"action": each.action, "reason": each.reason, "cost": each.cost.model_dump(), "seconds": each.seconds}
        for each in decided
    ]


def _turn(told: Mapping[str, Any]) -> Turn:
    """A turn as it was before JSON, whose keys are text."""
    page = told["observation"]
    elements = {int(ref): Element(**each) for ref, each in page["elements"].items()}
    seen = Observation(**{**page, "elements": elements, "tabs": tuple(page["tabs"])})
    return Turn(**{**told, "observation": seen, "history": [_past(each) for each in told["history"]]})


def _past(told: Mapping[str, Any]) -> Past:
    return Past(**{**told, "purposes": {int(ref): each for ref, each in told["purposes"].items()}})


if __name__ == "__main__":
    main()
