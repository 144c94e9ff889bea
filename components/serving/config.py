"""How a place runs its students' inference (its section `serving`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.models.devices import Precision
from components.trainjobs.config import NAME


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Computed(_Settings):
    """Inference by the stage's process, or by one that it starts."""

    precision: Precision | None = Field(
        None,
        description="number format of a student's weights and matrix products. bf16 takes half the memory and, on a "
        "CPU with bf16 instructions, less time, but the other requests of a batch may change an answer. A CPU without "
        "them computes in fp32. Left out: fp32; vLLM on a GPU uses the format of the model's files (bf16)",
    )


class InProcess(_Computed):
    """In the process of the stage that asks: nothing to start, right for tiny models."""

    kind: Literal["in_process"] = "in_process"


class Beside(_Computed):
    """In processes of their own beside the stage's, which goes on with its pages. Right for tiny models, whose passes
    are mostly Python; a larger one fills the cores alone, and stays in the stage's process."""

    kind: Literal["beside"] = "beside"
    processes: int = Field(
        2, ge=1, le=64, description="number of processes; each holds the whole model and computes one batch at a time"
    )


class Served(_Settings):
    """Behind an address. How the model is asked there."""

    concurrency: int = Field(64, ge=1, description="requests sent at once; the server batches them")
    timeout: float = Field(600, gt=0, description="time limit of a request in seconds")
    retries: int = Field(3, ge=0, description="retries of a request after a temporary error")


class Here(_Computed, Served):
    """A server that each stage starts on its machine: vLLM where that is installed, else our small one."""

    kind: Literal["here"] = "here"
    start_seconds: float = Field(600, gt=0, description="time limit for a server to start, in seconds")
    arguments: tuple[str, ...] = Field(
        (),
        description="further words for vLLM's server, such as --gpu-memory-utilization=0.4 if several share a GPU; our "
        "small server takes none",
    )


class Given(Served):
    """A server that is there, such as `symbiont serve-model` or vLLM with the model's digest as its name."""

    kind: Literal["given"] = "given"
    base_url: str = Field(
        description="address of the server; {digest} is replaced by the model's, if each model has a server of its own"
    )
    api_key_env: str = Field("", description="environment variable with the server's API key")
    start_seconds: float = Field(
        120, ge=0, description="seconds to wait for a server that does not answer yet, or is still loading (503)"
    )


class Deployment(Served):
    """A Deployment and a Service of Kubernetes for each model, there as long as a stage of the round asks it."""

    kind: Literal["deployment"] = "deployment"
    template: str = Field(
        "symbiont-round",
        pattern=NAME,
        description="PodTemplate that its pods are made from; the chart makes one with `serving.round.enabled`",
    )
    replicas: int = Field(1, ge=1, le=64, description="servers of each model; requests begin once all of them respond")
    minutes: int = Field(
        60,
        ge=1,
        description="time limit in minutes until they respond: nodes, pulling images, fetching and loading the model",
    )


ServingConfig = Annotated[InProcess | Beside | Here | Given | Deployment, Field(discriminator="kind")]
