"""The arithmetic that learning a row of tokens takes, whoever does it and however.

It is counted as in PaLM (Chowdhery et al. 2022, appendix B): what the model needs, not what is computed twice to save
memory. Attention is causal, so half of all pairs count, and the head counts where something is learnt. Held against
what the device can do at most it is the model's utilization of it (MFU).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.models.optimizers import matrices_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a step of training multiplies.

    Attributes:
        token: operations in the layers' matrices for each token that is read.
        pair: the same in attention, for each pair of a token and one before it or itself.
        target: the same in the head, for each token that is learnt.
    """

    token: float
    pair: float
    target: float

    def flops(self, rows: Iterable[tuple[int, int]]) -> float:
        """Of rows: how many tokens each has, and how many of them are learnt."""
        return sum(
            self.token * length + self.pair * length * (length + 1) / 2 + self.target * learnt
            for length, learnt in rows
        )


def work_of(model: Any) -> Work:
    """A causal language model's, as it is learnt: what is frozen needs no gradient of its own. Experts are left out."""
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
    """Two operations a number forwards, two for what is before it, and two for its own gradient."""
    return (6 if matrix.requires_grad else 4) * float(matrix.numel())
