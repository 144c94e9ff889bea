"""Ends attempts whose exit handler did not run, because their workflow was deleted.

Kubeflow says that such a run is over, or does not know it any more. The sites that it held are freed, and its end is
stored. Attempts of another Kubeflow over the same store, or of another namespace, are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from components.finish.run import run as finish
from components.trajectories.attempts import Attempt, attempts_at
from components.trajectories.store import Store
from pipelines.cluster.connection import Missing
from pipelines.cluster.kubeflow import Cluster


def end_attempts(
    cluster: Cluster, store: Store, *, remove_servers: Callable[[str], object] | None = None
) -> Iterator[str]:
    """Ends each attempt whose run is over in Kubeflow and whose end is not stored; yields a line for each.

    Args:
        remove_servers: deletes the model servers of an attempt, given its name. It is called first, so that an attempt
            for which it fails is ended the next time.
    """
    for attempt in _unended(store):
        if not _began_at(cluster, attempt):
            continue
        try:
            run = cluster.run(attempt.name)
        except Missing:
            stopped = True
        else:
            if not run.finished:
                continue
            stopped = run.stopped
        if remove_servers:
            remove_servers(attempt.name)
        end = finish(store, run=attempt.run, attempt=attempt.name, stopped=stopped)
        yield f"{attempt.run}, attempt {attempt.name}: {end}"


def _began_at(cluster: Cluster, attempt: Attempt) -> bool:
    """Whether the attempt began on this cluster, or does not say where, as those of older releases."""
    beginning = attempt.begun
    return beginning is not None and beginning.kubeflow in ("", cluster.identity)


def _unended(store: Store) -> Iterator[Attempt]:
    runs = dict.fromkeys(key.split("/")[1] for key in store.list("runs/") if "/attempts/" in key)
    attempts = (attempt for run in runs for attempt in attempts_at(store, run))
    return (attempt for attempt in attempts if attempt.of_kubeflow and attempt.ended is None)
