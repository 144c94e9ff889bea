"""The cluster of KUBECONFIG, and a namespace there that is removed again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from kubernetes import client, config
from kubernetes.dynamic import DynamicClient


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> DynamicClient:
    config.load_kube_config()
    kinds = tmp_path_factory.mktemp("kinds") / "served.json"  # it would read those of an earlier run
    return DynamicClient(client.ApiClient(), cache_file=str(kinds))


@pytest.fixture
def namespace(cluster: DynamicClient) -> Iterator[str]:
    """One that takes restricted pods alone."""
    name = f"symbiont-test-{uuid.uuid4().hex[:8]}"
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    spaces = cluster.resources.get(api_version="v1", kind="Namespace")
    spaces.create(body={"metadata": {"name": name, "labels": levels}})
    try:
        yield name
    finally:
        spaces.delete(name=name)
