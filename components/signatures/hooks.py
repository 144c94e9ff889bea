"""Which experts each token is routed to: recorded by hooks on the routers of any Hugging Face mixture-of-experts.

In transformers 5 the routers of OLMoE, Mixtral, Qwen-MoE, DeepSeek and their relatives return the same triple
(logits, weights, indices of the chosen experts), and sit beside a module called `experts`. Dense layers have neither,
and shared experts are not routed to, so both stay out of a recording.

Routing is summed while the model runs: per replicate and domain (`tally`), and per text and part of it (`profile`). All
of a text's tokens fall into one replicate (ours), and two models recorded over one probe set have equal replicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from components.errors import InputError
from components.signatures.profile import Profile, Slices
from components.signatures.recording import Recording, Subject
from components.signatures.tally import RoutedLayer, Tally

if TYPE_CHECKING:
    import torch

ROUTER_NAMES = ("gate", "router")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedText:
    """A tokenised text to record the routing of.

    Attributes:
        ids: token ids of prompt and answer.
        start: position of the first token that counts; 0 counts the prompt too, as the authors' older code does.
        answer: (first position, one after the last) whose routing is the answer's, for a profile; all from `start` on
            when None. A token is chosen where the one before it is read, so an answer begins one position early.
        domain, replicate: indices.
    """

    ids: Sequence[int]
    domain: int = 0
    replicate: int = 0
    start: int = 0
    answer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """A layer's router. `depth` is its layer's place between 0 (first layer of the model) and 1 (last)."""

    name: str
    depth: float
    experts: int
    module: Any


def find_routers(model: Any) -> list[Router]:
    """The routers of a model, first layer first.

    Raises:
        InputError: the model has no routed experts.
    """
    total = max(int(getattr(model.config.get_text_config(), "num_hidden_layers", 1)), 1)
    routers: list[Router] = []
    for name, block in model.named_modules():
        if not hasattr(block, "experts"):
            continue
        child = next((child for child in ROUTER_NAMES if hasattr(block, child)), None)
        weight = getattr(getattr(block, child), "weight", None) if child else None
        if weight is None:
            continue
        numbers = re.findall(r"\.(\d+)(?=\.|$)", name)
        layer = int(numbers[0]) if numbers else len(routers)
        depth = layer / (total - 1) if total > 1 else 0.0
        routers.append(
            Router(name=f"{name}.{child}", depth=depth, experts=int(weight.shape[0]), module=getattr(block, str(child)))
        )
    if not routers:
        raise InputError(
            f"{type(model).__name__} has no routed experts, so its routing cannot be recorded",
            where=str(getattr(model.config, "name_or_path", "") or "model"),
            fix="audit a dense model through its shadow (a black-box audit), which needs only its responses",
        )
    return routers


def scores_of(router: Router, logits: torch.Tensor) -> torch.Tensor:
    """The router's probabilities [tokens, experts] from its logits.

    DeepSeek-V3 and its relatives score by sigmoid and choose under a learnt bias; the others by softmax.
    """
    scores = logits.detach().float().reshape(-1, router.experts)
    scores = scores.sigmoid() if hasattr(router.module, "e_score_correction_bias") else scores.softmax(-1)
    return scores / scores.sum(-1, keepdim=True)


class Recorder:
    """Sums the routing of every forward pass made inside it, by domain and replicate and by text and slice.

    A context manager: the hooks go when it ends.
    """

    def __init__(self, model: Any, *, domains: int, replicates: int) -> None:
        self._routers = find_routers(model)
        self._handles: list[Any] = []
        self._tally = Tally(
            [RoutedLayer(name=router.name, depth=router.depth, experts=router.experts) for router in self._routers],
            domains=domains,
            replicates=replicates,
            device=self._routers[0].module.weight.device,
        )
        self._slices = Slices(layers=len(self._routers))

    def __enter__(self) -> Self:
        for index, router in enumerate(self._routers):
            self._handles.append(router.module.register_forward_hook(self._hook(index, router)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()

    def begin(self, rows: Sequence[RoutedText]) -> None:
        """Says what the next forward pass holds: these texts, padded at the right."""
        _, _, counted = pad(rows)
        self._tally.begin(
            counted=counted, domains=[row.domain for row in rows], replicates=[row.replicate for row in rows]
        )
        spans = [row.answer or (row.start, len(row.ids)) for row in rows]
        self._slices.begin(spans, tokens=counted.shape[1], device=self._routers[0].module.weight.device)

    def _hook(self, index: int, router: Router) -> Any:
        def accumulate(_module: Any, _inputs: Any, output: Any) -> None:
            if not (isinstance(output, tuple) and len(output) == 3):
                raise InputError(
                    f"{type(router.module).__name__} does not return (logits, weights, indices)",
                    where=router.name,
                    fix="use a model class of transformers 5.23 or newer",
                )
            logits, _, chosen = output
            scores = scores_of(router, logits)
            self._tally.add(index, chosen=chosen, scores=scores)
            self._slices.add(index, scores=scores)

        return accumulate

    def recording(self, *, subject: Subject, domains: Sequence[str]) -> Recording:
        """By domain and replicate, what was summed so far."""
        return self._tally.recording(subject=subject, domains=domains)

    def profile(self, *, subject: Subject) -> Profile:
        """By text and slice, what was summed so far."""
        return self._slices.profile(subject=subject, depths=[router.depth for router in self._routers])


def pad(rows: Sequence[RoutedText]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(ids, attention mask, counted), each [rows, longest]; padding stands at the right."""
    import torch

    longest = max(len(row.ids) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    counted = torch.zeros(len(rows), longest, dtype=torch.bool)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = torch.tensor(list(row.ids))
        mask[index, : len(row.ids)] = 1
        counted[index, row.start : len(row.ids)] = True
    return ids, mask, counted


def batches(texts: Iterable[RoutedText], size: int) -> Iterator[list[RoutedText]]:
    """`size` texts at a time."""
    iterator = iter(texts)
    while rows := list(islice(iterator, size)):
        yield rows
