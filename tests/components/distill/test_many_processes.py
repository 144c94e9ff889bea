"""Two processes under torchrun are as one: the same losses, the same bytes after kill -9 of one of them or of the
stage, which takes them along, and one goes on from two.

What is trained, and the stage that trains it, are those of one process; only the place says how many there are, and
whether each has room for the whole student.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from components.distill.config import DistillConfig
from components.distill.group import Copies
from components.distill.run import run
from components.errors import InfraError, InputError
from components.models.devices import Devices
from components.models.memory import USED, check_memory, memory_needed, read_shape
from components.models.prompting import load_prompting
from components.models.storing import fetch_model
from components.models.weights import load_model, save_model
from components.results.distill import DistillResult
from components.trajectories.rounds import Round

MakeRound = Callable[..., Round]
TWO = Devices(processes=2)
Room = Callable[[DistillConfig], Devices]
pytestmark = pytest.mark.xdist_group("torchrun")

STAGE = """
import sys
from pathlib import Path
from components.distill.config import DistillConfig
from components.distill.run import run
from components.models.devices import Devices
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

store, work, config, devices = sys.argv[1:]
round = Round(run="test", number=1, seed=3, store=open_store(store), work=Path(work))
run(config=DistillConfig.model_validate_json(config), round=round, devices=Devices.model_validate_json(devices))
"""


@pytest.fixture(scope="module")
def student(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of so few tensors that the processes hardly wait for one another. Embedding and head are one, and some tensors
    have an odd number of rows."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 49, "num_hidden_layers": 2, "num_attention_heads": 2}
    prompting = load_prompting(tiny_model)
    ends = {"eos_token_id": prompting.tokenizer.eos_token_id, "pad_token_id": prompting.pad}
    model = LlamaForCausalLM(LlamaConfig(**shape, **ends, vocab_size=600, tie_word_embeddings=True))
    return save_model(model, folder=tmp_path_factory.mktemp("student") / "model", prompting=prompting)


def _config(student: Path, **settings: Any) -> DistillConfig:
    defaults = {
        "steps": 50,
        "batch": 7,
        "accumulate": 2,
        "checkpoint_every": 10,
        "validate_every": 25,
        "threads": 1,
        "context": 256,
        "precision": "fp32",
        "validation_share": 0.2,
        "variants": 0,
    }
    return DistillConfig(student=str(student), **{**defaults, **settings})


def _for_copies(_config: DistillConfig) -> Devices:
    return TWO


def _for_shares(config: DistillConfig) -> Devices:
    """Two devices that have room for a half of the student each, and not for the whole."""
    shape = read_shape(Path(config.student))
    whole, half = (sum(memory_needed(shape, config, processes=2, shares=shares).values()) for shares in (1, 2))
    devices = Devices(processes=2, memory_gb=(whole + half) / 2 / USED / 1e9)
    assert not check_memory(shape, config, devices)
    return devices


def _losses(result: DistillResult) -> list[float]:
    every = (value for point in result.curve for value in (point.train_loss, point.validation_loss))
    return [value for value in every if value is not None]


def _workers(stage: int) -> list[psutil.Process]:
    """The forks of torchrun's process, which has the same command line."""

    def launches(each: psutil.Process | None) -> bool:
        try:
            return each is not None and "components.distill.launcher" in each.cmdline()[:3]
        except psutil.Error:
            return False

    every = psutil.Process(stage).children(recursive=True)
    return [each for each in every if launches(each) and launches(each.parent())]


def _await(keys: set[str], round: Round) -> None:
    """Returns when the store has these files of a checkpoint."""
    end = time.monotonic() + 300
    while not keys <= {key.rpartition("/")[2] for key in round.store.list("runs/test/round-001/checkpoints/")}:
        assert time.monotonic() < end
        time.sleep(0.02)


def _kill_a_worker(round: Round, config: DistillConfig, devices: Devices, begun: set[str]) -> list[psutil.Process]:
    """Kills the second of the processes that a stage has started, which is this one; gives both."""

    def kill() -> list[psutil.Process]:
        _await(begun, round)
        workers = _workers(os.getpid())
        workers[-1].kill()
        return workers

    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill)
        with pytest.raises(InfraError, match="the training ended with status"):
            run(config=config, round=round, devices=devices)
        return killing.result()


def _kill_the_stage(round: Round, config: DistillConfig, devices: Devices, begun: set[str]) -> list[psutil.Process]:
    """Kills a stage; gives the processes that it had started."""
    told = [str(round.store.url), str(round.work), config.model_dump_json(), devices.model_dump_json()]
    with subprocess.Popen([sys.executable, "-c", STAGE, *told], stdout=subprocess.DEVNULL) as stage:
        _await(begun, round)
        workers = _workers(stage.pid)
        stage.kill()
    return workers


Kill = Callable[[Round, DistillConfig, Devices, set[str]], list[psutil.Process]]


@pytest.mark.parametrize(
    ("room", "parts", "kill"),
    [(_for_copies, [""], _kill_the_stage), (_for_shares, [".0-of-2", ".1-of-2"], _kill_a_worker)],
    ids=["copies", "shares"],
)
def test_two_processes_give_the_loss_of_one_and_the_same_bytes_after_kill_9(
    make_round: MakeRound, student: Path, room: Room, parts: list[str], kill: Kill
) -> None:
    config = _config(student)
    devices = room(config)
    one = run(config=config, round=make_round("one"))
    two = run(config=config, round=make_round("two"), devices=devices)
    assert [point.step for point in two.curve] == [0, 1, 10, 20, 25, 30, 40, 50]
    assert _losses(two) == pytest.approx(_losses(one), rel=1e-5)
    assert not list(make_round("two").store.list("runs/test/round-001/checkpoints/")), "they are of no use any more"

    killed = make_round("killed")
    begun = {f"step-00000010{part}.safetensors" for part in parts}
    workers = kill(killed, config, devices, begun)
    assert len(workers) == 2
    assert psutil.wait_procs(workers, timeout=60)[1] == [], "what trains outlives nobody"
    _await(begun, killed)
    for path in killed.work.rglob("step-*"):  # as after a move to another machine
        path.unlink()
    points: list[Any] = []
    resumed = run(config=config, round=killed, devices=devices, on_progress=points.append)
    assert points[0].step > 10
    assert resumed.model_digest == two.model_digest
    assert _losses(resumed) == _losses(two)


@pytest.mark.parametrize("room", [_for_copies, _for_shares], ids=["copies", "shares"])
def test_one_process_goes_on_where_two_were_and_two_where_one_was(
    make_round: MakeRound, student: Path, monkeypatch: pytest.MonkeyPatch, room: Room
) -> None:
    """With Muon, whose moments are divided as the weights are, and gradient checkpointing."""
    config = _config(
        student,
        steps=15,
        optimizer="muon",
        gradient_checkpointing=True,
        batch=8,
        checkpoint_every=5,
        checkpoints_kept=3,
    )
    whole = run(config=config, round=make_round("whole"))
    round = make_round("by turns")
    points: list[Any] = []
    for devices, end in ((Devices(), 5), (room(config), 10)):
        with monkeypatch.context() as patch:
            patch.setattr("components.distill.run.publish_model", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                run(config=config, round=round, devices=devices, on_progress=points.append)
        for path in round.work.rglob("step-*"):
            if path.name[:13] > f"step-{end:08d}":
                path.unlink()
        for key in list(round.store.list("runs/test/round-001/checkpoints/")):
            round.store.delete(key)
    gone_on = run(config=config, round=round, on_progress=points.append)
    assert [point.step for point in points] == [0, 1, 10, 15, 10, 15, 15], "one began anew instead of going on"
    assert _losses(gone_on) == pytest.approx(_losses(whole), rel=1e-3)


@pytest.mark.parametrize("copies", [True, False], ids=["copies", "shares"])
def test_what_was_added_to_the_matrices_is_merged_by_the_first_process(
    make_round: MakeRound, student: Path, monkeypatch: pytest.MonkeyPatch, copies: bool
) -> None:
    monkeypatch.setattr("components.distill.run.check_memory", lambda *_: copies)
    config = _config(student, steps=4, lora_rank=4, checkpoint_every=4, validate_every=4)
    one = run(config=config, round=make_round("one"))
    round = make_round("two")
    two = run(config=config, round=round, devices=TWO)
    assert _losses(two) == pytest.approx(_losses(one), rel=1e-5)
    assert (fetch_model(round.store, two.model_digest, round.work) / "model.safetensors").is_file()


def test_gradients_that_are_added_up_in_several_calls_stay_where_they_belong(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one process: their sum is what they were."""
    import torch
    from torch import distributed

    monkeypatch.setattr("components.distill.group.BUCKET", 5_000)
    model = load_model(tiny_model)
    learnt = list(model.parameters())
    assert min(each.numel() for each in learnt) < 5_000 < max(each.numel() for each in learnt)
    for each in learnt[1:]:
        each.grad = torch.randn_like(each)
    before = [each.grad.clone() for each in learnt[1:]]
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/met", rank=0, world_size=1)
    try:
        Copies(rank=0, size=1, device="cpu").add_up(learnt)
    finally:
        distributed.destroy_process_group()
    assert learnt[0].grad is None
    assert all(torch.equal(each.grad, was) for each, was in zip(learnt[1:], before, strict=True))


def test_a_loss_that_is_not_finite_stops_all_of_them_and_says_where(make_round: MakeRound, student: Path) -> None:
    round = make_round()
    with pytest.raises(InputError, match=r"is (nan|inf) at step \d+ of 50, with learning rate") as error:
        run(config=_config(student, learning_rate=1e30, warmup=0), round=round, devices=TWO)
    assert error.value.where == "distill.learning_rate"
    assert not list(round.store.list("models/"))
    assert psutil.wait_procs(_workers(os.getpid()), timeout=60)[1] == []


def test_a_training_that_cannot_start_is_nobodys_fault(
    make_round: MakeRound, student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(InfraError, match="the training ended with status"):
        run(config=_config(student), round=make_round(), devices=TWO)
