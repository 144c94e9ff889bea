"""The digest of this code. It is part of the manifest and of every cache key, because an orchestrator does not see
imports.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import components

SUFFIXES = (".py", ".js", ".json", ".html", ".css", ".safetensors")
DECIDING = ("torch", "transformers", "tokenizers", "playwright", "miniwob", "lancedb", "scipy", "POT", "numpy")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 over names and contents of everything `components` ships."""
    root = Path(components.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in SUFFIXES and "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """Installed versions of the packages that decide what a round gives."""
    versions = {}
    for name in DECIDING:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # an image installs only its extra
    return versions
