"""Cross-entropy of completions: what is learnt from, and what a student is measured by.

Logits are computed where something is predicted and nowhere else. Where they are few, as a tiny student's always are,
they are computed at once; else a piece at a time, and once more for the backward pass, so that logits over a vocabulary
of 100,000 are never held for a whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from components.distill.batches import Tensors, to_tensors
from components.distill.examples import Sample

MOST_LOGITS = 2**25
"""Logits that are held at once: 128 MB in fp32, and as much for their gradient."""
MEASURED_AT_ONCE = 2**15
"""Tokens, padding included, that are measured at once."""
Score = Callable[[Any, Any], Any]
"""Logits, their second dimension the vocabulary, and targets: what each target scores, 0 where it is -100."""


def batch_loss(model: Any, batch: Tensors, *, rows: int) -> Any:
    """The weighted loss of these rows, divided by the `rows` of the whole optimizer step."""
    counts = (batch.targets != -100).sum(1)
    return (batch.weights * _by_row(model, batch, _losses) / counts).sum() / rows


def measure(model: Any, samples: Sequence[Sample], *, pad: int) -> tuple[float, float]:
    """Loss in nats per token, and the share of completions that greedy decoding would reproduce exactly.

    One forward pass tells both: greedy decoding repeats a completion exactly when each of its tokens is the likeliest
    one after those before it.
    """
    ordered = sorted(samples, key=lambda each: len(each.tokens))
    size = max(1, MEASURED_AT_ONCE // len(ordered[-1].tokens))
    loss, tokens, right = 0.0, 0, 0
    for at in range(0, len(ordered), size):
        batch = to_tensors(ordered[at : at + size], pad=pad, reason_weight=1.0).on(model.device)
        losses, misses = _by_row(model, batch, _losses_and_misses).unbind(-1)
        loss += float(losses.sum())
        tokens += int((batch.targets != -100).sum())
        right += int((misses == 0).sum())
    return loss / tokens, right / len(ordered)


def _losses(logits: Any, targets: Any) -> Any:
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits, targets, reduction="none")


def _losses_and_misses(logits: Any, targets: Any) -> Any:
    import torch

    misses = (logits.argmax(1) != targets) & (targets != -100)
    return torch.stack([_losses(logits, targets), misses.float()], -1)


def _by_row(model: Any, batch: Tensors, score: Score) -> Any:
    """The sum of each row's scores."""
    targets = batch.targets[:, batch.places]
    if targets.numel() * model.config.vocab_size <= MOST_LOGITS or _scales(model):
        logits = model(input_ids=batch.tokens, logits_to_keep=batch.places, use_cache=False).logits
        return score(logits.float().transpose(1, 2), targets).sum(1)
    return _in_pieces(model, batch, score)


def _in_pieces(model: Any, batch: Tensors, score: Score) -> Any:
    import torch
    from torch.utils.checkpoint import checkpoint

    head, cap = model.get_output_embeddings(), getattr(model.config, "final_logit_softcapping", None)

    def scored(hidden: Any, targets: Any) -> Any:
        logits = head(hidden).float()
        return score(cap * torch.tanh(logits / cap) if cap else logits, targets)

    hidden = model.base_model(input_ids=batch.tokens, use_cache=False).last_hidden_state
    learnt = batch.targets != -100
    size = max(1, MOST_LOGITS // model.config.vocab_size)
    pieces = zip(hidden[learnt].split(size), batch.targets[learnt].split(size), strict=True)
    scores = torch.cat([checkpoint(scored, *piece, use_reentrant=False) for piece in pieces])
    return torch.stack([each.sum(0) for each in scores.split(learnt.sum(1).tolist())])


def _scales(model: Any) -> bool:
    """Whether the logits are the head's times a number (Cohere, Granite), which pieces know nothing of."""
    return any(getattr(model.config, name, None) not in (None, 1) for name in ("logit_scale", "logits_scaling"))
