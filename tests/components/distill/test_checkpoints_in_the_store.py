"""A checkpoint that a copy has torn, or one of several machines lacks, costs the steps since the one before it, not
all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from components.distill.checkpoints import checkpoint_name, fetch_checkpoint, restore_checkpoint, save_checkpoint
from components.distill.config import DistillConfig
from components.distill.group import Group
from components.distill.sending import sender
from components.distill.task import Task
from components.loopback import free_ports
from components.trajectories.open_store import open_store
from components.trajectories.store import Store
from components.trajectories.store_folder import FolderStore

MACHINE = """
import sys
from pathlib import Path
import torch
from components.distill.checkpoints import fetch_checkpoint, restore_checkpoint
from components.distill.group import joined
from components.trajectories.open_store import open_store

folder, store = Path(sys.argv[1]), open_store(sys.argv[2])
model = torch.nn.Linear(8, 8)
fetch_checkpoint("kept/", store=store, folder=folder)
with joined(copies=True) as group:
    found = restore_checkpoint(
        folder,
        learnt=dict(model.named_parameters()),
        optimizers=(torch.optim.SGD(model.parameters()),),
        group=group,
    )
print(found and found.step, float(model.weight[0, 0].detach()) if found else None)
"""


@pytest.mark.parametrize("torn", [b"", b"\xff" * 64, "half", "one bit"])
def test_the_one_before_a_torn_one_is_brought(tmp_path: Path, torn: bytes | str) -> None:
    import torch

    model, store = torch.nn.Linear(8, 8), open_store(tmp_path / "store")
    learnt = dict(model.named_parameters())
    for step in (10, 20):
        with torch.no_grad():
            model.weight.fill_(step)
        path = save_checkpoint(tmp_path / "here", learnt=learnt, optimizers=(), step=step, notes={}, keep=3)
        store.put_file(f"kept/{path.name}", path)
    key = f"kept/{checkpoint_name(20)}"
    data = store.get(key)
    flipped = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
    store.put(key, torn if isinstance(torn, bytes) else {"half": data[: len(data) // 2], "one bit": flipped}[torn])

    fetch_checkpoint("kept/", store=store, folder=tmp_path / "there")
    optimizer = torch.optim.SGD(model.parameters())
    progressed = restore_checkpoint(tmp_path / "there", learnt=learnt, optimizers=(optimizer,))
    assert progressed is not None
    assert progressed.step == 10
    assert float(model.weight.detach()[0, 0]) == 10.0


class Half(Group):
    """One of two processes, each a thread of this test."""

    shares = 2

    def __init__(self, rank: int, *, said: dict[int, Any], both: threading.Barrier) -> None:
        self.rank, self._said, self._both = rank, said, both

    def gather(self, value: Any) -> list[Any]:
        self._said[self.rank] = value
        self._both.wait(timeout=60)
        return [self._said[rank] for rank in range(self.shares)]


def _save_halves(folder: Path, *, step: int, number: float) -> list[Path]:
    """A checkpoint of two processes, each of which has half of the rows of a layer."""
    import torch

    said: dict[int, Any] = {}
    both = threading.Barrier(2)

    def save(rank: int) -> Path:
        rows = torch.nn.Parameter(torch.full((4, 8), float(number)))
        group = Half(rank, said=said, both=both)
        return save_checkpoint(folder, learnt={"weight": rows}, optimizers=(), step=step, notes={}, keep=9, group=group)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(save, range(2)))


def test_halves_of_two_trainings_are_no_checkpoint(tmp_path: Path) -> None:
    """The store keeps what a killed training sent of a step; the next one comes to other numbers there, as on a GPU."""
    import torch

    store = open_store(tmp_path / "store")
    config = DistillConfig()
    told = {"base": tmp_path, "scratch": tmp_path, "seed": 0, "copies": False, "store": str(store.url)}
    task = Task(config=config, prefix="kept/", **told)

    def send(path: Path) -> None:
        with ThreadPoolExecutor(1) as pool:
            sender(task, pool)(path)

    def gone_on_from(folder: Path) -> tuple[int, set[float]]:
        fetch_checkpoint("kept/", store=store, folder=folder)
        weight = torch.nn.Parameter(torch.zeros(8, 8))
        optimizer = torch.optim.SGD([weight])
        found = restore_checkpoint(folder, learnt={"weight": weight}, optimizers=(optimizer,))
        assert found is not None
        return found.step, set(weight.detach().flatten().tolist())

    for step in (10, 20):
        for path in _save_halves(tmp_path / "killed", step=step, number=step):
            send(path)
    first, second = _save_halves(tmp_path / "next", step=20, number=21)
    send(second)  # and is killed as well
    assert gone_on_from(tmp_path / "there") == (10, {10.0})
    send(first)
    assert gone_on_from(tmp_path / "elsewhere") == (20, {21.0})


def _save(folder: Path, *, steps: tuple[int, ...], sent_to: Store | None = None, more: float = 0) -> None:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Linear(8, 8)
    for step in steps:
        with torch.no_grad():
            model.weight.fill_(step + more)
        learnt = dict(model.named_parameters())
        path = save_checkpoint(folder, learnt=learnt, optimizers=(), step=step, notes={}, keep=9)
        if sent_to is not None:
            sent_to.put_file(f"kept/{path.name}", path)


def test_one_that_is_removed_while_it_is_fetched_is_passed_over(tmp_path: Path) -> None:
    """By a process of a killed job that is not gone yet."""

    class Emptied(FolderStore):
        def get_file(self, key: str, path: Path) -> None:
            if key.endswith(checkpoint_name(20)):
                self.delete(key)
            super().get_file(key, path)

    store = Emptied(tmp_path / "store")
    _save(tmp_path / "here", steps=(10, 20), sent_to=store)
    fetch_checkpoint("kept/", store=store, folder=tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == [checkpoint_name(10)]


def _two_machines_go_on(store: Store, folders: list[Path]) -> list[str]:
    [port] = free_ports(1)
    told = {"WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    machines = [
        subprocess.Popen(
            [sys.executable, "-c", MACHINE, str(folder), str(store.url)],
            env={**os.environ, **told, "RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank, folder in enumerate(folders)
    ]
    return [each.communicate(timeout=300)[0].splitlines()[-1] for each in machines]


@pytest.mark.parametrize("ahead", [0, 1])
def test_two_machines_go_on_from_the_same_step_where_one_of_them_has_a_newer(tmp_path: Path, ahead: int) -> None:
    store, folders = open_store(tmp_path / "store"), [tmp_path / "one", tmp_path / "other"]
    _save(tmp_path / "before", steps=(10, 20), sent_to=store)
    _save(folders[ahead], steps=(30,))
    assert _two_machines_go_on(store, folders) == ["20 20.0", "20 20.0"]
    left = sorted(path.name for path in folders[ahead].iterdir())
    assert left == [checkpoint_name(20)], "what is newer is made again, and not taken for the newest after a kill"


def test_two_machines_of_which_one_has_the_newest_torn_go_on_from_the_one_before(tmp_path: Path) -> None:
    store, folders = open_store(tmp_path / "store"), [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        _save(folder, steps=(10, 20))
    (folders[1] / checkpoint_name(20)).write_bytes(b"torn")
    assert _two_machines_go_on(store, folders) == ["10 10.0", "10 10.0"]


def test_two_machines_with_other_numbers_at_a_step_go_on_from_the_one_before(tmp_path: Path) -> None:
    store, folders = open_store(tmp_path / "store"), [tmp_path / "one", tmp_path / "other"]
    for more, folder in enumerate(folders):
        _save(folder, steps=(10,))
        _save(folder, steps=(20,), more=more)
    assert _two_machines_go_on(store, folders) == ["10 10.0", "10 10.0"]


def test_two_machines_without_a_common_checkpoint_begin_anew_together(tmp_path: Path) -> None:
    store, folders = open_store(tmp_path / "store"), [tmp_path / "one", tmp_path / "other"]
    _save(folders[0], steps=(10,))
    assert _two_machines_go_on(store, folders) == ["None None", "None None"]
    assert not list(folders[0].iterdir())
