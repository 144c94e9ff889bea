"""A checkout of WebArena-Infinity: its applications and their tasks, read as they lie there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from components.benchmarks.static_server import folder_checksum
from components.errors import InputError

VARIABLE = "WEBARENA_INFINITY"
WHERE = "benchmark webarena-infinity"
FIX = (
    "git clone https://github.com/web-arena-x/webarena-infinity, and name its folder: "
    f"infinity: of the place, tasks: {{options: {{folder: ...}}}} of the recipe, or ${VARIABLE}"
)
Kind = Literal["easy", "medium", "hard", "function"]


class _Entry(BaseModel):
    """One task of `real-tasks.json` or `function-tasks.json`."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    instruction: str = Field(min_length=1)
    verify: str = Field(min_length=1)
    difficulty: Literal["easy", "medium", "hard"] | None = None


_FILE = TypeAdapter(tuple[_Entry, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTask:
    """One task. Attributes: `verifier` is a file of the checkout; `kind` the difficulty, or `function`."""

    name: str
    app: str
    kind: Kind
    intent: str
    verifier: Path

    @property
    def digest(self) -> str:
        """SHA-256 of the verifier."""
        return hashlib.sha256(self.verifier.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    name: str
    folder: Path
    tasks: Sequence[AppTask]

    @property
    def digest(self) -> str:
        """SHA-256 over all of its files."""
        return folder_checksum(self.folder)

    @property
    def product(self) -> str:
        """The first word of its name: applications of one product look alike and hold the same people."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    apps: Mapping[str, App]

    @property
    def digest(self) -> str:
        return hashlib.sha256("".join(app.digest for app in self.apps.values()).encode()).hexdigest()


def read_checkout(folder: str | Path | None, *, apps: Sequence[str] = ()) -> Checkout:
    """The named applications of a checkout, all where none is named.

    Args:
        folder: of the checkout; the environment's where none is given.

    Raises:
        InputError: there is no such folder, it is no such checkout, something in it is wrong, or it lacks a named
            application.
    """
    location = str(folder or os.environ.get(VARIABLE, ""))
    if not location:
        raise InputError("WebArena-Infinity is played from a checkout, and none is named", where=WHERE, fix=FIX)
    root = Path(location).expanduser().resolve()
    names = sorted(path.parent.name for path in (root / "apps").glob("*/real-tasks.json"))
    if not names:
        problem = "this is no checkout of WebArena-Infinity: it holds no apps/*/real-tasks.json"
        raise InputError(problem if root.is_dir() else "there is no such folder", where=str(root), fix=FIX)
    if unknown := sorted(set(apps) - set(names)):
        problem, fix = f"the checkout has no application {', '.join(unknown)}", f"use some of: {', '.join(names)}"
        raise InputError(problem, where=f"{WHERE}, apps", fix=fix)
    return Checkout(apps={name: _read_app(root / "apps" / name) for name in names if not apps or name in apps})


def _read_app(folder: Path) -> App:
    if not (folder / "index.html").is_file():
        raise InputError(f"the application {folder.name} has no index.html", where=str(folder), fix=FIX)
    tasks = (*_read_tasks(folder, "real-tasks.json"), *_read_tasks(folder, "function-tasks.json"))
    return App(name=folder.name, folder=folder, tasks=tasks)


def _read_tasks(folder: Path, file: str) -> Iterator[AppTask]:
    path = folder / file
    if not path.is_file():  # function tasks are optional
        return
    try:
        entries = _FILE.validate_python(json.loads(path.read_bytes()))
    except (ValidationError, ValueError) as error:
        raise InputError(f"{file} has another form than expected: {error}", where=str(path), fix=FIX) from None
    for entry in entries:
        verifier = (folder / entry.verify).resolve()
        if not (verifier.is_relative_to(folder) and verifier.is_file()):
            raise InputError(f"the verifier of {entry.id} is not there: {entry.verify}", where=str(path), fix=FIX)
        kind: Kind = entry.difficulty or "function"
        number = entry.id.removeprefix("task_")
        name = f"{folder.name}-{number if entry.difficulty else f'function-{number}'}"
        yield AppTask(name=name, app=folder.name, kind=kind, intent=entry.instruction, verifier=verifier)
