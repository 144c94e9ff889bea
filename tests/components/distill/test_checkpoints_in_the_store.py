"""A checkpoint that a copy has torn, or one of several machines lacks, costs the steps since the one before it, not
all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.distill.checkpoints import checkpoint_name, fetch_checkpoint, restore_checkpoint, save_checkpoint
from components.loopback import free_ports
from components.trajectories.open_store import open_store
from components.trajectories.store import Store

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


def _save(folder: Path, *, steps: tuple[int, ...], keep: int = 9, sent_to: Store | None = None) -> None:
    import torch

    model = torch.nn.Linear(8, 8)
    for step in steps:
        with torch.no_grad():
            model.weight.fill_(step)
        learnt = dict(model.named_parameters())
        path = save_checkpoint(folder, learnt=learnt, optimizers=(), step=step, notes={}, keep=keep)
        if sent_to is not None:
            sent_to.put_file(f"kept/{path.name}", path)


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


def test_two_machines_without_a_common_checkpoint_begin_anew_together(tmp_path: Path) -> None:
    store, folders = open_store(tmp_path / "store"), [tmp_path / "one", tmp_path / "other"]
    _save(folders[0], steps=(10,))
    assert _two_machines_go_on(store, folders) == ["None None", "None None"]
    assert not list(folders[0].iterdir())
