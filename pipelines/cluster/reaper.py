"""Ends what nobody else ends: attempts whose pods went without their exit handler.

An exit handler does not run where its workflow is deleted. Kubeflow knows that such a run is over, or knows it no more;
the sites it held are then given back, and how it ended is written down. What began on another Kubeflow over the same
store, or in another namespace, is not asked for: here nobody knows it, or may not.
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
    """Ends each attempt that Kubeflow says is over and that nothing has ended; says which, and how.

    Args:
        remove_servers: removes those that the attempt of this name left in Kubernetes; first, so that where it
            fails the attempt is ended another time.
    """
    for attempt in _unended(store):
        if not _began_at(cluster, attempt):
            continue
        try:
            found = cluster.run(attempt.name)
        except Missing:
            stopped = True
        else:
            if not found.finished:
                continue
            stopped = found.stopped
        if remove_servers:
            remove_servers(attempt.name)
        end = finish(store, run=attempt.run, attempt=attempt.name, stopped=stopped)
        yield f"{attempt.run}, attempt {attempt.name}: {end}"


def _began_at(cluster: Cluster, attempt: Attempt) -> bool:
    """As far as the attempt says where it began: older ones do not."""
    begun = attempt.begun
    return begun is not None and begun.kubeflow in ("", cluster.identity)


def _unended(store: Store) -> Iterator[Attempt]:
    runs = dict.fromkeys(key.split("/")[1] for key in store.list("runs/") if "/attempts/" in key)
    found = (attempt for run in runs for attempt in attempts_at(store, run))
    return (each for each in found if each.of_kubeflow and each.ended is None)
