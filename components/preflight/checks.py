"""The checks before a round, each a function that passes silently or raises InputError with what to mend."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from components.agents.config import AgentConfig, ChatConfig
from components.errors import InputError


def check_disk(folder: Path, *, free_gb: float) -> None:
    """Whether the scratch folder can be written and has room for a round."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"symbiont")
        probe.unlink()
        free = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        fix = "free some space, or choose another folder with --out"
        raise InputError(f"the work folder cannot be written: {error.strerror}", where=str(folder), fix=fix) from error
    if free < free_gb:
        raise InputError(
            f"the disk has {free:.1f} GB left, a round wants {free_gb:g} GB",
            where=str(folder),
            fix="free some space, choose another folder with --out, or lower free_gb in the place",
        )


def check_teacher(config: AgentConfig, *, timeout: float = 10.0) -> None:
    """Whether a chat model's endpoint answers and takes our key; asks for its list of models, which costs nothing."""
    if not isinstance(config, ChatConfig):
        return
    address = f"{config.base_url.rstrip('/')}/models"
    request = urllib.request.Request(address)
    if config.api_key_env:
        key = os.environ.get(config.api_key_env, "")
        if not key:
            raise InputError(
                f"the environment variable {config.api_key_env} is not set",
                where="teacher.api_key_env",
                fix="export it",
            )
        request.add_header("Authorization", f"Bearer {key}")
    try:
        urllib.request.urlopen(request, timeout=timeout).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            fix = f"check the key in {config.api_key_env or 'api_key_env (none is configured)'}"
            raise InputError(f"the teacher's endpoint refuses us: HTTP {error.code}", where=address, fix=fix) from error
        if error.code >= 500:
            raise InputError(
                f"the teacher's endpoint is broken: HTTP {error.code}", where=address, fix="mend or restart the server"
            ) from error
        # Any other answer comes from a server that is there; not every one lists its models.
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(
            f"the teacher cannot be reached: {reason}",
            where=f"teacher.base_url ({config.base_url})",
            fix="start its server or correct the address; `curl " + address + "` should answer",
        ) from error


def check_student(folder: Path, *, context: int) -> None:
    """Whether the student's tokenizer, embedding and context fit each other and the recipe; loads no weights."""
    from components.models.prompting import load_prompting

    load_prompting(folder).check_vocabulary()
    settings = json.loads((folder / "config.json").read_text())
    longest = settings.get("max_position_embeddings")
    if longest is not None and context > longest:
        raise InputError(
            f"the recipe trains with {context} tokens, the student reads at most {longest}",
            where="distill.context",
            fix="lower context, or choose a student that reads more",
        )
