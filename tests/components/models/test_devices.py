"""What a machine trains on."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from components.models.devices import computed_in


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the instructions are named so on x86_64 alone")
def test_a_processor_without_instructions_for_bf16_computes_in_fp32() -> None:
    has_bf16 = "avx512bw" in Path("/proc/cpuinfo").read_text().split()
    assert computed_in("bf16") == ("bf16" if has_bf16 else "fp32")


def test_fp32_stays_fp32() -> None:
    assert computed_in("fp32") == "fp32"
