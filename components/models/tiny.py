"""A student of a million parameters from scratch: short convolutions and attention in turn, initialized for look-ups.

The architecture is that of LFM2 (Liquid AI, 2025; transformers' `Lfm2ForCausalLM`): a convolution mixes every token
with the few before it. To find a name on a page and write the number before it, three things are needed at once: heads
that compare names, convolutions that carry the number to the name, and a projection that writes it. Gradient descent
from random weights had found none of them after minutes, because each is of no use without the others (docs/log.md). So
the first two are put into the initial weights (ours); training may change them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

REACH = 5
"""Tokens that a convolution sees: its own and the four before; a number and its name have three tokens between them."""
FAR = 1e10
"""Base of the rotary position embedding, so large that most of a head compares contents and not positions."""


class TinyConfig(BaseModel):
    """The shape of a tiny model. The defaults have 1.7 million parameters, 3.5 MB in bf16."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(2048, ge=300, description="vocabulary size of the tokenizer and of the tied embedding")
    context: int = Field(1024, ge=64, description="maximum sequence length in tokens")
    width: int = Field(128, ge=32, description="hidden size")
    layers: int = Field(
        9,
        ge=3,
        description="number of layers; the third and every second one after it use attention, the others convolution",
    )
    heads: int = Field(4, ge=1, description="number of attention heads; must divide width")
    hidden: int = Field(256, ge=32, description="size of the feed-forward layer")


def make_tiny(config: TinyConfig, *, end: int, pad: int, seed: int) -> Any:
    """An untrained `Lfm2ForCausalLM` in float32, the same for the same seed.

    Args:
        end, pad: the tokenizer's end-of-text and padding tokens.
    """
    import torch
    from transformers import Lfm2Config, Lfm2ForCausalLM

    shape = Lfm2Config(
        vocab_size=config.vocabulary,
        hidden_size=config.width,
        intermediate_size=config.hidden,
        block_auto_adjust_ff_dim=False,
        num_hidden_layers=config.layers,
        layer_types=["conv" if layer == 0 or layer % 2 else "full_attention" for layer in range(config.layers)],
        conv_L_cache=REACH,
        num_attention_heads=config.heads,
        num_key_value_heads=config.heads,
        max_position_embeddings=config.context,
        rope_parameters={"rope_type": "default", "rope_theta": FAR},
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end,
        pad_token_id=pad,
    )
    model = Lfm2ForCausalLM(shape)
    with torch.no_grad():
        _lay_out(model, torch.Generator().manual_seed(seed))
    return model


def _lay_out(model: Any, random: Any) -> None:
    """Initializes the weights so that heads compare tokens, and convolutions carry earlier tokens along.

    The first half of the hidden state holds the token and a constant. The second half holds what the first two
    convolutions bring from earlier tokens. Their gates begin nearly constant, so that they shift tokens without mixing
    them. Half of each layer's heads compare the first halves: their query and key projections begin equal.
    """
    import torch

    width = model.config.hidden_size
    half, spread = width // 2, width**-0.5

    def drawn(shape: tuple[int, int], scale: float) -> Any:
        return torch.randn(*shape, generator=random) * scale

    token, carried = torch.zeros(width), torch.zeros(width)
    token[: half - 1], carried[half:] = 1.0, 1.0
    constant = half - 1
    embedding = model.model.embed_tokens.weight
    embedding.copy_(drawn(embedding.shape, 0.7) * token)
    embedding[:, constant] = 0.5 * width**0.5
    model.model.embedding_norm.weight.fill_(0.2)
    for layer, block in enumerate(model.model.layers):
        for matrix in (block.feed_forward.w1.weight, block.feed_forward.w3.weight):
            matrix.copy_(drawn(matrix.shape, spread))
        block.feed_forward.w2.weight.copy_(drawn(block.feed_forward.w2.weight.shape, 0.01))
        if block.is_attention_layer:
            attention = block.self_attn
            for part in (attention.q_proj, attention.k_proj, attention.v_proj, attention.out_proj):
                part.weight.copy_(drawn((width, width), spread))
            attention.q_proj.weight[:half] *= token
            attention.k_proj.weight[:half] = attention.q_proj.weight[:half]
            attention.q_layernorm.weight.fill_(3.0)
            continue
        first = layer < 2
        gates, passed = drawn((2 * width, width), 0.02), drawn((width, width), spread)
        gates[:, constant] += (2 / width) ** 0.5
        passed[:, constant] = 0.0
        block.conv.in_proj.weight.copy_(torch.cat([gates, passed * (token * 2**0.5 if first else 1.0)]))
        kernel = block.conv.conv.weight
        kernel.zero_()
        for channel in range(width):
            kernel[channel, 0, channel % (REACH - 1)] = 1.0
        out = drawn((width, width), 0.08) * (carried[:, None] * 2**0.5 if first else 1.0)
        block.conv.out_proj.weight.copy_(out)
