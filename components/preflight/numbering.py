"""Which round of a run is the next. It is found in the store, so that a schedule need not count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from components.errors import InputError
from components.trajectories.manifest import manifest_key
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store

RUN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Numbers of a run's rounds in ascending order: all that were begun, and those of them that are done."""

    begun: tuple[int, ...]
    done: tuple[int, ...]

    @property
    def unfinished(self) -> int | None:
        """The newest round where it is not done; those before it that are not done were left behind."""
        return self.begun[-1] if self.begun and self.begun[-1] not in self.done else None

    @property
    def next(self) -> int:
        """The round that is unfinished, else a new one."""
        return self.unfinished or len(self.begun) + 1


def rounds_of(store: Store, run: str) -> Rounds:
    """The rounds of a run, with two questions to the store for each."""
    rounds = (Round(run=run, number=number, seed=0, store=store, work=Path()) for number in count(1))
    begun = list(takewhile(lambda round: store.exists(manifest_key(round)), rounds))
    done = tuple(round.number for round in begun if store.exists(done_key(round)))
    return Rounds(begun=tuple(round.number for round in begun), done=done)


def check_name(run: str) -> None:
    """Raises InputError where this cannot be the name of a run."""
    if not RUN.fullmatch(run):
        fix = "use small letters, digits, dots and hyphens, at most 63, as in main"
        raise InputError(f"{run!r} cannot be the name of a run", where="run", fix=fix)


def choose_number(store: Store, *, run: str, number: int) -> int:
    """The number of the round to do.

    Args:
        wanted: 0 for the next.

    Raises:
        InputError: no name of a run; or a round that cannot be done: one further on, or one that was left behind.
    """
    check_name(run)
    rounds = rounds_of(store, run)
    if number == 0:
        return rounds.next
    newest = len(rounds.begun)
    if not 1 <= number <= newest + 1:
        problem = f"round {number} of run {run} cannot begin: it has {newest or 'no'} round{'' if newest == 1 else 's'}"
        raise InputError(problem, where="round", fix=f"use 0, the next one, which is round {rounds.next}")
    if number < newest and number not in rounds.done:
        problem = f"round {number} of run {run} was left unfinished when round {number + 1} began"
        raise InputError(problem, where="round", fix=f"use 0, the next one, which is round {rounds.next}")
    return number
