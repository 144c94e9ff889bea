"""Prompt files, `<name>-<version>.md`: each part of a prompt stands under a heading `## part`.

The text before the first heading is for people. A file that was used is never changed: a new wording gets a new
version, so that a file's name identifies what a model was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from components.errors import InputError
from components.trajectories.digests import json_digest

_NAME = re.compile(r"[a-z][a-z-]*-[0-9]+")
_HEADING = re.compile(r"^## +(?P<name>[a-z ]+?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A prompt file.

    Attributes:
        name: with its version, such as `chat-3`.
        parts: texts by heading.
    """

    name: str
    parts: Mapping[str, str]

    @property
    def digest(self) -> str:
        return json_digest([self.name, dict(self.parts)])


@cache
def read_prompt_file(path: Path) -> PromptFile:
    """The words of a file.

    Raises:
        InputError: there is no such file, its name says no version, or it has no parts.
    """
    fix = "name it <name>-<version>.md, its parts under lines like `## part`"
    if not _NAME.fullmatch(path.stem):
        raise InputError("the name of a prompt file has no version", where=str(path), fix=fix)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"the prompt file cannot be read: {error}", where=str(path), fix=fix) from None
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    parts = {heading["name"]: text[heading.end() : end].strip() for heading, end in zip(headings, ends, strict=False)}
    if not parts:
        raise InputError("a prompt file has no parts", where=str(path), fix=fix)
    return PromptFile(name=path.stem, parts=parts)
