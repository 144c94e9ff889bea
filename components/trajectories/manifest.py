"""What a round begins with: an immutable record, written once by preflight and read by every later stage.

The same manifest selects the same data, agents and code; a stage that is run again finds the same one.
"""

from __future__ import annotations

import json

from pydantic import Field, ValidationError

from components.errors import InputError
from components.trajectories.digests import json_digest
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Record

MANIFEST_VERSION = 1
ANOTHER_RUN = "start another run (another --out or --seed)"


class Manifest(Record):
    """Digests are SHA-256. `created_at` and `place` are told, not compared: the same round may be done elsewhere."""

    manifest_version: int = MANIFEST_VERSION
    run: str
    round: int
    seed: int
    recipe: str = Field(description="digest of the recipe")
    code: str = Field(description="digest of this package's files")
    packages: dict[str, str] = Field(description="versions of what decides results: torch, transformers, browser, ...")
    benchmark: str
    benchmark_version: str
    evaluator_checksum: str
    split: str = Field(description="digest of training and held-out tasks")
    teacher: AgentInfo
    start: str = Field(description="digest of the untrained model the run began with")
    student: str = Field(description="digest of the student that explores in this round: the last round's")
    champion: str = Field(description="digest of the model to beat: the registered champion, else the start")
    data: dict[str, str] = Field(description="earlier rounds' tables of examples: digest by key")
    place: str
    created_at: str

    @property
    def digest(self) -> str:
        record = self.model_dump(mode="json", exclude={"created_at", "place"})
        return json_digest(record)


def manifest_key(round: Round) -> str:
    return f"{round.prefix}/manifest.json"


def keep_manifest(round: Round, manifest: Manifest) -> Manifest:
    """Writes the manifest, or returns the one this round was begun with when it says the same.

    Raises:
        InputError: the round was begun with something else; names what differs.
    """
    if round.store.put_new(manifest_key(round), manifest.model_dump_json(indent=1).encode()):
        return manifest
    begun = read_manifest(round)
    if begun.digest == manifest.digest:
        return begun
    old, new = begun.model_dump(exclude={"created_at", "place"}), manifest.model_dump(exclude={"created_at", "place"})
    differs = [f"{name}: {old[name]!r} then, {new[name]!r} now" for name in old if old[name] != new[name]]
    raise InputError(
        f"round {round.number} of run {round.run} was begun with another manifest\n" + "\n".join(differs),
        where=f"{round.store.url}/{manifest_key(round)}",
        fix="go back to what it was begun with, or start another run (another --out or --seed)",
    )


def read_manifest(round: Round) -> Manifest:
    """The round's manifest.

    Raises:
        InputError: preflight has not been run, or the manifest was written by another version of this package.
    """
    where = f"{round.store.url}/{manifest_key(round)}"
    try:
        data = round.store.get(manifest_key(round))
    except KeyError:
        raise InputError("this round has no manifest", where=where, fix="run preflight first") from None
    try:
        found = json.loads(data)
        version = found.get("manifest_version")
    except (ValueError, AttributeError) as error:
        raise InputError(f"a broken manifest: {error}", where=where, fix=ANOTHER_RUN) from error
    if version != MANIFEST_VERSION:
        raise InputError(
            f"the manifest's version is {version}, this code reads {MANIFEST_VERSION}",
            where=where,
            fix="continue this run with the release that began it, or start another run",
        )
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"a broken manifest: {field}: {first['msg']}", where=where, fix=ANOTHER_RUN) from error
