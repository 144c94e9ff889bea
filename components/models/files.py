"""Model folders: what they are called, how they reach the store and how they come back.

A model is a folder of safetensors weights, JSON configuration and tokenizer files. Its name is the digest of what is in
it, so the same weights are stored once and a model that was altered on the way is noticed. Never pickle.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import InputError

if TYPE_CHECKING:
    from components.registry import ModelVersion
    from components.trajectories.store import Store

BASE = "base"
BASE_FOLDER = Path(__file__).parent / "base"
DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_THE_MODEL = ("README.md",)
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
            fix="save the model as safetensors",
        )
    return files


def folder_digest(folder: Path) -> str:
    """SHA-256 over the relative names and contents of the model's files."""
    return _digest((path.relative_to(folder).as_posix(), path.read_bytes()) for path in model_files(folder))


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in files:
        digest.update(f"{name}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()


def publish_model(store: Store, folder: Path) -> str:
    """Puts a model under `models/<digest>/` and returns the digest; putting it again changes nothing.

    `config.json` goes last: a model whose upload was killed has none and is not seen. A file that stands there with
    other bytes was torn after it was written, since its name says what it holds, and is made whole.
    """
    digest = folder_digest(folder)
    paths = sorted(model_files(folder), key=lambda path: path == folder / "config.json")
    for path in paths:
        key, data = f"models/{digest}/{path.relative_to(folder).as_posix()}", path.read_bytes()
        if not store.put_new(key, data) and store.get(key) != data:
            store.put(key, data)
    return digest


def is_stored(store: Store, digest: str) -> bool:
    """Whether the store has this model with every byte of it."""
    prefix = f"models/{digest}/"
    names = sorted((key.removeprefix(prefix) for key in _model_keys(store, prefix)), key=lambda name: name.split("/"))
    return _digest((name, store.get(prefix + name)) for name in names) == digest


def _model_keys(store: Store, prefix: str) -> list[str]:
    """Keys of a model's files; what other tools leave beside them is passed over."""
    return [key for key in store.list(prefix) if key.endswith(ALLOWED) and not key.endswith(NOT_THE_MODEL)]


def fetch_model(store: Store, digest: str, work: Path) -> Path:
    """The model's folder under `work/models/<digest>`, downloaded unless it is there as it should be.

    Raises:
        InputError: the store has no such model, or not with the bytes it was stored with.
    """
    target = work / "models" / digest
    if target.is_dir():
        if _is_whole(target, digest):
            return target
        shutil.rmtree(target)
    prefix = f"models/{digest}/"
    if not store.exists(prefix + "config.json"):
        raise InputError(f"no model {digest[:12]} in the store", where=prefix, fix="check the digest and the store")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{digest[:12]}-"))
    try:
        for key in _model_keys(store, prefix):
            path = part / key.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(store.get(key))
        if not _is_whole(part, digest):
            raise InputError(
                f"model {digest[:12]} is torn: its files are not the ones it was stored with",
                where=f"{store.url}/{prefix}",
                fix="run the command that made it again: the same model is then made and stored whole",
            )
        _rename(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        return folder_digest(folder) == digest
    except InputError:  # no configuration
        return False


def _rename(part: Path, target: Path) -> None:
    """Moves a finished folder to its place; where another process was faster, theirs has the same bytes."""
    try:
        part.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def is_local(reference: str) -> bool:
    """Whether a reference is found, or seen to be wrong, without a store, a registry or a hub."""
    return not (reference.startswith(("models:/", "hf:")) or DIGEST.fullmatch(reference))


def resolve_model(reference: str, *, work: Path, store: Store | None = None) -> Path:
    """The folder of the model a reference names.

    Args:
        reference: `base` (the shipped one), a folder, a digest in the store, `models:/name@alias` or
            `models:/name/version` in the MLflow registry, or `hf:owner/name` on the Hugging Face hub.
        work: where downloads are kept.

    Raises:
        InputError: the reference names nothing.
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
        return fetch_model(store, reference, work)
    raise InputError(
        f"no model called {reference!r}",
        where="the model's reference",
        fix="use base, a folder, a digest of the store, models:/name@alias, or hf:owner/name",
    )


def _from_registry(reference: str, *, work: Path, store: Store | None) -> Path:
    """The registry knows a version's digest; the weights lie in the store."""
    version = registered_version(reference)
    if not version.model_digest or store is None:
        fix = "use a version that a round registered, with that round's store"
        raise InputError(f"{reference} does not say where in our store it is", fix=fix)
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
        version = next((each for each in list_versions(model) if each.version == number), None)
    if version is None:
        fix = "`symbiont runs` says whether a run has promoted a champion; models:/NAME/1 is a model's first version"
        raise InputError(f"the model registry has no {reference}", where="the model's reference", fix=fix)
    return version


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=[f"*{suffix}" for suffix in ALLOWED]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        raise InputError(f"no model {name!r} on the Hugging Face hub: {error}", where=f"hf:{name}") from error
