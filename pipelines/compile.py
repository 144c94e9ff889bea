"""Compiles the pipelines to YAML. The committed files are what runs; a test recompiles and compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.errors import InputError
from components.files import whole

COMPILED = Path(__file__).parent / "symbiotic.yaml"
COMPILED_AUDIT = COMPILED.with_name("audit.yaml")


def compile_round(path: Path = COMPILED) -> Path:
    """Writes the compiled round, whole or not at all.

    Raises:
        InputError: the path's folder is not there or cannot be written.
    """
    _check_folder(path)
    from pipelines.symbiotic import symbiotic_round

    return _compile(symbiotic_round, path)


def compile_audit(path: Path = COMPILED_AUDIT) -> Path:
    """Writes the compiled audit of models from elsewhere, as `compile_round` does."""
    _check_folder(path)
    from pipelines.audit import audit_of_models

    return _compile(audit_of_models, path)


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError("there is no such folder", where=str(path.parent), fix="make it, or give another --to")


def _compile(pipeline: Any, path: Path) -> Path:
    from kfp import compiler

    with whole(path) as part:
        compiler.Compiler().compile(pipeline, str(part))
    return path
