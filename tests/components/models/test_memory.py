"""The sum of memory before a training: what is in it, and what a student that does not fit is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.distill.config import DistillConfig
from components.errors import InputError
from components.models import devices
from components.models.devices import Devices
from components.models.memory import Shape, check_disk_of_training, check_memory, memory_needed, named_shape, read_shape
from components.models.weights import load_model
from components.preflight.documents import recipe_of_form

LLAMA_8B = Shape(
    parameters=8_030_261_248,
    matrices=6_979_321_856,
    edges=2_621_440,
    layers=32,
    width=4096,
    kept=8 * 4096 + (3 * 32 + 2 * 8) * 128 + 57344,
    cached=2 * 8 * 128 * 32,
)
WHOLE = DistillConfig(context=10_000, batch=32, accumulate=32)


def test_an_8b_in_fp32_is_what_its_weights_gradients_and_moments_take() -> None:
    needed = memory_needed(LLAMA_8B, WHOLE, processes=1)
    assert needed["weights"] + needed["gradients"] + needed["moments"] == pytest.approx(128.5e9, rel=0.01)
    assert needed["activations"] == 10_000 * 32 * LLAMA_8B.kept * 2
    slim = WHOLE.model_copy(update={"gradient_checkpointing": True})
    checkpointed = memory_needed(LLAMA_8B, slim, processes=1)
    assert checkpointed["activations"] == pytest.approx(needed["activations"] * (4096 / LLAMA_8B.kept + 1 / 32))


def test_checkpoints_that_the_disk_has_no_room_for_are_refused_before_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of fp32 weights and two moments, and the student: 289 and 16 GB; what lies there is written over."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300e9))
    with pytest.raises(InputError, match=r"writes 305.1 GB: 3 checkpoints of 96.4 GB .* has 300.0 GB") as error:
        check_disk_of_training(tmp_path / "work", LLAMA_8B, WHOLE)
    assert "distill.lora_rank" in error.value.fix
    check_disk_of_training(tmp_path / "work", LLAMA_8B, WHOLE, share=0.5)
    check_disk_of_training(tmp_path, LLAMA_8B, WHOLE.model_copy(update={"lora_rank": 16}))
    earlier = tmp_path / "work" / "distill" / "a" / "checkpoints" / "step-00000100.safetensors"
    earlier.parent.mkdir(parents=True)
    with earlier.open("wb") as file:
        file.truncate(6 * 10**9)
    check_disk_of_training(tmp_path / "work", LLAMA_8B, WHOLE)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_sum_is_that_of_the_tensors(tiny_model: Path, optimizer: Any) -> None:
    from components.models.optimizers import make_optimizers

    model = load_model(tiny_model)
    optimizers = make_optimizers(optimizer, dict(model.named_parameters()), model=model, weight_decay=0.0)
    kept: list[int] = []
    import torch

    with torch.autograd.graph.saved_tensors_hooks(lambda each: kept.append(each.nbytes) or each, lambda each: each):
        hidden = model.base_model(
            input_ids=torch.ones(4, 128, dtype=torch.long, device=model.device), use_cache=False
        ).last_hidden_state
    hidden.sum().backward()
    for each in optimizers:
        each.step()
    moments = [state[name] for each in optimizers for state in each.state.values() for name in state if name != "step"]
    config = DistillConfig(precision="fp32", optimizer=optimizer, batch=4, context=128)
    needed = memory_needed(read_shape(tiny_model), config, processes=1)
    assert needed["weights"] == sum(each.nbytes for each in model.parameters())
    assert needed["gradients"] == sum(each.grad.nbytes for each in model.parameters())
    assert needed["moments"] == sum(each.nbytes for each in moments)
    assert 0.5 < needed["activations"] / (sum(kept) - needed["weights"]) < 2


def test_what_does_not_fit_is_told_the_sum_and_what_would_help() -> None:
    small = Shape(parameters=10**9, matrices=9 * 10**8, edges=10**6, layers=16, width=2048, kept=50_000, cached=0)
    config = DistillConfig(context=16_384, batch=32, accumulate=2)
    with pytest.raises(InputError) as error:
        check_memory(small, config, Devices(memory_gb=40))
    assert "a student of 1 billion parameters needs" in error.value.what
    assert "activations" in error.value.what
    assert error.value.fix == "set distill.gradient_checkpointing to true and distill.accumulate to 32"
    check_memory(
        small, config.model_copy(update={"gradient_checkpointing": True, "accumulate": 32}), Devices(memory_gb=40)
    )
    with pytest.raises(InputError) as error:
        check_memory(LLAMA_8B, WHOLE, Devices(memory_gb=40))
    assert error.value.fix == ("set distill.gradient_checkpointing to true and distill.lora_rank to 16")


def test_many_devices_divide_what_is_kept_between_steps() -> None:
    slim = WHOLE.model_copy(update={"gradient_checkpointing": True})
    one, eight = (memory_needed(LLAMA_8B, slim, processes=processes) for processes in (1, 8))
    assert eight["moments"] == one["moments"] / 8
    assert eight["gradients"] == one["gradients"] / 8
    assert eight["activations"] == one["activations"]
    check_memory(LLAMA_8B, slim, Devices(memory_gb=80, processes=8))
    with pytest.raises(InputError, match=r"on each of 2 devices"):
        check_memory(LLAMA_8B, slim, Devices(memory_gb=24, processes=2))
    whole = Shape(
        parameters=70 * 10**9, matrices=69 * 10**9, edges=10**7, layers=80, width=8192, kept=300_000, cached=0
    )
    with pytest.raises(InputError) as error:
        check_memory(whole, slim, Devices(memory_gb=80))
    assert "the place's training.processes to 4, with a device of this size each" in error.value.fix


def test_a_student_mostly_of_embeddings_fits_whole_where_its_part_and_what_is_fetched_do_not() -> None:
    shape = Shape(parameters=10**9, matrices=2 * 10**8, edges=10**5, layers=16, width=640, kept=10_000, cached=0)
    config, devices = DistillConfig(states="bf16"), Devices(memory_gb=3.3, processes=2)
    with pytest.raises(InputError) as error:
        check_memory(shape, config, devices)
    assert error.value.fix == "set distill.accumulate to 32 and distill.lora_rank to 16"
    assert check_memory(shape, config.model_copy(update={"accumulate": 32, "lora_rank": 16}), devices)


def test_processes_share_a_machines_memory_and_a_containers_limit_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(devices, "LIMIT", limit)
    monkeypatch.setattr(devices, "NVIDIA", tmp_path / "no GPUs")
    whole = Devices().bytes_each
    assert Devices(processes=4).bytes_each == whole / 4
    for said, counts in (("max", whole), (str(10**18), whole), ("1000000", 1_000_000)):
        limit.write_text(f"{said}\n")
        assert Devices(processes=2).bytes_each == counts / 2
    assert Devices(processes=2, memory_gb=80).bytes_each == 80e9, "that of each"


@pytest.mark.parametrize(
    ("name", "billions"),
    [("hf:meta-llama/Llama-3.1-8B", 8), ("hf:a/Qwen2.5-Coder-0.5B-Instruct", 0.5), ("hf:google/gemma-3-270m", 0.27)],
)
def test_the_name_of_a_model_says_how_large_it_is(name: str, billions: float) -> None:
    shape = named_shape(name)
    assert shape is not None
    assert shape.parameters == pytest.approx(billions * 1e9)


@pytest.mark.parametrize("name", ["base", "hf:gpt2", "hf:microsoft/phi-2", "hf:a/llama-3-base", "models:/x@champion"])
def test_a_name_that_says_nothing_is_no_shape(name: str) -> None:
    assert named_shape(name) is None


@pytest.mark.parametrize("name", ["small", "paper-8b"])
def test_a_recipe_for_gpus_is_refused_on_a_laptop_with_the_sum(name: str) -> None:
    """As the shapes of their students have it; of the larger one the name alone says enough."""
    settings = recipe_of_form(name).distill
    qwen = Shape(
        parameters=494_032_768, matrices=357_564_416, edges=483_840, layers=24, width=896, kept=26_880, cached=0
    )
    with pytest.raises(InputError, match=r"(?s)needs .* GB on the device .* moments") as error:
        check_memory({"small": qwen, "paper-8b": LLAMA_8B}[name], settings, Devices(memory_gb=24))
    assert "set distill." in error.value.fix
    named = named_shape(settings.student)
    assert named is not None
    if name == "paper-8b":
        with pytest.raises(InputError, match="a student of 8 billion parameters"):
            check_memory(named, settings, Devices(memory_gb=24))
        check_memory(LLAMA_8B, settings, Devices(memory_gb=80, processes=8))
        check_memory(LLAMA_8B, settings.model_copy(update={"lora_rank": 16}), Devices(memory_gb=80))
    else:
        check_memory(qwen, settings, Devices(memory_gb=40))
