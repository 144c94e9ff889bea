"""Cross-entropy of completions, for training and for measuring a student.

Logits are computed only at places where a token is predicted: (places, vocabulary). If there are many, they are
computed in pieces, and again in the backward pass, so that logits over a vocabulary of 100,000 are never in memory for
a whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from components.distill.batches import Tensors, to_tensors
from components.distill.group import ALONE, Group
from components.distill.samples import Sample
from components.errors import InputError
from components.models.memory import MOST_LOGITS

MEASURED_AT_ONCE = 2**12
"""Tokens, padding included, that are measured at once: more rows would be padded to the longest of them."""
Score = Callable[[Any, Any], Any]
"""Logits (places, vocabulary) and targets (places): what each target scores, 0 where it is -100."""


def batch_loss(model: Any, batch: Tensors, *, rows: int) -> Any:
    """The weighted loss of these rows, divided by the `rows` of the whole optimizer step."""
    return (batch.weights * _scores(model, batch, _losses)).sum() / rows


def measure(model: Any, samples: Sequence[Sample], *, pad: int, group: Group = ALONE) -> tuple[float, float]:
    """Loss in nats per token, and the share of completions that greedy decoding would reproduce exactly.

    One forward pass tells both: greedy decoding repeats a completion exactly when each of its tokens is the likeliest
    one after those before it.
    """
    ordered = sorted(samples, key=lambda sample: len(sample.tokens))
    size = max(1, min(MEASURED_AT_ONCE // len(ordered[-1].tokens), -(-len(ordered) // group.size)))
    loss, tokens, right = 0.0, 0.0, 0.0
    for part, counted in group.mine([ordered[at : at + size] for at in range(0, len(ordered), size)]):
        batch = to_tensors(part, pad=pad, reason_weight=1.0).on(model.device)
        losses, misses = _scores(model, batch, _losses_and_misses).unbind(-1)
        learnt = sum(batch.counts)
        loss += counted * float(losses.sum())
        tokens += counted * learnt
        right += counted * sum(not misses_of_one.any() for misses_of_one in misses[:learnt].split(batch.counts))
    return group.total(loss) / group.total(tokens), group.total(right) / len(ordered)


def _losses(logits: Any, targets: Any) -> Any:
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits, targets, reduction="none")


def _losses_and_misses(logits: Any, targets: Any) -> Any:
    import torch

    return torch.stack([_losses(logits, targets), (logits.argmax(1) != targets).float()], -1)


def _scores(model: Any, batch: Tensors, score: Score) -> Any:
    """What each place scores."""
    import torch
    from torch.utils.checkpoint import checkpoint

    def scored(hidden: Any, targets: Any) -> Any:
        return score(_logits(model, hidden), targets)

    hidden = _hidden(model, batch).flatten(0, 1)[batch.places]
    size = max(1, MOST_LOGITS // model.config.vocab_size)
    if len(hidden) <= size:
        return scored(hidden, batch.targets)
    pieces = zip(hidden.split(size), batch.targets.split(size), strict=True)
    return torch.cat([checkpoint(scored, *piece, use_reentrant=False) for piece in pieces])


def _hidden(model: Any, batch: Tensors) -> Any:
    return model.base_model(input_ids=batch.tokens, position_ids=batch.positions, use_cache=False).last_hidden_state


def _logits(model: Any, hidden: Any) -> Any:
    """What the head gives, bent as Gemma, Cohere and Granite bend it."""
    import torch

    config = model.config
    logits = model.get_output_embeddings()(hidden).float()
    logits = logits * (getattr(config, "logit_scale", None) or 1) / (getattr(config, "logits_scaling", None) or 1)
    cap = getattr(config, "final_logit_softcapping", None)
    return cap * torch.tanh(logits / cap) if cap else logits


def check_reading(model: Any, samples: Sequence[Sample], *, pad: int, packed: bool) -> None:
    """Whether this model can be learnt from as it will be: in pieces, and packed where that is wanted.

    Raises:
        InputError: its logits are more than its head's, or what it reads goes on from one example to the next.
    """
    few = sorted(samples, key=lambda sample: len(sample.tokens))[:2]
    alone = to_tensors(few[-1:], pad=pad, reason_weight=1.0).on(model.device)
    hidden = _hidden(model, alone)
    whole = model(input_ids=alone.tokens, logits_to_keep=alone.places, use_cache=False).logits.float()
    if not _are_close(_logits(model, hidden[:, alone.places]), whole):
        problem = "the student's logits are more than its head gives; they cannot be computed a piece at a time"
        raise InputError(problem, where="distill.student", fix="use another student")
    if packed and len(few) > 1:
        joined = _hidden(model, to_tensors(few, pad=pad, reason_weight=1.0, packed=True).on(model.device))
        before, own_length = len(few[0].tokens), len(few[1].tokens)
        if not _are_close(joined[:, before : before + own_length], hidden[:, :own_length]):
            problem = "this student reads on from one packed example to the next: its layers carry more than attention"
            raise InputError(problem, where="distill.packed", fix="set it to false")


def _are_close(first: Any, second: Any) -> bool:
    """Whether no vector (of the last dimension) is further from the other than a twentieth of it."""
    return bool(((first - second).float().norm(dim=-1) <= 0.05 * second.float().norm(dim=-1)).all())
