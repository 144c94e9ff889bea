"""Every key of a recipe or a place with its default and its meaning, as `symbiont help-recipe` prints it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.documents.mistakes import models_in
from components.errors import InputError


def explain(model: type[BaseModel], section: str = "") -> Iterator[str]:
    """One line for each key; with a section (`distill`, `detect.shadow`), only what stands in it.

    Raises:
        InputError: there is no such section.
    """
    pages = _Pages()
    if not section:
        yield from pages.keys(model, at="", indent=0)
        return
    models, path = [model], section.split(".")
    for depth, part in enumerate(path):
        fields = {name: field for each in models for name, field in each.model_fields.items()}
        if part not in fields:
            close = difflib.get_close_matches(part, fields, n=1)
            raise InputError(
                f"there is no section {section!r}",
                where="symbiont help-recipe",
                fix=f"did you mean {'.'.join([*path[:depth], *close])!r}?" if close else f"one of {', '.join(fields)}",
            )
        models = list(models_in(fields[part].annotation))
    yield from pages.key(path[-1], fields[path[-1]], at=section, indent=0)


@dataclass(slots=True)
class _Pages:
    """What was explained already: alternatives that several keys offer are listed where they come first."""

    told: dict[type[BaseModel], tuple[str, Any]] = field(default_factory=dict)

    def keys(self, model: type[BaseModel], *, at: str, indent: int, given: Any = None) -> Iterator[str]:
        """Args: given: the values that hold where nothing is said, where they are not the model's own."""
        for name, key in model.model_fields.items():
            value = getattr(given, name, None)
            yield from self.key(name, key, at=f"{at}.{name}" if at else name, indent=indent, value=value)

    def key(self, name: str, key: FieldInfo, *, at: str, indent: int, value: Any = None) -> Iterator[str]:
        margin, about = "  " * indent, key.description or ""
        models = tuple(dict.fromkeys(models_in(key.annotation)))
        if value is None and not key.is_required():
            value = key.get_default(call_default_factory=True)
        if not models:
            default = "" if key.is_required() and value is None else _as_yaml(value)
            yield f"{margin}{name}: {default}".rstrip() + (f"  # {about}" if about else "")
            return
        kinds = [each.model_fields["kind"].default for each in models] if len(models) > 1 else []
        seen, first = self.told.get(models[0], ("", None))
        notes = [
            about,
            f"one of {' | '.join(kinds)}" if kinds else "",
            f"as {seen}{_but(value, first)}" if seen else "",
        ]
        yield f"{margin}{name}:  # {'; '.join(filter(None, notes))}".rstrip(" #")
        if seen:
            return
        if not kinds:
            self.told[models[0]] = at, value
            yield from self.keys(models[0], at=at, indent=indent + 1, given=value)
        for each, kind in zip(models, kinds, strict=False):
            self.told[each] = f"{at} of kind {kind}", None
            yield f"{margin}  kind: {kind}  # {(each.__doc__ or '').splitlines()[0]}"
            for inner, option in each.model_fields.items():
                if inner != "kind":
                    yield from self.key(inner, option, at=f"{at}.{inner}", indent=indent + 2)


def _but(value: Any, first: Any) -> str:
    """What holds here and not where the same keys came first."""
    if not (isinstance(value, BaseModel) and type(value) is type(first)):
        return ""
    other = {name: said for name, said in value.model_dump().items() if getattr(value, name) != getattr(first, name)}
    return f", but {_as_yaml(other)}" if other else ""


def _as_yaml(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).replace("\n...", "").strip()
