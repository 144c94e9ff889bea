"""What does not fit a pydantic model, in words for the person who wrote the file: one line for each mistake."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components.documents.yaml_files import Location, Mark

NONSENSE = 0.5  # names less alike than this are not offered as "did you mean"
LONGEST = 60  # characters of a wrong value that are repeated
QUOTE = "'"
QUOTED = re.compile(r"'([^']*)'")
KEYS, LIST, TEXT = "keys with values", "a list, such as [a, b]", "a text"
WANTED = {
    "int": "a whole number",
    "float": "a number",
    "finite_number": "a finite number",
    "bool": "true or false",
    "string": TEXT,
    "path": TEXT,
    "list": LIST,
    "tuple": LIST,
    "set": LIST,
    "dict": KEYS,
    "model": KEYS,
    "model_attributes": KEYS,
}
BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
    "less_than": ("less than", "lt"),
}


def mistakes(error: ValidationError, model: type[BaseModel], *, marks: Mapping[Location, Mark]) -> list[str]:
    """One line of text for each mistake, with the line of the file where that is known.

    Args:
        error: what pydantic found.
        model: the model that was wanted.
        marks: the place of every value in the file.
    """
    lines = []
    for details in error.errors():
        place, field, owners, choices = _locate(model, details["loc"], marks)
        known_marks = [marks[place[:end]] for end in range(len(place), 0, -1) if place[:end] in marks]
        line = f"line {known_marks[0].line}: " if known_marks and known_marks[0].line else ""
        text = marks[place].text if place in marks else ""
        name = ".".join(map(str, place))
        if details["type"] == "extra_forbidden":
            lines.append(line + _unknown(name, owners))
        elif details["type"].startswith("union_tag"):
            kind = details["ctx"]["discriminator"].strip(QUOTE)
            line = f"line {marks[*place, kind].line}: " if (*place, kind) in marks else line
            tags = [str(_tag(choice)) for choice in choices]
            lines.append(f"{line}{name}.{kind} {_one_of(tags, details['ctx'].get('tag'))}")
        else:
            lines.append(line + _words(details, name=name, about=(field and field.description) or "", text=text))
    return lines


def _locate(
    model: type[BaseModel], location: Sequence[str | int], marks: Mapping[Location, Mark]
) -> tuple[Location, FieldInfo | None, list[type[BaseModel]], list[type[BaseModel]]]:
    """Where in the file a location of pydantic's is, the field there, the models whose field it could be, and the
    models that may stand there.

    A location also holds the tags of unions, which are no keys of the file.
    """
    models, owners, field = [model], [model], None
    place: Location = ()
    for index, part in enumerate(location):
        tagged = [candidate for candidate in models if _tag(candidate) == part]
        if tagged and index + 1 < len(location) and (*place, part) not in marks:
            models = tagged
            continue
        place, owners = (*place, part), models
        fields = [
            candidate.model_fields[part]
            for candidate in models
            if isinstance(part, str) and part in candidate.model_fields
        ]
        field = fields[0] if fields else None
        if fields:
            models = [inner for candidate_field in fields for inner in models_in(candidate_field.annotation)]
    return place, field, owners, models


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a value of this type may be or hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, list, tuple, dict) or get_args(annotation):
        for part in get_args(annotation):
            yield from models_in(part)


def _tag(model: type[BaseModel]) -> Any:
    """What `kind` says in a file that means this model of a union."""
    kind = model.model_fields.get("kind")
    return kind.default if kind else None


def _words(error: Any, *, name: str, about: str, text: str) -> str:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    shown = _shown(value, text)
    if kind == "missing":
        return f"{name} is missing{about and f': {about}'}"
    if kind in ("literal_error", "enum"):
        return f"{name} {_one_of(QUOTED.findall(context['expected']), value, text)}"
    if kind in BOUNDS:
        words, bound = BOUNDS[kind]
        return f"{name} must be {words} {context[bound]:g}, not {shown}"
    if kind == "string_pattern_mismatch":
        return f"{name}: {shown} does not fit{about and f': {about}'}"
    if kind in ("too_short", "string_too_short"):
        return f"{name} is too short: it needs {context['min_length']} or more"
    if kind in ("too_long", "string_too_long"):
        return f"{name} is too long: it may have {context['max_length']}"
    if kind in ("value_error", "assertion_error"):
        message = str(context.get("error", error["msg"]))
        return message if not name or message.startswith(name) else f"{name}: {message}"
    expected = WANTED.get(re.sub(r"_(type|parsing|from_float|parsing_size)$", "", kind))
    return _misfit(name or "the file", expected, value, shown) if expected else f"{name}: {error['msg']}, not {shown}"


def _misfit(name: str, expected: str, value: Any, shown: str) -> str:
    if value is None:
        return f"{name} is empty: give it {expected}, or leave it out"
    if expected == TEXT and isinstance(value, bool | int | float):
        read_as = "true or false" if isinstance(value, bool) else "a number"
        return f"{name} wants a text, and {shown} is read as {read_as}: write it in quotes"
    return f"{name} wants {expected}, not {shown}"


def _unknown(name: str, owners: Sequence[type[BaseModel]]) -> str:
    keys = list(dict.fromkeys(key for owner in owners for key in owner.model_fields))
    close = difflib.get_close_matches(name.rpartition(".")[2], keys, n=1, cutoff=NONSENSE)
    if close:
        return f"unknown key {name!r}: did you mean {close[0]!r}?"
    return f"unknown key {name!r}: the keys here are {', '.join(keys) or 'none'}"


def _one_of(choices: Sequence[str], value: Any, text: str = "") -> str:
    listed = f"must be one of {', '.join(choices)}"
    if value is None:
        return listed
    close = difflib.get_close_matches(str(value), choices, n=1, cutoff=NONSENSE)
    return f"{listed}, not {_shown(value, text)}" + (f": did you mean {close[0]!r}?" if close else "")


def _shown(value: Any, text_in_file: str) -> str:
    """A wrong value as it was written; never a whole section."""
    if isinstance(value, Mapping):
        return KEYS
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value) if isinstance(value, str) or not text_in_file else text_in_file
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
