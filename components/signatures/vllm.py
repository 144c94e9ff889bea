"""Recording a mixture-of-experts that vLLM serves: faster than `record` where there is a GPU, the same numbers.

Two ways, by what vLLM (0.31, 0.32) can do on the machine:

- *returned*: with `enable_return_routed_experts` every answer comes with the experts its tokens were sent to. It needs
  vLLM's second model runner, so a GPU and Triton; in 0.26 the first one (`VLLM_USE_V2_MODEL_RUNNER=0` in the
  environment). Probabilities are not returned: see `Tally.add`.
- *watched*: elsewhere the layers' routers are watched in the worker, in this process, and the routers' logits give the
  probabilities too. A forward pass holds many texts end to end; each is found again by its tokens.

One token is generated for each text and thrown away; what counts is how the text itself is read.
"""

from __future__ import annotations

import importlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from components.errors import InputError
from components.signatures.hooks import RoutedText, batches, pad
from components.signatures.recording import Recording, Subject
from components.signatures.tally import RoutedLayer, Tally

if TYPE_CHECKING:
    import torch

Way = Literal["returned", "watched"]
CPU_MEMORY = 0.3
FIX = "use components.signatures.hooks, which reads any mixture-of-experts of transformers"


def record_with_vllm(
    folder: Path,
    texts: Iterable[RoutedText],
    *,
    subject: Subject,
    domains: Sequence[str],
    replicates: int,
    batch: int,
    longest: int,
) -> Recording:
    """Runs a model's folder in vLLM over the texts, `batch` at a time, and records its routing.

    Args:
        longest: tokens of the longest text.

    Raises:
        InputError: vLLM is not installed, or the model has no routed experts, or there is no text.
    """
    import torch

    way: Way = "returned" if torch.cuda.is_available() else "watched"
    engine = _engine(folder, way=way, batch=batch, longest=longest)
    tally_so_far = None

    def tally(layers: Sequence[RoutedLayer]) -> Tally:
        return Tally(layers, domains=len(domains), replicates=replicates, device=torch.device("cpu"))

    for rows in batches(texts, batch):
        if way == "returned":
            tally_so_far = tally_so_far or tally(routed_layers(folder))
            tally_returned(tally_so_far, rows, _ask(engine, rows))
        else:
            watch = Watch(rows)
            engine.apply_model(watch.begin)
            _ask(engine, rows)
            engine.apply_model(watch.end)
            tally_so_far = tally_so_far or tally(watch.layers)
            watch.tally(tally_so_far)
    if tally_so_far is None:
        raise InputError("there is no text to record the routing of", where=subject.name, fix="give at least one probe")
    return tally_so_far.recording(subject=subject, domains=domains)


def _engine(folder: Path, *, way: Way, batch: int, longest: int) -> Any:
    if way == "watched":  # the worker must be this process, or its routers could not be watched
        os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
    else:  # only the second model runner returns routed experts
        os.environ.setdefault("VLLM_USE_V2_MODEL_RUNNER", "1")
        # A fork of this process, which has asked what GPUs there are, could use none.
        os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "spawn")
    try:
        vllm = importlib.import_module("vllm")  # not a package that this one needs
    except ImportError as error:
        raise InputError("vLLM is not installed", where="vllm", fix=FIX) from error
    return vllm.LLM(
        model=str(folder),
        dtype="float32" if way == "watched" else "auto",
        max_model_len=longest + 1,
        max_num_seqs=batch,
        # A text is read in one piece and never from a cache: otherwise part of its routing would not be seen.
        max_num_batched_tokens=batch * (longest + 1),
        enable_prefix_caching=False,
        enforce_eager=True,
        skip_tokenizer_init=True,
        # On a CPU the share is of the machine's memory, which others use too; nothing is kept between texts anyway.
        **({"enable_return_routed_experts": True} if way == "returned" else {"gpu_memory_utilization": CPU_MEMORY}),
    )


def _ask(engine: Any, rows: Sequence[RoutedText]) -> list[Any]:
    """Has the engine read the texts.

    Returns:
        Of each text its routed experts, [tokens, layers, top k]; None where the engine does not return them.
    """
    vllm = importlib.import_module("vllm")
    prompts = [{"prompt_token_ids": list(row.ids)} for row in rows]
    sampling = vllm.SamplingParams(max_tokens=1, temperature=0.0, detokenize=False)
    answers = engine.generate(prompts, sampling, use_tqdm=False)
    return [answer.outputs[0].routed_experts for answer in answers]


def routed_layers(folder: Path) -> list[RoutedLayer]:
    """The layers of a folder's model that route, found on its configuration without loading weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from components.signatures.hooks import find_routers

    with torch.device("meta"):
        routers = find_routers(AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder)))
    return [RoutedLayer(name=router.name, depth=router.depth, experts=router.experts) for router in routers]


def tally_returned(tally: Tally, rows: Sequence[RoutedText], returned: Sequence[Any]) -> None:
    """Tallies what vLLM returned with its answers.

    Args:
        returned: of each text, [tokens or more, layers of the model, top k]; layers without experts hold zeros.

    Raises:
        InputError: vLLM returned nothing, or for fewer tokens than were asked.
    """
    import torch

    _, _, counted = pad(rows)
    tally.begin(counted=counted, domains=[row.domain for row in rows], replicates=[row.replicate for row in rows])
    for row, experts in zip(rows, returned, strict=True):
        if experts is None or len(experts) < len(row.ids):
            count = 0 if experts is None else len(experts)
            raise InputError(f"vLLM returned the routing of {count} of {len(row.ids)} tokens", where="vllm", fix=FIX)
    total = returned[0].shape[1]
    for index, layer in enumerate(tally.layers):
        place = round(layer.depth * (total - 1))
        chosen = torch.zeros(*counted.shape, returned[0].shape[2], dtype=torch.long)
        for number, (row, experts) in enumerate(zip(rows, returned, strict=True)):
            chosen_of_text = torch.as_tensor(experts[: len(row.ids), place].astype("int64"))
            chosen[number, : len(row.ids)] = chosen_of_text
        tally.add(index, chosen=chosen.flatten(0, 1), scores=None)


class Watch:
    """Watches the routers of a model in vLLM while it reads these texts."""

    def __init__(self, rows: Sequence[RoutedText]) -> None:
        self.rows = rows
        self.layers: list[RoutedLayer] = []
        self._routers: list[Any] = []
        self._hook: Any = None
        self._passes: list[tuple[torch.Tensor, torch.Tensor]] = []  # tokens and positions of each forward pass
        self._seen: dict[int, list[tuple[torch.Tensor, torch.Tensor]]] = defaultdict(list)  # logits, chosen

    def begin(self, model: Any) -> None:
        """Puts the watch on; vLLM calls it with the model."""
        routers = _routers_of(model)
        total = max((number for number, _, _ in routers), default=0)
        total = max(total, int(model.config.get_text_config().num_hidden_layers) - 1)
        for index, (number, name, router) in enumerate(routers):
            experts = int(router.global_num_experts)
            self.layers.append(RoutedLayer(name=name, depth=number / total if total else 0.0, experts=experts))
            self._routers.append(router)
            router.select_experts = self._watched(index, router.select_experts)
        self._hook = model.register_forward_pre_hook(self._pass, with_kwargs=True)

    def end(self, _model: Any) -> None:
        """Takes the watch off."""
        self._hook.remove()
        for router in self._routers:
            del router.select_experts

    def _pass(self, _model: Any, args: Any, keywords: Any) -> None:
        tokens = keywords["input_ids"] if "input_ids" in keywords else args[0]
        positions = keywords["positions"] if "positions" in keywords else args[1]
        self._passes.append((tokens.cpu().clone(), positions.cpu().clone()))

    def _watched(self, index: int, select: Any) -> Any:
        def select_experts(*args: Any, **keywords: Any) -> Any:
            weights, chosen = select(*args, **keywords)
            logits = keywords["router_logits"] if "router_logits" in keywords else args[1]
            self._seen[index].append((logits.detach().float().cpu().clone(), chosen.detach().long().cpu().clone()))
            return weights, chosen

        return select_experts

    def tally(self, tally: Tally) -> None:
        """Finds each text in the passes, in the order of the rows, and tallies its routing."""
        import torch

        _, _, counted = pad(self.rows)
        tally.begin(
            counted=counted, domains=[row.domain for row in self.rows], replicates=[row.replicate for row in self.rows]
        )
        places = self._places()
        for index, layer in enumerate(tally.layers):
            top_k = self._seen[index][0][1].shape[-1]
            chosen = torch.zeros(*counted.shape, top_k, dtype=torch.long)
            scores = torch.full((*counted.shape, layer.experts), 1 / layer.experts)
            for number, (step, begin) in enumerate(places):
                length = len(self.rows[number].ids)
                logits, experts = self._seen[index][step]
                chosen[number, :length] = experts[begin : begin + length]
                scores[number, :length] = logits[begin : begin + length].softmax(-1)
            tally.add(index, chosen=chosen.flatten(0, 1), scores=scores.flatten(0, 1))

    def _places(self) -> list[tuple[int, int]]:
        """Of each text, the forward pass and the place in it where it begins."""
        waiting: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
        for step, (tokens, positions) in enumerate(self._passes):
            begins = [*(positions == 0).nonzero().flatten().tolist(), len(tokens)]
            for begin, end in pairwise(begins):
                waiting[tuple(tokens[begin:end].tolist())].append((step, begin))
        places = []
        for row in self.rows:
            places_of_text = waiting.get(tuple(row.ids))
            if not places_of_text:
                raise InputError("vLLM did not read a text in one piece", where=str(list(row.ids)[:8]), fix=FIX)
            places.append(places_of_text.pop())
        return places


def _routers_of(model: Any) -> list[tuple[int, str, Any]]:
    """(number of the layer, name, router) of every layer with routed experts."""
    routers: dict[int, tuple[int, str, Any]] = {}
    for name, module in model.named_modules():
        router = getattr(module, "router", None)
        numbers = re.findall(r"\.(\d+)(?=\.|$)", name)
        if router is not None and hasattr(router, "select_experts") and numbers:
            routers.setdefault(id(router), (int(numbers[0]), f"{name}.router", router))
    if not routers:
        raise InputError(f"{type(model).__name__} has no routed experts in vLLM", where="vllm", fix=FIX)
    return sorted(routers.values(), key=lambda router_at: router_at[0])
