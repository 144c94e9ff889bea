"""Makes a cluster's recurring runs what a file of schedules says; the same file again changes nothing.

Kubeflow cannot change a recurring run and keeps no labels on it, so each one's description says whose it is and the
digest of what it does. One that is to be another is made anew, disabled; then the old is disabled, the new enabled,
the old deleted. At no moment do both fire, and whatever a killed sync leaves the next one brings to its end.
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
TIMES = 3  # that are told of a schedule

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
        """Of everything that a recurring run cannot change."""
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
    """What is to happen to one schedule.

    Attributes:
        current: the recurring run that does what is wanted.
        stale: those that go.
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
        """When it fires, in UTC; nothing where it does not."""
        if self.wanted is None or not self.wanted.schedule.enabled:
            return []
        times = islice(parse_cron(self.wanted.schedule.cron).times(datetime.now(UTC)), TIMES)
        return [f"{moment:%a %Y-%m-%d %H:%M:%S}" for moment in times]

    def differences(self) -> list[str]:
        """What a replaced one did otherwise, in words."""
        if self.wanted is None or not self.stale:
            return []
        before, mark = self.stale[-1], MARK.search(self.stale[-1].description)
        cron = before.trigger.cron_schedule.cron if before.trigger and before.trigger.cron_schedule else ""
        given = before.runtime_config.parameters if before.runtime_config else {}
        pairs = {
            "cron": (cron, self.wanted.schedule.cron),
            "pipeline": (mark["version"] if mark else "", self.wanted.version),
        }
        pairs |= {name: (given.get(name), value) for name, value in self.wanted.form.parameters.items()}
        return [f"{name}: {_short(old)} -> {_short(new)}" for name, (old, new) in pairs.items() if old != new]


def changes(cluster: Cluster, read: Schedules, forms: Mapping[str, Form], *, package: Package | None) -> list[Change]:
    """What it takes to make the cluster as the file says, by name.

    Args:
        package: None: nothing of this owner is to be left.
    """
    ours: dict[str, list[RecurringRun]] = {}
    for each in cluster.recurring():
        mark = MARK.search(each.description)
        if mark and mark["owner"] == read.owner and each.display_name == f"{read.owner}-{mark['name']}":
            ours.setdefault(mark["name"], []).append(each)
    wanted = {
        name: Wanted(
            name=name,
            owner=read.owner,
            schedule=schedule,
            form=forms[name],
            version=package.version,
            account=cluster.settings.account,
        )
        for name, schedule in (read.schedules.items() if package else ())
        if package
    }
    return [_change(name, wanted.get(name), ours.get(name, [])) for name in sorted({*wanted, *ours})]


def _change(name: str, wanted: Wanted | None, standing: Sequence[RecurringRun]) -> Change:
    fitting = [each for each in standing if wanted and each.description == wanted.description]
    current = fitting[0] if fitting else None
    return Change(
        name=name, wanted=wanted, current=current, stale=tuple(each for each in standing if each is not current)
    )


def carry_out(cluster: Cluster, change: Change, *, version: Version | None) -> None:
    """Brings one schedule to its end, from wherever an earlier sync left it.

    Args:
        version: of the pipeline, for one that is made; None where nothing is.
    """
    current, wanted = change.current, change.wanted
    if wanted and version and current is None:
        current = cluster.repeat(
            f"{wanted.owner}-{wanted.name}",
            description=wanted.description,
            cron=wanted.schedule.cron,
            experiment=cluster.experiment(wanted.form.run),
            version=version,
            parameters=wanted.form.parameters,
        )
    for each in change.stale:
        cluster.disable(each.recurring_run_id)
    if wanted and current and current.status != wanted.status:
        (cluster.enable if wanted.schedule.enabled else cluster.disable)(current.recurring_run_id)
    for each in change.stale:
        cluster.forget(each.recurring_run_id)


def _short(value: object) -> str:
    text = str(value).strip().splitlines()
    return repr(value) if len(text) <= 1 else f"{text[0]} ..."
