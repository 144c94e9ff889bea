"""From a form to the job that every stage is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from components.agents.config import HybridConfig
from components.errors import InputError
from components.place import Job, Place, accounted, announce, told_place
from components.pods import Pods
from components.preflight.config import Recipe
from components.preflight.documents import told_recipe
from components.preflight.numbering import check_name, choose_number
from components.trajectories.attempts import Attempt
from components.trajectories.manifest import Manifest
from components.trajectories.open_store import open_store

STAGE = "preflight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a form means.

    Attributes:
        place: as the form tells it.
        job: the round that is meant, at that place with the run's own scratch folder, as private as the teacher; bound
            to no manifest yet.
    """

    recipe: Recipe
    place: Place
    job: Job


def open_form(*, recipe: str, place: str, run: str, round: int, seed: int, overrides: str) -> Opened:
    """Reads a form; what is wrong with it is left where a stage leaves what it failed with.

    Args:
        round: its number, or 0 for the next.

    Raises:
        InputError: no such recipe, place or run, or a wrong key or value in one; a place without store or scratch
            folder; or as `choose_number`.
    """
    with accounted(STAGE):
        told = told_place(place)
        for name in ("store", "work"):
            if not getattr(told, name):
                fix = "give the place one; only `symbiont run` on a laptop fills it in"
                raise InputError(f"the place {told.name} names no {name}", where=f"place: {name}", fix=fix)
        check_name(run)
        announce(told)
        store, work = open_store(told.store), Path(told.work) / run
    with accounted(STAGE, work=work, attempt=Attempt.here(store, run=run)):
        settings = told_recipe(recipe, overrides=overrides)
        number = choose_number(store, run=run, wanted=round)
    # A stage asks Kubeflow for nothing, and which pods it runs in is nothing that it is told: no part of a cache key.
    own = told.model_copy(update={"work": str(work), "kubeflow": None, "pods": Pods()})
    privacy = settings.teacher.privacy if isinstance(settings.teacher, HybridConfig) else None
    vectors = settings.synthesize.knowledge.embedding
    job = Job(place=own, run=run, round=number, seed=seed, privacy=privacy, vectors=vectors)
    return Opened(recipe=settings, place=told, job=job)


def last_job(job: Job, manifest: Manifest) -> Job:
    """The same, bound to the manifest."""
    return job.model_copy(update={"manifest": manifest.shared, "code": manifest.code})
