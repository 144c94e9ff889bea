"""Starting a round on a cluster, once: a line of rounds does one round at a time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from components.errors import InputError
from pipelines.cluster.form import Form
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.package import PIPELINE, Package
from pipelines.cluster.records import Run


def submit(cluster: Cluster, form: Form, *, package: Package) -> tuple[Run, bool]:
    """The run that does this round, and whether it was started now: the same form finds its own run again.

    Raises:
        InputError: another round of this line is under way.
    """
    version = cluster.publish(package.compiled, pipeline=PIPELINE, version=package.version)
    busy = [run for run in cluster.unfinished() if run.line == form.run]
    if not busy:
        experiment = cluster.experiment(form.run)
        started = cluster.start(_name(form), experiment=experiment, version=version, parameters=form.parameters)
        return started, True
    for run in busy:
        if run.parameters == form.parameters and run.pipeline_version_reference == version:
            return run, False
    raise InputError(
        f"a round of {form.run} is under way with another form or release: {busy[0].display_name}",
        where=cluster.link(busy[0].run_id),
        fix=f"let it end (`symbiont follow {form.run}`), stop it (`symbiont stop {form.run}`), or name another --run",
    )


def find_run(cluster: Cluster, reference: str) -> Run:
    """The run of an id, or the newest of a line of rounds; empty: the newest round of all.

    Raises:
        InputError: there is none.
    """
    lines = []
    for run in cluster.rounds():
        if reference in ("", run.run_id, run.line):
            return cluster.run(run.run_id)
        lines.append(run.line)
    names = ", ".join(dict.fromkeys(lines)) or "none"
    fix = f"`symbiont runs --place ...` lists them; the lines of rounds there are {names}"
    raise InputError(
        f"no round of {reference!r} was started there" if reference else "no round was started there",
        where=cluster.settings.address,
        fix=fix,
    )


def _name(form: Form) -> str:
    """One that no other run has, so that it is found if the reply is lost."""
    return f"{form.run} {datetime.now(UTC):%Y-%m-%d %H:%M} {secrets.token_hex(2)}"
