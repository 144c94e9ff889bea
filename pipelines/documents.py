"""Reads a YAML file into a pydantic model, and says what a person can mend when it does not fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from components.errors import InputError

HERE = Path(__file__).parent
Model = TypeVar("Model", bound=BaseModel)
NONSENSE = 0.5  # names less alike than this are not offered as "did you mean"


def find_document(reference: str, *, kind: str) -> Path:
    """The file a `--recipe` or `--place` means: a path, or the name of one that is shipped.

    Raises:
        InputError: there is no such file; names those that are shipped.
    """
    shipped = {path.stem: path for path in sorted((HERE / f"{kind}s").glob("*.yaml"))}
    if reference in shipped:
        return shipped[reference]
    if Path(reference).is_file():
        return Path(reference)
    close = difflib.get_close_matches(reference, shipped, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise InputError(
        f"there is no {kind} {reference!r}",
        where=f"--{kind}",
        fix=f"{hint}give a YAML file, or one that is shipped: {', '.join(shipped)}",
    )


def read_document(path: Path, model: type[Model]) -> Model:
    """The model a YAML file holds.

    Raises:
        InputError: the file cannot be read, is not YAML, or holds a wrong key or value; names every one of them.
    """
    return check_document(read_yaml(path), model, where=str(path))


def read_yaml(path: Path) -> Any:
    """What a YAML file holds; an empty one holds an empty mapping.

    Raises:
        InputError: the file cannot be read, or is not YAML.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the file cannot be read: {error}", where=str(path), fix="check its name and rights"
        ) from error
    except yaml.YAMLError as error:
        raise InputError(f"this is not YAML: {error}", where=str(path), fix="mend the marked line") from error
    return {} if found is None else found


def check_document(found: object, model: type[Model], *, where: str) -> Model:
    """The model, or an InputError with one line for each mistake."""
    try:
        return model.model_validate(found)
    except ValidationError as error:
        lines = [_mistake(each, model) for each in error.errors()]
        raise InputError(
            "\n".join(lines),
            where=where,
            fix="correct the key or value; `symbiont help-recipe` lists every key with its meaning",
        ) from error


def _mistake(error: Any, model: type[BaseModel]) -> str:
    location = [part for part in error["loc"] if isinstance(part, str)]
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        given = "" if error["type"] == "missing" else f", not {error['input']!r}"
        return f"{name}: {error['msg']}{given}"
    known = list(_fields_at(model, location[:-1]))
    close = difflib.get_close_matches(location[-1], known, n=1, cutoff=NONSENSE)
    if close:
        return f"unknown key {name!r}: did you mean {close[0]!r}?"
    return f"unknown key {name!r}: the keys here are {', '.join(known) or 'none'}"


def _fields_at(model: type[BaseModel], location: list[str]) -> Iterator[str]:
    """Field names of the model or models at a location; a union's tag in the location picks one of them."""
    models = [model]
    for part in location:
        inner = [each.model_fields[part].annotation for each in models if part in each.model_fields]
        if inner:
            models = [found for annotation in inner for found in _models_in(annotation)]
        else:  # the tag of a discriminated union
            models = [each for each in models if _tagged(each, part)] or models
    for each in models:
        yield from each.model_fields


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, list, tuple, dict) or get_args(annotation):
        for part in get_args(annotation):
            yield from _models_in(part)


def _tagged(model: type[BaseModel], tag: str) -> bool:
    return any(field.default == tag for field in model.model_fields.values())


def explain(model: type[BaseModel], *, indent: int = 0) -> Iterator[str]:
    """Every key of a model with its default and meaning, one line each."""
    for name, field in model.model_fields.items():
        default = "" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        inner = list(dict.fromkeys(_models_in(field.annotation)))
        about = f"  # {field.description}" if field.description else ""
        yield f"{'  ' * indent}{name}:{'' if inner else f' {default}'.rstrip()}{about}"
        for each in inner:
            yield from explain(each, indent=indent + 1)


def _shown(value: Any) -> str:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    if isinstance(plain, tuple):
        plain = list(plain)
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).replace("\n...", "").strip()
