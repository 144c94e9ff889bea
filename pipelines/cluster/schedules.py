"""A file of schedules, kept in Git: which line of rounds does its next round when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from components.documents.check import read_document
from pipelines.cluster.cron import parse_cron
from pipelines.cluster.form import Form, named_or_text

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")]


class Schedule(BaseModel):
    """One line of rounds, repeated. One round at a time, and what was missed stays missed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cron: str = Field(description='six fields in UTC, the second first: "0 0 2 * * *" is two o\'clock every night')
    recipe: str = Field("laptop", description="name of a recipe on the cluster, or a YAML file beside this one")
    place: str = Field("cluster", description="name of a place on the cluster, or a YAML file beside this one")
    run: str = Field("main", description="name of the run; each time its next round is played")
    seed: int = Field(0, ge=0, description="seed of the run")
    overrides: dict[str, Any] = Field({}, description="changes to the recipe, such as {distill: {steps: 800}}")
    enabled: bool = Field(True, description="false: kept on the cluster, but not started")

    @field_validator("cron")
    @classmethod
    def _comes(cls, cron: str) -> str:
        parse_cron(cron)
        return " ".join(cron.split())


class Schedules(BaseModel):
    """The file. What is not in it any more is removed from the cluster; recurring runs of others are not touched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: Name = Field("symbiont", description="owner of these schedules, if several files manage one namespace")
    schedules: dict[Name, Schedule] = Field({}, description="schedules, by name")

    @model_validator(mode="after")
    def _one_for_each_run(self) -> Self:
        names: dict[str, str] = {}
        for name, schedule in self.schedules.items():
            if schedule.run in names:
                raise ValueError(
                    f"schedules.{name}.run: {schedule.run} is repeated by {names[schedule.run]} already: two rounds of "
                    "one line would meet"
                )
            names[schedule.run] = name
        return self


def read_schedules(path: Path) -> tuple[Schedules, dict[str, Form]]:
    """The file, and each schedule's form.

    Raises:
        InputError: the file cannot be read or has a mistake; a recipe in it cannot be found or has one.
    """
    schedules = read_document(path, Schedules)
    forms = {name: _form(schedule, folder=path.parent) for name, schedule in schedules.schedules.items()}
    for form in forms.values():
        form.check()
    return schedules, forms


def _form(schedule: Schedule, *, folder: Path) -> Form:
    texts = {kind: named_or_text(_beside(getattr(schedule, kind), folder), kind=kind) for kind in ("recipe", "place")}
    overrides = yaml.safe_dump(schedule.overrides, sort_keys=False, allow_unicode=True) if schedule.overrides else ""
    return Form(**texts, run=schedule.run, round=0, seed=schedule.seed, overrides=overrides)


def _beside(reference: str, folder: Path) -> str:
    return str(folder / reference) if reference.endswith((".yaml", ".yml")) else reference
