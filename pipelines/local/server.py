"""A server that this command line starts: under a guard, with a log, on loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components.errors import InfraError, InputError
from components.guard import comes_up, end_guarded, has_ended, start_guarded
from components.loopback import free_port, free_ports

START_SECONDS = 300.0
"""How long a server may take to answer. MLflow needs ten seconds on an idle machine, and has needed more than 120 on a
busy one with a slow disk. A server that ends is noticed at once."""


@dataclass(kw_only=True)
class Server:
    """A running server.

    Attributes:
        mendable: by exit status, the error that the user can correct.
        leaves: files that it leaves behind when it ends.
    """

    name: str
    log: Path
    process: subprocess.Popen[bytes]
    mendable: Mapping[int, InputError] = field(default_factory=dict)
    leaves: Sequence[Path] = ()

    def check(self) -> None:
        """Raises if the server has ended: the InputError of its exit status if there is one, else InfraError."""
        if has_ended(self.process):
            status = end_guarded(self.process)
            raise self.mendable.get(status) or InfraError(
                f"the {self.name} server, which this command had started, ended (status {status})\n  log: {self.log}"
            )

    def wait(self, ready: Callable[[], bool]) -> None:
        """Waits until `ready` is true. Raises as `check` does, and InfraError after `START_SECONDS`."""
        if comes_up(self.process, ready, seconds=START_SECONDS):
            return
        self.check()
        raise InfraError(f"the {self.name} server did not come up in {START_SECONDS:.0f} s\n  log: {self.log}")

    def stop(self) -> None:
        """Ends it. Every write that it confirmed is on the disk already."""
        end_guarded(self.process)
        for path in self.leaves:
            path.unlink(missing_ok=True)


def start_server(
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    mendable: Mapping[int, InputError] | None = None,
    leaves: Sequence[Path] = (),
) -> Server:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = start_guarded(command, environment=environment, output=output)
    return Server(name=name, log=log, process=process, mendable=mendable or {}, leaves=leaves)


def choose_port(port: int, *, field: str, usual: int = 0) -> int:
    """The wanted port; where none is (0), the usual one if it is free, else any free one.

    Raises:
        InputError: something else listens on the wanted port.
    """
    try:
        return free_port(port or usual) if port or usual else free_ports(1)[0]
    except OSError as error:
        if usual and not port:
            return free_ports(1)[0]
        fix = "stop what listens there, choose another port, or leave it 0 for any free one"
        raise InputError(f"port {port} cannot be used: {error.strerror}", where=f"place: {field}", fix=fix) from error
