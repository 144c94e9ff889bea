"""Which model a command means: champion or student of a stored run, or any reference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.errors import InputError
from components.models.files import is_local, resolve_model
from components.place import read_place
from components.results.distill import DistillResult
from components.results.place import read
from components.results.promote import PromoteResult
from components.trajectories.open_store import open_store
from components.trajectories.store import Store
from pipelines.commands import store_of
from pipelines.outfolder import opened
from pipelines.stored_runs import choose_round, round_of

OF_THE_RUN = ("champion", "student")


def model_of_run(store: Store, which_model: str, *, run: str) -> str:
    """Digest of a stored run's `champion` (promoted last) or `student` (made last).

    Raises:
        InputError: the run has none.
    """
    chosen, _ = choose_round(store, run=run)
    for number in reversed(chosen.begun):
        round = round_of(store, chosen.name, number)
        if which_model == "student" and (distilled := read(round, DistillResult)):
            return distilled.model_digest
        promoted = read(round, PromoteResult) if which_model == "champion" else None
        if promoted and promoted.decision == "promote":
            return promoted.challenger
    fix = (
        "use student (the newest one, promoted or not), base, or another --run"
        if which_model == "champion"
        else "use base"
    )
    raise InputError(f"run {chosen.name} has no {which_model} yet", where=store.url, fix=fix)


@contextmanager
def model_folder(reference: str, *, run: str, place: str, out: Path) -> Iterator[Path]:
    """The folder of a model: champion or student of a stored run, or any reference of `resolve_model`.

    Servers are started only where the registry has to be asked.

    Raises:
        InputError: there is no such model.
    """
    if reference.startswith("models:/"):
        with opened(out, place=read_place(place)) as (_, services):
            services.wait_for_mlflow()
            yield resolve_model(reference, work=Path(services.place.work), store=open_store(services.place.store))
    elif reference not in OF_THE_RUN and is_local(reference):
        yield resolve_model(reference, work=out / "work")
    else:
        with store_of(place, out=out) as (filled, store):
            digest = model_of_run(store, reference, run=run) if reference in OF_THE_RUN else reference
            yield resolve_model(digest, work=Path(filled.work), store=store)
