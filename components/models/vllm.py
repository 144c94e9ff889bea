"""vLLM as the server of a model's folder: its command and settings on this machine.

On a GPU they are vLLM's own. On a CPU vLLM would take 92 % of the machine's memory, and not start if less is free;
every server would bind itself to the same cores; and it would compile for minutes, again for every model of a round. So
it gets a share of the memory, no binding and no compiler. It computes in float32, as a stage's own process does, unless
bf16 is asked for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from components.errors import InfraError
from components.models.devices import Precision, computed_in, free_memory
from components.models.memory import read_shape

REQUESTS, SHARE, LEAST = 64, 0.25, 1e9
"""Memory for keys and values, all of it taken at once: what so many requests need that fill the context, but no larger
share of the free memory, as a teacher and students of a round are served side by side; bytes at least."""
ALWAYS = {"VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"}
"""It tells its makers nothing of the machine and the model, and fetches nothing: the model lies here."""
LFM2_WIDTHS = ("conv_dim", "block_dim")
"""vLLM reads them of a configuration; transformers neither has nor writes them, and means `hidden_size`."""
WRONG_FOR_LFM2 = "rotary_embedding"
"""vLLM's own code for it (0.32, on a CPU) turns only the first token right where heads have a dimension of their own,
as in its LFM2. PyTorch's is taken instead."""
ON_CPU = {"VLLM_CPU_OMP_THREADS_BIND": "nobind"}
TYPES = {"fp32": "float32", "bf16": "bfloat16"}
"""What vLLM calls a precision."""


def serve_with_vllm(
    folder: Path,
    *,
    host: str,
    port: int,
    names: Sequence[str],
    context: int,
    tiny: bool,
    precision: Precision | None,
    arguments: Sequence[str],
) -> None:
    """Serves until it is interrupted.

    Args:
        names: by which the model may be asked.
        context: most tokens of a prompt and its completion.
        tiny: whether one thread computes it fastest (`generate.TINY`).
        precision: None: fp32 on a CPU, and as the model is kept on a GPU.
        arguments: further words; they win over ours.

    Raises:
        InfraError: vLLM ended with an error, which it printed.
    """
    import torch

    cpu = not torch.cuda.is_available()
    command = vllm_command(folder, host=host, port=port, names=names, context=context)
    if cpu or precision:
        command += ["--dtype", TYPES[computed_in(precision)]]
    if cpu:
        command += on_cpu(folder, context=context)
    settings = vllm_environment(cpu=cpu, tiny=tiny)
    status = subprocess.run([*command, *arguments], env={**settings, **os.environ}).returncode
    if status:
        raise InfraError(f"vLLM ended with status {status}; what it printed above says why, some pages up")


def vllm_command(folder: Path, *, host: str, port: int, names: Sequence[str], context: int) -> list[str]:
    # not the command `vllm serve`, which in vllm-cpu asks for the version of a package `vllm` that is not there
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder)]
    command += ["--served-model-name", *names, "--host", host, "--port", str(port)]
    command += ["--max-model-len", str(context)]  # the model's own may want more memory than there is
    widths = missing_widths(_configuration(folder))
    return [*command, "--hf-overrides", json.dumps(widths)] if widths else command


def on_cpu(folder: Path, *, context: int) -> list[str]:
    """Further options for a CPU."""
    wanted = REQUESTS * context * 4 * read_shape(folder).cached
    memory = max(LEAST, min(wanted, SHARE * free_memory()))
    options = ["--enforce-eager", "--kv-cache-memory-bytes", str(int(memory))]
    if _configuration(folder)["model_type"] == "lfm2":
        options += ["--compilation-config", json.dumps({"custom_ops": [f"-{WRONG_FOR_LFM2}"]})]
    return options


def _configuration(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "config.json").read_text()))


def missing_widths(configuration: Mapping[str, Any]) -> dict[str, int]:
    """What vLLM needs of an LFM2's configuration and transformers left out; empty for other models."""
    if configuration["model_type"] != "lfm2":
        return {}
    return {name: int(configuration["hidden_size"]) for name in LFM2_WIDTHS if name not in configuration}


def vllm_environment(*, cpu: bool, tiny: bool) -> dict[str, str]:
    """Settings that hold unless the environment has others."""
    return ALWAYS | (ON_CPU if cpu else {}) | ({"OMP_NUM_THREADS": "1"} if cpu and tiny else {})
