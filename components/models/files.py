"""Model folders: what they are, what they are called, and which one a reference means.

A model is a folder of safetensors weights, JSON configuration and tokenizer files. Its name is the digest of what is in
it, so the same weights are stored once and a model that was altered on the way is noticed. Never pickle.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import InputError

if TYPE_CHECKING:
    from components.registry import ModelVersion
    from components.trajectories.store import Store

BASE = "base"
BASE_FOLDER = Path(__file__).parent / "base"
DIGEST = re.compile(r"[0-9a-f]{64}")
CARD = "README.md"
NOT_THE_MODEL = (CARD,)
OTHER_FORMS = ["original/*", "consolidated*"]
"""The same weights once more, for other programs, as some models of the hub have them."""
ALLOWED = (".safetensors", ".json", ".txt", ".model", ".jinja", ".md")


def model_files(folder: Path) -> list[Path]:
    """The files that make the model, sorted by name; the card is not one of them.

    Raises:
        InputError: the folder is no model, or holds something that could run code when loaded.
    """
    if not (folder / "config.json").is_file():
        raise InputError(f"{folder} is not a model folder: it has no config.json", fix="give a folder of a saved model")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_THE_MODEL)
    odd = [path.name for path in files if path.suffix not in ALLOWED]
    if odd:
        raise InputError(
            f"a model folder may hold only {', '.join(ALLOWED)}; found {', '.join(odd[:5])}",
            where=str(folder),
            fix="save weights as safetensors, and move what is not the model elsewhere",
        )
    return files


def weight_files(folder: Path) -> list[Path]:
    """The files with the model's weights: `model.safetensors`, or those that an index names. A hub may have the same
    weights in further files, in another form.

    Raises:
        InputError: there are none, not all that the index names, or both.
    """
    whole, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if not index.is_file():
        if whole.is_file():
            return [whole]
        fix = f"give the whole folder of a model that was saved as safetensors: {whole.name}, or files and {index.name}"
        raise InputError("the model has no weights", where=str(folder), fix=fix)
    if whole.is_file():
        fix = f"remove {whole.name} or {index.name}, whichever is the older"
        raise InputError("the model has weights twice", where=str(folder), fix=fix)
    try:
        names = sorted(set(json.loads(index.read_text())["weight_map"].values()))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"the list of weights cannot be read: {error}", where=str(index), fix="copy it again"
        ) from error
    if missing := [name for name in names if not (folder / name).is_file()]:
        problem = f"{len(missing)} of {len(names)} files of weights are missing: {', '.join(missing[:3])}"
        raise InputError(problem, where=str(folder), fix="copy or download the model again")
    return [folder / name for name in names]


def folder_digest(folder: Path) -> str:
    """SHA-256 over the relative names and contents of the model's files."""
    return model_digest(file_digests(folder))


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each of the model's files, by its relative name. Raises as `model_files`."""
    return {path.relative_to(folder).as_posix(): _file_digest(path) for path in model_files(folder)}


def model_digest(files: Mapping[str, str]) -> str:
    """The digest of a model whose files have these digests."""
    lines = (f"{name}\0{files[name]}\n" for name in sorted(files, key=lambda name: name.split("/")))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _file_digest(path: Path) -> str:
    about = path.stat()
    return _digest_of(path, about.st_ino, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=1000)
def _digest_of(path: Path, *_about: int) -> str:
    """SHA-256 of a file, computed once a process until inode, size or time change: a large model takes minutes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_local(reference: str) -> bool:
    """Whether a reference can be resolved, or refused, without a store, a registry or a hub."""
    return not (reference.startswith(("models:/", "hf:")) or DIGEST.fullmatch(reference))


def resolve_model(reference: str, *, work: Path, store: Store | None = None) -> Path:
    """The folder of the model a reference names.

    Args:
        reference: `base` (the shipped one), a folder, a digest in the store, `models:/name@alias` or
            `models:/name/version` in the MLflow registry, or `hf:owner/name` on the Hugging Face hub.
        work: where downloads are kept.

    Raises:
        InputError: there is no such model.
    """
    if reference == BASE:
        return BASE_FOLDER
    if reference.startswith("models:/"):
        return _from_registry(reference, work=work, store=store)
    if reference.startswith("hf:"):
        return _from_hub(reference.removeprefix("hf:"))
    if Path(reference).is_dir():
        model_files(Path(reference))
        return Path(reference)
    if store is not None and DIGEST.fullmatch(reference):
        from components.models.storing import fetch_model

        return fetch_model(store, reference, work)
    raise InputError(
        f"no model called {reference!r}",
        where="the model's reference",
        fix="use base, a folder, a digest of the store, models:/name@alias, or hf:owner/name",
    )


def _from_registry(reference: str, *, work: Path, store: Store | None) -> Path:
    """The registry holds a version's digest; the weights are in the store."""
    from components.models.storing import fetch_model

    version = registered_version(reference)
    if not version.model_digest or store is None:
        fix = "use a version that a round registered, with that round's store"
        raise InputError(f"{reference} has no digest of a model in the store", fix=fix)
    return fetch_model(store, version.model_digest, work)


def registered_version(reference: str) -> ModelVersion:
    """The version that `models:/name@alias` or `models:/name/version` names.

    Raises:
        InputError: the registry has none, or no MLflow server is configured.
    """
    from components.registry import get_alias, list_versions

    name = reference.removeprefix("models:/")
    if "@" in name:
        version = get_alias(*name.split("@", 1))
    else:
        model, _, number = name.partition("/")
        version = next((known for known in list_versions(model) if known.version == number), None)
    if version is None:
        fix = "`symbiont runs` says whether a run has promoted a champion; models:/NAME/1 is a model's first version"
        raise InputError(f"the model registry has no {reference}", where="the model's reference", fix=fix)
    return version


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        wanted = [f"*{suffix}" for suffix in ALLOWED]
        return Path(snapshot_download(name, allow_patterns=wanted, ignore_patterns=OTHER_FORMS))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        raise InputError(f"no model {name!r} on the Hugging Face hub: {error}", where=f"hf:{name}") from error
