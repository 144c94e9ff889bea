"""Loads and saves the weights of a folder's model: any causal language model of transformers."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any, Literal

from components.errors import InputError
from components.models.prompting import FILE, Prompting
from components.models.vllm import missing_widths

SHARD = "4GB"
"""The largest file of weights. S3 servers limit the size of an object, and a damaged file is fetched again whole."""


def load_model(folder: Path, *, kept_in: Literal["fp32", "bf16"] = "fp32", device: str = "") -> Any:
    """The model on a device. Only safetensors are read.

    Args:
        kept_in: data type of the weights.
        device: as torch names it; empty: a GPU where there is one, else the CPU. `meta` gives tensors without data, for
            which only the configuration is read.

    Raises:
        InputError: the folder holds no causal language model that can be read.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # a line for every model in every log
    logging.getLogger("transformers.integrations.hub_kernels").setLevel(logging.ERROR)  # a CPU has no faster one
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.float32 if kept_in == "fp32" else torch.bfloat16
    options: dict[str, Any] = {"dtype": dtype, "attn_implementation": "sdpa"}
    try:
        if device == "meta":
            with torch.device("meta"):
                shape = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), **options)
            return shape.to(dtype)
        if device != "cpu":  # each tensor goes there as it is read: the machine's memory holds no second model
            options["device_map"] = {"": device}
        return AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, **options)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise InputError(
            f"the model cannot be loaded: {error}", where=str(folder), fix="copy or download it again; it may be torn"
        ) from error


def save_model(model: Any, *, folder: Path, prompting: Prompting) -> Path:
    """Writes weights (in bfloat16, as they are served), configuration, tokenizer and prompt settings, atomically.

    The model in memory is rounded to bfloat16 too, so that what is measured afterwards is what was saved.
    """
    import torch

    part = folder.with_name(f".part-{os.getpid()}-{folder.name}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, width in missing_widths(model.config.to_dict()).items():
        setattr(model.config, name, width)  # a server in a pod has none of our code
    try:
        model.to(torch.bfloat16).save_pretrained(part, max_shard_size=SHARD)
        prompting.tokenizer.save_pretrained(part)
        settings: dict[str, Any] = {"template": prompting.template, "context": prompting.context}
        settings |= {"reads": prompting.reads} if prompting.reads else {}
        (part / FILE).write_text(json.dumps(settings) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # half a model takes the room that another try needs
    return folder
