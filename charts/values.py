"""The chart's values as one tree of models: `python -m charts.write` makes values.yaml, its JSON Schema and the README.

A value that is not here is refused by Helm; rules between values are sentences in `symbiont/templates/_rules.tpl`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.models.devices import Devices
from components.pods import Label, Pods, Quantity
from components.serving.config import ServingConfig

NAME = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$"
"""Of an object of Kubernetes; empty where it may be left out."""

Name = Annotated[str, Field(pattern=NAME)]
FileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
Cidr = Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$")]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.*:/_-]+$")]
SOME_ADDRESS = r"https?://[^\s/?#@\"\\]+(/[^\s?#@\"\\]*)?"
ADDRESS = rf"^({SOME_ADDRESS})?$"
"""Without a name and a password: those belong in a secret."""
Port = Annotated[int, Field(ge=1, le=65535)]
LabelKey = Annotated[
    str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")
]
Labels = dict[LabelKey, Label]


def _times(value: str) -> str:
    """One field of a CronJob's time, which holds such values: `*`, values, ranges, each perhaps with a step."""
    some = rf"(\*|({value})(-({value}))?)(/[1-9][0-9]?)?"
    return f"{some}(,{some})*"


CRON = (
    "^"
    + " ".join(
        _times(value)
        for value in (
            "[0-5]?[0-9]",
            "[01]?[0-9]|2[0-3]",
            "0?[1-9]|[12][0-9]|3[01]",
            "0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
            "[0-6]|sun|mon|tue|wed|thu|fri|sat",
        )
    )
    + "$"
)


class Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Image(Values):
    repository: str = Field(description="with its registry", pattern=r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$")
    tag: str = Field("", description="empty, of our own three: the chart's version", pattern=r"^[A-Za-z0-9._-]{0,128}$")
    digest: str = Field("", description="wins over the tag", pattern=r"^(sha256:[0-9a-f]{64})?$")


class Images(Values):
    mirror: str = Field(
        "",
        description="registry (and path) of every image, in place of its own; for clusters without a way out",
        pattern=r"^([a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*)?$",
    )
    pullSecrets: list[Name] = Field([], description="secrets that the registry asks for")
    tools: Image = Field(
        Image(repository="ghcr.io/symbiont/tools"),
        description="stages that need neither browser nor training; helm's test",
    )
    explorer: Image = Field(Image(repository="ghcr.io/symbiont/explorer"), description="stages with a browser")
    trainer: Image = Field(
        Image(repository="ghcr.io/symbiont/trainer"), description="distill, detect, audit; pods of TrainJobs"
    )
    mlflow: Image = Field(
        Image(repository="ghcr.io/mlflow/mlflow", tag="v3.17.2-full"),
        description="MLflow's own, with PostgreSQL and S3",
    )
    postgres: Image = Field(Image(repository="docker.io/library/postgres", tag="17"), description="MLflow's database")
    seaweedfs: Image = Field(Image(repository="docker.io/chrislusf/seaweedfs", tag="4.48"), description="the S3 server")
    vllm: Image = Field(
        Image(repository="docker.io/vllm/vllm-openai"),
        description="vLLM's own; asked for by digest, so name the one you tested",
    )


class Resources(Values):
    """Requests and limits of one pod; the limit of memory is its request, so that a node is never promised twice."""

    cpu: Quantity = Field(description="requested")
    cpuLimit: Quantity = Field(description="limit")
    memory: Quantity = Field(description="requested, and the limit")


class Volume(Values):
    size: Quantity = Field(description="of a new volume; a volume that exists keeps its size")
    storageClass: str = Field("", description="empty: the cluster's default")


class Kubeflow(Values):
    account: bool = Field(
        True, description="make the service account `RELEASE-run` that a Kubeflow run is started with"
    )
    accountAnnotations: dict[LabelKey, str] = Field(
        {}, description="of every account that uses the store, such as the role of a pod identity, which replaces keys"
    )
    artifactSecret: Name = Field(
        "mlpipeline-minio-artifact", description="Kubeflow's own secret of its artifact store; its launcher reads it"
    )
    address: str = Field(
        "http://ml-pipeline.kubeflow.svc:8888",
        description="of its API, as this namespace's pods reach it",
        pattern=f"^{SOME_ADDRESS}$",
    )
    ui: str = Field(
        "",
        description="of its UI, as people reach it: for links, and to tell it from other clusters' over the same store",
        pattern=r"^(https?://\S+)?$",
    )
    sync: bool = Field(
        False,
        description="after each install and upgrade, upload the pipeline and make recurring runs what `schedules` says",
    )
    pipeline: str = Field(
        "",
        description="text of the round that sync uploads: `symbiont compile --place ... --to round.yaml`, --set-file",
    )


class Store(Values):
    url: str = Field(
        "",
        description="where rounds are kept: s3://bucket/prefix",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._=+@,-]+)*)?$",
    )
    endpoint: str = Field(
        "", description="address of the S3 server; empty: Amazon's, or the one installed here", pattern=ADDRESS
    )
    secret: Name = Field(
        "",
        description="its secret, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; empty: a pod identity",
    )


class Tracking(Values):
    url: str = Field("", description="MLflow's address; empty: the one installed here", pattern=ADDRESS)
    secret: Name = Field(
        "",
        description="its secret, with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; empty: no log-in",
    )


class Place(Values):
    work: str = Field("/tmp/work", description="scratch folder in every pod of a run", pattern=r"^/")
    explorers: int = Field(4, ge=1, le=1000, description="shards of each explore phase")
    evaluators: int = Field(
        1, ge=1, le=1000, description="shards of each evaluation, of which a round has six at once; 1: it is one piece"
    )
    freeGb: float = Field(10, ge=0, description="disk space a round wants to begin with, in gigabytes")
    pages: int = Field(8, ge=1, description="pages open at once in each explorer")
    pods: Pods | None = Field(
        None,
        description="the place's section `pods`: what each stage's pod asks of the cluster; images, and secrets that "
        "other values name, are filled in. The pipeline has to be compiled for it: docs/cluster.md",
    )
    training: Devices | None = Field(
        None,
        description="the place's section `training`; runtime and queue of its `job` are this release's unless named",
    )
    serving: ServingConfig | None = Field(
        None,
        description="the place's section `serving`; the template of kind deployment is this release's unless named",
    )


class SeaweedFS(Values):
    enabled: bool = Field(False, description="one S3 server in this release; for a first try, not for production")
    volume: Volume = Volume(size="20Gi")
    resources: Resources = Resources(cpu="100m", cpuLimit="2", memory="1Gi")


class MlflowServer(Values):
    enabled: bool = Field(False, description="MLflow and its PostgreSQL in this release")
    secret: Name = Field("", description="secret with POSTGRES_PASSWORD and MLFLOW_FLASK_SERVER_SECRET_KEY")
    volume: Volume = Volume(size="10Gi")
    resources: Resources = Resources(cpu="100m", cpuLimit="2", memory="1Gi")
    postgresResources: Resources = Resources(cpu="100m", cpuLimit="1", memory="512Mi")


class Accelerator(Values):
    resource: str = Field("nvidia.com/gpu", description="name of the device resource")
    count: int = Field(1, ge=0, le=64, description="devices of each replica; 0: none")


class Toleration(Values):
    key: str
    operator: str = Field(pattern="^(Exists|Equal)$")
    value: str = ""
    effect: str = Field(pattern="^(NoSchedule|PreferNoSchedule|NoExecute)$")


class Cache(Values):
    size: Quantity = Field("100Gi", description="of the volume that keeps what was downloaded")
    storageClass: str = Field("", description="empty: the cluster's default")
    shared: bool = Field(False, description="ReadWriteMany; needed for more than one replica")


class ModelServer(Values):
    enabled: bool = Field(False, description="a vLLM Deployment with its Service")
    model: str = Field(
        "", description="owner/name on the Hub (or its mirror), s3://bucket/prefix, or a folder under /models"
    )
    name: str = Field("", description="the model's name in requests; empty: teacher or student")
    replicas: int = Field(1, ge=1, le=64, description="number of servers")
    arguments: list[str] = Field([], description="further words for `vllm serve`, such as --max-model-len=8192")
    accelerator: Accelerator = Accelerator()
    nodeSelector: Labels = Field({}, description="labels of the nodes with the devices")
    tolerations: list[Toleration] = Field([], description="taints of those nodes")
    resources: Resources = Resources(cpu="4", cpuLimit="16", memory="32Gi")
    cache: Cache = Cache()
    modelSecret: Name = Field("", description="secret with HF_TOKEN, for gated models")
    apiKeySecret: Name = Field("", description="secret with VLLM_API_KEY; empty: whoever reaches the Service may ask")
    startupMinutes: int = Field(30, ge=1, le=240, description="how long loading may take before the pod is restarted")


class RoundServer(Values):
    enabled: bool = Field(
        False,
        description="a PodTemplate by which rounds make vLLM servers of their students, and the rights to; with "
        "`place.serving` of kind deployment",
    )
    arguments: list[str] = Field([], description="further words for vLLM, such as --max-model-len=10000")
    accelerator: Accelerator = Accelerator()
    nodeSelector: Labels = Field({}, description="labels of the nodes with the devices")
    tolerations: list[Toleration] = Field([], description="taints of those nodes")
    resources: Resources = Resources(cpu="4", cpuLimit="16", memory="32Gi")
    disk: Quantity = Field("60Gi", description="of its node, for the model and what vLLM makes of it")
    startupMinutes: int = Field(30, ge=1, le=240, description="how long loading may take before the pod is restarted")


class Serving(Values):
    hub: str = Field(
        "", description="mirror of the model hub (HF_ENDPOINT), for servers, rounds and TrainJobs", pattern=ADDRESS
    )
    offline: bool = Field(
        False, description="no hub: servers take models from the cache volume and s3:// alone, rounds from the store"
    )
    teacher: ModelServer = ModelServer()
    student: ModelServer = ModelServer()
    round: RoundServer = RoundServer()


class Training(Values):
    enabled: bool = Field(False, description="a TrainingRuntime for TrainJobs over several GPUs (Kubeflow Trainer 2)")
    gpusPerNode: int = Field(1, ge=1, le=16, description="devices of each node, and processes")
    accelerator: str = Field("nvidia.com/gpu", description="name of the device resource")
    nodeSelector: Labels = Field({}, description="labels of the nodes with the devices")
    tolerations: list[Toleration] = Field([], description="taints of those nodes")
    resources: Resources = Resources(cpu="8", cpuLimit="16", memory="64Gi")


class Quota(Values):
    cpu: Quantity = Field("64", description="of all pods in the queue")
    memory: Quantity = Field("256Gi", description="of all pods in the queue")
    gpus: int = Field(0, ge=0, description="of all pods in the queue")


class Queue(Values):
    enabled: bool = Field(False, description="a Kueue LocalQueue named like the release")
    clusterQueue: Name = Field("", description="the administrators' queue; empty: one is made with the quota below")
    quota: Quota = Quota()


class Reaper(Values):
    enabled: bool = Field(
        True,
        description="a CronJob that ends attempts whose pods went without an exit handler, and deletes old TrainJobs",
    )
    cron: str = Field("17 * * * *", description="when it comes, in five fields", pattern=CRON)
    expect: dict[FileName, Annotated[int, Field(ge=1)]] = Field(
        {},
        description="lines of rounds, each with the hours within which one of its rounds has to end well, such as "
        "{main: 30}: where none does, the reaper fails, and with `monitoring` an alert says so",
    )
    trainJobDays: int = Field(7, ge=0, le=365, description="how long TrainJobs that are over are kept")


class ExternalSecrets(Values):
    enabled: bool = Field(
        False,
        description="ExternalSecrets for every secret that these values name, pull secrets excepted (External Secrets "
        "Operator)",
    )
    store: Name = Field("", description="the SecretStore they are read from")
    kind: Literal["SecretStore", "ClusterSecretStore"] = Field("SecretStore", description="its kind")
    prefix: str = Field("", description="stands before a secret's name in that store, such as symbiont/dev/")
    refresh: str = Field("1h", description="how often they are read again", pattern=r"^[0-9]+[smh]$")


class Monitoring(Values):
    enabled: bool = Field(False, description="PodMonitor and alert rules (Prometheus Operator)")
    labels: Labels = Field({}, description="labels by which your Prometheus finds them, such as release: prometheus")


class Destination(Values):
    """Addresses, or the pods of a namespace; one of the two."""

    cidr: Cidr | None = Field(None, description="addresses")
    namespace: Name = Field("", description="namespace of this cluster, whose pods it is")
    ports: list[Port] = Field(min_length=1, description="ports; of a namespace those of its pods, not its services")


class Explorers(Values):
    enabled: bool = Field(
        False,
        description="pods of a round with browsers reach Kubeflow, Kubernetes, this release, `network.outside` and "
        "`sites`, nothing else",
    )
    sites: list[Destination] = Field([], description="where the pages are")
    kubernetes: list[Destination] = Field(
        [], description="where Kubernetes' API answers, which every pod of a round tells how it ended"
    )
    kubeflow: Name = Field("kubeflow", description="namespace of Kubeflow itself, which they talk to")


class Network(Values):
    enabled: bool = Field(
        True, description="what this release installs is reached by runs alone, and reaches what it needs"
    )
    clients: list[Name] = Field(
        [], description="further namespaces whose pods may reach MLflow, S3 and the models, such as Prometheus'"
    )
    names: list[Destination] = Field(
        [Destination(namespace="kube-system", ports=[53])],
        min_length=1,
        description="where the cluster's name server answers, over UDP and TCP",
    )
    outside: list[Destination] = Field(
        [Destination(cidr="0.0.0.0/0", ports=[443])],
        description="where MLflow, models, trainers and explorers may go beyond this release: hub, store, MLflow, "
        "proxy; each a cidr or a namespace, with its TCP ports",
    )
    explorers: Explorers = Explorers()


class Proxy(Values):
    https: str = Field("", description="for addresses of https: http://proxy.example.com:3128", pattern=ADDRESS)
    http: str = Field("", description="for addresses of http; most of what is so is of the cluster", pattern=ADDRESS)
    direct: list[Host] = Field(
        [], description="hosts and .domains that are asked without it, beside this machine's and the cluster's"
    )


class Chart(Values):
    """All values."""

    images: Images = Images()
    kubeflow: Kubeflow = Kubeflow()
    store: Store = Store()
    mlflow: Tracking = Tracking()
    place: Place = Field(Place(), description="the place `cluster` that the chart makes; everything else of it follows")
    recipes: dict[FileName, str] = Field(
        {}, description="recipes by name, each a file's text: --set-file recipes.mine=mine.yaml"
    )
    places: dict[FileName, str] = Field({}, description="further places by name, each a file's text")
    schedules: str = Field(
        "",
        description="text of the file of schedules, for kubeflow.sync: --set-file schedules=schedules.yaml",
    )
    seaweedfs: SeaweedFS = SeaweedFS()
    mlflowServer: MlflowServer = MlflowServer()
    serving: Serving = Serving()
    training: Training = Training()
    queue: Queue = Queue()
    reaper: Reaper = Reaper()
    externalSecrets: ExternalSecrets = ExternalSecrets()
    monitoring: Monitoring = Monitoring()
    network: Network = Network()
    certificates: Name = Field(
        "",
        description="ConfigMap whose file ca.crt holds every authority to trust, your own and the public ones: for all "
        "pods here and of rounds, and their browsers; empty: those of the images",
    )
    proxy: Proxy = Field(
        Proxy(), description="how all pods, here and of rounds, reach what is outside; browsers do not"
    )
    labels: Labels = Field({}, description="on every object, such as a cost centre")
    nameOverride: Name = Field("", description="in place of the release's name, in the names of objects")
