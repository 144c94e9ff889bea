"""Makes a cluster's recurring runs what a file of schedules says; the same file again changes nothing.

Kubeflow cannot change a recurring run and keeps no labels on it. So its description names its owner and the digest of
what it does. To change one, a new one is made, disabled; then the old one is disabled, the new one enabled, and the old
one deleted. Both never fire together, and the next sync finishes what a killed one left.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal

from pipelines.cluster.cron import parse_cron
from pipelines.cluster.form import Form
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.package import Package
from pipelines.cluster.records import RecurringRun, Version
from pipelines.cluster.schedules import Schedule, Schedules

MARK = re.compile(r"symbiont schedule (?P<owner>\S+)/(?P<name>\S+) (?P<digest>[0-9a-f]{16}) pipeline (?P<version>\S+)")
TIMES = 3  # how many next times of a schedule are shown

Kind = Literal["create", "replace", "change", "remove", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A schedule as a recurring run."""

    name: str
    owner: str
    schedule: Schedule
    form: Form
    version: str
    account: str

    @property
    def digest(self) -> str:
        """Digest of everything that cannot be changed in a recurring run."""
        does = [self.schedule.cron, self.form.parameters, self.version, self.account]
        return hashlib.sha256(json.dumps(does, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def description(self) -> str:
        return (
            f"The next round of {self.form.run}. Kept by `symbiont schedules`: change it in the file of schedules.\n"
            f"symbiont schedule {self.owner}/{self.name} {self.digest} pipeline {self.version}"
        )

    @property
    def status(self) -> str:
        return "ENABLED" if self.schedule.enabled else "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has to be done for one schedule.

    Attributes:
        wanted: None: the schedule is no longer in the file.
        current: the recurring run that does what is wanted; None: it has to be created.
        stale: recurring runs that are deleted.
    """

    name: str
    wanted: Wanted | None
    current: RecurringRun | None
    stale: tuple[RecurringRun, ...]

    @property
    def kind(self) -> Kind:
        if self.wanted is None:
            return "remove"
        if self.current is None:
            return "replace" if self.stale else "create"
        return "change" if self.stale or self.current.status != self.wanted.status else "keep"

    def next_times(self) -> list[str]:
        """The next times it fires, in UTC; empty where it is disabled."""
        if self.wanted is None or not self.wanted.schedule.enabled:
            return []
        times = islice(parse_cron(self.wanted.schedule.cron).times(datetime.now(UTC)), TIMES)
        return [f"{moment:%a %Y-%m-%d %H:%M:%S}" for moment in times]

    def differences(self) -> list[str]:
        """How the new recurring run differs from the one it replaces, a line for each parameter."""
        if self.wanted is None or not self.stale:
            return []
        before, mark = self.stale[-1], MARK.search(self.stale[-1].description)
        cron = before.trigger.cron_schedule.cron if before.trigger and before.trigger.cron_schedule else ""
        parameters = before.runtime_config.parameters if before.runtime_config else {}
        pairs = {
            "cron": (cron, self.wanted.schedule.cron),
            "pipeline": (mark["version"] if mark else "", self.wanted.version),
        }
        pairs |= {name: (parameters.get(name), value) for name, value in self.wanted.form.parameters.items()}
        return [f"{name}: {_short(old)} -> {_short(new)}" for name, (old, new) in pairs.items() if old != new]


def changes(
    cluster: Cluster, schedules: Schedules, forms: Mapping[str, Form], *, package: Package | None
) -> list[Change]:
    """The changes that bring the cluster to what the file says, sorted by name.

    Args:
        forms: parameters of the schedules' rounds, by name.
        package: the compiled pipeline; None: everything of this owner is removed.
    """
    ours: dict[str, list[RecurringRun]] = {}
    for recurring_run in cluster.recurring():
        mark = MARK.search(recurring_run.description)
        if (
            mark
            and mark["owner"] == schedules.owner
            and recurring_run.display_name == f"{schedules.owner}-{mark['name']}"
        ):
            ours.setdefault(mark["name"], []).append(recurring_run)
    targets = {
        name: Wanted(
            name=name,
            owner=schedules.owner,
            schedule=schedule,
            form=forms[name],
            version=package.version,
            account=cluster.settings.account,
        )
        for name, schedule in (schedules.schedules.items() if package else ())
        if package
    }
    return [_change(name, targets.get(name), ours.get(name, [])) for name in sorted({*targets, *ours})]


def _change(name: str, target: Wanted | None, standing: Sequence[RecurringRun]) -> Change:
    fitting = [
        recurring_run for recurring_run in standing if target and recurring_run.description == target.description
    ]
    current = fitting[0] if fitting else None
    return Change(
        name=name,
        wanted=target,
        current=current,
        stale=tuple(recurring_run for recurring_run in standing if recurring_run is not current),
    )


def carry_out(cluster: Cluster, change: Change, *, version: Version | None) -> None:
    """Carries out one change, or what an interrupted sync left of it.

    Args:
        version: of the pipeline, for a recurring run that is created; None where none is.
    """
    current, target = change.current, change.wanted
    if target and version and current is None:
        current = cluster.repeat(
            f"{target.owner}-{target.name}",
            description=target.description,
            cron=target.schedule.cron,
            experiment=cluster.experiment(target.form.run),
            version=version,
            parameters=target.form.parameters,
        )
    for recurring_run in change.stale:
        cluster.disable(recurring_run.recurring_run_id)
    if target and current and current.status != target.status:
        (cluster.enable if target.schedule.enabled else cluster.disable)(current.recurring_run_id)
    for recurring_run in change.stale:
        cluster.forget(recurring_run.recurring_run_id)


def _short(value: object) -> str:
    text = str(value).strip().splitlines()
    return repr(value) if len(text) <= 1 else f"{text[0]} ..."
