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
    repository: str = Field(
        description="registry and path of the image", pattern=r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+$"
    )
    tag: str = Field(
        "", description="tag; empty, for our own three images: the chart's version", pattern=r"^[A-Za-z0-9._-]{0,128}$"
    )
    digest: str = Field(
        "", description="digest; used instead of the tag if both are given", pattern=r"^(sha256:[0-9a-f]{64})?$"
    )


class Images(Values):
    mirror: str = Field(
        "",
        description="registry (and path) that all images are pulled from, instead of their own; for clusters without "
        "internet access",
        pattern=r"^([a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*)?$",
    )
    pullSecrets: list[Name] = Field([], description="names of the secrets for pulling images")
    tools: Image = Field(
        Image(repository="ghcr.io/symbiont/tools"),
        description="image of stages that need neither browser nor training, and of helm's test",
    )
    explorer: Image = Field(Image(repository="ghcr.io/symbiont/explorer"), description="image of stages with a browser")
    trainer: Image = Field(
        Image(repository="ghcr.io/symbiont/trainer"),
        description="image of distill, detect, audit and the pods of TrainJobs",
    )
    mlflow: Image = Field(
        Image(repository="ghcr.io/mlflow/mlflow", tag="v3.17.2-full"),
        description="image of MLflow, with clients for PostgreSQL and S3",
    )
    postgres: Image = Field(
        Image(repository="docker.io/library/postgres", tag="17"), description="image of MLflow's database"
    )
    seaweedfs: Image = Field(
        Image(repository="docker.io/chrislusf/seaweedfs", tag="4.48"), description="image of the S3 server"
    )
    vllm: Image = Field(
        Image(repository="docker.io/vllm/vllm-openai"),
        description="image of vLLM; a digest is required, so name the one that you tested",
    )


class Resources(Values):
    """Requests and limits of one pod; the limit of memory is its request, so that a node is never promised twice."""

    cpu: Quantity = Field(description="CPU request")
    cpuLimit: Quantity = Field(description="CPU limit")
    memory: Quantity = Field(description="memory request and limit")


class Volume(Values):
    size: Quantity = Field(description="size of a new volume; an existing volume keeps its size")
    storageClass: str = Field("", description="storage class of a new volume; empty: the cluster's default")


class Kubeflow(Values):
    account: bool = Field(
        True, description="make the service account `RELEASE-run`, which Kubeflow runs are started with"
    )
    accountAnnotations: dict[LabelKey, str] = Field(
        {},
        description="annotations of all accounts that use the store, such as the role of a pod identity, which "
        "replaces keys",
    )
    artifactSecret: Name = Field(
        "mlpipeline-minio-artifact",
        description="Kubeflow's secret for its own artifact store, which its launcher reads",
    )
    address: str = Field(
        "http://ml-pipeline.kubeflow.svc:8888",
        description="address of the Kubeflow Pipelines API from this namespace's pods",
        pattern=f"^{SOME_ADDRESS}$",
    )
    ui: str = Field(
        "",
        description="address of its web UI for people: for links, and to tell this cluster from others that share the "
        "store",
        pattern=r"^(https?://\S+)?$",
    )
    sync: bool = Field(
        False,
        description="after each install and upgrade, upload the pipeline and bring recurring runs in line with "
        "`schedules`",
    )
    pipeline: str = Field(
        "",
        description="the pipeline that sync uploads, as text: `symbiont compile --place ... --to round.yaml`, then "
        "--set-file",
    )


class Store(Values):
    url: str = Field(
        "",
        description="where rounds are stored: s3://bucket/prefix",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._=+@,-]+)*)?$",
    )
    endpoint: str = Field(
        "",
        description="address of the S3 server; empty: Amazon S3, or the server that this chart installs",
        pattern=ADDRESS,
    )
    secret: Name = Field(
        "",
        description="secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; empty: a pod identity",
    )


class Tracking(Values):
    url: str = Field("", description="address of MLflow; empty: the server that this chart installs", pattern=ADDRESS)
    secret: Name = Field(
        "",
        description="secret with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; empty: no log-in",
    )


class Place(Values):
    work: str = Field("/tmp/work", description="folder for work in progress in every pod of a run", pattern=r"^/")
    explorers: int = Field(4, ge=1, le=1000, description="number of parallel shards of each explore phase")
    evaluators: int = Field(
        1,
        ge=1,
        le=1000,
        description="number of parallel shards of each agent's evaluation, of which a round has six; 1: not sharded",
    )
    freeGb: float = Field(10, ge=0, description="free disk space that a round needs to start, in gigabytes")
    pages: int = Field(8, ge=1, description="number of pages open at once in each explorer")
    pods: Pods | None = Field(
        None,
        description="the place's section `pods`: resources, nodes and secrets of each stage's pod; images, and "
        "secrets that other values name, are filled in. The pipeline must be compiled for it: docs/cluster.md",
    )
    training: Devices | None = Field(
        None,
        description="the place's section `training`; runtime and queue of its `job` are this release's unless given",
    )
    serving: ServingConfig | None = Field(
        None,
        description="the place's section `serving`; the template of kind deployment is this release's unless given",
    )


class SeaweedFS(Values):
    enabled: bool = Field(False, description="install an S3 server; for a first try, not for production")
    volume: Volume = Volume(size="20Gi")
    resources: Resources = Resources(cpu="100m", cpuLimit="2", memory="1Gi")


class MlflowServer(Values):
    enabled: bool = Field(False, description="install MLflow and its PostgreSQL")
    secret: Name = Field("", description="secret with POSTGRES_PASSWORD and MLFLOW_FLASK_SERVER_SECRET_KEY")
    volume: Volume = Volume(size="10Gi")
    resources: Resources = Resources(cpu="100m", cpuLimit="2", memory="1Gi")
    postgresResources: Resources = Resources(cpu="100m", cpuLimit="1", memory="512Mi")


class Accelerator(Values):
    resource: str = Field("nvidia.com/gpu", description="resource name of the accelerators")
    count: int = Field(1, ge=0, le=64, description="number of accelerators in each replica; 0: none")


class Toleration(Values):
    key: str
    operator: str = Field(pattern="^(Exists|Equal)$")
    value: str = ""
    effect: str = Field(pattern="^(NoSchedule|PreferNoSchedule|NoExecute)$")


class Cache(Values):
    size: Quantity = Field("100Gi", description="size of the volume for downloaded models")
    storageClass: str = Field("", description="storage class of a new volume; empty: the cluster's default")
    shared: bool = Field(
        False, description="mount the volume in several pods (ReadWriteMany); needed for more than one replica"
    )


class ModelServer(Values):
    enabled: bool = Field(False, description="install a vLLM Deployment with its Service")
    model: str = Field(
        "", description="owner/name on the Hub (or its mirror), s3://bucket/prefix, or a folder under /models"
    )
    name: str = Field("", description="name of the model in requests; empty: teacher or student")
    replicas: int = Field(1, ge=1, le=64, description="number of servers")
    arguments: list[str] = Field([], description="further arguments of `vllm serve`, such as --max-model-len=8192")
    accelerator: Accelerator = Accelerator()
    nodeSelector: Labels = Field({}, description="labels that its nodes must have")
    tolerations: list[Toleration] = Field([], description="taints of nodes that it may run on all the same")
    resources: Resources = Resources(cpu="4", cpuLimit="16", memory="32Gi")
    cache: Cache = Cache()
    modelSecret: Name = Field("", description="secret with HF_TOKEN, for gated models")
    apiKeySecret: Name = Field(
        "", description="secret with VLLM_API_KEY; empty: anyone who reaches the Service may send requests"
    )
    startupMinutes: int = Field(
        30, ge=1, le=240, description="time limit for loading, in minutes; then the pod is restarted"
    )


class RoundServer(Values):
    enabled: bool = Field(
        False,
        description="install a PodTemplate, and the rights to use it, from which rounds make vLLM servers for their "
        "students; for `place.serving` of kind deployment",
    )
    arguments: list[str] = Field([], description="further arguments of vLLM, such as --max-model-len=10000")
    accelerator: Accelerator = Accelerator()
    nodeSelector: Labels = Field({}, description="labels that its nodes must have")
    tolerations: list[Toleration] = Field([], description="taints of nodes that it may run on all the same")
    resources: Resources = Resources(cpu="4", cpuLimit="16", memory="32Gi")
    disk: Quantity = Field("60Gi", description="disk space on the node for the model and vLLM's caches")
    startupMinutes: int = Field(
        30, ge=1, le=240, description="time limit for loading, in minutes; then the pod is restarted"
    )


class Serving(Values):
    hub: str = Field(
        "", description="mirror of the model hub (HF_ENDPOINT), for servers, rounds and TrainJobs", pattern=ADDRESS
    )
    offline: bool = Field(
        False, description="use no hub: servers load models only from the cache volume and s3://, rounds from the store"
    )
    teacher: ModelServer = ModelServer()
    student: ModelServer = ModelServer()
    round: RoundServer = RoundServer()


class Training(Values):
    enabled: bool = Field(
        False, description="install a TrainingRuntime for TrainJobs on several GPUs (Kubeflow Trainer 2)"
    )
    gpusPerNode: int = Field(1, ge=1, le=16, description="number of GPUs and of processes in each node")
    accelerator: str = Field("nvidia.com/gpu", description="resource name of the GPUs")
    nodeSelector: Labels = Field({}, description="labels that its nodes must have")
    tolerations: list[Toleration] = Field([], description="taints of nodes that it may run on all the same")
    resources: Resources = Resources(cpu="8", cpuLimit="16", memory="64Gi")


class Quota(Values):
    cpu: Quantity = Field("64", description="CPU of all pods in the queue together")
    memory: Quantity = Field("256Gi", description="memory of all pods in the queue together")
    gpus: int = Field(0, ge=0, description="GPUs of all pods in the queue together")


class Queue(Values):
    enabled: bool = Field(False, description="install a Kueue LocalQueue with the name of the release")
    clusterQueue: Name = Field("", description="an existing ClusterQueue; empty: one is made with the quota below")
    quota: Quota = Quota()


class Reaper(Values):
    enabled: bool = Field(
        True,
        description="install a CronJob that ends attempts whose pods disappeared without an exit handler, and deletes "
        "old TrainJobs",
    )
    cron: str = Field("17 * * * *", description="schedule of the CronJob, five fields", pattern=CRON)
    expect: dict[FileName, Annotated[int, Field(ge=1)]] = Field(
        {},
        description="names of runs with the number of hours within which a round of each must finish, such as {main: "
        "30}; otherwise the reaper fails and, with `monitoring`, an alert fires",
    )
    trainJobDays: int = Field(7, ge=0, le=365, description="days for which finished TrainJobs are kept")


class ExternalSecrets(Values):
    enabled: bool = Field(
        False,
        description="make an ExternalSecret for each secret that these values name, except pull secrets (External "
        "Secrets Operator)",
    )
    store: Name = Field("", description="name of the SecretStore")
    kind: Literal["SecretStore", "ClusterSecretStore"] = Field("SecretStore", description="kind of that store")
    prefix: str = Field("", description="prefix of each secret's name in that store, such as symbiont/dev/")
    refresh: str = Field("1h", description="interval at which secrets are read again", pattern=r"^[0-9]+[smh]$")


class Monitoring(Values):
    enabled: bool = Field(False, description="install a PodMonitor and alert rules (Prometheus Operator)")
    labels: Labels = Field({}, description="labels by which your Prometheus finds them, such as release: prometheus")


class Destination(Values):
    """Addresses, or the pods of a namespace; one of the two."""

    cidr: Cidr | None = Field(None, description="address range")
    namespace: Name = Field("", description="namespace of this cluster; stands for its pods")
    ports: list[Port] = Field(
        min_length=1, description="TCP ports; for a namespace those of its pods, not of its services"
    )


class Explorers(Values):
    enabled: bool = Field(
        False,
        description="let pods with browsers reach only Kubeflow, Kubernetes, this release, `network.outside` and "
        "`sites`",
    )
    sites: list[Destination] = Field([], description="where the web pages are")
    kubernetes: list[Destination] = Field(
        [], description="where the Kubernetes API is, to which every pod of a round reports how it ended"
    )
    kubeflow: Name = Field("kubeflow", description="namespace of Kubeflow, which these pods talk to")


class Network(Values):
    enabled: bool = Field(
        True,
        description="install network policies: only runs reach what this release installs, and that reaches only what "
        "it needs",
    )
    clients: list[Name] = Field(
        [], description="further namespaces whose pods may reach MLflow, S3 and the models, such as that of Prometheus"
    )
    names: list[Destination] = Field(
        [Destination(namespace="kube-system", ports=[53])],
        min_length=1,
        description="where the cluster's DNS server is (UDP and TCP)",
    )
    outside: list[Destination] = Field(
        [Destination(cidr="0.0.0.0/0", ports=[443])],
        description="where MLflow, models, trainers and explorers may connect outside this release: hub, store, "
        "MLflow, proxy; each a cidr or a namespace with TCP ports",
    )
    explorers: Explorers = Explorers()


class Proxy(Values):
    https: str = Field(
        "", description="proxy for https addresses, such as http://proxy.example.com:3128", pattern=ADDRESS
    )
    http: str = Field("", description="proxy for http addresses; most of these are in the cluster", pattern=ADDRESS)
    direct: list[Host] = Field(
        [], description="hosts and .domains that are reached without the proxy, besides this machine and the cluster"
    )


class Chart(Values):
    """All values."""

    images: Images = Images()
    kubeflow: Kubeflow = Kubeflow()
    store: Store = Store()
    mlflow: Tracking = Tracking()
    place: Place = Field(
        Place(),
        description="the place `cluster` that the chart makes; all further settings of it follow from the other values",
    )
    recipes: dict[FileName, str] = Field(
        {}, description="recipes by name, each the text of a file: --set-file recipes.mine=mine.yaml"
    )
    places: dict[FileName, str] = Field({}, description="further places by name, each the text of a file")
    schedules: str = Field(
        "",
        description="schedules for kubeflow.sync, the text of a file: --set-file schedules=schedules.yaml",
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
        description="ConfigMap with a file ca.crt of all CAs to trust, your own and the public ones, for all pods "
        "here and of rounds and their browsers; empty: the images' own",
    )
    proxy: Proxy = Field(
        Proxy(),
        description="proxy of all pods, here and of rounds, for connections to the outside; browsers do not use it",
    )
    labels: Labels = Field({}, description="labels of every object, such as a cost centre")
    nameOverride: Name = Field("", description="replaces the release's name in the names of objects")
