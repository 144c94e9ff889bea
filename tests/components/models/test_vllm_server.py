"""vLLM is started as a machine needs it, and where it is installed it decides as the stage's own process does."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from components.agents.base import Decision
from components.agents.local import LocalAgent
from components.agents.served import ServedAgent
from components.agents.student import Student
from components.models.devices import computed_in
from components.models.files import BASE_FOLDER, folder_digest
from components.models.vllm import on_cpu, vllm_command
from components.models.weights import load_model
from components.serving.config import Here
from tests.components.agents.turns import make_turn, page_of

STAND_IN = """
import json, os, sys
print(json.dumps([sys.argv[1:], dict(os.environ)]))
"""


def test_a_model_is_served_by_its_names_and_no_longer_than_it_was_taught(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama", "hidden_size": 64}')
    command = vllm_command(tmp_path, host="127.0.0.1", port=1, names=["a", "b"], context=512)
    assert " ".join(command[1:]) == (
        f"-m vllm.entrypoints.openai.api_server --model {tmp_path} --served-model-name a b --host 127.0.0.1 --port 1 "
        "--max-model-len 512"
    )


@pytest.mark.parametrize(("context", "gigabytes"), [(1024, 1.0), (20_000, 1.96608), (10_000_000, 4.0)])
def test_on_a_cpu_it_takes_the_memory_that_its_requests_need_and_a_quarter_of_what_is_free_at_most(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, context: int, gigabytes: float
) -> None:
    """The tiny model keeps 384 numbers of each token."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 32000000 kB\nMemFree: 1000 kB\nMemAvailable: 15625000 kB\n")
    monkeypatch.setattr("components.models.devices.MEMORY", meminfo)
    monkeypatch.setattr("components.models.devices.machine_memory", lambda: 32e9)
    options = on_cpu(tiny_model, context=context)
    assert int(options[options.index("--kv-cache-memory-bytes") + 1]) == gigabytes * 1e9


def test_a_student_says_the_widths_that_vllm_reads_and_for_the_base_they_are_said(tiny_model: Path) -> None:
    def command(folder: Path) -> list[str]:
        return vllm_command(folder, host="127.0.0.1", port=1, names=["a"], context=512)

    base = command(BASE_FOLDER)
    assert json.loads(base[base.index("--hf-overrides") + 1]) == {"conv_dim": 128, "block_dim": 128}
    assert "--hf-overrides" not in command(tiny_model)
    assert load_model(tiny_model).config.conv_dim == 64


def start(folder: Path, *told: str, stand_in: str, at: Path) -> subprocess.CompletedProcess[str]:
    """Serves a model with a program in vLLM's place."""
    module = at / "vllm" / "entrypoints" / "openai" / "api_server.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(stand_in)
    environment = {**os.environ, "PYTHONPATH": f"{at}:{Path.cwd()}", "VLLM_CPU_OMP_THREADS_BIND": "0-1"}
    environment["CUDA_VISIBLE_DEVICES"] = ""
    environment.pop("OMP_NUM_THREADS", None)
    command = [sys.executable, "-m", "components.models.serve", str(folder), "0", *told]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed")
def test_it_is_started_with_both_names_tells_nobody_and_what_the_environment_says_holds(
    tiny_model: Path, tmp_path: Path
) -> None:
    arguments, variables = json.loads(start(tiny_model, stand_in=STAND_IN, at=tmp_path).stdout)
    assert arguments[arguments.index("--dtype") + 1] == "float32"
    at = arguments.index("--served-model-name")
    assert arguments[at : at + 3] == ["--served-model-name", "student", folder_digest(tiny_model)]
    assert arguments[arguments.index("--max-model-len") + 1] == "512"
    assert variables["VLLM_NO_USAGE_STATS"] == variables["HF_HUB_OFFLINE"] == variables["OMP_NUM_THREADS"] == "1"
    assert variables["VLLM_CPU_OMP_THREADS_BIND"] == "0-1"


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed")
def test_it_computes_in_the_precision_and_with_the_words_that_it_is_told_and_its_end_is_told(
    tiny_model: Path, tmp_path: Path
) -> None:
    words = ("--max-model-len", "64", "--gpu-memory-utilization=0.4")
    arguments, _ = json.loads(start(tiny_model, "--precision", "bf16", *words, stand_in=STAND_IN, at=tmp_path).stdout)
    assert arguments[-3:] == [*words]
    native = {"bf16": "bfloat16", "fp32": "float32"}[computed_in("bf16")]
    assert arguments[arguments.index("--dtype") + 1] == native
    failed = start(tiny_model, stand_in="raise SystemExit(3)", at=tmp_path)
    assert failed.returncode
    assert "vLLM ended with status 3" in failed.stderr


@pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed (the `serve` extra)")
def test_a_student_behind_it_decides_as_in_the_stages_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped base in real vLLM, but for slips in copying, of which vLLM knows nothing."""
    monkeypatch.setattr(Student, "may_be_a_slip", lambda *_: False)
    page = page_of({1: 'textbox "Name"', 2: 'button "Submit"', 30: 'combobox "Size" options "small", "large"'})
    intents = ("Press submit", 'Type "bob" into Name', "Choose large", "Go back")
    turns = [replace(make_turn(intent=intent), observation=page) for intent in intents]
    turns += [make_turn(), make_turn(page="\n".join(f'[{n}] link "Number {n}"' for n in range(400)))]

    async def decide(agent: LocalAgent | ServedAgent) -> list[Decision]:
        try:
            return await agent.decide(turns)
        finally:
            await agent.close()

    found = asyncio.run(decide(ServedAgent(BASE_FOLDER, Here(), work=tmp_path)))
    wanted = asyncio.run(decide(LocalAgent(BASE_FOLDER)))
    assert [decision.action for decision in found] == [decision.action for decision in wanted]
