"""The checks of `symbiont preflight`: for a laptop those of `symbiont run`; for a cluster those that work from here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rich.table import Table
from rich.text import Text

from components.errors import InputError
from components.place import Place, announce, is_inside
from components.preflight.cluster import Kubernetes
from components.preflight.config import Recipe
from components.preflight.controller import controller_questions
from components.preflight.questions import Answer, NotAsked, Question, ask
from components.preflight.run import check_student, check_tasks, endpoint_questions, questions, recipe_sites
from components.preflight.servers import server_questions
from components.preflight.sites import site_questions
from components.preflight.trainjobs import job_questions
from components.serving.config import Deployment
from components.tracking import check_tracking
from components.trajectories.open_store import check_store, open_store

LATER = "preflight of the round, in a pod, asks it"
MARKS = {"right": ("✓", "green"), "warned": ("!", "yellow"), "wrong": ("✗", "red"), "not asked": ("-", "dim")}


def preflight_command(recipe: Recipe, place: Place, *, out: Path) -> list[Answer]:
    """The answers to all questions, in their order."""
    announce(place)
    questions_asked = (
        _of_a_cluster(recipe, place, out=out) if place.kubeflow else questions(recipe, place, work=out / "work")
    )
    return [ask(question) for question in (*questions_asked, *_of_servers(place))]


def _of_servers(place: Place) -> Iterator[Question]:
    """Questions to the store and MLflow, unless `symbiont run` starts them."""

    def store() -> str:
        _reached(place.s3_endpoint)
        check_store(open_store(place.store))
        return "written, not written twice, read, listed, deleted"

    def mlflow() -> None:
        _reached(place.mlflow)
        check_tracking()

    if place.store:
        yield Question(about=f"store {place.store}", ask=store)
    if place.mlflow:
        yield Question(about=f"MLflow {place.mlflow}", ask=mlflow)


def _of_a_cluster(recipe: Recipe, place: Place, *, out: Path) -> Iterator[Question]:
    yield Question(about="tasks", ask=partial(check_tasks, recipe, place))
    yield Question(about="student", ask=partial(check_student, recipe, place, work=out / "work"))
    yield Question(about="what trains", ask=partial(_devices, place))
    yield from site_questions(recipe_sites(recipe, place), reach=partial(_reach, place))
    yield from endpoint_questions(recipe, reach=partial(_reach, place))
    yield Question(about="Kubeflow", ask=partial(_ask_kubeflow, place))
    assert place.kubeflow is not None
    try:
        kubernetes = Kubernetes(namespace=place.kubeflow.namespace, account=place.kubeflow.account)
    except NotAsked as why:
        yield Question(about="Kubernetes", ask=partial(_not_asked, str(why)))
    else:
        yield from kubernetes.questions(place.pods)
        yield from controller_questions(kubernetes, keep_days=place.pods.keep_days)
        if place.training.job:
            yield from job_questions(place.training.job, kubernetes)
        if isinstance(place.serving, Deployment):
            yield from server_questions(place.serving, kubernetes)


def _devices(place: Place) -> str:
    """The devices of the training, in words: a cluster's may be CPUs by mistake."""
    job, pod = place.training.job, place.pods.distill
    if job:
        return f"{place.training.processes} processes in a TrainJob, on {job.nodes} nodes"
    if pod.accelerators:
        return f"{pod.accelerators} {pod.accelerator} of distill's pod"
    cpus = f"the CPUs of distill's pod ({pod.cpu} to {pod.cpu_limit})"
    return f"{cpus}: GPUs come by pods.distill.accelerators or training.job"


def _not_asked(why: str) -> None:
    raise NotAsked(why)


def _reach(place: Place, where: str, variable: str, address: str) -> None:
    """Checks that an endpoint or a site of a cluster's round can be tried from here, and that pods get its key.

    Args:
        where: the key of the recipe or place that names it.
        variable: environment variable that holds its key; empty: it needs none.

    Raises:
        InputError: no pod gets the variable.
        NotAsked: only pods reach the address, or the variable is not set here.
    """
    variables = {name for secret in (*place.pods.secrets, *place.pods.keys) for name in secret.variables}
    if variable and variable not in variables:
        raise InputError(
            f"no pod gets the variable {variable} that {where} names",
            where="place: pods.keys",
            fix=f"add {{name: SECRET, variables: {{{variable}: KEY}}}} to pods.keys, and compile and upload again",
        )
    _reached(address)
    if variable and not os.environ.get(variable):
        raise NotAsked(f"{variable} is not set here; {LATER}")


def _reached(address: str) -> None:
    """Raises NotAsked for an address that only pods of its cluster reach."""
    if is_inside(address) and "KUBERNETES_SERVICE_HOST" not in os.environ:
        raise NotAsked(f"only pods reach {address}; {LATER}")


def _ask_kubeflow(place: Place) -> str:
    from pipelines.cluster.kubeflow import Cluster

    with Cluster(place) as cluster:
        under_way = len(cluster.unfinished())
    return f"answers; {under_way} runs under way"


def answers_table(answers: list[Answer]) -> Table:
    """One line for each question, with where and fix below what is wrong."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "asked", "answer"):
        table.add_column(name, overflow="fold")
    for answer in answers:
        lines = [answer.said, answer.where and f"in: {answer.where}", answer.fix and f"fix: {answer.fix}"]
        table.add_row(Text(*MARKS[answer.state]), answer.about, "\n".join(filter(None, lines)))
    return table
