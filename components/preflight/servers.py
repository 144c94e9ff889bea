"""What a cluster is asked where a place serves students in Deployments: rights, the template, a node for its pods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from components.errors import InputError
from components.preflight.cluster import Kubernetes, Right
from components.preflight.questions import NotAsked, Question
from components.preflight.trainjobs import pod_of
from components.serving.config import Deployment


def rights(settings: Deployment) -> tuple[Right, ...]:
    """What stages do in the name of a run's account."""
    return (
        Right(verb="get", resource="podtemplates", name=settings.template),
        *(
            Right(verb=verb, group="apps", resource="deployments")
            for verb in ("create", "get", "list", "patch", "delete")
        ),
        *(Right(verb=verb, resource="services") for verb in ("create", "get")),
        *(Right(verb=verb, resource="pods") for verb in ("get", "list")),
        Right(verb="get", resource="pods", subresource="log"),
    )


def server_questions(settings: Deployment, kubernetes: Kubernetes) -> Iterator[Question]:
    yield Question(about="rights of servers", ask=partial(kubernetes.check_rights, rights(settings)))
    yield Question(about=f"template {settings.template}", ask=partial(_check_template, settings, kubernetes))
    yield Question(about="a node for servers", ask=partial(_check_node, settings, kubernetes))


def _check_template(settings: Deployment, kubernetes: Kubernetes) -> str:
    if _template(settings, kubernetes) is None:
        fix = "correct the place's serving.template; the chart makes one with `serving.round.enabled`"
        raise InputError(f"there is no PodTemplate {settings.template}", where="place: serving.template", fix=fix)
    return "there"


def _check_node(settings: Deployment, kubernetes: Kubernetes) -> str:
    """Whether any node could ever take one of the servers."""
    template = _template(settings, kubernetes)
    if template is None:
        raise NotAsked("there is no such template")
    spec = template["template"]["spec"]
    try:
        pod = pod_of(spec, container=spec["containers"][0]["name"])
    except (LookupError, TypeError, ValueError) as error:
        raise NotAsked("the template's pods say what is not read here") from error
    fix = (
        "correct what its pods ask for (the chart's `serving.round`: accelerator, resources, nodeSelector, tolerations)"
    )
    return kubernetes.check_node(pod, where=f"PodTemplate {settings.template}", fix=f"{fix}, or add a node")


def _template(settings: Deployment, kubernetes: Kubernetes) -> dict[str, Any] | None:
    return kubernetes.find(f"/api/v1/namespaces/{kubernetes.namespace}/podtemplates/{settings.template}")
