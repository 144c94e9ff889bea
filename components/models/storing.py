"""Sends models to the store and fetches them, in pieces, so that little of them is in memory whatever their size.

A model is stored under `models/<digest>/`. `config.json` is written last, so a model whose upload was killed does not
count. Files that are stored already are not sent again, and a killed upload to S3 is continued. Fetched models are in a
folder that all processes of a machine may share (SYMBIONT_MODELS, else `models` in the work folder). One process
fetches while the others wait; a model appears there whole, with its digest checked.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import InputError
from components.files import write_whole
from components.models.files import ALLOWED, CARD, NOT_THE_MODEL, file_digests, folder_digest, model_digest, model_files

if TYPE_CHECKING:
    from components.trajectories.store import Store

CACHE = "SYMBIONT_MODELS"
CONFIG = "config.json"
ARRIVING = ".arriving"
LICENCE = re.compile(r"^license: *[\"']?([\w.+-]+)", re.MULTILINE)


def publish_model(store: Store, folder: Path) -> str:
    """Puts a model under `models/<digest>/` and returns the digest; putting it again sends nothing and fetches nothing.

    A stored file with other bytes was damaged after it was written, because its key names the digest; it is replaced.
    The model card is stored too, and is not part of the digest.
    """
    digests = file_digests(folder)
    digest = model_digest(digests)
    for name in sorted(digests, key=lambda name: name == CONFIG):
        key = f"{_prefix(digest)}{name}"
        if not store.put_file(key, folder / name) and not store.holds(key, folder / name, digest=digests[name]):
            store.delete(key)
            store.put_file(key, folder / name)
    if (folder / CARD).is_file():
        store.put_new(card_key(digest), (folder / CARD).read_bytes())
    return digest


def is_stored(store: Store, digest: str) -> bool:
    """Whether the store has this model, with the contents that its digest names."""
    digests = {name: store.digest(_prefix(digest) + name) for name in _stored_names(store, digest)}
    return model_digest(digests) == digest


def fetch_model(store: Store, digest: str, work: Path) -> Path:
    """The model's folder, downloaded unless it is there with the right digest.

    Args:
        work: its folder `models` is used where SYMBIONT_MODELS names no shared one.

    Raises:
        InputError: the store has no such model, or one whose files were damaged.
    """
    cache = Path(os.environ.get(CACHE) or work / "models")
    target = cache / digest
    if not _is_whole(target, digest):
        with _alone(cache / f".{digest[:12]}.lock"):
            if not _is_whole(target, digest):
                shutil.rmtree(target, ignore_errors=True)
                _fetch(store, digest, target)
    with suppress(KeyError):  # written when the model has been judged, and so perhaps since it was fetched
        write_whole(target / CARD, store.get(card_key(digest)))
    return target


def export_model(folder: Path, to: Path) -> Path:
    """Copies a model and its card, in the layout of the Hugging Face hub, to a folder that appears whole.

    Raises:
        InputError: something is there already, or it cannot be written.
    """
    fix = "give the name of a new folder, on a disk with room for the model"
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise InputError("there is something where the model would be written", where=str(to), fix=fix)
    card = folder / CARD
    part = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        for path in (*model_files(folder), *([card] if card.is_file() else [])):
            copy = part / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        part.rename(to)
    except OSError as error:
        raise InputError(f"the model cannot be written: {error.strerror}", where=str(to), fix=fix) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return to


def licence_of_model(store: Store, digest: str) -> str:
    """The licence in the front matter of a stored model's card; empty where it names none."""
    try:
        card = store.get(card_key(digest)).decode(errors="replace")
    except KeyError:
        return ""
    match = LICENCE.search(card.split("\n---", 1)[0]) if card.startswith("---") else None
    return match[1] if match else ""


def card_key(digest: str) -> str:
    """The key of a model's card in the store."""
    return _prefix(digest) + CARD


def _fetch(store: Store, digest: str, target: Path) -> None:
    if not store.exists(_prefix(digest) + CONFIG):
        where = _prefix(digest)
        raise InputError(f"no model {digest[:12]} in the store", where=where, fix="check the digest and the store")
    part = target.with_name(f".{digest}")
    is_partial = part.is_dir()  # whole files of a fetch that was killed
    _download(store, digest, part)
    if is_partial and not _is_whole(part, digest):
        shutil.rmtree(part)
        _download(store, digest, part)
    if not _is_whole(part, digest):
        shutil.rmtree(part)
        raise InputError(
            f"model {digest[:12]} is torn: its files are not the ones it was stored with",
            where=f"{store.url}/{_prefix(digest)}",
            fix="run the command that made it again: the same model is then made and stored whole",
        )
    part.rename(target)


def _download(store: Store, digest: str, folder: Path) -> None:
    """Downloads every file of the model that is not in the folder yet."""
    arriving = folder / ARRIVING
    for name in _stored_names(store, digest):
        path = folder / name
        if path.is_file():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        store.get_file(_prefix(digest) + name, arriving)
        arriving.rename(path)


def _prefix(digest: str) -> str:
    return f"models/{digest}/"


def _stored_names(store: Store, digest: str) -> list[str]:
    """Names of a model's files, without what other tools leave beside them."""
    keys = store.list(_prefix(digest))
    names = [key.removeprefix(_prefix(digest)) for key in keys]
    return [name for name in names if name.endswith(ALLOWED) and Path(name).name not in NOT_THE_MODEL]


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        return folder_digest(folder) == digest
    except InputError:  # no configuration
        return False


def main() -> None:
    """`python -m components.models.storing STORE DIGEST`: fetches a model to the folder that SYMBIONT_MODELS names."""
    from components.trajectories.open_store import open_store

    url, digest = sys.argv[1:]
    fetch_model(open_store(url), digest, Path())


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Lets one process of the machine at a time into the block; the lock of a killed one is free."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main()
