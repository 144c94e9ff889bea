"""Finds the recipe or place that a name, a path, or the YAML itself stands for.

On a cluster they are files of `FOLDER`, which ConfigMaps fill, or shipped ones; a form may also hold the YAML itself.
The command line takes the path of a file as well.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from components.documents.yaml_files import Document, parse_yaml, read_yaml
from components.errors import InputError

FOLDER = Path(os.environ.get("SYMBIONT_DOCUMENTS", "/etc/symbiont"))
"""Holds the folders `recipes` and `places`; a file here comes before a shipped one of its name."""
SHIPPED = Path(__file__).parents[2] / "pipelines"
NAME = re.compile(r"[\w.-]+")


def named_documents(kind: str) -> dict[str, Path]:
    """The files that a `recipe` or a `place` can mean by name."""
    folders = (SHIPPED / f"{kind}s", FOLDER / f"{kind}s")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def find_document(reference: str, *, kind: str) -> Path:
    """The file a `--recipe` or `--place` means: a path, or a name.

    Raises:
        InputError: there is no such file; says which there are.
    """
    documents = named_documents(kind)
    if reference in documents:
        return documents[reference]
    path = Path(reference)
    if path.is_file():
        return path.absolute()
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        problem = "this is a folder, not a file" if path.is_dir() else f"there is no file {reference}"
        raise InputError(
            problem, where=f"--{kind} {path.absolute()}", fix=f"check the path, or use {_one_of(documents)}"
        )
    raise _unknown(reference, kind=kind, where=f"--{kind}", otherwise="give a YAML file")


def _unknown(reference: str, *, kind: str, where: str, otherwise: str) -> InputError:
    documents = named_documents(kind)
    close = difflib.get_close_matches(reference, documents, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return InputError(
        f"there is no {kind} {reference!r}", where=where, fix=f"{hint}{otherwise}, or {_one_of(documents)}"
    )


def _one_of(documents: Mapping[str, Path]) -> str:
    return f"one of {', '.join(documents)}"


def document_of_form(value: str, *, kind: str) -> tuple[Document, Path | None]:
    """The document that a form names or holds, and the folder of its file; None where it is no file.

    Raises:
        InputError: there is none of that name, or it cannot be read.
    """
    text = value.strip()
    if not NAME.fullmatch(text):
        return parse_yaml(text, where=f"the {kind} as it was given"), None
    documents = named_documents(kind)
    if text not in documents:
        raise _unknown(text, kind=kind, where=kind, otherwise="give the YAML itself")
    return read_yaml(documents[text]), documents[text].parent
