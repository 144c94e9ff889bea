"""A local model that decides in processes of its own, a batch in each, beside the process that plays.

A tiny model's forward pass is mostly Python, so that a thread of the playing process would stand in the way of its
pages, and a second one in the way of the first. `python -m components.agents.beside FOLDER SOCKET ...` is such a
process: it reads what it is asked from a socket and answers there, a line of JSON each, and ends when nobody holds the
other end, as when whoever asked is killed. To import what a model needs takes longer than anything else that it does
before it answers, so it does that once and, where there is no GPU, has forks of itself answer on the other sockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
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
from components.models.weights import load_model
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
        self._told: dict[str, Any] = {"folder": str(folder), "temperature": temperature, "seed": seed, "kind": kind}
        self._all: list[_Process] = []
        self._free: list[_Process] = []
        self._begun: list[subprocess.Popen[bytes]] = []
        self._slots = asyncio.Semaphore(processes)

    @contextmanager
    def episode(self) -> Iterator[None]:
        if not self._begun:
            self._begin(self.at_once)
        yield

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        """
        Raises:
            InputError: the folder is no model that can be loaded.
            InfraError: a process ended; the next call starts another.
        """
        if not turns:
            return []
        async with self._slots:
            if not self._free:
                self._begin(1 if self._begun else self.at_once)
            process = self._free.pop()
            decided = await asyncio.to_thread(process.ask, turns)
            self._free.append(process)
            return decided

    async def close(self) -> None:
        for process in self._all:
            process.end()
        self._all.clear()
        self._free.clear()
        for begun in self._begun:
            try:
                begun.wait(GRACE)
            except subprocess.TimeoutExpired:
                begun.kill()
                begun.wait()
        self._begun.clear()

    def _begin(self, count: int) -> None:
        pairs = [socket.socketpair() for _ in range(count)]
        self._begun.append(_start(self._told["folder"], [their.fileno() for _, their in pairs]))
        for our, their in pairs:
            their.close()
            process = _Process(our, self._told)
            self._all.append(process)
            self._free.append(process)


def _start(folder: str, sockets: Sequence[int]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "components.agents.beside", folder, *map(str, sockets)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=sockets)


class _Process:
    """
    Args:
        told: the arguments of its `LocalAgent`.
    """

    def __init__(self, channel: socket.socket, told: Mapping[str, Any]) -> None:
        self._channel, self._answers = channel, channel.makefile("rb")
        with suppress(OSError):  # whoever asks it learns of it
            self._send(told)

    def ask(self, turns: Sequence[Turn]) -> list[Decision]:
        line = b""
        with suppress(OSError):
            self._send([asdict(turn) for turn in turns])
            line = self._answers.readline()
        if not line.endswith(b"\n"):
            self.end()
            raise InfraError("a process that decides ended: it was killed, or the machine had no memory left")
        answer = json.loads(line)
        if isinstance(answer, dict):
            self.end()
            raise InputError(**answer)
        return [Decision(**{**each, "cost": Cost(**each["cost"])}) for each in answer]

    def end(self) -> None:
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # nobody who still waits for an answer keeps it open
        self._answers.close()
        self._channel.close()

    def _send(self, what: Any) -> None:
        self._channel.sendall(json.dumps(what).encode() + b"\n")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when this ends
    end_unswept()
    os.dup2(2, 1)  # what a library prints is nobody's output
    folder, *theirs = sys.argv[1:]
    with suppress(InputError):  # whoever loads the weights says it
        load_model(Path(folder), device="meta")
    import torch

    sockets = [socket.socket(fileno=int(each)) for each in theirs]
    mine = sockets[0]
    alone = torch.cuda.is_available()  # a fork of a process that has asked this cannot use what there is
    for each in sockets[1:]:
        if alone:
            _start(folder, [each.fileno()])
        elif not os.fork():
            mine = each
            break
    for each in sockets:
        if each is not mine:
            each.close()
    _answer(mine)
    mine.close()
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _answer(channel: socket.socket) -> None:
    """Decides what it is asked until nobody is there to ask."""
    with suppress(OSError), channel.makefile("rb") as lines, asyncio.Runner() as runner:
        asked = map(json.loads, lines)
        for told in asked:
            agent = _opened(told)
            for turns in asked:
                answer = runner.run(_decided(agent, turns)) if isinstance(agent, LocalAgent) else agent
                channel.sendall(json.dumps(answer).encode() + b"\n")


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
