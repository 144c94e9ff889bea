"""The compiled round as it is uploaded, and its version's name: the release and the digest of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from components.errors import InputError
from components.place import Place, read_place
from pipelines.compile import COMPILED, PLACE, compile_round

PIPELINE = "symbiotic-round"
COMPILER = re.compile(rb"^sdkVersion: .*$", re.MULTILINE)
"""The line with the compiler's version, which is left out of the digest: many versions compile the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The compiled pipeline and its version's name, which does not depend on where it was compiled."""

    compiled: bytes
    version: str


def package(compiled: Path | None, *, place: Place | None = None) -> Package:
    """The round as this file holds it; None: compiled now for the place, or the release's where there is no compiler.

    Raises:
        InputError: there is no such file; or no compiler, and the place has pods of its own.
    """
    content = _read(compiled) if compiled else _compile(place or read_place(PLACE))
    digest = hashlib.sha256(COMPILER.sub(b"", content)).hexdigest()
    return Package(compiled=content, version=f"{version('symbiont')}-{digest[:12]}")


def _compile(place: Place) -> bytes:
    if find_spec("kfp") is None:
        if place.pods != read_place(PLACE).pods:
            fix = "pip install -e '.[pipelines]', or compile it elsewhere and give --compiled"
            raise InputError(
                "a place with pods of its own needs a compiler", where=f"place {place.name}: pods", fix=fix
            )
        return COMPILED.read_bytes()
    with TemporaryDirectory() as folder:
        return compile_round(Path(folder) / COMPILED.name, place=place).read_bytes()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fix = "`symbiont compile --to FILE` writes one"
        raise InputError(f"the compiled round cannot be read: {error.strerror}", where=str(path), fix=fix) from error
