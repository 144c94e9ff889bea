"""From a form of Kubeflow to the job that every stage is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from components.agents.config import HybridConfig
from components.errors import InputError
from components.place import Job, Place, accounted, announce, place_of_form
from components.pods import Pods
from components.preflight.config import Recipe
from components.preflight.documents import recipe_of_form
from components.preflight.numbering import check_name, choose_number
from components.trajectories.attempts import Attempt
from components.trajectories.manifest import Manifest
from components.trajectories.open_store import open_store

STAGE = "preflight"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedForm:
    """What a form asks for.

    Attributes:
        place: as the form names it.
        job: the round, at that place with the run's own scratch folder, and with a hybrid teacher's privacy; bound to
            no manifest yet.
    """

    recipe: Recipe
    place: Place
    job: Job


def open_form(*, recipe: str, place: str, run: str, round: int, seed: int, overrides: str) -> OpenedForm:
    """Reads a form. What is wrong with it is stored as the failure of a stage is.

    Args:
        round: its number, or 0 for the next.

    Raises:
        InputError: no such recipe, place or run, or a wrong key or value in one; a place without store or scratch
            folder; or as `choose_number`.
    """
    with accounted(STAGE):
        form_place = place_of_form(place)
        for name in ("store", "work"):
            if not getattr(form_place, name):
                fix = "give the place one; only `symbiont run` on a laptop fills it in"
                raise InputError(f"the place {form_place.name} names no {name}", where=f"place: {name}", fix=fix)
        check_name(run)
        announce(form_place)
        store, work = open_store(form_place.store), Path(form_place.work) / run
    with accounted(STAGE, work=work, attempt=Attempt.here(store, run=run)):
        settings = recipe_of_form(recipe, overrides=overrides)
        number = choose_number(store, run=run, number=round)
    # A stage neither asks Kubeflow nor needs to know its pods: kept out, they are no part of the stages' cache keys.
    job_place = form_place.model_copy(update={"work": str(work), "kubeflow": None, "pods": Pods()})
    privacy = settings.teacher.privacy if isinstance(settings.teacher, HybridConfig) else None
    vectors = settings.synthesize.knowledge.embedding
    job = Job(place=job_place, run=run, round=number, seed=seed, privacy=privacy, vectors=vectors)
    return OpenedForm(recipe=settings, place=form_place, job=job)


def last_job(job: Job, manifest: Manifest) -> Job:
    """The same, bound to the manifest."""
    return job.model_copy(update={"manifest": manifest.shared, "code": manifest.code})
