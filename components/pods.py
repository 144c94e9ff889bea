"""What the pod of each stage asks of a cluster: the section `pods` of a place, which `symbiont compile` reads.

A laptop ignores the section. What a place leaves out of a pod has the default of `STAGES`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.image import Kind, released

CERTIFICATES = "/etc/symbiont/certificates"
TRUSTED = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"), f"{CERTIFICATES}/ca.crt")
"""Variables that the libraries for endpoints, MLflow and S3 read; each reads another."""
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

    tools: str = Field(released("tools"), min_length=1, description="image without browser, torch and LanceDB")
    explorer: str = Field(released("explorer"), min_length=1, description="image with a browser and torch for CPUs")
    trainer: str = Field(released("trainer"), min_length=1, description="image with torch for CUDA")


class Secret(_Settings):
    """A secret of the cluster as environment variables; a missing secret is skipped."""

    name: str = Field(pattern=OBJECT, description="name of the Secret in the namespace of the runs")
    variables: dict[Variable, str] = Field(
        min_length=1, description="environment variables, each with the key of the Secret that holds its value"
    )


class Scratch(_Settings):
    """Storage of the place's `work` folder in a pod."""

    kind: Literal["node", "volume", "claim"] = Field(
        "node",
        description="node: disk of the node; volume: a new volume for each pod; claim: an existing volume claim, "
        "shared by all pods",
    )
    size: Quantity = Field("20Gi", description="size limit on the node's disk, or size of the new volume")
    storage_class: str = Field("", description="storage class of a new volume; empty: the cluster's default")
    claim: str = Field(
        "", description="name of the existing claim; user 10001 must be able to write there, as in a new volume"
    )

    @model_validator(mode="after")
    def _claims_one(self) -> Self:
        if (self.kind == "claim") != bool(self.claim):
            raise ValueError("a scratch of kind claim names the claim, and no other does")
        return self


class Toleration(_Settings):
    """A taint that a pod tolerates."""

    key: str = Field(description="key of the taint")
    operator: Literal["Exists", "Equal"] = Field("Exists", description="Exists: any value; Equal: only `value`")
    value: str = Field("", description="value of the taint, for Equal")
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = Field(
        "", description="effect of the taint; empty: any"
    )


class Pod(_Settings):
    """One stage's pod. The limit of memory is its request, so that a node is never promised twice."""

    image: Kind = Field("tools", description="which of `images` it runs")
    cpu: Quantity = Field("1", description="CPU request")
    cpu_limit: Quantity = Field("2", description="CPU limit")
    memory: Quantity = Field("2Gi", description="memory request and limit")
    shared_memory: Annotated[str, Field(pattern=rf"^$|{QUANTITY}")] = Field(
        "", description="size of /dev/shm, part of `memory`; empty: the container engine's default, 64 MB"
    )
    accelerators: int = Field(0, ge=0, le=64, description="number of accelerators, such as GPUs")
    accelerator: str = Field("nvidia.com/gpu", description="resource name of the accelerators")
    node_selector: dict[str, Label] = Field({}, description="labels that its node must have")
    tolerations: tuple[Toleration, ...] = Field((), description="taints of nodes that it may run on all the same")
    minutes: int = Field(60, ge=1, description="time limit of one attempt, in minutes")


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
"""Defaults for a round on small models; a place says what larger ones need."""
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

    images: Images = Field(default_factory=Images, description="container images")
    pull_secrets: tuple[str, ...] = Field((), description="names of the secrets for pulling images")
    secrets: tuple[Secret, ...] = Field(
        (STORE, TRACKING), description="credentials of the store and MLflow, for every stage"
    )
    keys: tuple[Secret, ...] = Field(
        (),
        description="API keys and passwords (api_key_env, password_env), for the stages that ask models or visit sites",
    )
    certificates: Annotated[str, Field(pattern=rf"^$|{OBJECT}")] = Field(
        "",
        description="ConfigMap with a file ca.crt of all CAs that stages and browsers trust, public ones included; "
        "empty: the images' own",
    )
    environment: dict[Variable, str] = Field(
        {}, description="environment variables of every pod, such as HTTPS_PROXY; no secrets"
    )
    scratch: Scratch = Field(default_factory=Scratch, description="storage of the place's `work` folder")
    labels: dict[str, Label] = Field({}, description="labels of every pod, such as a cost centre")
    keep_days: int = Field(
        7, ge=0, description="days for which Kubernetes keeps a finished run's pods and logs; 0: for ever"
    )
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
        """Merges what a place says of a stage with that stage's defaults."""
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
        """Variables of every pod; `environment` takes precedence over those for `certificates`."""
        return (TRUSTED if self.certificates else {}) | self.environment

    def secrets_of(self, stage: str) -> tuple[Secret, ...]:
        return (*self.secrets, *(self.keys if stage in ASKING else ()))

    @property
    def named(self) -> str:
        """The images in one line, for a manifest."""
        return ", ".join(self.images.model_dump().values())
