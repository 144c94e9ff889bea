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

    told: dict[type[BaseModel], str] = field(default_factory=dict)

    def keys(self, model: type[BaseModel], *, at: str, indent: int) -> Iterator[str]:
        for name, key in model.model_fields.items():
            yield from self.key(name, key, at=f"{at}.{name}" if at else name, indent=indent)

    def key(self, name: str, key: FieldInfo, *, at: str, indent: int) -> Iterator[str]:
        margin, about = "  " * indent, key.description or ""
        models = tuple(dict.fromkeys(models_in(key.annotation)))
        if not models:
            default = "" if key.is_required() else _as_yaml(key.get_default(call_default_factory=True))
            yield f"{margin}{name}: {default}".rstrip() + (f"  # {about}" if about else "")
            return
        kinds = [each.model_fields["kind"].default for each in models] if len(models) > 1 else []
        seen = self.told.get(models[0], "")
        notes = [about, f"one of {' | '.join(kinds)}" if kinds else "", f"as {seen}" if seen else ""]
        yield f"{margin}{name}:  # {'; '.join(filter(None, notes))}".rstrip(" #")
        if seen:
            return
        if not kinds:
            self.told[models[0]] = at
            yield from self.keys(models[0], at=at, indent=indent + 1)
        for each, kind in zip(models, kinds, strict=False):
            self.told[each] = f"{at} of kind {kind}"
            yield f"{margin}  kind: {kind}  # {(each.__doc__ or '').splitlines()[0]}"
            for inner, option in each.model_fields.items():
                if inner != "kind":
                    yield from self.key(inner, option, at=f"{at}.{inner}", indent=indent + 2)


def _as_yaml(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).replace("\n...", "").strip()
