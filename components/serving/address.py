"""Addresses at which a model is served: a given one, or that of a server that is started for it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.endpoints.complaints import RequestRefused, check_reply
from components.endpoints.completions import read_json
from components.endpoints.insist import insist
from components.endpoints.wire import Reply, Wire
from components.errors import InfraError, InputError
from components.guard import comes_up, end_guarded, start_guarded
from components.loopback import HOST, answers, free_ports
from components.serving.config import Deployment, Given, Here, Served

if TYPE_CHECKING:
    from components.trajectories.store import Store

LOG_END = 2000  # last characters of a log in an error
FIRST = 3  # errors of a log
ERROR = re.compile(r"^(?:.*\] )?((?:\w+\.)*\w+(?:Error|Exception): .+)$", re.MULTILINE)


class Address(ABC):
    """One model's address."""

    @abstractmethod
    def open(self, folder: Path, digest: str) -> str:
        """The base URL of a server that has the model, with /v1 at its end. Blocks until it answers.

        Args:
            folder: of the model.
            digest: of the model; its name on the server.

        Raises:
            InfraError: its server does not come up.
        """

    @abstractmethod
    def close(self) -> None:
        """Ends what was started. May be called twice."""


def make_address(config: Served, *, work: Path, store: Store | None) -> Address:
    """The address that the place's section `serving` describes.

    Args:
        work: folder for the log of a server that is started here.
        store: where servers in pods fetch the model from.

    Raises:
        InputError: servers in pods are wanted, and there is no store.
    """
    if isinstance(config, Given):
        return GivenAddress(config)
    if isinstance(config, Deployment):
        from components.serving.deployment import DeployedServer

        if store is None:
            fix = "name the round's store, or another kind of serving"
            raise InputError(
                "a server in a pod fetches its model from the store, and there is none", where="place: serving", fix=fix
            )
        return DeployedServer(config, store=store)
    assert isinstance(config, Here)
    return OwnServer(config, work=work)


class GivenAddress(Address):
    """A server that runs already."""

    def __init__(self, config: Given) -> None:
        self.config = config

    def open(self, folder: Path, digest: str) -> str:  # noqa: ARG002 - the model is there already
        return self.config.base_url.replace("{digest}", digest)

    def close(self) -> None:
        return


class OwnServer(Address):
    """A server that this process starts. It ends with this process, even if that is killed."""

    def __init__(self, config: Here, *, work: Path) -> None:
        self.config, self.work = config, work
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, folder: Path, digest: str) -> str:
        log = self.work / f"serving-{digest[:12]}-{time.time_ns()}.log"
        self.work.mkdir(parents=True, exist_ok=True)
        [port] = free_ports(1)
        with log.open("wb") as output:
            command = [sys.executable, "-m", "components.models.serve", str(folder), str(port)]
            command += ["--precision", self.config.precision] if self.config.precision else []
            command += self.config.arguments
            self._process = start_guarded(command, environment={}, output=output)
        address = f"http://{HOST}:{port}"
        if comes_up(self._process, lambda: answers(f"{address}/health"), seconds=self.config.start_seconds):
            return f"{address}/v1"
        self.close()
        said = what_it_said(log.read_text(errors="replace"))
        raise InfraError(f"the server of model {digest[:12]} did not come up\n  log: {log}\n{said}")

    def close(self) -> None:
        if self._process is not None:
            end_guarded(self._process)
            self._process = None


def what_it_said(log: str) -> str:
    """The end of a log, below the first errors in it: vLLM's own end says that something failed, not what."""
    end = log[-LOG_END:].strip()
    errors = [error for error in dict.fromkeys(ERROR.findall(log)) if error not in end]
    return "\n".join((*errors[:FIRST], end))


async def check_serves(wire: Wire, digest: str, *, retries: int, backoff: float) -> dict[str, Any]:
    """Checks that a server has the model of this digest.

    Args:
        retries: further requests after an error that may pass.
        backoff: seconds before the first of them.

    Returns:
        The model's entry in the server's list of models.

    Raises:
        InputError: the server has other models, which are named, or refuses the key.
        InfraError: it does not answer, or still fails after the retries.
    """

    async def once() -> Reply:
        reply = await wire.ask("models")
        check_reply(reply, where=wire.base_url, model=digest, secret=wire.key)
        return reply

    fix = "serve it there: `symbiont serve-model --model DIGEST`, or vLLM with --served-model-name DIGEST"
    try:
        reply = await insist(once, where=wire.base_url, retries=retries, backoff=backoff)
        listed = read_json(reply.text)
        cards = {str(card["id"]): dict(card) for card in listed["data"]}
    except (RequestRefused, ValueError, TypeError, KeyError) as error:
        raise InputError("this address lists no models", where=wire.base_url, fix=fix) from error
    if digest not in cards:
        raise InputError(
            f"the server serves {', '.join(cards) or 'nothing'}, not model {digest}", where=wire.base_url, fix=fix
        )
    return cards[digest]
