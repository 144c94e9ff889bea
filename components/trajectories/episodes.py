"""Episodes and blobs in the store: zstd-compressed JSON with a schema version, written once under the episode's key.

Screenshots and network records lie beside them under the digest of their content, so equal ones are kept once.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import zstandard
from pydantic import ValidationError

from components.errors import InputError
from components.trajectories.migrations import migrate
from components.trajectories.records import REMAKE
from components.trajectories.schema import SCHEMA_VERSION, Episode
from components.trajectories.store import Store

ZST = ".zst"
SUFFIX = f".json{ZST}"
LEVEL = 6
READ_AHEAD = 8
EXCHANGE = "json"
"""Ending of the blobs of what chat models were asked and answered."""
COMPRESSED = frozenset({"har", "json", "html", "txt"})
CURRENT_BEGINNING = f'{{"schema_version":{SCHEMA_VERSION},'.encode()
"""How the JSON of an episode begins that needs no migration."""


def encode_episode(episode: Episode) -> bytes:
    """The stored form. The same episode always has the same bytes."""
    return _compress(episode.model_dump_json().encode())


def decode_episode(data: bytes, *, where: str) -> Episode:
    """The episode of a stored object, of this or an older schema version.

    Raises:
        InputError: the object is damaged or of an unknown version; names the key and, where there is one, the field.
    """
    try:
        text = _decompress(data)
        record: Any = None if (ready := text.startswith(CURRENT_BEGINNING)) else json.loads(text)
    except (zstandard.ZstdError, ValueError) as error:
        raise InputError(f"a broken episode object: {error}", where=where, fix=REMAKE) from error
    if not ready and not isinstance(record, dict):
        raise InputError("a broken episode object: not a JSON object", where=where, fix=REMAKE)
    try:
        return Episode.model_validate_json(text if ready else json.dumps(migrate(record, where=where)))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"a broken episode object: {field}: {first['msg']}", where=f"{where}, field {field}", fix=REMAKE
        ) from error


def episode_digest(episode: Episode) -> str:
    """SHA-256 of the episode's JSON: what tables and results name as their source."""
    return hashlib.sha256(episode.model_dump_json().encode()).hexdigest()


def save_episode(store: Store, episode: Episode) -> bool:
    """Stores the episode under its key; False when it was already there, and then the stored one stands."""
    return store.put_new(episode.key, encode_episode(episode))


def load_episode(store: Store, key: str) -> Episode:
    """The episode at `key`.

    Raises:
        KeyError: no such episode.
        InputError: the object is broken, of an unknown version, or another episode's.
    """
    episode = decode_episode(store.get(key), where=f"{store.url}/{key}")
    if episode.key != key:
        raise InputError(f"the object at this key is the episode {episode.key}", where=f"{store.url}/{key}", fix=REMAKE)
    return episode


def list_episodes(store: Store, prefix: str) -> Iterator[str]:
    """Keys of the episodes below a prefix such as `runs/<run>/round-001/episodes/explore-teacher/`."""
    return (key for key in store.list(prefix) if key.endswith(SUFFIX) and "/episodes/" in key)


def iter_episodes(store: Store, prefix: str) -> Iterator[Episode]:
    """Every episode below the prefix, in the order of their keys, read a few at a time."""
    return load_episodes(store, list_episodes(store, prefix))


def load_episodes(store: Store, keys: Iterable[str]) -> Iterator[Episode]:
    """The episodes at `keys`, in that order; `READ_AHEAD` of them are being read while one is used."""
    waiting: deque[Future[Episode]] = deque()
    with ThreadPoolExecutor(READ_AHEAD) as pool:
        try:
            for key in keys:
                waiting.append(pool.submit(load_episode, store, key))
                if len(waiting) >= READ_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def put_blob(store: Store, data: bytes, suffix: str) -> str:
    """Stores a blob once and gives its SHA-256. `suffix` is its file ending (`png`, `har`); texts are compressed."""
    digest = hashlib.sha256(data).hexdigest()
    key = blob_key(digest, suffix)
    store.put_new(key, _compress(data) if key.endswith(ZST) else data)
    return digest


def get_blob(store: Store, digest: str, suffix: str) -> bytes:
    """The blob of this SHA-256.

    Raises:
        KeyError: no such blob.
        InputError: what is stored has another digest.
    """
    key = blob_key(digest, suffix)
    data = store.get(key)
    try:
        content = _decompress(data) if key.endswith(ZST) else data
    except zstandard.ZstdError as error:
        raise InputError(f"a broken blob: {error}", where=f"{store.url}/{key}", fix=REMAKE) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError("a broken blob: its content has another digest", where=f"{store.url}/{key}", fix=REMAKE)
    return content


def read_exchanges(store: Store, episode: Episode) -> dict[int, str]:
    """What a chat model was asked and answered, as JSON, by the index of the step; not where a takedown removed it."""
    exchanges = {}
    for step in episode.steps:
        with suppress(KeyError):
            if step.exchange:
                exchanges[step.index] = get_blob(store, step.exchange, EXCHANGE).decode()
    return exchanges


def read_pictures(store: Store, episode: Episode) -> dict[int, bytes]:
    """PNG of the page by the index of the step; not where none was kept, or it was deleted since."""
    pictures = {}
    for step in episode.steps:
        with suppress(KeyError):
            if step.screenshot:
                pictures[step.index] = get_blob(store, step.screenshot, "png")
    return pictures


def blob_key(digest: str, suffix: str) -> str:
    """`blobs/<aa>/<sha256>.<suffix>`, with `.zst` added for texts."""
    suffix = suffix.lstrip(".")
    return f"blobs/{digest[:2]}/{digest}.{suffix}" + (ZST if suffix in COMPRESSED else "")


def _compress(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(data)


def _decompress(data: bytes) -> bytes:
    frame = zstandard.ZstdDecompressor().decompressobj()  # takes no memory for what a torn header promises
    content = frame.decompress(data)
    if not frame.eof:
        raise zstandard.ZstdError("it ends too early")
    return content
