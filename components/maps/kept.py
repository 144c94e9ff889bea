"""A map in the store: one object a page, in the order the pages were looked at, under the round that looked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from components.errors import InputError
from components.maps.look import Look
from components.trajectories.rounds import Round


class KeptMap:
    """The pages of one site as one visitor sees them: those of this round and of the rounds before it.

    Args:
        user: logged in as whom; empty: nobody.
    """

    def __init__(self, round: Round, *, site: str, user: str) -> None:
        self._round = round
        self._name = hashlib.sha256(f"{site}\n{user}".encode()).hexdigest()[:12]
        self._count = sum(1 for _ in self._keys())

    def looks(self) -> Iterator[Look]:
        """Oldest first.

        Raises:
            InputError: one is broken.
        """
        for key in self._keys():
            try:
                yield Look.model_validate_json(self._round.store.get(key))
            except ValueError as error:
                fix = "delete it and run again: the page is then looked at again"
                raise InputError(f"a broken page of a map: {error}", where=key, fix=fix) from error

    def keep(self, look: Look) -> None:
        key = f"{self._round.prefix}/map/{self._name}/{self._count:05d}.json"
        self._round.store.put_new(key, look.model_dump_json().encode())
        self._count += 1

    def _keys(self) -> Iterator[str]:
        for number in range(1, self._round.number + 1):
            yield from self._round.store.list(f"{self._round.at(number).prefix}/map/{self._name}/")
