"""How a batch attends while it is learnt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PLAIN_SCORES = 32 * 256**2
"""Rows times squared length of a batch up to which a CPU attends by plain matrix products."""


@contextmanager
def attention(model: Any, tokens: Any) -> Iterator[None]:
    """Attention as this batch, of shape (rows, length), is learnt fastest.

    The backward pass of PyTorch's fused attention took 39 % of a tiny student's step on a CPU, eleven times its forward
    pass; plain products take 29 % off the step. They keep every score, so long rows and GPUs stay with the fused one.
    """
    rows, length = tokens.shape
    if tokens.device.type != "cpu" or rows * length**2 > PLAIN_SCORES:
        yield
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation("sdpa")
