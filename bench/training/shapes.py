"""Students with random weights in the shapes of well-known models: the time of a step does not depend on the weights.

Sizes are those of the published configurations (Llama 3.2 1B and Llama 3.1 8B).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

LEARNT = 100
"""Tokens of an example's completion: a reason and an action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A model, and how it is trained on one GPU of 80 GB, on examples from `shortest` tokens to the whole context."""

    sizes: dict[str, Any]
    settings: dict[str, Any]
    shortest: int = 10_000


LLAMA = {"vocab_size": 128_256, "num_attention_heads": 32, "num_key_value_heads": 8}
LLAMA_1B = LLAMA | {
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "tie_word_embeddings": True,
}
SHAPES = {
    "llama-1b": Shape(sizes=LLAMA_1B, settings={"context": 10_000, "batch": 4, "accumulate": 4, "compile": True}),
    "llama-1b-pages": Shape(
        sizes=LLAMA_1B,
        settings={"context": 10_000, "batch": 16, "accumulate": 8, "compile": True},
        shortest=500,
    ),
    "llama-8b": Shape(
        sizes=LLAMA | {"hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32},
        settings={"context": 10_000, "batch": 2, "accumulate": 2, "compile": True}
        | {"gradient_checkpointing": True, "lora_rank": 16},
    ),
}


def make_model(name: str, *, lora_rank: int) -> Any:
    """The model on the best device at hand, in fp32; in bf16 where only additions to it are learnt."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    torch.manual_seed(0)
    config = LlamaConfig(max_position_embeddings=16_384, **SHAPES[name].sizes)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        dtype = torch.bfloat16 if lora_rank else torch.float32
        return AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation="sdpa")


def make_tokens(count: int, *, shortest: int, context: int) -> list[dict[str, Any]]:
    """Random examples of so many tokens."""
    rng = Random(1)
    lengths = [rng.randint(shortest, context) for _ in range(count)]
    return [{"tokens": rng.choices(range(3, 2000), k=length), "start": length - LEARNT} for length in lengths]
