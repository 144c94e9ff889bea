"""From a YAML document, and the changes to it, to a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from components.documents.check import check_document, read_document
from components.documents.named import document_of_form
from components.documents.yaml_files import Document, Mark, parse_yaml
from components.errors import InputError
from components.preflight.config import Recipe
from components.verdicts.policy import Policy

RECIPE_FIX = "correct the key or value; `symbiont help-recipe` lists every key with its meaning"
MOST_CHARACTERS = 64_000
"""Of a recipe with its defaults: Linux takes at most 128 KiB in one argument, and a stage's hold a section and more."""


def recipe_of_form(text: str, *, overrides: str = "") -> Recipe:
    """The recipe that a form asks for.

    Args:
        text: a name or the YAML itself.
        overrides: changes to it as YAML; may be empty.

    Raises:
        InputError: there is none of that name, or a wrong key or value in one of the two.
    """
    document, folder = document_of_form(text, kind="recipe")
    if overrides.strip():
        over = parse_yaml(overrides, where="overrides")
        if not isinstance(over.content, dict):
            raise InputError(
                "overrides must be sections of a recipe",
                where="overrides",
                fix="write sections, as {distill: {steps: 800}}",
            )
        document = _laid_over(document, over)
    return as_recipe(document, folder=folder)


def as_recipe(document: Document, *, folder: Path | None) -> Recipe:
    """The recipe of a document. Where `promote.policy` names a file, the policy in it takes that place.

    Args:
        folder: where the policy's file is looked for; None where the document is no file.

    Raises:
        InputError: a wrong key or value; a policy's file that is not there, or that no folder is known of; or the
            recipe is too long.
    """
    content = document.content
    promote = content.get("promote") if isinstance(content, dict) else None
    if isinstance(promote, dict) and isinstance(promote.get("policy"), str):
        if folder is None:
            fix = "write the policy itself under promote.policy"
            raise InputError("a recipe that is no file names the file of a policy", where=document.where, fix=fix)
        policy = read_document(folder / promote["policy"], Policy)
        content = {**content, "promote": {**promote, "policy": policy.model_dump(mode="json")}}
    recipe = check_document(content, Recipe, where=document.where, marks=document.marks, fix=RECIPE_FIX)
    if len(recipe.text) > MOST_CHARACTERS:
        what = f"the recipe has {len(recipe.text)} characters with its defaults, a pipeline takes {MOST_CHARACTERS}"
        raise InputError(what, where=document.where, fix="name fewer tasks, or a benchmark that holds just these")
    return recipe


def _laid_over(document: Document, over: Document) -> Document:
    """Sections are merged key by key; one with another `kind` replaces the whole section."""
    return Document(
        content=_merged(document.content, over.content),
        where=f"{document.where}, with overrides",
        marks={**document.marks, **{at: Mark(0, mark.text) for at, mark in over.marks.items()}},
    )


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    if above.get("kind", below.get("kind")) != below.get("kind"):
        return above
    return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}


def changed(document: Document, changes: Sequence[str]) -> Document:
    """The document with `key.of.key=value` set in it; values are YAML.

    Raises:
        InputError: a change is not of that form, or leads through something that has no keys.
    """
    for change in changes:
        key, equals, text = change.partition("=")
        names = tuple(key.strip().split("."))
        if not equals or not all(names):
            raise InputError(
                "this is no key with a value", where=f"--set {change}", fix="write key=value, as distill.steps=800"
            )
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
        raise InputError(f"{first!r} is set below a value that has no keys", where=f"--set {change}", fix=fix)
    return {**section, first: _with(section.get(first), rest, value, change=change) if rest else value}
