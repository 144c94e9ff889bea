"""Floating-point operations (FLOPs) of training on a row of tokens, whatever implementation does it.

They are counted as in PaLM (Chowdhery et al. 2022, appendix B): what the model needs, without activations that are
recomputed to save memory. Attention is causal, so half of all pairs count. The head counts only at tokens with a loss.
Divided by time and by the device's peak throughput they give the model FLOPs utilization (MFU).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.models.optimizers import matrices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """FLOPs of a training step, forward and backward.

    Attributes:
        token: in the layers' matrices, for each token.
        pair: in attention, for each pair of a token and itself or an earlier one.
        target: in the head, for each token with a loss.
    """

    token: float
    pair: float
    target: float

    def flops(self, rows: Iterable[tuple[int, int]]) -> float:
        """FLOPs of a batch.

        Args:
            rows: of each row, its number of tokens and how many of them have a loss.
        """
        return sum(
            self.token * length + self.pair * length * (length + 1) / 2 + self.target * learnt
            for length, learnt in rows
        )


def work_of(model: Any) -> Work:
    """The FLOPs of a causal language model. A frozen matrix needs no gradient of its own. Experts are not counted."""
    config = model.config.get_text_config()
    kinds = getattr(config, "layer_types", None) or ["full_attention"] * config.num_hidden_layers
    heads = config.num_attention_heads
    width = heads * (getattr(config, "head_dim", None) or config.hidden_size // heads)
    return Work(
        token=sum(map(_by_number, matrices_of(model).values())),
        pair=3 * 4 * width * sum(kind.endswith("attention") for kind in kinds),
        target=_by_number(model.get_output_embeddings().weight),
    )


def _by_number(matrix: Any) -> float:
    """For each number of a matrix: two FLOPs forward, two for the gradient of its input, two for its own gradient."""
    return (6 if matrix.requires_grad else 4) * float(matrix.numel())
