"""Checks everything that can be wrong, then writes the round's manifest.

Cheap checks come first, and all of them before anything expensive: a wrong input ends here, with nothing half-written.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from components.agents.build import build_agent
from components.agents.chat import Messages
from components.agents.checks import check_endpoint
from components.agents.config import AgentConfig, ChatConfig, HybridConfig, endpoints, with_student
from components.benchmarks.base import NO_TASKS
from components.browser.find import find_browser
from components.code import code_digest, package_versions
from components.documents.text_files import read_text
from components.errors import InputError
from components.models.files import BASE_FOLDER, is_local, resolve_model
from components.models.memory import Shape, check_disk_of_training, check_memory, named_shape, read_shape
from components.models.storing import publish_model
from components.place import Place, announce_benchmarks
from components.pods import Pods
from components.preflight.checks import (
    check_context,
    check_disk,
    check_never_taught,
    check_room_to_think,
    check_served_at_home,
    check_shadows_gpu,
    check_tokenizer,
)
from components.preflight.cluster import own_cluster
from components.preflight.config import Recipe
from components.preflight.machine import commit, image_of_pod, machine
from components.preflight.questions import Question, check
from components.preflight.servers import server_questions
from components.preflight.sites import Reach, reach_anything, site_questions
from components.preflight.trainjobs import job_questions
from components.privacy.analyzer import AnalyzerDetector
from components.privacy.config import PrivacyConfig
from components.privacy.model import ModelDetector
from components.registry import CHAMPION, get_alias
from components.results.distill import DistillResult
from components.results.place import ResultPlace, read
from components.results.preflight import PreflightResult
from components.serving.config import Deployment
from components.sites.config import Site
from components.tracking import check_tracking
from components.trajectories.attempts import Attempt
from components.trajectories.embeddings import EmbeddingEndpoint, check_embedding
from components.trajectories.imports import check_imported
from components.trajectories.manifest import Manifest, differences, find_manifest, keep_manifest
from components.trajectories.open_store import check_store
from components.trajectories.rounds import Round
from components.trajectories.tables import MANIFEST_SUFFIX, read_table_manifest

QUESTION = [
    {"role": "system", "content": "You answer in one word."},
    {"role": "user", "content": "Is this line read by anybody?"},
]
"""What models that judge or write are asked, to see that they answer."""


def run(*, config: Recipe, place: Place, round: Round, pods: Pods | None = None) -> Manifest:
    """Checks disk, browser, tasks, teacher, store, MLflow and student, and returns the round's manifest.

    Args:
        pods: those that the pipeline was compiled with, where it runs in pods.

    Raises:
        InputError: something is wrong; or this round was begun with something else.
        InfraError: the store or MLflow failed in a way that trying again may solve.
    """
    check_inputs(config, place, work=round.work)
    attempt = Attempt.here(round.store, run=round.run)
    if pods and attempt and attempt.of_kubeflow and (cluster := own_cluster()):
        training = job_questions(place.training.job, cluster) if place.training.job else ()
        serving = server_questions(place.serving, cluster) if isinstance(place.serving, Deployment) else ()
        check((*cluster.questions(pods), *training, *serving))
    benchmark, split = config.tasks.open(round.store)
    if not split.train and not config.propose.by:
        raise InputError("no task is left to train on", where="tasks.heldout", fix="name tasks, or leave it out")
    check_store(round.store)
    for source in config.synthesize.sources:
        check_imported(round.store, source)
    check_tracking()
    check_never_taught(round, split)
    folder = _start(config.distill.student, round)
    check_context(folder, context=config.distill.context)
    check_tokenizer(folder)
    check_memory(read_shape(folder), config.distill, place.training)
    start = publish_model(round.store, folder)
    student = _last_student(round) or start
    teacher = build_agent(with_student(config.teacher, student), store=round.store, work=round.work)
    current = find_manifest(round)
    before = find_manifest(round.at(round.number - 1))
    manifest = Manifest(
        run=round.run,
        round=round.number,
        seed=round.seed,
        recipe=config.digest,
        settings=config.settings,
        code=code_digest(),
        image=image_of_pod(pods.named) if pods else "",
        packages=package_versions() | {"browser": _browser_version(str(find_browser(place.browser.executable)))},
        benchmark=benchmark.name,
        benchmark_version=benchmark.version,
        evaluator_checksum=benchmark.checksum,
        split=split.digest(),
        teacher=teacher.info,
        start=start,
        student=student,
        # The alias may have moved since: by this very round, when its promotion was done and its report was not.
        champion=current.champion if current else _champion(config.promote.model_name) or start,
        data=_earlier_tables(round),
        place=place.name,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    changed = differences(before, manifest) if before else ()
    manifest = keep_manifest(round, manifest.model_copy(update={"changed": changed}))
    _keep_notes(config, round, manifest, benchmark=benchmark.title)
    return manifest


def check_inputs(config: Recipe, place: Place, *, work: Path) -> None:
    """Everything that can be checked without a store and MLflow, in seconds; the command line begins with it.

    Raises:
        InputError: no disk space, browser, benchmark, task, site, teacher, other agent, judge, writer, endpoint of
            vectors or student as configured, or no memory to train that student in; all of it in one.
    """
    check(questions(config, place, work=work))


def questions(config: Recipe, place: Place, *, work: Path) -> Iterator[Question]:
    """The questions of `check_inputs`, cheap ones first."""
    yield Question(about="disk", ask=partial(check_disk, work, free_gb=place.free_gb))
    yield Question(about="browser", ask=lambda: str(find_browser(place.browser.executable)))
    yield Question(about="tasks", ask=partial(check_tasks, config, place))
    yield from site_questions(recipe_sites(config, place))
    yield from endpoint_questions(config)
    yield Question(about="student", ask=partial(check_student, config, place, work=work))
    if config.detect.shadow.device == "cuda":
        yield Question(about="shadows", ask=partial(check_shadows_gpu, place.pods.detect))


def recipe_sites(config: Recipe, place: Place) -> Mapping[str, Site]:
    """The sites that the recipe's tasks are played on; none where the tasks are wrong, which `check_tasks` reports."""
    announce_benchmarks(place)
    try:
        return config.tasks.model_copy(update={"proposed": ""}).open()[0].sites
    except InputError:
        return {}


def endpoint_questions(config: Recipe, *, reach: Reach = reach_anything) -> Iterator[Question]:
    """A question for every endpoint of the recipe, asked as the run will ask it.

    Args:
        reach: see `Reach`.
    """
    chats = {f"{where}{part}": chat for where, agent in _agents(config) for part, chat in endpoints(agent).items()}
    writers = config.synthesize.chat_models | ({"propose.model": config.propose.model} if config.propose.model else {})
    for where, chat in (chats | writers).items():
        messages = QUESTION if where in writers else None

        def ask_chat(where: str = where, chat: ChatConfig = chat, messages: Messages | None = messages) -> None:
            reach(where, chat.api_key_env, chat.base_url)
            check_endpoint(chat, where=where, messages=messages)

        yield Question(about=f"{where}: {chat.model}", ask=ask_chat)
    if isinstance(config.teacher, HybridConfig):
        yield from _of_detectors(config.teacher.privacy, reach=reach)
    vectors = {"synthesize.knowledge": config.synthesize.knowledge.embedding, "propose": config.propose.embedding}
    for where, endpoint in vectors.items():
        if endpoint is not None:

            def ask_vectors(where: str = where, endpoint: EmbeddingEndpoint = endpoint) -> None:
                reach(f"{where}.embedding", endpoint.api_key_env, endpoint.base_url)
                check_embedding(endpoint)

            yield Question(about=f"vectors of {where}", ask=ask_vectors)


def _of_detectors(privacy: PrivacyConfig, *, reach: Reach) -> Iterator[Question]:
    if model := privacy.model:

        def ask_model() -> None:
            reach("teacher.privacy.model", model.api_key_env, model.base_url)
            asyncio.run(ModelDetector(model).check())

        yield Question(about=f"teacher.privacy: {model.model}", ask=ask_model)
    if analyzer := privacy.analyzer:

        def ask_analyzer() -> None:
            reach("teacher.privacy.analyzer", "", analyzer.base_url)
            asyncio.run(AnalyzerDetector(analyzer).check())

        yield Question(about="teacher.privacy: analyzer", ask=ask_analyzer)


def _agents(config: Recipe) -> Iterator[tuple[str, AgentConfig]]:
    yield "teacher", config.teacher
    yield from ((f"detect.others.{name}", agent) for name, agent in config.detect.others.items())


def check_tasks(config: Recipe, place: Place) -> None:
    announce_benchmarks(place)
    benchmark, _ = config.tasks.model_copy(update={"proposed": ""}).open()
    benchmark.check()
    if config.propose.by:
        benchmark.add(NO_TASKS)
    for document in config.propose.documents:
        read_text(Path(document))


def check_student(config: Recipe, place: Place, *, work: Path) -> None:
    check_served_at_home(config.teacher, place.serving)
    if is_local(config.distill.student):
        folder = resolve_model(config.distill.student, work=work)
        check_context(folder, context=config.distill.context)
        if folder != BASE_FOLDER:  # the shipped base fits, and checking it would load torch into every command
            check_tokenizer(folder)
            _check_room(read_shape(folder), config, place, work=work)
    elif (shape := named_shape(config.distill.student)) is not None:  # before it is downloaded
        _check_room(shape, config, place, work=work)


def _check_room(shape: Shape, config: Recipe, place: Place, *, work: Path) -> None:
    """Whether there is memory to train a student and, where the stages run on this machine, to think with it, and disk
    for its checkpoints."""
    check_memory(shape, config.distill, place.training)
    if place.kubeflow is None and "KUBERNETES_SERVICE_HOST" not in os.environ:
        check_room_to_think(shape, place.serving)
        check_disk_of_training(work, shape, config.distill)


def control_name(run: str) -> str:
    """Name of the run that is the control: a random explorer in the student's place."""
    return f"{run}-random"


def _keep_notes(config: Recipe, round: Round, manifest: Manifest, *, benchmark: str) -> None:
    """Stores what the report says beside the manifest. What was stored first stays."""
    place = ResultPlace(
        kind=PreflightResult, round=round, name=PreflightResult.stage, inputs=manifest.digest, other="another manifest"
    )
    notes = PreflightResult(
        inputs=manifest.digest,
        recipe=config.text,
        benchmark=benchmark,
        machine=machine(),
        control=control_name(round.run) if config.has_control else "",
        commit=commit(),
    )
    place.keep(notes)


def _start(reference: str, round: Round) -> Path:
    """The folder of the model that the run begins with. A hub is asked once: afterwards the model is in the store."""
    manifests = (
        find_manifest(neighbour) for neighbour in (round, round.at(round.number - 1)) if reference.startswith("hf:")
    )
    for manifest in manifests:
        if manifest and manifest.settings.get("distill", {}).get("student") == reference:
            reference = manifest.start
            break
    return resolve_model(reference, work=round.work, store=round.store)


def _champion(name: str) -> str:
    standing = get_alias(name, CHAMPION)
    return standing.model_digest if standing else ""


def _last_student(round: Round) -> str:
    """The student made last before this round, which may have left one unfinished; empty where there is none."""
    results = (read(round.at(number), DistillResult) for number in range(round.number - 1, 0, -1))
    return next((result.model_digest for result in results if result is not None), "")


def _earlier_tables(round: Round) -> dict[str, str]:
    """Digests of the examples of every earlier round, from their tables' manifests."""
    digests = {}
    for number in range(1, round.number):
        for key in round.store.list(f"{round.at(number).prefix}/tables/examples"):
            if key.endswith(".manifest.json"):
                digests[key] = read_table_manifest(round.store, key.removesuffix(MANIFEST_SUFFIX)).digest
    return digests


def _browser_version(executable: str) -> str:
    """What the browser says it is: pages may look otherwise in another one."""
    try:
        process = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return process.stdout.strip() or "unknown"
