"""Where the control of a round is: the same round with a random explorer in the student's place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.results.place import read
from components.results.preflight import PreflightResult
from components.trajectories.manifest import manifest_key, read_manifest
from components.trajectories.rounds import Round

OWN = {"run", "recipe", "place", "created_at"}
"""What a run and its control do not share."""


def control_of(round: Round) -> Round | None:
    """The control's round of the same number; None where it was not run into this store, or is none.

    Later rounds follow from the first, so that the two are comparable when their first rounds began with the same in
    everything but the recipe, whose difference is the explorer (`Run.control`). A registry that holds another champion,
    for one, makes another round of it.

    Raises:
        InputError: a manifest of another version, or a broken one.
    """
    notes = read(round, PreflightResult)
    if notes is None or not notes.control:
        return None
    control = replace(round, run=notes.control)
    if not round.store.exists(manifest_key(control.at(1))):
        return None
    return control if _began_with(control) == _began_with(round) else None


def _began_with(round: Round) -> dict[str, Any]:
    return read_manifest(round.at(1)).model_dump(exclude=OWN)
