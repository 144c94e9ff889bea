"""Following a run of a cluster until it ends: the state of its stages, and why a pod does not run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from components.errors import InfraError, InputError
from pipelines.cluster.kubeflow import Cluster
from pipelines.cluster.pods import Pods
from pipelines.cluster.reasons import Trouble
from pipelines.cluster.records import Run, Task
from pipelines.display import Display
from pipelines.local.process import Event

LOOK_SECONDS = 5.0
BEGUN = ("RUNNING", "SUCCEEDED", "SKIPPED", "FAILED", "CANCELING", "CANCELED")
KINDS = {"SUCCEEDED": "ends", "SKIPPED": "ends", "FAILED": "failed", "CANCELED": "failed"}


def follow(cluster: Cluster, run: Run, *, display: Display) -> Run:
    """Shows a run until it has ended.

    Raises:
        InputError: it failed for a reason that the user can fix; names the fix.
        InfraError: it failed otherwise; or Kubeflow does not answer, and the run itself goes on.
    """
    pods = Pods(namespace=cluster.settings.namespace, run_id=run.run_id)
    progress = _Shown(stages=_stages(cluster, run), display=display)
    with display.round(f"{run.line}: {run.display_name}"):
        while True:
            run = cluster.run(run.run_id)
            progress.take(run.tasks)
            troubles = pods.troubles()
            progress.say(str(trouble) for trouble in troubles)
            progress.say([pods.silent] if pods.silent else [])
            if run.finished:
                break
            time.sleep(LOOK_SECONDS)
    _raise_if_failed(cluster, run, troubles)
    return run


def _stages(cluster: Cluster, run: Run) -> dict[str, str]:
    """The stages of the run's pipeline; empty where it was started from a YAML that Kubeflow does not keep."""
    version = run.pipeline_version_reference
    return cluster.stages(version) if version and version.pipeline_version_id else {}


@dataclass(kw_only=True)
class _Shown:
    """Shows events and texts, each once."""

    stages: Mapping[str, str]
    display: Display
    events: set[tuple[str, str]] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def take(self, tasks: Iterable[Task]) -> None:
        for event in stage_events(self.stages, tasks):
            if (event.kind, event.name) not in self.events:
                self.events.add((event.kind, event.name))
                self.display.show(event)

    def say(self, texts: Iterable[str]) -> None:
        for text in texts:
            if text not in self.said:
                self.said.add(text)
                self.display.say(text)


def stage_events(stages: Mapping[str, str], tasks: Iterable[Task]) -> Iterator[Event]:
    """Events of the stages that began, ended or failed. Other nodes (drivers, pods, shards) are left out."""
    at = {task.display_name: task for task in tasks}
    for key, name in stages.items():
        task = at.get(key)
        if task is None or task.state not in BEGUN:
            continue
        yield Event(kind="begins", name=name)
        if kind := KINDS.get(task.state):
            yield Event(kind=kind, name=name, seconds=_seconds(task))


def _seconds(task: Task) -> float:
    ended = task.end_time or datetime.now(UTC)
    return max((ended - task.start_time).total_seconds(), 0.0) if task.start_time else 0.0


def _raise_if_failed(cluster: Cluster, run: Run, troubles: list[Trouble]) -> None:
    if run.state in ("SUCCEEDED", "SKIPPED"):
        return
    link = cluster.link(run.run_id)
    if run.stopped:
        raise InfraError(f"{run.display_name} was stopped\n  in: {link}")
    last = troubles[-1] if troubles else None  # the tries after the others went well
    if last and last.fix and not last.passing:
        raise InputError(f"{run.display_name} failed\n{last.pod}: {last.what}", where=link, fix=last.fix)
    why = "\n".join(map(str, troubles)) or (run.error.message if run.error else "") or "its pods' logs say why"
    raise InfraError(f"{run.display_name} failed\n{why}\n  in: {link}")
