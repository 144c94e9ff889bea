"""What recording costs: a forward pass with and without `Recorder`, and the time of one distance and of one likeness.

The mixture is of OLMoE's layout (16 layers, 64 experts, 8 chosen) with random weights, narrower so that it fits a
laptop; a wider one makes the pass dearer and recording no dearer, so the ratio here is the pessimistic one. Passes with
and without recording alternate, in an order that is drawn anew for each pair, and are timed in CPU seconds of one
thread, so that other programs on the machine disturb both alike. Writes
bench/recording.json. With --vllm something else is measured (`recording_vllm`).
"""

from __future__ import annotations

import contextlib
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from components.errors import ExitCode, InputError
from components.files import write_whole
from components.signatures.distances import compare, specialization_distance
from components.signatures.hooks import Recorder, RoutedText
from components.signatures.likeness import ENOUGH, Likeness
from components.signatures.measurement import Measurement
from components.signatures.profile import SLICES, LayerProfile, Profile
from components.signatures.recording import Subject
from components.signatures.signature import LayerSignature, Signature

OUT = Path(__file__).with_suffix(".json")
LAYERS, EXPERTS, CHOSEN, DOMAINS = 16, 64, 8, 9
PROBES, REPLICATES = 216, 8


def mixture(*, hidden: int) -> Any:
    import torch
    from transformers import OlmoeConfig, OlmoeForCausalLM

    torch.manual_seed(0)
    shape = OlmoeConfig(
        vocab_size=4096,
        hidden_size=hidden,
        intermediate_size=hidden // 2,
        num_hidden_layers=LAYERS,
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 64,
        num_experts=EXPERTS,
        num_experts_per_tok=CHOSEN,
        pad_token_id=None,
        eos_token_id=None,
    )
    model = OlmoeForCausalLM(shape).eval()
    model.set_experts_implementation("grouped_mm")  # the fastest on a CPU, so that recording weighs most
    return model


def overhead(model: Any, *, rows: int, tokens: int, pairs: int) -> dict[str, float]:
    """CPU seconds of a pass without and with recording: medians, and the median and quartiles of their ratio."""
    import torch

    rng = np.random.default_rng(0)
    ids = torch.tensor(rng.integers(0, 4096, size=(rows, tokens)))
    texts = [RoutedText(ids=row, domain=n % DOMAINS, replicate=n % REPLICATES) for n, row in enumerate(ids.tolist())]

    def seconds(*, recording: bool) -> float:
        with contextlib.ExitStack() as stack, torch.inference_mode():
            recorder = (
                stack.enter_context(Recorder(model, domains=DOMAINS, replicates=REPLICATES)) if recording else None
            )
            began = time.thread_time()
            if recorder is not None:
                recorder.begin(texts)
            model.base_model(input_ids=ids, use_cache=False)
            return time.thread_time() - began

    seconds(recording=True), seconds(recording=False)  # kernels are chosen in the first pass
    plain, recorded = list[float](), list[float]()
    for _ in range(pairs):
        for recording in rng.permutation([True, False]):
            (recorded if recording else plain).append(seconds(recording=bool(recording)))
    low, middle, high = np.quantile(np.array(recorded) / np.array(plain), [0.25, 0.5, 0.75])
    return {
        "plain_seconds": float(np.median(plain)),
        "recorded_seconds": float(np.median(recorded)),
        "ratio": float(middle),
        "ratio_low": float(low),
        "ratio_high": float(high),
        "pairs": pairs,
        "tokens": rows * tokens,
    }


def random_signature(seed: int) -> Signature:
    rng = np.random.default_rng(seed)

    def layer(index: int) -> LayerSignature:
        specialization = rng.dirichlet(np.full(DOMAINS, 0.5), size=EXPERTS)
        together = rng.gamma(0.3, size=(EXPERTS, EXPERTS))
        together = together + together.T
        np.fill_diagonal(together, 0.0)
        return LayerSignature(
            name=str(index),
            depth=index / (LAYERS - 1),
            specialization=specialization,
            raw_specialization=specialization,
            collaboration=together / together.sum(),
        )

    return Signature(
        domains=tuple(str(n) for n in range(DOMAINS)), layers=tuple(layer(index) for index in range(LAYERS))
    )


def random_profile(seed: int) -> Profile:
    rng = np.random.default_rng(seed)
    layers = tuple(
        LayerProfile(
            depth=index / (LAYERS - 1),
            mass=rng.dirichlet(np.full(EXPERTS, 0.3), size=(PROBES, SLICES)).astype(np.float32),
        )
        for index in range(LAYERS)
    )
    return Profile(subject=Subject(name="", model_digest="", tokenizer_digest="", probe_digest=""), layers=layers)


def distance_seconds(*, repeats: int) -> dict[str, float]:
    """CPU seconds of the paper's distance of two such models, of all distances, and of the likeness of the test."""
    a, b = random_signature(1), random_signature(2)
    profiles = {str(number): random_profile(number) for number in range(2 + ENOUGH)}
    measured = Measurement(first=profiles, second={})
    everybody: dict[str, Any] = {
        "domains": [probe % DOMAINS for probe in range(PROBES)],
        "replicates": [probe % REPLICATES for probe in range(PROBES)],
        "controls": list(profiles)[2:],
    }
    timed: dict[str, Callable[[], object]] = {
        "specialization": lambda: specialization_distance(a, b),
        "all_distances": lambda: compare(a, b),
        "likeness": lambda: Likeness(measured, **everybody).of("0", "1"),  # with the preparation, which is kept
    }
    seconds_by_name = {}
    for name, measure in timed.items():
        measure()  # imports SciPy and POT
        timings = []
        for _ in range(repeats):
            began = time.process_time()
            measure()
            timings.append(time.process_time() - began)
        seconds_by_name[f"{name}_seconds"] = float(np.median(timings))
        seconds_by_name[f"{name}_slowest"] = max(timings)
    return seconds_by_name


def main(
    hidden: Annotated[int, typer.Option(min=512, help="Width of the mixture.")] = 512,
    rows: Annotated[int, typer.Option(min=1, help="Texts in a batch.")] = 8,
    tokens: Annotated[int, typer.Option(min=8, help="Tokens of each.")] = 128,
    pairs: Annotated[int, typer.Option(min=3, help="Passes with and without.")] = 15,
    vllm: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Instead: a saved mixture's routing in vLLM beside transformers'."),
    ] = None,
) -> None:
    """Measures both and says whether they are within what is promised: under 10 %, and under a second."""
    import torch

    if vllm is not None:
        from bench.recording_vllm import beside_vllm

        try:
            typer.echo(json.dumps(beside_vllm(vllm), indent=1))
        except InputError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(ExitCode.INPUT) from None
        return
    torch.set_num_threads(1)
    recording = overhead(mixture(hidden=hidden), rows=rows, tokens=tokens, pairs=pairs)
    distance = distance_seconds(repeats=5)
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}, one thread",
        "mixture": {"layers": LAYERS, "experts": EXPERTS, "chosen": CHOSEN, "hidden": hidden},
        "recording": recording,
        "distance": distance,
    }
    write_whole(OUT, json.dumps(result, indent=1) + "\n")
    typer.echo(
        f"forward pass {recording['plain_seconds']:.2f} s, with recording {recording['recorded_seconds']:.2f} s: ratio "
        f"{recording['ratio']:.3f} (quartiles {recording['ratio_low']:.3f} to {recording['ratio_high']:.3f})"
    )
    typer.echo(
        f"one distance {LAYERS} x {EXPERTS} x {DOMAINS}: {distance['specialization_seconds']:.3f} s, with "
        f"collaboration and Gromov-Wasserstein {distance['all_distances_seconds']:.2f} s (slowest "
        f"{distance['all_distances_slowest']:.2f} s); one likeness of {PROBES} probes "
        f"{distance['likeness_seconds']:.2f} s"
    )
    quick = max(distance["all_distances_seconds"], distance["likeness_seconds"]) < 1
    within = recording["ratio"] < 1.1 and quick
    typer.echo("within what is promised" if within else "NOT within what is promised")
    raise typer.Exit(0 if within else 1)


if __name__ == "__main__":
    typer.run(main)
