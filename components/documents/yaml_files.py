"""YAML as its version 1.2 reads it, with the line of every value, and clear errors for common mistakes.

PyYAML reads version 1.1: `010` is 8, `1:30` is 90, `no` is false, `1e-3` is a text, and of a key that stands twice the
first is lost without a word. Here numbers are decimal, `yes` and `no` are texts (which a true-or-false setting takes as
well), and what two versions would read differently is refused. Its scanner is used, its rules for scalars are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from components.errors import InputError
from components.text import clean

MOST_VALUES = 100_000
"""An alias can stand for many values, and an alias of aliases for more than any machine holds."""
TAG = "tag:yaml.org,2002:"
PLAIN = (f"{TAG}seq", f"{TAG}map")
LARGEST = 2**63
"""A whole number from here on fits in no table."""
DECIMAL = re.compile(r"[-+]?[0-9]+")

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands, counted from 1, and a scalar as it is written; a list or section has no text."""

    line: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of a file.

    Attributes:
        where: the file, for errors.
        marks: the place of every value, by the keys and indices that lead to it.
    """

    content: Any
    where: str
    marks: Mapping[Location, Mark] = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """The scanner, with the scalars of YAML 1.2's core schema, which PyYAML looks up in `yaml_implicit_resolvers`."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        TAG + _name, re.compile(f"(?:{_pattern})$"), [*_first, *([""] if _name == "null" else [])]
    )


def read_yaml(path: Path) -> Document:
    """What a YAML file holds; an empty one holds an empty section.

    Raises:
        InputError: the file cannot be read, is not YAML, or holds what can be read in two ways; names every line.
    """
    try:
        return parse_yaml(path.read_bytes().decode("utf-8-sig"), where=str(path))
    except OSError as error:
        fix = "check its name and rights"
        raise InputError(f"the file cannot be read: {error.strerror}", where=str(path), fix=fix) from error
    except UnicodeDecodeError as error:
        raise InputError("this is not text in UTF-8", where=str(path), fix="save it as UTF-8") from error


def parse_yaml(text: str, *, where: str) -> Document:
    """The document of a text. Raises InputError as `read_yaml`.

    Args:
        where: the text's file or origin, for errors.
    """
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return Document(content={}, where=where)
        reader = _Reader(loader)
        content = reader.value(root, ())
    except RecursionError as error:
        raise InputError("lists or sections are nested too deep", where=where, fix="write them flatter") from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"this is not YAML: {_problem(error)}", where=where, fix="correct the marked line") from error
    finally:
        if loader is not None:
            loader.dispose()
    if reader.problems:
        raise InputError(
            "\n".join(reader.problems), where=where, fix="keep one of two keys; write numbers plainly, texts in quotes"
        )
    return Document(content={} if content is None else content, where=where, marks=reader.marks)


def _problem(error: Exception) -> str:
    """PyYAML's problem in one line, with its line of the file."""
    mark = getattr(error, "problem_mark", None)
    line = f"line {mark.line + 1}: " if mark else ""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "'\\t'" in problem:
        return f"{line}a tab stands where YAML takes only spaces"
    return f"{line}{problem}"


@dataclass(slots=True)
class _Reader:
    """Makes values of nodes, notes where they stand, and collects what is wrong."""

    loader: _Loader
    marks: dict[Location, Mark] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    open: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, at: Location) -> Any:
        line = node.start_mark.line + 1
        if id(node) in self.open or len(self.marks) > MOST_VALUES:
            raise yaml.composer.ComposerError(None, None, "an alias that never ends", node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            self.marks[at] = Mark(line, node.value)
            return self._scalar(node, line)
        if node.tag not in PLAIN:
            raise yaml.composer.ComposerError(None, None, f"the tag {node.tag} is not taken", node.start_mark)
        self.marks[at] = Mark(line)
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(child, (*at, index)) for index, child in enumerate(node.value)]
            assert isinstance(node, yaml.MappingNode)
            return self._section(node, at)
        finally:
            self.open.discard(id(node))

    def _section(self, node: yaml.MappingNode, at: Location) -> dict[str, Any]:
        lines: dict[str, list[int]] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.composer.ComposerError(None, None, "a key must be a word", key.start_mark)
            if key.tag != f"{TAG}merge":
                lines.setdefault(key.value, []).append(key.start_mark.line + 1)
        for name, key_lines in lines.items():
            if len(key_lines) > 1:
                times = "twice" if len(key_lines) == 2 else f"{len(key_lines)} times"
                several = f"lines {', '.join(map(str, key_lines[:-1]))} and {key_lines[-1]}"
                lines_said = several if len(set(key_lines)) > 1 else f"line {key_lines[0]}"
                self.problems.append(f"{'.'.join(map(str, (*at, name)))} stands {times}, {lines_said}")
        self.loader.flatten_mapping(node)  # what `<<` brings in comes first, and gives way to the section's own keys
        section: dict[str, Any] = {}
        for key, child in node.value:
            section[key.value] = self.value(child, (*at, key.value))
            self.marks[(*at, key.value)] = Mark(key.start_mark.line + 1, self.marks[(*at, key.value)].text)
        return section

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        text, kind = str(node.value), node.tag.removeprefix(TAG)
        if kind == "str":
            if clean(text) != text:
                self.problems.append(f"line {line}: a text holds half of a character, which nothing can store")
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and DECIMAL.fullmatch(text):
            plain = text.lstrip("+-")
            if plain != "0" and plain.startswith("0"):
                self.problems.append(
                    f"line {line}: {text} is a number that YAML 1.1 reads by eights: write {int(text)}, "
                    f'or "{text}" for a text'
                )
            return self._whole(int(text), line)
        if kind == "int":
            return self._whole(int(text, 0), line)
        if kind == "float":
            if not math.isfinite(number := float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))):
                self.problems.append(f"line {line}: {text} is not a finite number")
            return number
        raise yaml.composer.ComposerError(None, None, f"the tag {node.tag} is not taken", node.start_mark)

    def _whole(self, number: int, line: int) -> int:
        if abs(number) >= LARGEST:
            self.problems.append(f"line {line}: a number is too large")
        return number
