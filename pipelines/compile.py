"""Compiles the round to YAML. The committed file is what runs; a test recompiles and compares."""

from __future__ import annotations

from pathlib import Path

COMPILED = Path(__file__).parent / "symbiotic.yaml"


def compile_round(path: Path = COMPILED) -> Path:
    """Writes the compiled pipeline, whole or not at all.

    Raises:
        InputError: the path's folder is not there or cannot be written.
    """
    from components.errors import InputError

    if not path.parent.is_dir():
        raise InputError("there is no such folder", where=str(path.parent), fix="make it, or give another --to")
    from kfp import compiler

    from pipelines.symbiotic import symbiotic_round

    part = path.with_name(f".{path.stem}.part.yaml")  # kfp wants a name that ends in .yaml
    compiler.Compiler().compile(symbiotic_round, str(part))
    part.replace(path)
    return path
