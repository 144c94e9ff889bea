"""Objects of Kubeflow Pipelines and what is done with them: pipelines, versions, experiments, runs, recurring runs.

The SDK's client is not used: it needs all of kfp, which is not in the images, prints to standard output, keeps a
context in the home folder, and has no retries (docs/decisions/0036-a-client-of-our-own.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import quote

from components.documents.check import check_document
from components.errors import InputError
from components.place import Kubeflow, Place
from pipelines.cluster.connection import Connection, Json
from pipelines.cluster.records import UNFINISHED, Experiment, Pipeline, RecurringRun, Run, Version, read, strange
from pipelines.compile import GROUP

ADDRESS = "SYMBIONT_KUBEFLOW"
"""Environment variable with an address that replaces the place's."""


class Cluster:
    """One Kubeflow, single-user or multi-user, as one namespace sees it.

    Raises, like every method: what `Connection` raises.
    """

    def __init__(self, place: Place) -> None:
        if place.kubeflow is None:
            raise InputError(
                f"the place {place.name} names no Kubeflow",
                where="place: kubeflow",
                fix="give it a section kubeflow; `symbiont help-recipe --place kubeflow` lists its keys",
            )
        self.place, self.identity = place, place.kubeflow.identity
        self.settings = _reached(place.kubeflow)
        self._connection = Connection(self.settings)
        several = self._connection.get("healthz").get("multi_user", False)
        self._namespace: Json = {"namespace": self.settings.namespace} if several else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__()

    def publish(self, compiled: bytes, *, pipeline: str, version: str) -> Version:
        """The version of a pipeline of these names; pipeline and version are created if missing."""
        owner = self._pipeline(pipeline) or self._connection.make(
            "pipelines",
            json={"display_name": pipeline, "name": pipeline, **self._namespace},
            find=lambda: self._pipeline(pipeline),
        )
        key = read(Pipeline, owner).pipeline_id
        uploaded = self._find_version(key, version) or self._connection.make(
            "pipelines/upload_version",
            query={"name": version, "pipelineid": key},
            files={"uploadfile": (f"{version}.yaml", compiled, "application/yaml")},
            find=lambda: self._find_version(key, version),
        )
        return read(Version, uploaded)

    def _pipeline(self, name: str) -> Json | None:
        return self._first("pipelines", "pipelines", name, **self._namespace)

    def _find_version(self, pipeline_id: str, name: str) -> Json | None:
        return self._first(f"pipelines/{quote(pipeline_id)}/versions", "pipeline_versions", name)

    def stages(self, version: Version) -> dict[str, str]:
        """The stages of a compiled pipeline in the order in which they begin: display names by the names of nodes."""
        path = f"pipelines/{quote(version.pipeline_id)}/versions/{quote(version.pipeline_version_id)}"
        content = self._connection.get(path)
        try:
            spec = content["pipeline_spec"]
            tasks = _stages(spec.get("pipeline_spec", spec))
            names = {key: task.get("taskInfo", {}).get("name", key).replace(" ", "-") for key, task in tasks.items()}
            return {key: names[key] for key in _in_order(tasks)}
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise strange(f"a compiled pipeline: {type(error).__name__} {error}") from error

    def experiment(self, name: str) -> str:
        """The id of the experiment of this name, which is created if missing."""
        experiment = self._experiment(name) or self._connection.make(
            "experiments", json={"display_name": name, **self._namespace}, find=lambda: self._experiment(name)
        )
        return read(Experiment, experiment).experiment_id

    def _experiment(self, name: str) -> Json | None:
        return self._first("experiments", "experiments", name, **self._namespace)

    def start(self, name: str, *, experiment: str, version: Version, parameters: Mapping[str, Any]) -> Run:
        """Starts a run. Its name must be unique, because the run is looked up by it when the reply is lost."""
        body = {"display_name": name, **self._pinned(experiment, version, parameters)}
        started = self._connection.make(
            "runs", json=body, find=lambda: self._first("runs", "runs", name, **self._namespace)
        )
        return read(Run, started)

    def run(self, run_id: str) -> Run:
        return read(Run, self._connection.get(f"runs/{quote(run_id)}"))

    def unfinished(self) -> list[Run]:
        """Every run that has neither ended nor been archived, the newest first."""
        return list(self._runs(*UNFINISHED))

    def rounds(self) -> Iterator[Run]:
        """Every run that is a round, the newest first."""
        return (run for run in self._runs() if run.line)

    def _runs(self, *predicates: tuple[str, str, str]) -> Iterator[Run]:
        query = {"sort_by": "created_at desc", **self._namespace}
        if predicates:
            query["filter"] = _filter(*predicates)
        return (read(Run, run) for run in self._connection.pages("runs", "runs", **query))

    def stop(self, run_id: str) -> None:
        """Terminates a run. That Kubeflow refuses this for a run that is ending already is no error."""
        try:
            self._connection.do(f"runs/{quote(run_id)}:terminate")
        except InputError:
            if not self.run(run_id).ending:
                raise

    def recurring(self) -> list[RecurringRun]:
        return [read(RecurringRun, recurring_run) for recurring_run in self._recurring()]

    def _recurring(self) -> Iterator[Json]:
        return self._connection.pages("recurringruns", "recurringRuns", **self._namespace)

    def repeat(
        self,
        name: str,
        *,
        description: str,
        cron: str,
        experiment: str,
        version: Version,
        parameters: Mapping[str, Any],
    ) -> RecurringRun:
        """Creates a recurring run, disabled: one run at a time, and missed times are not caught up."""
        body = {
            "display_name": name,
            "description": description,
            "trigger": {"cron_schedule": {"cron": cron}},
            "mode": "DISABLE",
            "max_concurrency": "1",
            "no_catchup": True,
            **self._pinned(experiment, version, parameters),
        }
        created = self._connection.make("recurringruns", json=body, find=lambda: self._described(description))
        return read(RecurringRun, created)

    def _described(self, description: str) -> Json | None:
        return next(
            (recurring_run for recurring_run in self._recurring() if recurring_run.get("description") == description),
            None,
        )

    def enable(self, recurring_run_id: str) -> None:
        self._connection.do(f"recurringruns/{quote(recurring_run_id)}:enable")

    def disable(self, recurring_run_id: str) -> None:
        self._connection.do(f"recurringruns/{quote(recurring_run_id)}:disable")

    def forget(self, recurring_run_id: str) -> None:
        """Deletes a recurring run. Runs that it has started go on; by default they would be deleted with it."""
        self._connection.delete(f"recurringruns/{quote(recurring_run_id)}", propagation_policy="ORPHAN")

    def link(self, run_id: str) -> str:
        """Address of a run in the UI."""
        return self.settings.link(run_id)

    def _pinned(self, experiment: str, version: Version, parameters: Mapping[str, Any]) -> Json:
        return {
            "experiment_id": experiment,
            "pipeline_version_reference": version.model_dump(),
            "runtime_config": {"parameters": dict(parameters)},
            "service_account": self.settings.account,
        }

    def _first(self, path: str, key: str, name: str, **query: str) -> Json | None:
        query["filter"] = _filter(("EQUALS", "display_name", name))
        return next(self._connection.pages(path, key, **query), None)


def _reached(settings: Kubeflow) -> Kubeflow:
    """The settings with the address in the environment variable `ADDRESS`, if it is set: pods may reach Kubeflow by
    another one."""
    address = os.environ.get(ADDRESS, "") or settings.address
    return check_document(
        {**settings.model_dump(), "address": address}, Kubeflow, where=f"{ADDRESS} or place: kubeflow"
    )


def _filter(*predicates: tuple[str, str, str]) -> str:
    conditions = [{"operation": operation, "key": key, "string_value": value} for operation, key, value in predicates]
    return json.dumps({"predicates": conditions})


def _stages(spec: Json) -> Json:
    """The tasks of a round, with those inside the group of stages in place of the group, and the exit handler last."""
    tasks: Json = {}
    for key, task in spec["root"]["dag"]["tasks"].items():
        group = spec["components"][task["componentRef"]["name"]].get("dag", {}).get("tasks", {})
        tasks |= group if task.get("taskInfo", {}).get("name") == GROUP else {key: task}
    ends = [key for key, task in tasks.items() if "triggerPolicy" in task]
    last = {key: tasks[key] | {"dependentTasks": [name for name in tasks if name not in ends]} for key in ends}
    return tasks | last


def _in_order(tasks: Json) -> list[str]:
    """Names of tasks, each after those it depends on."""
    from graphlib import TopologicalSorter

    return list(TopologicalSorter({key: task.get("dependentTasks", ()) for key, task in tasks.items()}).static_order())
