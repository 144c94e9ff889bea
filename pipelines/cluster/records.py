"""The fields that are read from Kubeflow's responses; others are ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from components.errors import InputError

FINISHED = ("SUCCEEDED", "SKIPPED", "FAILED", "CANCELED")
ARCHIVED = "ARCHIVED"
UNFINISHED = (*(("NOT_EQUALS", "state", state) for state in FINISHED), ("NOT_EQUALS", "storage_state", ARCHIVED))
"""Predicates of Kubeflow's filter that select runs which have not ended."""


def _time(value: Any) -> Any:
    """A time. None for 1970, which Kubeflow gives for a time that has not come, and for what cannot be parsed."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
    if moment and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if moment and moment > datetime(1971, 1, 1, tzinfo=UTC) else None


def _nothing(value: Any) -> Any:
    return {} if value is None else value


Moment = Annotated[datetime | None, BeforeValidator(_time)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=Record)


def read(kind: type[R], value: Any) -> R:
    """An object of Kubeflow's response as a record.

    Raises:
        InputError: it has not the form of one (see `strange`).
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise strange(f"a {kind.__name__.lower()}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def strange(what: str) -> InputError:
    """The error for a response that does not have the form of Kubeflow's.

    Args:
        what: what was expected.
    """
    fix = "give the address of a Kubeflow Pipelines of version 2; a gateway before it may answer in its place"
    return InputError(f"Kubeflow answers with what cannot be read as {what}", where="place: kubeflow.address", fix=fix)


class Pipeline(Record):
    pipeline_id: str


class Experiment(Record):
    experiment_id: str


class Version(Record):
    """A compiled pipeline, or a run's reference to one."""

    pipeline_id: str = ""
    pipeline_version_id: str = ""


class Status(Record):
    message: str = ""


class Config(Record):
    parameters: Annotated[dict[str, Any], BeforeValidator(_nothing)] = {}


class Task(Record):
    """A node of the run's workflow: a stage, its driver, its pod, or one shard."""

    display_name: str = ""
    state: str = ""
    start_time: Moment = None
    end_time: Moment = None


class Details(Record):
    task_details: list[Task] | None = None


class Moved(Record):
    """An entry of a run's history of states."""

    state: str = ""


class Run(Record):
    run_id: str
    display_name: str = ""
    description: str = ""
    state: str = ""
    storage_state: str = ""
    created_at: Moment = None
    runtime_config: Config | None = None
    pipeline_version_reference: Version | None = None
    error: Status | None = None
    run_details: Details | None = None
    state_history: list[Moved] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        return self.runtime_config.parameters if self.runtime_config else {}

    @property
    def line(self) -> str:
        """The line of rounds it belongs to; empty where it is no round."""
        parameters = self.parameters
        return str(parameters["run"]) if {"run", "round", "recipe"} <= set(parameters) else ""

    @property
    def finished(self) -> bool:
        """It has ended, or is archived: Kubeflow never ends a run whose workflow was deleted, so users archive it."""
        return self.state in FINISHED or self.storage_state == ARCHIVED

    @property
    def ending(self) -> bool:
        """It has ended, or was asked to."""
        return self.finished or self.state == "CANCELING"

    @property
    def stopped(self) -> bool:
        """A user stopped it. Kubeflow gives such a run the state FAILED in the end."""
        if self.state == "FAILED":
            return any(moved.state == "CANCELING" for moved in self.state_history or ())
        return self.finished and self.state not in ("SUCCEEDED", "SKIPPED")

    @property
    def tasks(self) -> list[Task]:
        return (self.run_details.task_details if self.run_details else None) or []


class Cron(Record):
    cron: str = ""


class Trigger(Record):
    cron_schedule: Cron | None = None


class RecurringRun(Record):
    recurring_run_id: str
    display_name: str = ""
    description: str = ""
    status: str = Field("", description="ENABLED or DISABLED; another value until its controller has seen it")
    trigger: Trigger | None = None
    runtime_config: Config | None = None
    created_at: Moment = None
