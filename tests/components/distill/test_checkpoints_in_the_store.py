"""A checkpoint that a copy has torn costs the steps since the one before it, not all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.distill.checkpoints import checkpoint_name, fetch_checkpoint, restore_checkpoint, save_checkpoint
from components.trajectories.open_store import open_store


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
