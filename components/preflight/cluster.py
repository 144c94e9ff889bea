"""What a Kubernetes cluster is asked before a round: rights, served kinds, nodes, secrets.

A laptop asks by its kubeconfig, a pod by its own account. A question that may not be asked ends as `NotAsked`, which is
no failure: accounts often may not list a cluster's nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from components.errors import InfraError, InputError
from components.pods import STAGES, Pod, Pods, Secret
from components.preflight.nodes import obstacles
from components.preflight.questions import NotAsked, Question
from components.trainjobs.kubernetes import Forbidden, of_this_pod
from components.trainjobs.kubernetes import Kubernetes as PodClient

SERVED = {
    "argoproj.io/v1alpha1": "Kubeflow Pipelines runs on Argo Workflows",
    "kubeflow.org/v1beta1": "Kubeflow's recurring runs are of it",
}
"""Kinds' versions that a round on Kubeflow rests on, and why."""
OLD_KUBEFLOW = "install Kubeflow Pipelines 2.17 or newer"
ROUND_STAGES = tuple(stage for stage in STAGES if stage != "audit")
MAKES_NODES = ("karpenter.sh",)
STATUS = ("kube-system", "cluster-autoscaler-status")
PATIENCE = 10.0  # seconds of one request


def reach_kubernetes() -> bool:
    """Configures the client: by a pod's own account, else by the kubeconfig.

    Returns:
        Whether it is a pod's account.

    Raises:
        ModuleNotFoundError, ConfigException, OSError, TypeError: there is no client, or neither of the two.
    """
    from kubernetes import config

    try:
        config.load_incluster_config()
    except config.ConfigException:
        config.load_kube_config()
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A verb on a kind of object, or on a part of it (`subresource`); `name`: on one object alone."""

    verb: str
    resource: str
    subresource: str = ""
    group: str = ""
    name: str = ""

    def __str__(self) -> str:
        kind = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        kind = f"{kind}.{self.group}" if self.group else kind
        return f"{self.verb} {kind}{f' {self.name}' if self.name else ''}"


RUN_RIGHTS = (
    *(Right(verb=verb, group="argoproj.io", resource="workflowtaskresults") for verb in ("create", "patch")),
    *(Right(verb=verb, resource="pods") for verb in ("get", "list", "watch")),
    *(Right(verb=verb, resource="configmaps", name="kfp-launcher") for verb in ("get", "list", "watch")),
)
"""What Kubeflow's driver, launcher and executor ask for in the name of a run's account."""
ARTIFACT_RIGHT = Right(verb="get", resource="secrets", name="mlpipeline-minio-artifact")
"""What they ask for besides, where Kubeflow's own artifact store is reached with keys."""


class Kubernetes:
    """One namespace of a cluster.

    Args:
        account: the service account of runs.

    Raises:
        NotAsked: there is neither a kubeconfig nor a pod's account here, or no client.
    """

    def __init__(self, *, namespace: str, account: str) -> None:
        self.namespace, self.account = namespace, account
        self.subject = account
        try:
            from kubernetes import client, config
        except ModuleNotFoundError as error:
            raise NotAsked("the package kubernetes is not installed here") from error
        try:
            self.is_pod = reach_kubernetes()
        except (config.ConfigException, OSError, TypeError) as error:
            raise NotAsked(f"no kubeconfig here: {error}") from error
        self._client = client
        self._api = client.ApiClient()

    def questions(self, pods: Pods) -> Iterator[Question]:
        """Rights, kinds, secrets, what pods mount, and a node for each stage of a round."""
        yield Question(about="rights of runs", ask=self.check_rights)
        yield Question(about="Kubeflow's artifacts", ask=self.check_artifacts)
        for version, why in SERVED.items():
            yield Question(about=version, ask=partial(self.check_served, version, why=why))
        for secret in (*pods.secrets, *pods.keys):
            yield Question(about=f"secret {secret.name}", ask=partial(self.check_secret, secret))
        if pods.certificates:
            ask = partial(self.check_certificates, pods.certificates)
            yield Question(about=f"certificates {pods.certificates}", ask=ask)
        if claim := pods.scratch.claim:
            yield Question(about=f"claim {claim}", ask=partial(self.check_claim, claim))
        yield from self.node_questions(pods)

    def node_questions(self, pods: Pods) -> Iterator[Question]:
        for stage in ROUND_STAGES:
            yield Question(about=f"a node for {stage}", ask=partial(self.check_stage, pods.of(stage), stage=stage))

    def check_artifacts(self) -> str:
        """Whether a run's account may read the secret of Kubeflow's own artifact store, where there is one."""
        if self._may(ARTIFACT_RIGHT):
            return f"{self.subject} may {ARTIFACT_RIGHT}"
        if self.find(f"/api/v1/namespaces/{self.namespace}/secrets/{ARTIFACT_RIGHT.name}") is None:
            return f"there is no secret {ARTIFACT_RIGHT.name}: right where Kubeflow's artifact store needs none"
        raise self._lacks([ARTIFACT_RIGHT])

    def check_rights(self, rights: Collection[Right] = RUN_RIGHTS) -> str:
        """Whether a run's account may do what is done in its name."""
        missing = [right for right in rights if not self._may(right)]
        if missing:
            raise self._lacks(missing)
        return f"{self.subject} may do all {len(rights)} things that a run does"

    def _lacks(self, rights: Collection[Right]) -> InputError:
        return InputError(
            f"{self.subject} may not {', '.join(map(str, rights))}",
            where=f"namespace {self.namespace}",
            fix=f"the chart makes account and Role; or bind a Role with these verbs to {self.subject}",
        )

    def check_served(self, version: str, *, why: str, fix: str = OLD_KUBEFLOW) -> str:
        """Whether the cluster serves a version of a group of kinds."""
        group = version.split("/")[0]
        served = self.served.get(group, ())
        if not served:
            raise InputError(f"the cluster serves no {group}: {why}", fix=fix)
        if version not in served:
            fix = f"use a release that serves {version}"
            raise InputError(f"the cluster serves {', '.join(served)}, not {version}: {why}", fix=fix)
        return "served"

    def check_secret(self, secret: Secret) -> str:
        """Whether a secret is there with the keys that are read; its values are not looked at."""
        manifest = self.find(f"/api/v1/namespaces/{self.namespace}/secrets/{secret.name}")
        if manifest is None:
            return "not there, so pods go without it: right where a pod identity or nobody needs it"
        missing = [key for key in secret.variables.values() if key not in (manifest.get("data") or {})]
        if missing:
            raise InputError(
                f"the secret {secret.name} has no {', '.join(missing)}",
                where=f"namespace {self.namespace}",
                fix="add the key to the secret, or correct the place's pods.secrets or pods.keys",
            )
        return ", ".join(secret.variables)

    def check_certificates(self, name: str) -> str:
        """Whether the ConfigMap is there with its file: without, no pod of a round would ever start."""
        manifest = self.find(f"/api/v1/namespaces/{self.namespace}/configmaps/{name}")
        if "ca.crt" not in ((manifest or {}).get("data") or {}):
            raise InputError(
                f"the ConfigMap {name} has no ca.crt" if manifest else f"there is no ConfigMap {name}",
                where=f"namespace {self.namespace}",
                fix=f"make it (kubectl create configmap {name} --from-file=ca.crt), or correct the place's "
                "pods.certificates",
            )
        return "ca.crt"

    def check_claim(self, name: str) -> str:
        """Whether the volume claim is there that all pods of a round mount."""
        if self.find(f"/api/v1/namespaces/{self.namespace}/persistentvolumeclaims/{name}") is None:
            raise InputError(
                f"there is no PersistentVolumeClaim {name}",
                where=f"namespace {self.namespace}",
                fix="make it, or correct the place's pods.scratch.claim",
            )
        return "there"

    def check_stage(self, pod: Pod, *, stage: str) -> str:
        """As `check_node`, for a stage's pod."""
        fix = (
            f"correct pods.{stage} in the place (cpu, memory, accelerators, node_selector, tolerations), or add a node"
        )
        return self.check_node(pod, where=f"place: pods.{stage}", fix=fix)

    def check_node(self, pod: Pod, *, where: str, fix: str) -> str:
        """Whether any node could ever take a pod: by its size, labels and taints, whatever runs there now."""
        against = [obstacles(pod, node) for node in self._nodes]
        fitting = sum(not reasons for reasons in against)
        if fitting:
            return f"{fitting} of {len(against)} nodes"
        counts = Counter(reasons[0] for reasons in against).most_common()
        why = "; ".join(f"{count} {reason}" for reason, count in counts)
        problem = f"none of {len(against)} nodes can take its pod: {why}" if against else "the cluster has no node"
        if self._makes_nodes:
            raise NotAsked(f"{problem}; an autoscaler may make one")
        raise InputError(problem, where=where, fix=fix)

    def find(self, path: str) -> dict[str, Any] | None:
        """An object; None where there is none."""
        try:
            return dict(self._ask("GET", path))
        except InputError:
            return None

    def _may(self, right: Right) -> bool:
        attributes = {"namespace": self.namespace, "verb": right.verb, "group": right.group}
        attributes |= {"resource": right.resource, "subresource": right.subresource, "name": right.name}
        spec: dict[str, Any] = {"resourceAttributes": attributes}
        kind = "SelfSubjectAccessReview" if self.is_pod else "SubjectAccessReview"
        if not self.is_pod:
            of_all = "system:serviceaccounts"  # groups that a binding may name instead
            spec["user"] = f"system:serviceaccount:{self.namespace}:{self.account}"
            spec["groups"] = [of_all, f"{of_all}:{self.namespace}", "system:authenticated"]
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        answer = self._ask("POST", f"/apis/authorization.k8s.io/v1/{kind.lower()}s", body)
        return bool(answer["status"].get("allowed"))

    @cached_property
    def served(self) -> dict[str, list[str]]:
        """Versions by group."""
        groups = self._ask("GET", "/apis")["groups"]
        return {group["name"]: [version["groupVersion"] for version in group["versions"]] for group in groups}

    @cached_property
    def _nodes(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/api/v1/nodes")["items"])

    @cached_property
    def _makes_nodes(self) -> bool:
        if set(MAKES_NODES) & set(self.served):
            return True
        try:
            self._ask("GET", "/api/v1/namespaces/{}/configmaps/{}".format(*STATUS))
        except (InputError, NotAsked):
            return False
        return True

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of one request, as JSON.

        Raises:
            NotAsked: this may not be asked.
            InputError: it is not there.
            InfraError: no answer that can be read.
        """
        try:
            return self._api.call_api(
                path,
                method,
                header_params={"Accept": "application/json", "Content-Type": "application/json"},
                body=body,
                response_type="object",
                auth_settings=["BearerToken"],
                _return_http_data_only=True,
                _request_timeout=PATIENCE,
            )
        except self._client.ApiException as error:
            if error.status in (401, 403):
                asker = "this pod's account" if self.is_pod else "your account"
                raise NotAsked(f"{asker} may not {method} {path}: HTTP {error.status}") from error
            if error.status == 404:
                raise InputError(f"there is no {path}") from error
            raise InfraError(f"Kubernetes says {error.status} to {method} {path}: {error.reason}") from error
        except Exception as error:  # urllib3's, and those of a kubeconfig's helper programs
            raise InfraError(f"Kubernetes does not answer: {type(error).__name__}: {error}") from error


class PodKubernetes(Kubernetes):
    """The namespace of the pod that this process runs in, asked with the pod's own account.

    Its image does not hold the package kubernetes, so the small client of `trainjobs` asks.
    """

    def __init__(self, pod: PodClient) -> None:
        self.namespace, self.account, self.is_pod = pod.namespace, "", True
        self.subject = "this pod's account"
        self._pod = pod

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = self._pod.get(path) if method == "GET" else self._pod.make(path, body)
        except Forbidden as error:
            raise NotAsked(f"{self.subject} may not {method} {path}: {error.what}") from error
        if answer is None:
            raise InputError(f"there is no {path}")
        return answer


def own_cluster() -> PodKubernetes | None:
    """The cluster whose pod this process runs in; None elsewhere, or in a pod without a token."""
    try:
        return PodKubernetes(of_this_pod())
    except InputError:
        return None
