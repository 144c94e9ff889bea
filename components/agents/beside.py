"""A local model that decides in processes of its own, a batch in each, beside the process that plays.

A tiny model's forward pass is mostly Python. A thread of the playing process would slow down its pages, and a second
thread the first. `python -m components.agents.beside FOLDER SOCKET ...` is such a process. It reads a line of JSON from
a socket for each batch of turns and answers with a line of JSON. It ends when the other end of the socket is closed,
also by the death of the process that asks. Importing torch takes longest at its start. So one process imports it and,
where there is no GPU, forks one process for each other socket.
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
from components.guard import sweep_seldom
from components.models.devices import Precision
from components.models.generate import TINY
from components.models.weights import load_model
from components.trajectories.schema import Cost

WEIGHT = 2
"""Bytes; students are kept in bfloat16."""
GRACE = 5.0
"""Seconds a process may take to end."""


def is_tiny(folder: Path) -> bool:
    """Whether a model's files are so small that it decides with one thread, which leaves other cores to others."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors")) < TINY * WEIGHT


class BesideAgent(Agent):
    """Decides as a `LocalAgent` does, several batches at once. The processes start with the first episode.

    Args:
        processes: how many there are; each decides one batch at a time.
        temperature, seed, kind, precision: see `LocalAgent`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        processes: int,
        temperature: float = 0.0,
        seed: int = 0,
        kind: TaskKind = "action",
        precision: Precision | None = None,
    ) -> None:
        self.batch_size, self.at_once = TURNS, processes
        self.info = local_info(folder, temperature=temperature, seed=seed, kind=kind, precision=precision)
        self._arguments: dict[str, Any] = {
            "folder": str(folder),
            "temperature": temperature,
            "seed": seed,
            "kind": kind,
            "precision": precision,
        }
        self._connections: list[_Connection] = []
        self._free: list[_Connection] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self._slots = asyncio.Semaphore(processes)

    @contextmanager
    def episode(self) -> Iterator[None]:
        if not self._started:
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
                self._begin(1 if self._started else self.at_once)
            connection = self._free.pop()
            decided = await asyncio.to_thread(connection.ask, turns)
            self._free.append(connection)
            return decided

    async def close(self) -> None:
        for connection in self._connections:
            connection.end()
        self._connections.clear()
        self._free.clear()
        for process in self._started:
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    def _begin(self, count: int) -> None:
        pairs = [socket.socketpair() for _ in range(count)]
        self._started.append(_start(self._arguments["folder"], [their.fileno() for _, their in pairs]))
        for ours, theirs in pairs:
            theirs.close()
            connection = _Connection(ours, self._arguments)
            self._connections.append(connection)
            self._free.append(connection)


def _start(folder: str, sockets: Sequence[int]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "components.agents.beside", folder, *map(str, sockets)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=sockets)


class _Connection:
    """The asking end of one process.

    Args:
        channel: the socket to it.
        arguments: of its `LocalAgent`; the first line that it reads.
    """

    def __init__(self, channel: socket.socket, arguments: Mapping[str, Any]) -> None:
        self._channel, self._answers = channel, channel.makefile("rb")
        with suppress(OSError):  # whoever asks it learns of it
            self._send(arguments)

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
        return [Decision(**{**decision, "cost": Cost(**decision["cost"])}) for decision in answer]

    def end(self) -> None:
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # a thread that still waits for an answer does not keep it open
        self._answers.close()
        self._channel.close()

    def _send(self, message: Any) -> None:
        self._channel.sendall(json.dumps(message).encode() + b"\n")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks decides when this ends
    sweep_seldom()
    os.dup2(2, 1)  # what a library prints must not go to the socket's reader
    folder, *numbers = sys.argv[1:]
    with suppress(InputError):  # the process that loads the weights prints it
        load_model(Path(folder), device="meta")
    import torch

    sockets = [socket.socket(fileno=int(number)) for number in numbers]
    own = sockets[0]
    alone = torch.cuda.is_available()  # a fork of a process that has asked this cannot use what there is
    for sock in sockets[1:]:
        if alone:
            _start(folder, [sock.fileno()])
        elif not os.fork():
            own = sock
            break
    for sock in sockets:
        if sock is not own:
            sock.close()
    _serve(own)
    own.close()
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _serve(channel: socket.socket) -> None:
    """Reads the agent's arguments, then turns; answers each line until the socket is closed."""
    with suppress(OSError), channel.makefile("rb") as lines, asyncio.Runner() as runner:
        messages = map(json.loads, lines)
        for arguments in messages:
            agent = _open_agent(arguments)
            for turns in messages:
                answer = runner.run(_decide(agent, turns)) if isinstance(agent, LocalAgent) else agent
                channel.sendall(json.dumps(answer).encode() + b"\n")


def _open_agent(arguments: Mapping[str, Any]) -> LocalAgent | dict[str, str]:
    """The agent, or the fields of the InputError that loading it raised."""
    try:
        agent = LocalAgent(**{**arguments, "folder": Path(arguments["folder"])})
        agent.load()
        return agent
    except InputError as error:
        return {"what": error.what, "where": error.where, "fix": error.fix}


async def _decide(agent: LocalAgent, turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    decisions = await agent.decide([_turn(turn) for turn in turns])
    return [
        {
            "action": decision.action,
            "reason": decision.reason,
            "cost": decision.cost.model_dump(),
            "seconds": decision.seconds,
        }
        for decision in decisions
    ]


def _turn(record: Mapping[str, Any]) -> Turn:
    """A turn from its JSON, where numbers that were keys are text."""
    page = record["observation"]
    elements = {int(ref): Element(**fields) for ref, fields in page["elements"].items()}
    observation = Observation(**{**page, "elements": elements, "tabs": tuple(page["tabs"])})
    return Turn(**{**record, "observation": observation, "history": [_past(past) for past in record["history"]]})


def _past(record: Mapping[str, Any]) -> Past:
    return Past(**{**record, "purposes": {int(ref): purpose for ref, purpose in record["purposes"].items()}})


if __name__ == "__main__":
    main()
