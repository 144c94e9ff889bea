"""What a round begins with: an immutable record, written once by preflight and read by every later stage.

The same manifest selects the same data, agents and code; a stage that is run again finds the same one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import Field, ValidationError

from components.errors import InputError
from components.trajectories.digests import json_digest
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Record

MANIFEST_VERSION = 2
READABLE = (1, 2)
"""Version 1 did not hold `image`, `settings` and `changed`."""
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_WORD = 80
ANOTHER_RUN = "start another run (another --run)"
UNCOMPARED = {"created_at", "place", "image", "settings", "changed"}
"""Fields that are not compared: the same round may be done elsewhere. `settings` are compared by `recipe`, their
digest."""
PER_ROUND = {"manifest_version", "run", "round", "student", "champion", "data", "created_at", "changed"}
"""Fields that differ from round to round anyway."""
IMPLIED = {"split": "tasks.", "teacher.digest": "teacher."}
"""Keys that differ only because a setting does, and how that setting's name begins."""


class Difference(Record):
    """One key of two manifests, in words."""

    key: str = Field(description="dotted key, such as distill.steps, code, packages.torch")
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.key}: {self.old} then, {self.new} now"


class Manifest(Record):
    """Digests are SHA-256."""

    manifest_version: int = MANIFEST_VERSION
    run: str
    round: int
    seed: int
    recipe: str = Field(description="digest of the recipe")
    settings: dict[str, Any] = Field(default_factory=dict, description="the recipe itself, on which results depend")
    code: str = Field(description="digest of this package's files")
    image: str = Field("", description="container image; empty if there was none or it is not known")
    packages: dict[str, str] = Field(
        description="versions of packages that affect results: torch, transformers, browser, ..."
    )
    benchmark: str
    benchmark_version: str
    evaluator_checksum: str
    split: str = Field(description="digest of training and held-out tasks")
    teacher: AgentInfo
    start: str = Field(description="digest of the model the run began with")
    student: str = Field(
        description="digest of the student that explores in this round: the last one trained before it"
    )
    champion: str = Field(description="digest of the model to beat: the registered champion, or else the start")
    data: dict[str, str] = Field(description="digests of earlier rounds' tables of examples, by key")
    place: str
    created_at: str
    changed: tuple[Difference, ...] = Field((), description="what changed since the round before")

    @property
    def digest(self) -> str:
        return self._digest(UNCOMPARED)

    @property
    def shared(self) -> str:
        """Digest of what every stage depends on, whatever its own section of the recipe says."""
        return self._digest({*UNCOMPARED, "recipe"})

    def _digest(self, without: Collection[str]) -> str:
        """The teacher's prompt is a name for what its own digest covers, and no manifest of before has it."""
        return json_digest(
            self.model_dump(mode="json", exclude={**dict.fromkeys(without, True), "teacher": {"prompt"}})
        )


def manifest_key(round: Round) -> str:
    return f"{round.prefix}/manifest.json"


def keep_manifest(round: Round, manifest: Manifest) -> Manifest:
    """Writes the manifest, or returns the one this round was begun with when it says the same.

    Raises:
        InputError: the round was begun with something else; names what differs.
    """
    if round.store.put_new(manifest_key(round), manifest.model_dump_json(indent=1).encode()):
        return manifest
    earlier = read_manifest(round)
    if earlier.digest == manifest.digest:
        return earlier
    differs = differences(earlier, manifest, without=UNCOMPARED)
    raise InputError(
        f"round {round.number} of run {round.run} was begun with something else\n" + "\n".join(map(str, differs)),
        where=f"{round.store.url}/{manifest_key(round)}",
        fix=f"go back to what it was begun with; or leave it unfinished and begin round {round.number + 1} "
        f"(--round {round.number + 1}, in a form round: {round.number + 1}); or {ANOTHER_RUN}",
    )


def differences(old: Manifest, new: Manifest, *, without: Collection[str] = PER_ROUND) -> tuple[Difference, ...]:
    """The keys that differ, down to single settings; where a manifest has no settings, their digest `recipe`.

    Args:
        without: fields that are not looked at.
    """
    has_settings = bool(old.settings and new.settings)
    before, after = (_comparable(manifest, without=without, settings=has_settings) for manifest in (old, new))
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    implied = {key for key, prefix in IMPLIED.items() if any(name != key and name.startswith(prefix) for name in keys)}
    named = (key for key in keys if key not in implied)
    return tuple(Difference(key=key, old=_word(before.get(key)), new=_word(after.get(key))) for key in named)


def _comparable(manifest: Manifest, *, without: Collection[str], settings: bool) -> dict[str, Any]:
    """Values by dotted names; those of the recipe are named as `--set` names them."""
    left_out = {*without, "settings", "teacher", *(["recipe"] if settings else [])}
    values = _flat(manifest.model_dump(mode="json", exclude=left_out)) | {"teacher.digest": manifest.teacher.digest}
    return values | _flat(manifest.settings) if settings else values


def _flat(record: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in record.items():
        inside = isinstance(value, Mapping) and bool(value)
        values |= _flat(value, f"{above}{name}.") if inside else {f"{above}{name}": value}
    return values


def _word(value: Any) -> str:
    """A value on one line: digests and long lists are cut short."""
    if value is None:
        return "not set"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if DIGEST.fullmatch(text):
        return text[:12]
    return (text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}...") or "empty"


def find_manifest(round: Round) -> Manifest | None:
    """The round's manifest; None where preflight has not run. Errors as `read_manifest`."""
    return read_manifest(round) if round.store.exists(manifest_key(round)) else None


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
        record = json.loads(data)
        version = record.get("manifest_version")
    except (ValueError, AttributeError) as error:
        raise InputError(f"a broken manifest: {error}", where=where, fix=ANOTHER_RUN) from error
    if version not in READABLE:
        raise InputError(
            f"the manifest's version is {version}, this code reads {' and '.join(map(str, READABLE))}",
            where=where,
            fix="continue this run with the release that began it, or start another run",
        )
    try:
        return Manifest.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"a broken manifest: {field}: {first['msg']}", where=where, fix=ANOTHER_RUN) from error
