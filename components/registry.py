"""The registered model in MLflow: its versions, and the aliases `champion` and `challenger`.

mlflow itself is imported on first use.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.endpoints.gate import GATE
from components.errors import InputError
from components.tracking import EXPERIMENT, experiment_id, mlflow_client, mlflow_errors, quoted, tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION = "champion"
CHALLENGER = "challenger"
MODEL_DIGEST = "symbiont.model_digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A registered model's version and the digests it was made from."""

    name: str
    version: str
    tags: Mapping[str, str]

    @property
    def model_digest(self) -> str:
        return self.tags.get(MODEL_DIGEST, "")


def register_version(
    name: str, *, model: Path, model_digest: str, tags: Mapping[str, str], card: str = ""
) -> ModelVersion:
    """Registers a model once: the same digest again gives the version that exists.

    Args:
        name: the registered model; made when it is new.
        model: a folder in MLflow's form, whose files MLflow keeps; see `models.registered`.
        tags: the digests it was made from, by name: data, recipe, code, teacher.
        card: shown as the version's description.

    Raises:
        InputError: no MLflow server is configured.
        InfraError: it does not answer, or cannot keep files.
    """
    client = _registry()
    with mlflow_errors("registering a model version"):
        _ensure_model(client, name)
        version = _with_digest(client, name=name, digest=model_digest)
        if version is not None:
            return version
        logged = _logged(client, name=name, model=model)
        allowed = GATE.outgoing_now(tracking_uri(), {"tags": dict(tags), "card": card})
        created = client.create_model_version(
            name,
            logged.artifact_location,
            tags={MODEL_DIGEST: model_digest, **allowed["tags"]},
            description=allowed["card"],
            model_id=logged.model_id,
            await_creation_for=0,
        )
        return _version(created)


def _logged(client: MlflowClient, *, name: str, model: Path) -> Any:
    """The folder as a model among the experiment's, with its files at MLflow where files may leave."""
    experiment = experiment_id(client, EXPERIMENT)
    logged = client.create_logged_model(experiment, name=name, model_type="student")
    if GATE.lets_files(tracking_uri()):
        client.log_model_artifacts(logged.model_id, str(model))
    else:
        print(f"the files of {name} stay at home: MLflow is remote, and nobody looks into files", file=sys.stderr)
    return client.finalize_logged_model(logged.model_id, "READY")


def get_alias(name: str, alias: str) -> ModelVersion | None:
    """The version an alias points at; None when nobody set it. Errors as `register_version`."""
    from mlflow.exceptions import MlflowException

    client = _registry()
    with mlflow_errors(f"reading the alias {alias}"):
        try:
            return _version(client.get_model_version_by_alias(name, alias))
        except MlflowException as error:
            # An unset alias of an existing model is INVALID_PARAMETER_VALUE, a model never registered NOT_FOUND.
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise


def set_alias(name: str, alias: str, version: str) -> None:
    """Points an alias at a version. Errors as `register_version`."""
    client = _registry()
    with mlflow_errors(f"moving the alias {alias}"):
        client.set_registered_model_alias(name, alias, version)


def tag_version(name: str, version: str, *, tags: Mapping[str, str]) -> None:
    """Adds what became known after registration, such as the decision. Errors as `register_version`."""
    client = _registry()
    with mlflow_errors("tagging a model version"):
        for key, value in GATE.outgoing_now(tracking_uri(), dict(tags)).items():
            client.set_model_version_tag(name, version, key, value)


def list_versions(name: str) -> list[ModelVersion]:
    """All versions, oldest first. Errors as `register_version`."""
    client = _registry()
    with mlflow_errors("listing model versions"):
        versions = client.search_model_versions(f"name='{quoted(name)}'", max_results=1000)
    return sorted((_version(version) for version in versions), key=lambda version: int(version.version))


def _registry() -> MlflowClient:
    if not tracking_uri():
        fix = "set it to the server's URL"
        raise InputError("models are registered in MLflow, none is configured", where="MLFLOW_TRACKING_URI", fix=fix)
    return mlflow_client()


def _ensure_model(client: MlflowClient, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _with_digest(client: MlflowClient, *, name: str, digest: str) -> ModelVersion | None:
    clause = f"name='{quoted(name)}' and tags.`{MODEL_DIGEST}` = '{quoted(digest)}'"
    versions = client.search_model_versions(clause, max_results=10)
    return min((_version(version) for version in versions), key=lambda version: int(version.version), default=None)


def _version(record: Any) -> ModelVersion:
    return ModelVersion(name=str(record.name), version=str(record.version), tags=dict(record.tags or {}))
