"""Where the control of a round is: the same round with a random explorer in the student's place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.results.place import read
from components.results.preflight import PreflightResult
from components.trajectories.manifest import manifest_key, read_manifest
from components.trajectories.rounds import Round

OWN = {"run", "recipe", "settings", "place", "image", "created_at", "changed"}
"""What a run and its control do not share."""
CAME_OF_IT = {"student", "champion", "data"}
"""What follows from the rounds before."""


def control_of(round: Round) -> Round | None:
    """The control's round of the same number; None where it was not run into this store, or is none.

    The two are comparable when this round and all before it began with the same in everything but the explorer. A
    registry that holds another champion at the first one, for instance, makes another run of it.

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
    return control if all(_began_with(control.at(each)) == _began_with(round.at(each)) for each in numbers) else None


def _began_with(round: Round) -> tuple[dict[str, Any], dict[str, Any]]:
    manifest = read_manifest(round)
    explore = {key: each for key, each in manifest.settings.get("explore", {}).items() if key != "explorer"}
    record = manifest.model_dump(exclude=OWN | (CAME_OF_IT if round.number > 1 else set()))
    return record, {**manifest.settings, "explore": explore}
