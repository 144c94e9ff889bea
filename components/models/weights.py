"""Loads and saves the weights of a folder's model: any causal language model of transformers."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from components.errors import InputError
from components.lean import prepare_transformers, without
from components.models.devices import Precision
from components.models.files import weight_files
from components.models.prompting import FILE, Prompting
from components.models.vllm import missing_widths

AGAIN = "copy or download it again, with the configuration that belongs to it; it may be torn"
SHARD = "4GB"
"""The largest file of weights. S3 servers limit the size of an object, and a damaged file is fetched again whole."""


def load_model(folder: Path, *, kept_in: Precision = "fp32", device: str = "") -> Any:
    """The model on a device. Only safetensors are read.

    Args:
        kept_in: data type of the weights.
        device: as torch names it; empty: a GPU where there is one, else the CPU. `meta` gives tensors without data, for
            which only the configuration is read.

    Raises:
        InputError: the folder holds no causal language model that can be read, or not all of its weights.
    """
    prepare_transformers()
    with without("boto3"):  # for SageMaker
        import transformers.modeling_utils  # noqa: F401
    import torch
    from huggingface_hub.errors import StrictDataclassError
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
        weight_files(folder)
        options |= {"use_safetensors": True, "output_loading_info": True, "ignore_mismatched_sizes": True}
        model, found = AutoModelForCausalLM.from_pretrained(folder, **options)
    except (OSError, ValueError, KeyError, SafetensorError, StrictDataclassError) as error:
        raise InputError(f"the model cannot be loaded: {error}", where=str(folder), fix=AGAIN) from error
    # what was not read is drawn by chance, and a warning is all that says so
    drawn = sorted({*found["missing_keys"], *(name for name, *_ in found["mismatched_keys"])})
    if drawn:
        problem = f"{len(drawn)} tensors of the model are missing, or of other shapes than its configuration says"
        raise InputError(f"{problem}: {', '.join(drawn[:3])}", where=str(folder), fix=AGAIN)
    return model


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
