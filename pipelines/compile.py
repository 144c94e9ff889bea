"""Compiles the pipelines to YAML. The committed files are what runs; a test recompiles and compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.errors import InputError
from components.files import whole
from components.place import Place, read_place

COMPILED = Path(__file__).parent / "symbiotic.yaml"
COMPILED_AUDIT = COMPILED.with_name("audit.yaml")
PLACE = "cluster"
"""The place whose pods are in the committed files."""
GROUP = "round"
"""Name of the group of stages, after which the exit handler runs."""


def compile_round(path: Path = COMPILED, *, place: Place | None = None) -> Path:
    """Writes the compiled round, whole or not at all.

    Args:
        place: its section `pods` describes the stages' pods; None: the shipped place `cluster`. A laptop ignores pods.

    Raises:
        InputError: the path's folder is not there or cannot be written.
    """
    _check_folder(path)
    target = place or read_place(PLACE)
    from pipelines.symbiotic import round_for

    return _compile(round_for(target), path)


def compile_audit(path: Path = COMPILED_AUDIT, *, place: Place | None = None) -> Path:
    """Writes the compiled audit of models from elsewhere, as `compile_round` does."""
    _check_folder(path)
    target = place or read_place(PLACE)
    from pipelines.audit import audit_for

    return _compile(audit_for(target), path)


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError("there is no such folder", where=str(path.parent), fix="make it, or give another --to")


def _compile(pipeline: Any, path: Path) -> Path:
    from kfp import compiler

    with whole(path) as part:
        compiler.Compiler().compile(pipeline, str(part))
    return path
