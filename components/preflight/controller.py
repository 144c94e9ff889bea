"""What a cluster's Argo controller sets for every workflow, overriding the pipeline; checked if it may be read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import yaml

from components.errors import InfraError
from components.preflight.cluster import Kubernetes
from components.preflight.questions import NotAsked, Question, Warned

SETTINGS = "/api/v1/namespaces/kubeflow/configmaps/workflow-controller-configmap"
WHERE = "workflowDefaults of the ConfigMap workflow-controller-configmap, namespace kubeflow"
TRIED = ("OnFailure", "Always")
"""Policies by which a stage that failed is tried again."""


def controller_questions(kubernetes: Kubernetes, *, keep_days: int) -> Iterator[Question]:
    """Two questions about the controller's settings; no question where these may not be read, or are elsewhere.

    Args:
        keep_days: of the place's pods, in days; 0: for good.
    """
    try:
        settings = kubernetes.find(SETTINGS)
    except (NotAsked, InfraError):
        return
    if settings is not None:
        defaults = _defaults(settings)
        yield Question(about="tries of a stage that failed", ask=partial(_check_tries, defaults))
        yield Question(about="workflows that are over", ask=partial(_check_kept, defaults, keep_days=keep_days))


def _defaults(settings: dict[str, Any]) -> dict[str, Any]:
    """The `spec` that is laid under every workflow; empty where Argo could not read it."""
    try:
        return _part(yaml.safe_load((settings.get("data") or {}).get("workflowDefaults", "")), "spec")
    except yaml.YAMLError:
        return {}


def _part(of: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        of = of.get(key) if isinstance(of, dict) else None
    return of if isinstance(of, dict) else {}


def _check_tries(defaults: dict[str, Any]) -> str:
    policy = _part(defaults, "templateDefaults", "retryStrategy").get("retryPolicy", "")
    if policy and policy not in TRIED:
        raise Warned(
            f"a stage that failed is not tried again: templateDefaults say retryPolicy {policy} for all pipelines",
            where=WHERE,
            fix="take templateDefaults out there",
        )
    return "as the pipeline says"


def _check_kept(defaults: dict[str, Any], *, keep_days: int) -> str:
    limits = [seconds for seconds in _part(defaults, "ttlStrategy").values() if isinstance(seconds, int)]
    if limits and (not keep_days or min(limits) < keep_days * 86400):
        raise Warned(
            f"they and their pods' logs go {min(limits) / 3600:.3g} hours after they ended, whatever pods.keep_days "
            "says",
            where=WHERE,
            fix="take ttlStrategy out there, or raise it",
        )
    return "kept as pods.keep_days says"
