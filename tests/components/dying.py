"""A store whose process dies at one of its writes: what `kill -9` leaves, at every moment there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from components.trajectories.store import Store
from components.trajectories.store_folder import FolderStore


class Killed(BaseException):
    """Nothing of ours catches it."""


class DyingStore(FolderStore):
    """Args: `left` are the changes that come to an end; the next one is the last, which `after` says is still made."""

    def __init__(self, root: Path, *, left: int, after: bool) -> None:
        super().__init__(root)
        self.left, self.after = left, after

    def put_new(self, key: str, data: bytes) -> bool:
        return self._last(lambda: super(DyingStore, self).put_new(key, data))

    def put(self, key: str, data: bytes) -> None:
        self._last(lambda: super(DyingStore, self).put(key, data))

    def delete(self, key: str) -> None:
        self._last(lambda: super(DyingStore, self).delete(key))

    def _last(self, change: Callable[[], bool | None]) -> bool:
        self.left -= 1
        if self.left < 0 and not self.after:
            raise Killed
        made = bool(change())
        if self.left < 0:
            raise Killed
        return made


def deaths(work: Callable[[Store], object], *, folder: Path, begun: Callable[[Store], object]) -> Iterator[Store]:
    """For each change that work makes in a store: the store as it is after a death there and the same work once more.

    Args:
        begun: puts into each fresh store what the work finds.
    """
    for after in (False, True):
        for left in range(1000):
            root = folder / f"{after}-{left}"
            begun(FolderStore(root))
            dying = DyingStore(root, left=left, after=after)
            try:
                work(dying)
            except Killed:
                work(FolderStore(root))
                yield FolderStore(root)
            else:
                break


def contents(store: Store, *, without: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Every object but those whose keys hold one of these words."""
    return {key: store.get(key) for key in store.list() if not any(word in key for word in without)}
