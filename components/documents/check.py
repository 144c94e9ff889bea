"""From a YAML file to a pydantic model, or to an error that names every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from components.documents.mistakes import mistakes
from components.documents.yaml_files import Location, Mark, read_yaml
from components.errors import InputError

FIX = "correct the key or value"
Model = TypeVar("Model", bound=BaseModel)


def read_document(path: Path, model: type[Model], *, fix: str = FIX) -> Model:
    """The model a YAML file holds.

    Args:
        fix: of a wrong key or value, for the error.

    Raises:
        InputError: the file cannot be read, is not YAML, or holds a wrong key or value; names every one of them.
    """
    document = read_yaml(path)
    return check_document(document.content, model, where=document.where, marks=document.marks, fix=fix)


def check_document(
    content: object,
    model: type[Model],
    *,
    where: str,
    marks: Mapping[Location, Mark] = MappingProxyType({}),
    fix: str = FIX,
) -> Model:
    """The model, or an InputError with one line for each mistake.

    Args:
        marks: where each value stands, for what was read from a file.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError("\n".join(mistakes(error, model, marks=marks)), where=where, fix=fix) from error
