"""What Kubeflow answers, as far as it is read; fields of later releases are let pass."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

FINISHED = ("SUCCEEDED", "SKIPPED", "FAILED", "CANCELED")


def _time(told: Any) -> Any:
    """A time that has not come is told as the beginning of the clock."""
    moment = datetime.fromisoformat(told) if isinstance(told, str) and told else None
    return moment if moment and moment > datetime(1971, 1, 1, tzinfo=UTC) else None


def _nothing(told: Any) -> Any:
    return {} if told is None else told


Moment = Annotated[datetime | None, BeforeValidator(_time)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


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


class Run(Record):
    run_id: str
    display_name: str = ""
    description: str = ""
    state: str = ""
    created_at: Moment = None
    finished_at: Moment = None
    runtime_config: Config | None = None
    pipeline_version_reference: Version | None = None
    error: Status | None = None
    run_details: Details | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        return self.runtime_config.parameters if self.runtime_config else {}

    @property
    def line(self) -> str:
        """The line of rounds it works on; empty where it is no round."""
        given = self.parameters
        return str(given["run"]) if {"run", "round", "recipe"} <= set(given) else ""

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

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
    status: str = Field("", description="ENABLED or DISABLED; something else until its controller has seen it")
    trigger: Trigger | None = None
    runtime_config: Config | None = None
    created_at: Moment = None
