"""How episodes of older schema versions become episodes of today's.

`MIGRATIONS[n]` takes the JSON object of an episode of version n and returns that of version n + 1. When the schema
changes: raise `SCHEMA_VERSION`, add the step here, and keep a stored episode of the old version in
`tests/components/trajectories/fixtures`. Stored objects themselves are never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.errors import InputError
from components.trajectories.schema import SCHEMA_VERSION

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda record: record,  # every episode was played here: none had an `origin`
    2: lambda record: record,  # no agent described or highlighted a page, and none named its prompt
    3: lambda record: record,  # what an agent was told beside the goal was not kept
}


def migrate(record: dict[str, Any], *, where: str) -> dict[str, Any]:
    """The record in today's schema.

    Raises:
        InputError: the record has no version, one newer than this program, or one that no migration starts from.
    """
    version = record.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise InputError(
            f"the episode has no readable schema_version: {version!r}",
            where=where,
            fix="delete the object and run again: the episode is then played again",
        )
    if version > SCHEMA_VERSION:
        raise InputError(
            f"the episode has schema_version {version}, newer than this program's {SCHEMA_VERSION}",
            where=where,
            fix="update symbiont to the version that wrote it, or use another store",
        )
    while version < SCHEMA_VERSION:
        if version not in MIGRATIONS:
            raise InputError(
                f"the episode has schema_version {version}, which this program no longer reads",
                where=where,
                fix=f"use another store, or add a migration from version {version} to trajectories/migrations.py",
            )
        record = {**MIGRATIONS[version](record), "schema_version": version + 1}
        version += 1
    return record
