"""Routing in vLLM beside transformers': what is counted as moved, and what is said where vLLM is not installed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from bench.recording_vllm import moved
from components.signatures.recording import LayerRecording, Recording, Subject


def recorded(counts: list[float]) -> Recording:
    values = np.array(counts).reshape(1, 1, -1)
    layer = LayerRecording(
        name="l", depth=0.0, top_k=1, counts=values, mass=values, entropy=np.zeros((1, 1)), together=np.zeros((1, 3, 3))
    )
    size = np.array([[values.sum()]])
    subject = Subject(name="", model_digest="", tokenizer_digest="", probe_digest="")
    return Recording(subject=subject, domains=("a",), tokens=size, items=size, layers=(layer,))


def test_a_choice_that_went_to_another_expert_is_counted_once() -> None:
    one, other = recorded([5, 3, 2]), recorded([4, 4, 2])
    assert moved(one, one) == 0.0
    assert moved(one, other) == pytest.approx(0.1)
    twice = replace(one, layers=one.layers * 2)
    assert moved(twice, replace(other, layers=(*one.layers, *other.layers))) == pytest.approx(0.05)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed")
def test_without_vllm_it_says_what_it_needs() -> None:
    command = [sys.executable, "-m", "bench.recording", "--vllm", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "vLLM is not installed" in done.stderr
    assert "pip install '.[serve]'" in done.stderr
