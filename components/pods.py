"""What the pod of each stage asks of a cluster: the section `pods` of a place, which `symbiont compile` reads.

A laptop ignores the section. What a place leaves out of a pod is as `STAGES` has it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.image import Kind, released

CERTIFICATES = "/etc/symbiont/certificates"
TRUSTED = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"), f"{CERTIFICATES}/ca.crt")
"""What the libraries for endpoints, MLflow and S3 read; each its own."""
QUANTITY = r"^[0-9]+(\.[0-9]+)?(m|k|[KMGTPE]i|[MGTPE])?$"
OBJECT = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
LABEL = r"^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"

Quantity = Annotated[str, Field(pattern=QUANTITY)]
Label = Annotated[str, Field(pattern=LABEL)]
Variable = Annotated[str, Field(pattern=VARIABLE)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Images(_Settings):
    """Addresses of the images, best by digest."""

    tools: str = Field(released("tools"), min_length=1, description="no browser, no torch, no LanceDB")
    explorer: str = Field(released("explorer"), min_length=1, description="a browser, and torch for CPUs")
    trainer: str = Field(released("trainer"), min_length=1, description="torch for CUDA")


class Secret(_Settings):
    """A secret of the cluster as environment variables; one that is not there is passed over."""

    name: str = Field(pattern=OBJECT, description="of the secret, in the namespace of the runs")
    variables: dict[Variable, str] = Field(
        min_length=1, description="environment variables, each with the secret's key that it holds"
    )


class Scratch(_Settings):
    """What lies behind the place's `work` folder in a pod."""

    kind: Literal["node", "volume", "claim"] = Field(
        "node",
        description="node: the node's disk; volume: a new one for each pod; claim: one that is there, for all",
    )
    size: Quantity = Field("20Gi", description="most of the node's disk, or the new volume's size")
    storage_class: str = Field("", description="of a new volume; empty: the cluster's default")
    claim: str = Field("", description="name of the claim; user 10001 must be able to write there, as in a new volume")

    @model_validator(mode="after")
    def _claims_one(self) -> Self:
        if (self.kind == "claim") != bool(self.claim):
            raise ValueError("a scratch of kind claim names the claim, and no other does")
        return self


class Toleration(_Settings):
    """A taint that a pod bears with."""

    key: str = Field(description="the taint's")
    operator: Literal["Exists", "Equal"] = Field("Exists", description="whether its value matters")
    value: str = Field("", description="the taint's, for Equal")
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = Field("", description="empty: every effect")


class Pod(_Settings):
    """One stage's pod. The limit of memory is its request, so that a node is never promised twice."""

    image: Kind = Field("tools", description="which of `images`")
    cpu: Quantity = Field("1", description="requested")
    cpu_limit: Quantity = Field("2", description="limit")
    memory: Quantity = Field("2Gi", description="requested, and the limit")
    shared_memory: Annotated[str, Field(pattern=rf"^$|{QUANTITY}")] = Field(
        "", description="size of /dev/shm, part of memory; empty: the container engine's 64 MB"
    )
    accelerators: int = Field(0, ge=0, le=64, description="devices")
    accelerator: str = Field("nvidia.com/gpu", description="name of the device resource")
    node_selector: dict[str, Label] = Field({}, description="labels of the nodes it may run on")
    tolerations: tuple[Toleration, ...] = Field((), description="taints of those nodes")
    minutes: int = Field(60, ge=1, description="how long one attempt may take before its pod is ended")


BROWSER = {"image": "explorer", "cpu": "2", "cpu_limit": "8", "memory": "6Gi", "shared_memory": "1Gi"}
TORCH = {"image": "trainer", "cpu": "4", "cpu_limit": "16", "memory": "16Gi", "shared_memory": "2Gi", "minutes": 1440}
STAGES: dict[str, dict[str, Any]] = {
    "preflight": {"image": "explorer", "memory": "3Gi"},
    "propose": BROWSER | {"minutes": 1440},
    "explore": BROWSER | {"minutes": 1440},
    "synthesize": {"image": "explorer", "cpu_limit": "4", "memory": "8Gi", "minutes": 720},
    "distill": TORCH,
    "evaluate": BROWSER | {"minutes": 1440},
    "detect": TORCH,
    "promote": {"cpu": "250m", "memory": "1Gi"},
    "report": BROWSER,
    "finish": {"cpu": "100m", "cpu_limit": "1", "memory": "1Gi", "minutes": 15},
    "audit": TORCH,
}
"""Of a round on small models; what is larger, a place says."""
STORE = Secret(
    name="symbiont-store",
    variables={name: name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")},
)
TRACKING = Secret(
    name="symbiont-mlflow",
    variables={name: name for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")},
)
ASKING = ("preflight", "propose", "explore", "synthesize", "evaluate", "detect", "audit")
"""Stages that ask models or visit sites."""


def _own(stage: str) -> Any:
    return Field(Pod(**STAGES[stage]), description=f"pod of the stage {stage}")


class Pods(_Settings):
    """The pods of a round and of an audit."""

    images: Images = Field(default_factory=Images, description="what the pods run")
    pull_secrets: tuple[str, ...] = Field((), description="secrets that the registry asks for")
    secrets: tuple[Secret, ...] = Field((STORE, TRACKING), description="of the store and MLflow, for every stage")
    keys: tuple[Secret, ...] = Field(
        (), description="of models and sites, for the stages that ask them: what api_key_env and password_env name"
    )
    certificates: Annotated[str, Field(pattern=rf"^$|{OBJECT}")] = Field(
        "",
        description="ConfigMap whose file ca.crt holds every authority that stages and browsers trust, the public ones "
        "too; empty: those of the images",
    )
    environment: dict[Variable, str] = Field({}, description="variables of every pod, such as HTTPS_PROXY; no secrets")
    scratch: Scratch = Field(default_factory=Scratch, description="what lies behind the place's `work` folder")
    labels: dict[str, Label] = Field({}, description="of every pod, such as a cost centre")
    keep_days: int = Field(7, ge=0, description="how long Kubernetes keeps what a run leaves there; 0: for good")
    preflight: Pod = _own("preflight")
    propose: Pod = _own("propose")
    explore: Pod = _own("explore")
    synthesize: Pod = _own("synthesize")
    distill: Pod = _own("distill")
    evaluate: Pod = _own("evaluate")
    detect: Pod = _own("detect")
    promote: Pod = _own("promote")
    report: Pod = _own("report")
    finish: Pod = _own("finish")
    audit: Pod = _own("audit")

    @model_validator(mode="before")
    @classmethod
    def _laid_over(cls, content: Any) -> Any:
        """What is said of a stage is laid over what that stage has anyway."""
        if not isinstance(content, dict):
            return content
        sections = {stage: section for stage in STAGES if isinstance(section := content.get(stage), dict)}
        return content | {stage: STAGES[stage] | section for stage, section in sections.items()}

    def of(self, stage: str) -> Pod:
        pod: Pod = getattr(self, stage)
        return pod

    def image(self, stage: str) -> str:
        """Address of the image a stage runs in."""
        return str(getattr(self.images, self.of(stage).image))

    @property
    def variables(self) -> dict[str, str]:
        """Of every pod; what is said of one stands before what is made of `certificates`."""
        return (TRUSTED if self.certificates else {}) | self.environment

    def secrets_of(self, stage: str) -> tuple[Secret, ...]:
        return (*self.secrets, *(self.keys if stage in ASKING else ()))

    @property
    def named(self) -> str:
        """The images in one line, for a manifest."""
        return ", ".join(self.images.model_dump().values())
