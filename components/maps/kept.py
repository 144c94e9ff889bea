"""A map in the store: one object for each page or deed, in the order they were met, under the round that met them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Generic, TypeVar

from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Record

NAME = re.compile(r"/(\d+)\.json$")
FOLDERS = {"Look": "map", "Try": "clicks"}
T = TypeVar("T", bound=Record)


class KeptMap(Generic[T]):
    """What was met of one site as one visitor sees it: in this round and in the rounds before it.

    Args:
        of: pages (`Look`) or deeds (`Try`), each kind in a folder of its own.
        user: who is logged in; empty: nobody.
    """

    def __init__(self, of: type[T], round: Round, *, site: str, user: str) -> None:
        self._of, self._folder = of, FOLDERS[of.__name__]
        self._round = round
        self._name = hashlib.sha256(f"{site}\n{user}".encode()).hexdigest()[:12]
        self._next = max((int(NAME.findall(key)[0]) + 1 for key in self._keys()), default=0)

    def met(self) -> Iterator[T]:
        """Oldest first.

        Raises:
            InputError: one is broken; once it is deleted, it is met again.
        """
        return (read_record(self._round.store, key, self._of, what="part of a map") for key in self._keys())

    def keep(self, part: T) -> None:
        key = f"{self._round.prefix}/{self._folder}/{self._name}/{self._next:05d}.json"
        self._round.store.put_new(key, part.model_dump_json().encode())
        self._next += 1

    def _keys(self) -> Iterator[str]:
        for number in range(1, self._round.number + 1):
            keys = self._round.store.list(f"{self._round.at(number).prefix}/{self._folder}/{self._name}/")
            yield from (key for key in keys if NAME.search(key))
