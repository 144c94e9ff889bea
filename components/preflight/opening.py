"""From a form to the job that every stage is told."""

from __future__ import annotations

from pathlib import Path

from components.agents.config import HybridConfig
from components.errors import InputError
from components.place import Job, Place, announce
from components.pods import Pods
from components.preflight.config import Recipe
from components.preflight.numbering import choose_number
from components.trajectories.manifest import Manifest
from components.trajectories.open_store import open_store


def first_job(place: Place, recipe: Recipe, *, run: str, round: int, seed: int) -> Job:
    """The round that is meant, at a place whose scratch folder is the run's own, as private as its teacher.

    Args:
        round: its number, or 0 for the next.

    Raises:
        InputError: a place without store or scratch folder, or as `choose_number`.
    """
    for name in ("store", "work"):
        if not getattr(place, name):
            fix = "give the place one; only `symbiont run` on a laptop fills it in"
            raise InputError(f"the place {place.name} names no {name}", where=f"place: {name}", fix=fix)
    announce(place)
    number = choose_number(open_store(place.store), run=run, wanted=round)
    # A stage asks Kubeflow for nothing, and which pods it runs in is nothing that it is told: no part of a cache key.
    own = place.model_copy(update={"work": str(Path(place.work) / run), "kubeflow": None, "pods": Pods()})
    privacy = recipe.teacher.privacy if isinstance(recipe.teacher, HybridConfig) else None
    return Job(place=own, run=run, round=number, seed=seed, privacy=privacy)


def last_job(job: Job, manifest: Manifest) -> Job:
    """The same, bound to the manifest."""
    return job.model_copy(update={"manifest": manifest.shared, "code": manifest.code})
