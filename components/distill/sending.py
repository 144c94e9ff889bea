"""Checkpoints on their way to the store, while the next steps are computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from components.distill.checkpoints import share_of
from components.distill.task import Task
from components.trajectories.open_store import open_store

STORED = 3
"""Checkpoints in the store: what one process has sent, another may still be sending, and writing the one after it."""


def sender(task: Task, pool: ThreadPoolExecutor) -> Callable[[Path], None]:
    """Sends one checkpoint's file after the other; the next call fails if one could not be sent."""
    store = open_store(task.store)
    under_way: list[Future[None]] = []

    def send(path: Path) -> None:
        key = f"{task.prefix}{path.name}"
        if not store.put_file(key, path) and not store.holds(key, path, digest=_digest(path)):
            store.delete(key)  # left by a training of other numbers, which was killed
            store.put_file(key, path)
        share = share_of(path.name)
        own_keys = sorted(key for key in store.list(task.prefix) if share_of(key.rpartition("/")[2]) == share)
        for key in own_keys[:-STORED]:
            store.delete(key)

    def keep(path: Path) -> None:
        while under_way:
            under_way.pop().result()
        under_way.append(pool.submit(send, path))

    return keep


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
