"""What `symbiont submit`, `follow` and `stop` do on a cluster, without typer."""

from __future__ import annotations

import time

import typer
from rich.console import Console

from components.errors import InfraError
from pipelines.cluster.following import LOOK_SECONDS, follow
from pipelines.cluster.form import Form
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.lines import cluster_run
from pipelines.cluster.package import Package
from pipelines.cluster.records import Run
from pipelines.cluster.submission import find_run, submit
from pipelines.display import Display
from pipelines.stored_runs import ClusterRun

STOP_SECONDS = 600.0


def submit_command(
    cluster: Cluster, form: Form, *, package: Package, detach: bool, reference: str, console: Console
) -> ClusterRun:
    """`symbiont submit`.

    Args:
        reference: of the place, for the commands in messages.
    """
    run, started = submit(cluster, form, package=package)
    display = Display(console=console)
    display.say(f"{'Started' if started else 'Under way already'}: {run.display_name}, pipeline {package.version}")
    return _watch(cluster, run, detach=detach, reference=reference, display=display)


def follow_command(cluster: Cluster, *, run: str, reference: str, console: Console) -> ClusterRun:
    """`symbiont follow`."""
    return _watch(cluster, find_run(cluster, run), detach=False, reference=reference, display=Display(console=console))


def stop_command(cluster: Cluster, *, run: str, console: Console) -> ClusterRun:
    """`symbiont stop`: terminates a run, and waits until it has ended.

    Raises:
        InfraError: it has not ended within `STOP_SECONDS`.
    """
    target = find_run(cluster, run)
    if not target.ending:
        console.print(f"Stopping {target.display_name} ...", highlight=False, markup=False)
        cluster.stop(target.run_id)
    until = time.monotonic() + STOP_SECONDS
    while not (target := cluster.run(target.run_id)).finished:
        if time.monotonic() > until:
            raise InfraError(
                f"{target.display_name} has not ended {STOP_SECONDS / 60:.0f} minutes after it was to stop\n"
                "  fix: say it again; where its workflow was deleted, which Kubeflow never notices, archive the run,\n"
                f"  and its line is free: {cluster.link(target.run_id)}"
            )
        time.sleep(LOOK_SECONDS)
    final = cluster_run(cluster, target)
    console.print(f"{target.display_name}: {final.state}", highlight=False, markup=False)
    return final


def _watch(cluster: Cluster, run: Run, *, detach: bool, reference: str, display: Display) -> ClusterRun:
    words = f"{run.line} --place {reference}"
    display.say(f"See:     {cluster.link(run.run_id)}")
    if cluster.place.mlflow:
        display.say(f"MLflow:  {cluster.place.mlflow}")
    if detach:
        display.say(f"It goes on by itself: `symbiont follow {words}` shows it, `symbiont stop {words}` ends it")
        return cluster_run(cluster, run)
    try:
        run = follow(cluster, run, display=display)
    except KeyboardInterrupt:
        if _leave(display):
            display.say(f"It goes on by itself: `symbiont follow {words}`")
        else:
            stop_command(cluster, run=run.run_id, console=display.console)
        raise
    display.say(f"Report: `symbiont report --run {words} --to report.html`, or in Kubeflow at the stage report")
    return cluster_run(cluster, run)


def _leave(display: Display) -> bool:
    """Whether the round goes on without this command. Without a terminal to ask on it is stopped."""
    if not display.console.is_terminal:
        return False
    return not typer.confirm("\nStop the round on the cluster too?", default=False, err=True)
