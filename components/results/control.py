"""Where the control of a round is: the same round with a random explorer in the student's place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.results.place import read
from components.results.preflight import PreflightResult
from components.trajectories.manifest import manifest_key, read_manifest
from components.trajectories.rounds import Round

OWN = {"run", "recipe", "settings", "place", "image", "created_at", "changed"}
"""Fields in which a run and its control may differ."""
CAME_OF_IT = {"student", "champion", "data"}
"""Fields that follow from the rounds before."""


def control_of(round: Round) -> Round | None:
    """The control's round of the same number; None where it was not run into this store, or cannot be compared.

    The two can be compared when this round and all before it began alike in everything but the explorer. A registry
    that held another champion at the first round, for instance, makes them incomparable.

    Raises:
        InputError: a manifest of another version, or a broken one.
    """
    notes = read(round, PreflightResult)
    if notes is None or not notes.control:
        return None
    control = replace(round, run=notes.control)
    if not round.store.exists(manifest_key(control)):
        return None
    numbers = range(1, round.number + 1)
    return (
        control if all(_began_with(control.at(number)) == _began_with(round.at(number)) for number in numbers) else None
    )


def _began_with(round: Round) -> tuple[dict[str, Any], dict[str, Any]]:
    manifest = read_manifest(round)
    explore = {key: value for key, value in manifest.settings.get("explore", {}).items() if key != "explorer"}
    record = manifest.model_dump(exclude=OWN | (CAME_OF_IT if round.number > 1 else set()))
    return record, {**manifest.settings, "explore": explore}
