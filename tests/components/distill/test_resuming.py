"""A distillation that was killed ends as if nothing had happened: the same bytes, and one result."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.distill.config import DistillConfig
from components.distill.run import run
from components.errors import InputError
from components.models.devices import Devices
from components.results.place import result_key
from components.trajectories.rounds import Round

MakeRound = Callable[..., Round]

# The stage as a process of its own, slowed down so that it can be hit in the middle of anything, killed at each of the
# steps named and then left in peace. What it needs is imported once; each try is a fork. The last one is heard out.
STAGE = """
import os, random, signal, sys, time, traceback
import torch
from pathlib import Path
from components.distill.config import DistillConfig
from components.distill.run import run
from components.distill.train import Training
from components.models.weights import load_model
from components.trajectories.rounds import Round
from components.trajectories.open_store import open_store

torch.set_num_threads(1)
step = Training.take_step
def slow(self, batch):
    step(self, batch)
    print(self.step, flush=True)
    time.sleep(0.02)
Training.take_step = slow
store, work, told, *targets = sys.argv[1:]
config = DistillConfig.model_validate_json(told)
load_model(Path(config.student), device="meta")

def begin():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.dup2(writing, 1)
            round = Round(run="test", number=1, seed=3, store=open_store(store), work=Path(work))
            print("done", run(config=config, round=round).model_digest, flush=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    return child, open(reading)

for target in map(int, targets):
    child, said = begin()
    for line in said:
        if line.startswith("done") or int(line) >= target:
            break
    time.sleep(random.random() * 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
child, said = begin()
print(said.read(), end="")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def _config(tiny_model: Path, **settings: Any) -> DistillConfig:
    defaults = {"steps": 40, "batch": 8, "checkpoint_every": 3, "validate_every": 10, "threads": 1, "context": 256}
    defaults["deterministic"] = True
    return DistillConfig(student=str(tiny_model), **{**defaults, **settings})


@pytest.mark.parametrize("settings", [{"optimizer": "muon"}, {"lora_rank": 4, "states": "bf16"}], ids=str)
def test_kill_9_at_random_steps_and_the_same_bytes(
    make_round: MakeRound, tiny_model: Path, settings: dict[str, Any]
) -> None:
    config = _config(tiny_model, **settings)  # Muon leaves AdamW its part
    whole = run(config=config, round=make_round("whole"))
    round = make_round("killed")
    targets = sorted(random.Random(os.getpid()).sample(range(1, 40), 2))
    told = [str(round.store.url), str(round.work), config.model_dump_json()]
    command = [sys.executable, "-c", STAGE, *told, *map(str, targets)]
    steps = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert steps[-1] == whole.model_digest
    assert int(steps[0]) > 1, "it began anew instead of going on"
    resumed = run(config=config, round=round)

    def timeless(result: Any) -> Any:
        return [point.model_copy(update={"seconds": 0, "memory_mb": 0, "mfu": None}) for point in result.curve]

    assert timeless(resumed) == timeless(whole)
    assert resumed.model_dump(exclude={"curve"}) == whole.model_dump(exclude={"curve"})
    assert len(list(round.store.list("models/"))) == len({Path(key).name for key in round.store.list("models/")})


def test_a_finished_distillation_is_returned_at_once(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round, config = make_round(), _config(tiny_model, steps=3)
    first = run(config=config, round=round)
    monkeypatch.setattr("components.distill.run.train_student", lambda *_, **__: pytest.fail("trained again"))
    assert run(config=config, round=round) == first
    with pytest.raises(InputError, match="already has a student"):
        run(config=_config(tiny_model, steps=4), round=round)


def test_a_finished_distillation_makes_its_torn_model_whole(make_round: MakeRound, tiny_model: Path) -> None:
    round, config = make_round(), _config(tiny_model, steps=3)
    first = run(config=config, round=round)
    key = f"models/{first.model_digest}/model.safetensors"
    good = round.store.get(key)
    for torn in (good[:-1], b"", good[:-1] + bytes([good[-1] ^ 1])):
        round.store.put(key, torn)
        assert run(config=config, round=round) == first
        assert round.store.get(key) == good


def test_dying_before_the_result_is_written_loses_nothing(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round, config = make_round(), _config(tiny_model, steps=4)
    with monkeypatch.context() as patch:
        patch.setattr("components.distill.run.publish_model", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(config=config, round=round)
    assert not round.store.exists(result_key(round, "distill"))
    points: list[Any] = []
    result = run(config=config, round=round, on_progress=points.append)
    assert points == []
    assert result.model_digest == run(config=config, round=make_round("whole")).model_digest


def test_old_checkpoints_are_removed(make_round: MakeRound, tiny_model: Path) -> None:
    round = make_round()
    run(config=_config(tiny_model, steps=12, checkpoints_kept=2), round=round)
    assert len(list(round.work.rglob("step-*.safetensors"))) == 2


def test_a_checkpoint_that_may_be_on_its_way_to_the_store_is_not_removed(
    make_round: MakeRound, tiny_model: Path
) -> None:
    round = make_round()
    config = _config(tiny_model, steps=9, checkpoints_kept=1)
    run(config=config, round=round, devices=Devices(send_checkpoints=True))
    assert len(list(round.work.rglob("step-*.safetensors"))) == 2


def test_a_checkpoint_is_written_where_many_steps_take_long(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round, config = make_round(), _config(tiny_model, steps=8, checkpoint_every=1000, checkpoint_minutes=1e-9)
    _die_at(5, monkeypatch, config, round)
    assert sorted(path.name for path in round.work.rglob("step-*")) == [
        "step-00000004.safetensors",
        "step-00000005.safetensors",
    ]
    by_steps = _config(tiny_model, steps=8, checkpoint_every=1000, checkpoint_minutes=0)
    _die_at(5, monkeypatch, by_steps, make_round("steps"))
    assert not list(make_round("steps").work.rglob("step-*"))


def test_checkpoints_of_another_number_of_processes_go_once_there_is_one_of_this(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round, config = make_round(), _config(tiny_model, steps=8)
    _die_at(4, monkeypatch, config, round)
    [standing] = round.work.rglob("step-00000003.safetensors")
    others = [standing.with_name(f"step-00000002.{part}-of-2.safetensors") for part in range(2)]
    for other in others:
        other.write_bytes(b"of two processes")
    _die_at(5, monkeypatch, config, round)
    assert all(other.exists() for other in others)
    run(config=config, round=round)
    assert not any(other.exists() for other in others)


def test_what_a_finished_training_left_goes_with_the_next(make_round: MakeRound, tiny_model: Path) -> None:
    first, second = make_round(), make_round(number=2)
    run(config=_config(tiny_model, steps=3), round=first)
    [left] = (first.work / "distill").iterdir()
    assert list(left.rglob("step-*")), "they make a torn model whole again"
    run(config=_config(tiny_model, steps=3), round=second)
    assert not left.exists()
    assert len(list((second.work / "distill").iterdir())) == 1


def test_a_training_that_is_under_way_beside_stays(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _die_at(4, monkeypatch, _config(tiny_model, steps=8), make_round())
    run(config=_config(tiny_model, steps=3), round=make_round(number=2))
    assert len(list((make_round().work / "distill").iterdir())) == 2


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip(place: float) -> Callable[[Path], None]:
    """Another bit at this share of the file: the weights make its last third, the header its first kilobytes."""

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 4
        path.write_bytes(data)

    return flip


TEARS = {
    "cut": _cut,
    "empty": _empty,
    "header length": _flip(0),
    "header": _flip(0.002),
    "moments": _flip(0.5),
    "weights": _flip(0.9),
}


def _die_at(step: int, monkeypatch: pytest.MonkeyPatch, config: DistillConfig, round: Round) -> None:
    """Does the distillation until this step begins."""
    from components.distill.train import Training

    plain = Training.take_step

    def dies(self: Training, batch: Any) -> None:
        if self.step == step:
            raise KeyboardInterrupt
        plain(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "take_step", dies)
        with pytest.raises(KeyboardInterrupt):
            run(config=config, round=round)


def test_a_torn_checkpoint_is_set_aside_and_the_one_before_it_gone_on_from(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = _config(tiny_model, steps=8)
    whole = run(config=config, round=make_round("whole"))
    round = make_round("torn")
    _die_at(7, monkeypatch, config, round)
    older, newest = sorted(round.work.rglob("step-*.safetensors"))
    good = newest.read_bytes()
    for name, tear in TEARS.items():
        newest.write_bytes(good)
        tear(newest)
        _die_at(3, monkeypatch, config, round)  # where the older one goes on
        assert newest.with_suffix(".torn").exists(), name
        assert f"{newest} is torn" in capsys.readouterr().out, name
    assert older.exists()
    assert run(config=config, round=round).model_digest == whole.model_digest


def test_with_every_checkpoint_torn_it_begins_anew(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(tiny_model, steps=8)
    whole = run(config=config, round=make_round("whole"))
    round = make_round("torn")
    _die_at(7, monkeypatch, config, round)
    for path in round.work.rglob("step-*.safetensors"):
        _cut(path)
    assert run(config=config, round=round).model_digest == whole.model_digest
