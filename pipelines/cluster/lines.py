"""Lines of rounds as a cluster knows them, beside those that are stored."""

from __future__ import annotations

from collections.abc import Sequence

from components.place import Place
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.records import Run
from pipelines.stored_runs import ClusterRun, RunLine


def with_cluster(lines: Sequence[RunLine], place: Place) -> list[RunLine]:
    """The lines with each one's newest run of the place's Kubeflow; before them those that have stored nothing yet."""
    with Cluster(place) as cluster:
        newest: dict[str, ClusterRun] = {}
        for run in cluster.rounds():
            newest.setdefault(run.line, cluster_run(cluster, run))
    names = {line.run for line in lines}
    unstored = [_unstored(run) for name, run in newest.items() if name not in names]
    return [*unstored, *(line.model_copy(update={"cluster": newest.get(line.run)}) for line in lines)]


def _unstored(run: ClusterRun) -> RunLine:
    return RunLine(
        run=run.run,
        recipe="",
        seed=None,
        rounds_done=0,
        begun=None,
        success_rate=None,
        interval=None,
        champion=None,
        cluster=run,
    )


def cluster_run(cluster: Cluster, run: Run) -> ClusterRun:
    return ClusterRun(
        id=run.run_id,
        name=run.display_name,
        run=run.line,
        state="canceled" if run.stopped else run.state.lower() or "pending",
        begun=run.created_at.isoformat(timespec="seconds") if run.created_at else "",
        link=cluster.link(run.run_id),
    )
