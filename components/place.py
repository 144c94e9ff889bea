"""Where a round happens: the store, MLflow, the scratch folder, the browsers. The same pipeline with another place is
another machine or cluster.

A place holds addresses, never secrets: those are in the environment (AWS_ACCESS_KEY_ID, MLFLOW_TRACKING_PASSWORD, ...),
put there by the command line on a laptop and by a Kubernetes secret on a cluster. A component's body begins with
`stage`: it opens the round and stores afterwards how long it took, or what was wrong.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.benchmarks.infinity.checkout import VARIABLE as CHECKOUT
from components.browser.find import VARIABLE as BROWSER
from components.browser.settings import BrowserSettings
from components.code import code_digest
from components.documents.check import check_document, read_document
from components.documents.named import document_of_form, find_document
from components.errors import InfraError, InputError
from components.files import disk_errors, write_whole
from components.guard import sweep_seldom
from components.loopback import bypass_proxies
from components.models.devices import Devices
from components.models.storing import CACHE
from components.pods import Pods
from components.privacy.config import PrivacyConfig
from components.results.place import read
from components.serving.config import InProcess, ServingConfig
from components.sites.announced import announce_sites
from components.sites.config import Site
from components.trajectories.attempts import Attempt, Failure
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.imports import find_takedown
from components.trajectories.open_store import open_store
from components.trajectories.records import read_record
from components.trajectories.rounds import Round, done_key

if TYPE_CHECKING:
    from components.trajectories.knowledge import KnowledgeBase

FAILURE = "failure.json"
FIX = "correct the key or value; `symbiont help-recipe --place` lists every key with its meaning"
INSIDE = (".svc", ".svc.cluster.local")


class Kubeflow(BaseModel):
    """How Kubeflow Pipelines is reached. Credentials are in the environment or a file, never here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(
        "http://localhost:8080",
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
        description="address of its API, such as https://kubeflow.example.com/pipeline; the default is a forwarded "
        "port",
    )
    ui: str = Field("", pattern=r"^(https?://\S+)?$", description="address of its web UI, for links; empty: `address`")
    namespace: str = Field("kubeflow", description="namespace of the runs: your profile's, or a single-user Kubeflow's")
    account: str = Field("symbiont-run", description="Kubernetes service account of the runs; the chart makes it")
    place: str = Field(
        "", description="name of the place in the ConfigMap symbiont-places there; empty: this place itself"
    )
    token_file: str = Field(
        "", description="file with a token, read for each request; empty: the one that Kubernetes mounts in a pod"
    )
    ca_file: str = Field(
        "", description="certificates of the CA that signed the address's certificate; empty: the usual CAs"
    )

    @property
    def identity(self) -> str:
        """Distinguishes it from another Kubeflow over the same store, such as another cluster's or profile's."""
        return f"{(self.ui or self.address).rstrip('/')} {self.namespace}"

    def link(self, run_id: str) -> str:
        """Where people see a run."""
        return f"{(self.ui or self.address).rstrip('/')}/#/runs/details/{run_id}"


class Place(BaseModel):
    """A machine or a cluster; one YAML file of `pipelines/places`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="name shown in the report")
    store: str = Field("", description="where a run is stored: s3://bucket/prefix or a folder; empty: OUT/store")
    s3_endpoint: str = Field("", description="address of the S3 server; empty: Amazon S3, or one that is started")
    s3_server: bool = Field(False, description="start SeaweedFS (S3) over OUT/s3 and store there; needs the extra `s3`")
    mlflow: str = Field("", description="address of MLflow; empty: a server over OUT/mlflow is started")
    s3_port: int = Field(0, ge=0, le=65535, description="port of the S3 server that is started; 0: any free port")
    mlflow_port: int = Field(0, ge=0, le=65535, description="port of the MLflow that is started; 0: any free port")
    work: str = Field("", description="unfinished work, from which a killed process resumes; empty: OUT/work")
    models: str = Field("", description="cache of downloaded models that processes and pods share; empty: WORK/models")
    explorers: int = Field(1, ge=1, le=1000, description="parallel shards (processes or pods) of each explore phase")
    evaluators: int = Field(
        1, ge=1, le=1000, description="parallel shards of each agent's evaluation (six in a round); 1: not sharded"
    )
    free_gb: float = Field(2.0, ge=0, description="free disk space that a round needs to start, in gigabytes")
    serving: ServingConfig = Field(
        default_factory=InProcess,
        description="where the student's inference runs: in the stage's process, beside it, on a server",
    )
    training: Devices = Field(default_factory=Devices, description="devices that the student is trained on")
    browser: BrowserSettings = Field(default_factory=BrowserSettings, description="browsers, and how they show pages")
    kubeflow: Kubeflow | None = Field(None, description="Kubeflow Pipelines that `symbiont submit` starts rounds on")
    sites: dict[str, Site] = Field(
        default_factory=dict, description="where a benchmark's web sites run, by name, such as for webarena-verified"
    )
    infinity: str = Field("", description="folder of a WebArena-Infinity checkout, for the benchmark webarena-infinity")
    pods: Pods = Field(
        default_factory=Pods, description="images, resources, nodes and secrets of pods; read by `symbiont compile`"
    )

    @property
    def explore_shards(self) -> list[str]:
        """Names of the shards of each explore phase, such as "0/2" and "1/2"."""
        return [f"{shard}/{self.explorers}" for shard in range(self.explorers)]

    @property
    def evaluate_shards(self) -> list[str]:
        """Names of the shards of each evaluation; none if it is not sharded and the gathering task plays it."""
        shards = self.evaluators if self.evaluators > 1 else 0
        return [f"{shard}/{shards}" for shard in range(shards)]

    @model_validator(mode="after")
    def _one_store(self) -> Self:
        if self.s3_server and (self.store or self.s3_endpoint):
            raise ValueError("s3_server starts a store of its own: leave out store and s3_endpoint, or s3_server")
        return self


class Timing(BaseModel):
    """How long one try of a stage took; `started` in seconds since 1970."""

    stage: str
    started: float
    seconds: float


class Job(BaseModel):
    """What every stage of one round is told: preflight makes it, so that the others wait for it and share its manifest.

    Attributes:
        place: with store and work folder filled in.
        manifest: digest of what all stages of the round share; part of each one's inputs and so of every cache key.
        code: digest of the code the round was begun with; empty while preflight finds out.
        privacy: of a hybrid teacher: then nothing private leaves any stage for a machine that is not at home.
        vectors: how the recipe reaches and pays the endpoint that knowledge is searched with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place
    run: str
    round: int = Field(ge=1)
    seed: int
    manifest: str = ""
    code: str = ""
    privacy: PrivacyConfig | None = None
    vectors: EmbeddingEndpoint | None = None


def read_place(reference: str) -> Place:
    """The place of a `--place`: a name or a file."""
    return read_document(find_document(reference, kind="place"), Place, fix=FIX)


def place_of_form(value: str) -> Place:
    """The place that a form asks for.

    Args:
        value: a name or the YAML itself.

    Raises:
        InputError: there is none of that name, or a wrong key or value in it.
    """
    document, _ = document_of_form(value, kind="place")
    return check_document(document.content, Place, where=document.where, marks=document.marks, fix=FIX)


def announce(place: Place) -> None:
    """Tells boto3 and MLflow the place's addresses, where fetched models lie, and benchmarks where their sites are,
    unless the environment says something else; loopback goes by no proxy, and the log has no line for each request."""
    bypass_proxies()
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # kfp's executor shows what any library has to say
    announce_benchmarks(place)
    variables = {"AWS_ENDPOINT_URL_S3": place.s3_endpoint, "MLFLOW_TRACKING_URI": place.mlflow, CACHE: place.models}
    for name, value in variables.items():
        if value:
            os.environ.setdefault(name, value)


def announce_benchmarks(place: Place) -> None:
    """Tells benchmarks where their sites and checkouts are, and the browser that some look at these with."""
    announce_sites(place.sites)
    for name, value in {CHECKOUT: place.infinity, BROWSER: place.browser.executable}.items():
        if value and not os.environ.get(name):
            os.environ[name] = value


def is_inside(address: str) -> bool:
    """Whether only pods of the address's cluster know its host."""
    return (urlsplit(address).hostname or "").endswith(INSIDE)


@contextmanager
def stage(name: str, *, job: str) -> Iterator[Round]:
    """The round a component's body works in.

    Args:
        name: the stage's name as timings and errors show it, such as `explore-teacher-1`.
        job: JSON of a `Job`.

    Raises:
        InputError: this is other code than the round was begun with; or, at once, what an earlier try of this stage
            found wrong in the same attempt at the round: the orchestrator tries everything again.
        whatever the body raises. The error is also written to the work folder and to the store, so that the command
        line can show it as it is: the orchestrator keeps only the exit status.
    """
    sweep_seldom()
    parsed_job = Job.model_validate_json(job)
    place = parsed_job.place
    announce(place)
    work = Path(place.work)
    round = Round(
        run=parsed_job.run, number=parsed_job.round, seed=parsed_job.seed, store=open_store(place.store), work=work
    )
    attempt = Attempt.here(round.store, run=round.run)
    started = time.time()
    print(f"[stage] {name} begins", flush=True)
    if parsed_job.privacy is not None:
        from components.privacy.guard import guard  # its rules are not read where nothing is guarded
        from components.privacy.log import Log

        guard(parsed_job.privacy, log=Log(round.store, run=parsed_job.run, name=f"round-{parsed_job.round:03d}-{name}"))
    with accounted(name, work=work, attempt=attempt):
        _check_code(parsed_job.code)
        yield round
    if attempt:
        attempt.mended(name)
    seconds = time.time() - started
    _keep_timing(round, name, started=started, seconds=seconds)
    print(f"[stage] {name} ends {seconds:.1f}", flush=True)


@contextmanager
def accounted(name: str, *, work: Path | None = None, attempt: Attempt | None = None) -> Iterator[None]:
    """Runs a stage's work, or a part of it. Its error is printed, and stored in the work folder and the attempt.

    Raises:
        InputError: what an earlier try of this stage found wrong in the same attempt.
        whatever the body raises.
    """
    try:
        with disk_errors():
            if work:
                work.mkdir(parents=True, exist_ok=True)
            if attempt:
                attempt.check(name)
            yield
    except Exception as error:
        _write_failure(work, attempt, Failure.of(name, error))
        print(f"[stage] {name} failed: {error}", flush=True)
        raise


def _check_code(begun_with: str) -> None:
    if begun_with and begun_with != code_digest():
        what = f"the round was begun with code {begun_with[:12]}, and this is {code_digest()[:12]}"
        fix = "start the round again: it says what differs, and what can be done about it"
        raise InputError(what, where="code", fix=fix)


def mark_done(round: Round) -> None:
    """Marks a round as done, with the seconds since its last preflight began. The last stage does it."""
    prefix = f"{round.prefix}/timings/preflight-"
    began = max(read_record(round.store, key, Timing, what="timing").started for key in round.store.list(prefix))
    round.store.put_new(done_key(round), json.dumps({"wall_seconds": time.time() - began}).encode())


def timings(opened_round: Round) -> dict[str, float]:
    """Seconds of every stage of a round, all attempts that ended together; a killed attempt leaves none."""
    totals: dict[str, float] = {}
    for key in opened_round.store.list(f"{opened_round.prefix}/timings/"):
        record = read_record(opened_round.store, key, Timing, what="timing")
        totals[record.stage] = round(totals.get(record.stage, 0.0) + record.seconds, 3)
    return totals


def _keep_timing(round: Round, name: str, *, started: float, seconds: float) -> None:
    record = Timing(stage=name, started=started, seconds=seconds)
    key = f"{round.prefix}/timings/{name}-{int(started * 1000)}.json"
    round.store.put_new(key, record.model_dump_json().encode())


def _write_failure(work: Path | None, attempt: Attempt | None, failure: Failure) -> None:
    """Leaves what went wrong where the command line and a further try look for it."""
    with suppress(InputError):  # a full disk: the log line still says it
        if work:
            write_whole(work / FAILURE, failure.model_dump_json())
    with suppress(InputError, InfraError):  # it may be the store that failed
        if attempt:
            attempt.failed(failure)


def open_knowledge(
    round: Round, *, until_round: int | None = None, vectors: EmbeddingEndpoint | None = None
) -> KnowledgeBase:
    """The run's knowledge base, as it was at the end of a round (this one's, when left out).

    Args:
        vectors: where the model of its vectors is now, and what it may cost a run; as it was then, when left out or
            another model. Who searches says for which run (`spend_for`).

    Raises:
        InputError: it is not what that round's synthesis left: a piece is missing or torn.
    """
    from components.results.synthesize import SynthesizeResult
    from components.trajectories.knowledge import KnowledgeBase, knowledge_url

    until = round.number if until_round is None else until_round
    synthesis = read(round.at(until), SynthesizeResult)
    embedding = synthesis.knowledge_embedding if synthesis else None
    if embedding and vectors and vectors.model == embedding.model:
        embedding = vectors
    knowledge = KnowledgeBase.open(
        knowledge_url(round.store, round.run),
        embedding=embedding,
        until_round=until,
    )
    if synthesis is not None and synthesis.knowledge_content:
        standing = {
            of: digest for of, digest in synthesis.knowledge_imports.items() if not find_takedown(round.store, of)
        }
        knowledge.check(entries=synthesis.knowledge_entries, content=synthesis.knowledge_content, imports=standing)
    return knowledge
