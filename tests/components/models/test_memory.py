"""The sum of memory before a training: what is in it, and what a student that does not fit is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.distill.config import DistillConfig
from components.errors import InputError
from components.models.devices import Devices
from components.models.memory import Shape, check_memory, memory_needed, named_shape, read_shape
from components.models.weights import load_model

LLAMA_8B = Shape(parameters=8_030_261_248, matrices=6_979_321_856, layers=32, width=4096, kept=6 * 4096 + 10240 + 57344)
WHOLE = DistillConfig(context=10_000, batch=32, accumulate=32)


def test_an_8b_in_fp32_is_what_its_weights_gradients_and_moments_take() -> None:
    needed = memory_needed(LLAMA_8B, WHOLE)
    assert needed["weights"] + needed["gradients"] + needed["moments"] == pytest.approx(128.5e9, rel=0.01)
    assert needed["activations"] == 10_000 * 32 * LLAMA_8B.kept * 2
    checkpointed = memory_needed(LLAMA_8B, WHOLE.model_copy(update={"gradient_checkpointing": True}))
    assert checkpointed["activations"] == pytest.approx(needed["activations"] * (4096 / LLAMA_8B.kept + 1 / 32))


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_sum_is_that_of_the_tensors(tiny_model: Path, optimizer: Any) -> None:
    from components.models.optimizers import make_adamw, make_muon

    model = load_model(tiny_model)
    optimizers = (make_muon if optimizer == "muon" else make_adamw)(model, weight_decay=0.0)
    kept: list[int] = []
    import torch

    with torch.autograd.graph.saved_tensors_hooks(lambda each: kept.append(each.nbytes) or each, lambda each: each):
        hidden = model.base_model(input_ids=torch.ones(4, 128, dtype=torch.long), use_cache=False).last_hidden_state
    hidden.sum().backward()
    for each in optimizers:
        each.step()
    moments = [state[name] for each in optimizers for state in each.state.values() for name in state if name != "step"]
    config = DistillConfig(precision="fp32", optimizer=optimizer, batch=4, context=128)
    needed = memory_needed(read_shape(tiny_model), config)
    assert needed["weights"] == sum(each.nbytes for each in model.parameters())
    assert needed["gradients"] == sum(each.grad.nbytes for each in model.parameters())
    assert needed["moments"] == sum(each.nbytes for each in moments)
    assert 0.5 < needed["activations"] / (sum(kept) - needed["weights"]) < 2


def test_what_does_not_fit_is_told_the_sum_and_what_would_help() -> None:
    small = Shape(parameters=10**9, matrices=9 * 10**8, layers=16, width=2048, kept=50_000)
    config = DistillConfig(context=16_384, batch=32, accumulate=2)
    with pytest.raises(InputError) as error:
        check_memory(small, config, Devices(memory_gb=40))
    assert "a student of 1 billion parameters needs" in error.value.what
    assert "activations" in error.value.what
    assert error.value.fix == "set distill.gradient_checkpointing to true and set distill.accumulate to 32"
    check_memory(
        small, config.model_copy(update={"gradient_checkpointing": True, "accumulate": 32}), Devices(memory_gb=40)
    )
    with pytest.raises(InputError) as error:
        check_memory(LLAMA_8B, WHOLE, Devices(memory_gb=24))
    assert "device with more memory" in error.value.fix


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
