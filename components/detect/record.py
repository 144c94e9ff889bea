"""Which experts each token is routed to: recorded by hooks on the routers of any Hugging Face mixture-of-experts.

In transformers 5 the routers of OLMoE, Mixtral, Qwen-MoE, DeepSeek and their relatives return the same triple
(logits, weights, indices of the chosen experts), and sit beside a module called `experts`. Dense layers have neither,
and shared experts are not routed to, so both stay out of a recording.

Counts are accumulated while the model runs, per group and domain; nothing is kept per token, so memory depends on
groups x layers x experts x (domains + experts) and not on the number of probes. Groups (ours) are what the bootstrap
resamples: all of a probe's tokens fall into one group, and two models recorded over one probe set have equal groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from components.detect.recording import LayerRecording, Recording, Subject
from components.errors import InputError

if TYPE_CHECKING:
    import torch

    from components.detect.recording import Floats

ROUTER_NAMES = ("gate", "router")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedText:
    """A tokenised text to record the routing of.

    Attributes:
        ids: token ids of prompt and answer.
        start: position of the first token that counts; 0 counts the prompt too, as the authors' older code does.
        domain, group: indices.
    """

    ids: Sequence[int]
    domain: int
    group: int
    start: int = 0


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
    """Accumulates the routing of every forward pass made inside it. A context manager: the hooks go when it ends."""

    def __init__(self, model: Any, *, domains: int, groups: int) -> None:
        import torch

        self._routers = find_routers(model)
        self._top_k = [0] * len(self._routers)
        self._shape = (groups, domains)
        self._batch: _Batch | None = None
        self._handles: list[Any] = []
        device = self._routers[0].module.weight.device
        cells = groups * domains

        def zeros(*shape: int) -> torch.Tensor:
            return torch.zeros(shape, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)

        self._counts = [zeros(cells, router.experts) for router in self._routers]
        self._mass = [zeros(cells, router.experts) for router in self._routers]
        self._entropy = [zeros(cells) for _ in self._routers]
        self._together = [zeros(groups, router.experts, router.experts) for router in self._routers]
        self._tokens = zeros(cells)
        self._items = zeros(cells)

    def __enter__(self) -> Self:
        for index, router in enumerate(self._routers):
            self._handles.append(router.module.register_forward_hook(self._hook(index, router)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()

    def begin(self, *, counted: torch.Tensor, domains: Sequence[int], groups: Sequence[int]) -> None:
        """Says what the next forward pass holds.

        Args:
            counted: bool [batch, tokens]; False for padding and for tokens that do not count.
            domains, groups: of each row of the batch.
        """
        import torch

        device = self._tokens.device
        group = torch.tensor(list(groups), device=device)
        cell = group * self._shape[1] + torch.tensor(list(domains), device=device)
        self._batch = _Batch(counted=counted.to(device), cell=cell, group=group)
        self._tokens.index_add_(0, cell, self._batch.counted.sum(1).to(self._tokens.dtype))
        self._items.index_add_(0, cell, torch.ones_like(cell, dtype=self._items.dtype))

    def _hook(self, index: int, router: Router) -> Any:
        import torch

        def accumulate(_module: Any, _inputs: Any, output: Any) -> None:
            batch = self._batch
            if batch is None:
                raise RuntimeError("a forward pass without Recorder.begin")
            if not (isinstance(output, tuple) and len(output) == 3):
                raise InputError(
                    f"{type(router.module).__name__} does not return (logits, weights, indices)",
                    where=router.name,
                    fix="use a model class of transformers 5.23 or newer",
                )
            logits, _, chosen = output
            rows, tokens = batch.counted.shape
            keep = batch.counted.unsqueeze(-1)
            self._top_k[index] = int(chosen.shape[-1])
            hits = torch.zeros(rows * tokens, router.experts, device=chosen.device)
            hits.scatter_(1, chosen.reshape(rows * tokens, -1), 1.0)
            hits = hits.view(rows, tokens, -1) * keep
            scores = scores_of(router, logits).view(rows, tokens, -1)
            entropy = -(scores * scores.clamp_min(1e-20).log()).sum(-1) * batch.counted
            kind = self._tokens.dtype
            self._counts[index].index_add_(0, batch.cell, hits.sum(1).to(kind))
            self._mass[index].index_add_(0, batch.cell, (scores * keep).sum(1).to(kind))
            self._entropy[index].index_add_(0, batch.cell, entropy.sum(1).to(kind))
            self._together[index].index_add_(0, batch.group, torch.bmm(hits.transpose(1, 2), hits).to(kind))

        return accumulate

    def recording(self, *, subject: Subject, domains: Sequence[str]) -> Recording:
        """What was accumulated so far."""
        groups, count = self._shape

        def array(tensor: torch.Tensor, *tail: int) -> Floats:
            return np.asarray(tensor.cpu().double().numpy().reshape(groups, *tail))

        layers = []
        for index, router in enumerate(self._routers):
            together = array(self._together[index], router.experts, router.experts)
            together[:, range(router.experts), range(router.experts)] = 0.0
            layers.append(
                LayerRecording(
                    name=router.name,
                    depth=router.depth,
                    top_k=self._top_k[index],
                    counts=array(self._counts[index], count, router.experts),
                    mass=array(self._mass[index], count, router.experts),
                    entropy=array(self._entropy[index], count),
                    together=together,
                )
            )
        return Recording(
            subject=subject,
            domains=tuple(domains),
            tokens=array(self._tokens, count),
            items=array(self._items, count),
            layers=tuple(layers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    counted: torch.Tensor  # bool [rows, tokens]
    cell: torch.Tensor  # [rows], group * domains + domain
    group: torch.Tensor  # [rows]


def record(
    model: Any, texts: Iterable[RoutedText], *, subject: Subject, domains: Sequence[str], groups: int, batch: int
) -> Recording:
    """Runs the model over the texts, `batch` at a time, and records its routing. The texts may be a generator.

    Raises:
        InputError: the model has no routed experts, or there is no text.
    """
    import torch

    training = model.training
    model.eval()
    seen = False
    with Recorder(model, domains=len(domains), groups=groups) as recorder, torch.inference_mode():
        for rows in batches(texts, batch):
            seen = True
            ids, mask, counted = pad(rows)
            device = model.device
            recorder.begin(counted=counted, domains=[row.domain for row in rows], groups=[row.group for row in rows])
            # The model without its head: the logits over the vocabulary would cost most of a small model's time.
            model.base_model(input_ids=ids.to(device), attention_mask=mask.to(device), use_cache=False)
    model.train(training)
    if not seen:
        raise InputError("there is no text to record the routing of", where=subject.name, fix="give at least one probe")
    return recorder.recording(subject=subject, domains=domains)


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
