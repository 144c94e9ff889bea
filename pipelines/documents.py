"""The files a `--recipe` or `--place` means, and what `--set` changes in them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from components.documents.yaml_files import Document, Mark, parse_yaml
from components.errors import InputError

HERE = Path(__file__).parent
RECIPE_FIX = "correct the key or value; `symbiont help-recipe` lists every key with its meaning"
PLACE_FIX = "correct the key or value; `symbiont help-recipe --place` lists every key with its meaning"


def find_document(reference: str, *, kind: str) -> Path:
    """The file a `--recipe` or `--place` means: a path, or the name of one that is shipped.

    Raises:
        InputError: there is no such file; names those that are shipped.
    """
    shipped = {path.stem: path for path in sorted((HERE / f"{kind}s").glob("*.yaml"))}
    if reference in shipped:
        return shipped[reference]
    path = Path(reference)
    if path.is_file():
        return path.absolute()
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        what = "this is a folder, not a file" if path.is_dir() else f"there is no file {reference}"
        raise InputError(what, where=f"--{kind} {path.absolute()}", fix=f"check the path, or use {_one_of(shipped)}")
    close = difflib.get_close_matches(reference, shipped, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise InputError(
        f"there is no {kind} {reference!r}", where=f"--{kind}", fix=f"{hint}give a YAML file, or {_one_of(shipped)}"
    )


def _one_of(shipped: Sequence[str] | dict[str, Path]) -> str:
    return f"one that is shipped: {', '.join(shipped)}"


def changed(document: Document, changes: Sequence[str]) -> Document:
    """The document with `key.of.key=value` set in it; values are YAML.

    Raises:
        InputError: a change is not of that form, or leads through something that has no keys.
    """
    for change in changes:
        key, equals, text = change.partition("=")
        names = tuple(key.strip().split("."))
        if not equals or not all(names):
            raise InputError("this sets nothing", where=f"--set {change}", fix="write key=value, as distill.steps=800")
        value = parse_yaml(text, where=f"--set {change}")
        content = _with(document.content, names, value.content if text.strip() else None, change=change)
        inside = {(*names, *at): Mark(0, mark.text) for at, mark in value.marks.items()}
        marks = {at: mark for at, mark in document.marks.items() if at[: len(names)] != names}
        where = f"{document.where}, --set {change}"
        document = replace(document, content=content, marks={**marks, **inside}, where=where)
    return document


def _with(content: Any, names: Sequence[str], value: Any, *, change: str) -> Any:
    first, *rest = names
    section = {} if content is None else content
    if not isinstance(section, dict):
        fix = "set the whole section, as --set 'tasks={train: [click-button]}'"
        raise InputError(f"there are no keys in what stands before {first!r}", where=f"--set {change}", fix=fix)
    return {**section, first: _with(section.get(first), rest, value, change=change) if rest else value}
