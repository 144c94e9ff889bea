"""What a model was taught, as far as this store knows: so that nothing it learnt from is judged as new to it."""

from __future__ import annotations

from components.results.distill import DistillResult
from components.trajectories.store import Store
from components.trajectories.tables import read_table

RESULT = f"/results/{DistillResult.stage}.json"


def learnt_tasks(store: Store, model: str) -> set[str]:
    """Ids of the tasks whose episodes a model learnt from, and the models before it.

    Args:
        model: digest of its files.

    Raises:
        KeyError: a table that it was taught with is gone.
    """
    made = {each.model_digest: each for each in _distillations(store)}
    found: set[str] = set()
    while (each := made.pop(model, None)) is not None:
        for key in each.sources:
            found.update(read_table(store, key, columns=["task_id"])["task_id"].to_pylist())
        model = each.base_digest
    return found


def _distillations(store: Store) -> list[DistillResult]:
    return [DistillResult.model_validate_json(store.get(key)) for key in store.list("runs/") if key.endswith(RESULT)]
