"""A map in the store: one object a page, in the order the pages were looked at, under the round that looked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from components.maps.look import Look
from components.trajectories.records import read_record
from components.trajectories.rounds import Round

NAME = re.compile(r"/(\d+)\.json$")


class KeptMap:
    """The pages of one site as one visitor sees them: those of this round and of the rounds before it.

    Args:
        user: logged in as whom; empty: nobody.
    """

    def __init__(self, round: Round, *, site: str, user: str) -> None:
        self._round = round
        self._name = hashlib.sha256(f"{site}\n{user}".encode()).hexdigest()[:12]
        self._next = max((int(NAME.findall(key)[0]) + 1 for key in self._keys()), default=0)

    def looks(self) -> Iterator[Look]:
        """Oldest first.

        Raises:
            InputError: one is broken; where it is deleted, its page is looked at again.
        """
        return (read_record(self._round.store, key, Look, what="page of a map") for key in self._keys())

    def keep(self, look: Look) -> None:
        key = f"{self._round.prefix}/map/{self._name}/{self._next:05d}.json"
        self._round.store.put_new(key, look.model_dump_json().encode())
        self._next += 1

    def _keys(self) -> Iterator[str]:
        for number in range(1, self._round.number + 1):
            keys = self._round.store.list(f"{self._round.at(number).prefix}/map/{self._name}/")
            yield from (key for key in keys if NAME.search(key))
