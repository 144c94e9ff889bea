"""A student that is too large for the machine it is to think on is refused, with the precision that would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import InputError
from components.models import devices
from components.models.memory import Shape
from components.preflight import checks
from components.preflight.checks import check_room_to_think
from components.serving.config import Beside, Deployment, Given, Here, InProcess, ServingConfig

LLAMA_8B = Shape(parameters=8_030_261_248, matrices=0, edges=0, layers=32, width=4096, kept=0, cached=0)


@pytest.mark.parametrize("kind", [InProcess, Beside, Here])
def test_weights_in_fp32_may_be_too_many_where_those_in_bf16_are_not(
    kind: type[InProcess | Beside | Here], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "machine_memory", lambda: 24e9)
    monkeypatch.setattr(devices, "NVIDIA", Path("/proc/no-gpu"))
    monkeypatch.setattr(checks, "NVIDIA", Path("/proc/no-gpu"))
    for serving in (kind(), kind(precision="fp32")):
        with pytest.raises(InputError, match=r"takes 32.1 GB in fp32 to think; .* has 24.0 GB") as error:
            check_room_to_think(LLAMA_8B, serving)
        assert error.value.fix == "set serving.precision to bf16"
    check_room_to_think(LLAMA_8B, kind(precision="bf16"))
    monkeypatch.setattr(devices, "machine_memory", lambda: 12e9)
    with pytest.raises(InputError) as error:
        check_room_to_think(LLAMA_8B, kind(precision="bf16"))
    assert "serve it elsewhere" in error.value.fix


@pytest.mark.parametrize("serving", [Given(base_url="http://a/v1"), Deployment()], ids=["given", "deployment"])
def test_what_thinks_elsewhere_needs_no_room_here(serving: ServingConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "machine_memory", lambda: 1e9)
    check_room_to_think(LLAMA_8B, serving)
