"""The checks before a round, each a function that passes silently or raises InputError with what to mend."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

from components.agents.config import AgentConfig, ChatConfig
from components.errors import InputError
from components.trajectories.episodes import iter_episodes
from components.trajectories.manifest import manifest_key, read_manifest
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store


def check_disk(folder: Path, *, free_gb: float) -> None:
    """Whether the scratch folder can be written and has room for a round."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(b"symbiont")
        finally:
            probe.unlink(missing_ok=True)
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


def check_agent(config: AgentConfig, *, where: str = "teacher", timeout: float = 10.0) -> None:
    """Whether a chat model's endpoint answers and takes our key; asks for its list of models, which costs nothing.

    Args:
        where: the agent's place in the recipe.
    """
    if not isinstance(config, ChatConfig):
        return
    address = f"{config.base_url.rstrip('/')}/models"
    request = urllib.request.Request(address)
    if config.api_key_env:
        key = os.environ.get(config.api_key_env, "")
        if not key:
            raise InputError(
                f"the environment variable {config.api_key_env} is not set",
                where=f"{where}.api_key_env",
                fix="export it",
            )
        request.add_header("Authorization", f"Bearer {key}")
    try:
        urllib.request.urlopen(request, timeout=timeout).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            fix = f"check the key in {config.api_key_env or 'api_key_env (none is configured)'}"
            raise InputError(
                f"the endpoint of {where} refuses us: HTTP {error.code}", where=address, fix=fix
            ) from error
        if error.code >= 500:
            raise InputError(
                f"{where} is broken: HTTP {error.code}", where=address, fix="mend or restart the server"
            ) from error
        # Any other answer comes from a server that is there; not every one lists its models.
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(
            f"{where} cannot be reached: {reason}",
            where=f"{where}.base_url ({config.base_url})",
            fix="start its server or correct the address; `curl " + address + "` should answer",
        ) from error


def check_context(folder: Path, *, context: int) -> None:
    """Whether the student reads as many tokens as the recipe trains with; reads its configuration alone."""
    path = folder / "config.json"
    try:
        longest = json.loads(path.read_text()).get("max_position_embeddings")
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            f"the student's configuration cannot be read: {error}", where=str(path), fix="save the model again"
        ) from error
    if longest is not None and context > longest:
        raise InputError(
            f"the recipe trains with {context} tokens, the student reads at most {longest}",
            where="distill.context",
            fix="lower context, or choose a student that reads more",
        )


def check_tokenizer(folder: Path) -> None:
    """Whether the student's tokenizer and embedding fit each other; loads no weights."""
    from components.models.prompting import load_prompting

    load_prompting(folder).check_vocabulary()


def check_stored(store: Store, *, run: str, rounds: int) -> None:
    """Whether this program can read what an interrupted run left: every unfinished round's manifest and episodes.

    Raises:
        InputError: an object is broken or of a schema this program does not read; names its key.
    """
    for number in range(1, rounds + 1):
        here = Round(run=run, number=number, seed=0, store=store, work=Path())
        if store.exists(done_key(here)) or not store.exists(manifest_key(here)):
            continue
        read_manifest(here)
        deque(iter_episodes(store, f"{here.prefix}/episodes/"), maxlen=0)
