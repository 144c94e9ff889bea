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
    """Lines that explain each key of a recipe or place.

    Args:
        section: only the keys below this one, such as `distill` or `detect.shadow`.

    Raises:
        InputError: there is no such section.
    """
    pages = _Pages()
    if not section:
        yield from pages.keys(model, at="", indent=0)
        return
    models, path = [model], section.split(".")
    for depth, part in enumerate(path):
        fields = {name: field for candidate in models for name, field in candidate.model_fields.items()}
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
    """Explains keys. Options that several keys offer are listed once, where they come first.

    Attributes:
        listed: by model of options, where they were listed and with which defaults.
    """

    listed: dict[type[BaseModel], tuple[str, Any]] = field(default_factory=dict)

    def keys(self, model: type[BaseModel], *, at: str, indent: int, values: Any = None) -> Iterator[str]:
        """Lines for each key of a model.

        Args:
            values: the defaults, where they are not the model's own.
        """
        for name, key in model.model_fields.items():
            value = getattr(values, name, None)
            yield from self.key(name, key, at=f"{at}.{name}" if at else name, indent=indent, value=value)

    def key(self, name: str, key: FieldInfo, *, at: str, indent: int, value: Any = None) -> Iterator[str]:
        margin, about, name = "  " * indent, key.description or "", key.alias or name
        models = tuple(dict.fromkeys(models_in(key.annotation)))
        if value is None and not key.is_required():
            value = key.get_default(call_default_factory=True)
        if not models:
            default = "" if key.is_required() and value is None else _as_yaml(value)
            yield f"{margin}{name}: {default}".rstrip() + (f"  # {about}" if about else "")
            return
        kinds = [option_model.model_fields["kind"].default for option_model in models] if len(models) > 1 else []
        place_before, first = self.listed.get(models[0], ("", None))
        notes = [
            about,
            f"one of {' | '.join(kinds)}" if kinds else "",
            f"as {place_before}{_but(value, first)}" if place_before else "",
        ]
        yield f"{margin}{name}:  # {'; '.join(filter(None, notes))}".rstrip(" #")
        if place_before:
            return
        if not kinds:
            self.listed[models[0]] = at, value
            yield from self.keys(models[0], at=at, indent=indent + 1, values=value)
        for option_model, kind in zip(models, kinds, strict=False):
            self.listed[option_model] = f"{at} of kind {kind}", None
            yield f"{margin}  kind: {kind}  # {(option_model.__doc__ or '').splitlines()[0]}"
            for inner, option in option_model.model_fields.items():
                if inner != "kind":
                    yield from self.key(inner, option, at=f"{at}.{inner}", indent=indent + 2)


def _but(value: Any, first: Any) -> str:
    """Which defaults differ from those of the place where the same keys were listed first."""
    if not (isinstance(value, BaseModel) and type(value) is type(first)):
        return ""
    differing = {
        name: option for name, option in value.model_dump().items() if getattr(value, name) != getattr(first, name)
    }
    return f", but {_as_yaml(differing)}" if differing else ""


def _as_yaml(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).replace("\n...", "").strip()
