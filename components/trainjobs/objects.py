"""A TrainJob as it is created, and the fields of it that are read back (trainer.kubeflow.org/v1alpha1)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

API = "trainer.kubeflow.org/v1alpha1"
QUEUE = "kueue.x-k8s.io/queue-name"
ATTEMPT = "symbiont.dev/attempt"
"""Label: the attempt at a round that created the job."""
ASKED = "symbiont.dev/asked"
"""Annotation: a digest of the work. A job of the same name and another digest is replaced."""


class _Sent(BaseModel):
    """Sent to Kubernetes: unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Owner(_Sent):
    """The object that owns the job: when it is deleted, the job is deleted too."""

    api_version: str
    kind: str
    name: str
    uid: str


class Variable(_Sent):
    name: str
    value: str


class Metadata(_Sent):
    name: str = Field(pattern=r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
    labels: dict[str, str]
    annotations: dict[str, str]
    owner_references: tuple[Owner, ...] = ()


class RuntimeRef(_Sent):
    api_group: Literal["trainer.kubeflow.org"] = "trainer.kubeflow.org"
    kind: str
    name: str


class Trainer(_Sent):
    image: str
    command: tuple[str, ...]
    env: tuple[Variable, ...]
    num_nodes: int
    num_proc_per_node: int


class Spec(_Sent):
    runtime_ref: RuntimeRef
    trainer: Trainer
    suspend: bool
    active_deadline_seconds: int


class TrainJob(_Sent):
    api_version: str = API
    kind: Literal["TrainJob"] = "TrainJob"
    metadata: Metadata
    spec: Spec

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class Condition(_Read):
    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: AwareDatetime | None = None


class _Status(_Read):
    conditions: tuple[Condition, ...] = ()


class _Named(_Read):
    name: str
    uid: str
    annotations: dict[str, str] = Field(default_factory=dict)
    deletion_timestamp: str = ""


class Standing(_Read):
    """A TrainJob as the cluster has it."""

    metadata: _Named
    status: _Status = Field(default_factory=_Status)

    @property
    def asked(self) -> str:
        return self.metadata.annotations.get(ASKED, "")

    @property
    def leaving(self) -> bool:
        return bool(self.metadata.deletion_timestamp)

    @property
    def over(self) -> Condition | None:
        """The condition Complete or Failed, if it has ended."""
        return self.true("Complete") or self.true("Failed")

    def true(self, kind: str) -> Condition | None:
        """Its condition of this kind, if it holds."""
        return next(
            (condition for condition in self.status.conditions if (condition.type, condition.status) == (kind, "True")),
            None,
        )
