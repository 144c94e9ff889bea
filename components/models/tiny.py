"""Llama configurations of 1 to 30 million parameters, made from scratch."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class TinyConfig(BaseModel):
    """The shape of a tiny Llama. The defaults have 1.1 million parameters, 2.1 MB in bf16."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(2048, ge=300, description="tokens of the tokenizer, and rows of the tied embedding")
    context: int = Field(1024, ge=64, description="longest sequence in tokens")
    width: int = Field(128, ge=32, description="hidden size")
    layers: int = Field(4, ge=1)
    heads: int = Field(4, ge=1, description="attention heads; must divide width")
    hidden: int = Field(352, ge=32, description="width of the feed-forward layer")


def make_tiny(config: TinyConfig, *, end: int, pad: int, seed: int) -> Any:
    """A `LlamaForCausalLM` with random weights (the same for the same seed) in float32.

    Args:
        end, pad: the tokenizer's end-of-text and padding tokens.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    shape = LlamaConfig(
        vocab_size=config.vocabulary,
        hidden_size=config.width,
        intermediate_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=config.heads,
        max_position_embeddings=config.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=pad,
    )
    return LlamaForCausalLM(shape)
