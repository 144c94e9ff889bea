"""MLflow: what a stage measured, and which model is the champion.

Two things live here. `track` opens the run a stage writes its metrics to; without MLFLOW_TRACKING_URI it opens one that
keeps nothing, so an engine can be used alone. The other functions keep the versions of a registered model and its
aliases `champion` and `challenger`. mlflow itself is imported on first use.
"""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.errors import InfraError, InputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "symbiont"
CHAMPION = "champion"
CHALLENGER = "challenger"
MODEL_DIGEST = "symbiont.model_digest"
METRICS_PER_CALL = 1000  # MLflow's own limit on one log_batch
PARAM_LENGTH = 6000  # and on one parameter's value


def tracking_uri() -> str:
    """Where MLflow is, from MLFLOW_TRACKING_URI; empty when nobody configured one."""
    return os.environ.get("MLFLOW_TRACKING_URI", "")


def check_tracking(uri: str = "", *, timeout: float = 5.0) -> None:
    """Asks the server one cheap question, for preflight; answers in seconds where the client would retry for minutes.

    Raises:
        InputError: no address is set, nothing answers there, or it refuses our credentials.
    """
    uri = uri or tracking_uri()
    if not uri:
        raise InputError(
            "no MLflow server is configured", where="MLFLOW_TRACKING_URI", fix="set it to the server's URL"
        )
    if not uri.startswith(("http://", "https://")):
        return
    request = urllib.request.Request(f"{uri.rstrip('/')}/api/2.0/mlflow/experiments/search?max_results=1")
    if user := os.environ.get("MLFLOW_TRACKING_USERNAME"):
        request.add_header("Authorization", f"Basic {_basic(user, os.environ.get('MLFLOW_TRACKING_PASSWORD', ''))}")
    elif token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        urllib.request.urlopen(request, timeout=timeout).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            fix = "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD (or start the server with --allowed-hosts)"
            raise InputError(f"the MLflow server refused us: HTTP {error.code}", where=uri, fix=fix) from error
        fix = "check that the URL is an MLflow tracking server's"
        raise InputError(f"this is no MLflow server: HTTP {error.code}", where=uri, fix=fix) from error
    except (OSError, ValueError) as error:
        fix = "start it (`mlflow server`), or set MLFLOW_TRACKING_URI to one that runs"
        raise InputError(f"the MLflow server does not answer: {error}", where=uri, fix=fix) from error


def _basic(user: str, password: str) -> str:
    from base64 import b64encode

    return b64encode(f"{user}:{password}".encode()).decode()


@contextmanager
def _infra(doing: str) -> Iterator[None]:
    """Turns whatever MLflow's client raises into the error that is retried."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as error:
        raise InfraError(f"MLflow failed while {doing}: {error}") from error


def _client() -> MlflowClient:
    # mlflow looks for a new git binary, reports usage and draws emojis unless told otherwise
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri())


class TrackedRun:
    """One MLflow run. Every method raises InfraError when the server is gone."""

    def __init__(self, *, client: MlflowClient | None, run_id: str) -> None:
        self._client, self.id = client, run_id

    def metric(self, name: str, value: float, *, step: int = 0) -> None:
        self.metrics({name: value}, step=step)

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Logs all values at one step, in one request."""
        if self._client is None or not values:
            return
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        batch = [Metric(key=name, value=float(value), timestamp=now, step=step) for name, value in values.items()]
        with _infra("writing metrics"):
            for first in range(0, len(batch), METRICS_PER_CALL):
                self._client.log_batch(self.id, metrics=batch[first : first + METRICS_PER_CALL])

    def params(self, values: Mapping[str, Any]) -> None:
        """Logs parameters as text. One already logged keeps its value: a resumed stage has the same ones."""
        if self._client is None or not values:
            return
        from mlflow.entities import Param

        with _infra("writing parameters"):
            known = self._client.get_run(self.id).data.params
            new = [Param(key, str(value)[:PARAM_LENGTH]) for key, value in values.items() if key not in known]
            for first in range(0, len(new), 100):
                self._client.log_batch(self.id, params=new[first : first + 100])

    def tags(self, values: Mapping[str, str]) -> None:
        if self._client is None:
            return
        with _infra("writing tags"):
            for key, value in values.items():
                self._client.set_tag(self.id, key, value)

    def artifact(self, path: Path, *, folder: str | None = None) -> None:
        """Uploads one local file."""
        if self._client is None:
            return
        with _infra(f"uploading {path.name}"):
            self._client.log_artifact(self.id, str(path), artifact_path=folder)


@contextmanager
def track(name: str, *, experiment: str, tags: Mapping[str, str], parent: str = "") -> Iterator[TrackedRun]:
    """The MLflow run a stage writes to, for as long as the block lasts.

    Reuses MLFLOW_RUN_ID when the orchestrator gave one (and leaves ending it to its owner); else the unfinished or
    earlier run of this name with the same tags, so a stage that was killed goes on in its own run; else a new one.

    Args:
        tags: what makes this run the same run again, at least the pipeline run's id and the round.
        parent: id of the run this one is shown under.

    Raises:
        InfraError: the server does not answer.
    """
    if not tracking_uri():
        yield TrackedRun(client=None, run_id="")
        return
    client = _client()
    if given := os.environ.get("MLFLOW_RUN_ID"):
        yield TrackedRun(client=client, run_id=given)
        return
    with _infra("opening a run"):
        run_id = _find_or_create_run(client, name=name, experiment=experiment, tags=tags, parent=parent)
    try:
        yield TrackedRun(client=client, run_id=run_id)
    except BaseException as error:
        # Ending the run is a courtesy here: the stage's own error must not be hidden by MLflow's.
        _end_quietly(client, run_id, "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    with _infra("ending a run"):
        client.set_terminated(run_id, "FINISHED")


@contextmanager
def track_round(run: str, number: int) -> Iterator[tuple[TrackedRun, TrackedRun]]:
    """The MLflow run of a whole run, for curves over its rounds, and below it the one of a round; see `track`."""
    tags = {"symbiont.run": run}
    with track(run, experiment=EXPERIMENT, tags=tags) as whole:
        tags["symbiont.round"] = str(number)
        with track(f"{run} round {number}", experiment=EXPERIMENT, tags=tags, parent=whole.id) as one:
            yield whole, one


def _find_or_create_run(
    client: MlflowClient, *, name: str, experiment: str, tags: Mapping[str, str], parent: str
) -> str:
    experiment_id = _experiment_id(client, experiment)
    wanted = {"mlflow.runName": name, **tags}
    clauses = [f"tags.`{key}` = '{_quoted(value)}'" for key, value in wanted.items()]
    found = client.search_runs([experiment_id], filter_string=" and ".join(clauses), max_results=1)
    if found:
        run_id = str(found[0].info.run_id)
        client.update_run(run_id, status="RUNNING")
        return run_id
    under = {"mlflow.parentRunId": parent} if parent else {}
    return str(client.create_run(experiment_id, run_name=name, tags={**tags, **under}).info.run_id)


def _experiment_id(client: MlflowClient, name: str) -> str:
    from mlflow.exceptions import MlflowException

    known = client.get_experiment_by_name(name)
    if known is not None:
        return str(known.experiment_id)
    try:
        return str(client.create_experiment(name))
    except MlflowException:  # a sibling shard made it between our two calls
        known = client.get_experiment_by_name(name)
        if known is None:
            raise
        return str(known.experiment_id)


def _quoted(value: str) -> str:
    if "'" in value:
        raise InputError("a tag of an MLflow run holds a quote", where=value, fix="name the run without quotes")
    return value


def _end_quietly(client: MlflowClient, run_id: str, status: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.set_terminated(run_id, status)
    except (MlflowException, OSError):
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A registered model's version: where its files are and the digests it was made from."""

    name: str
    version: str
    source_uri: str
    tags: Mapping[str, str]

    @property
    def model_digest(self) -> str:
        return self.tags.get(MODEL_DIGEST, "")


def register_version(name: str, *, source_uri: str, model_digest: str, tags: Mapping[str, str]) -> ModelVersion:
    """Registers a model once: the same digest again gives the version that exists.

    Args:
        name: the registered model; made when it is new.
        source_uri: the store's prefix that holds the files.
        tags: the digests it was made from, by name: data, recipe, code, teacher.

    Raises:
        InputError: no MLflow server is configured.
        InfraError: it does not answer.
    """
    client = _registry()
    with _infra("registering a model version"):
        _ensure_model(client, name)
        known = _with_digest(client, name=name, digest=model_digest)
        if known is not None:
            return known
        all_tags = {MODEL_DIGEST: model_digest, **tags}
        return _version(client.create_model_version(name, source_uri, tags=all_tags, await_creation_for=0))


def get_alias(name: str, alias: str) -> ModelVersion | None:
    """The version an alias points at; None when nobody set it. Errors as `register_version`."""
    from mlflow.exceptions import MlflowException

    client = _registry()
    with _infra(f"reading the alias {alias}"):
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
    with _infra(f"moving the alias {alias}"):
        client.set_registered_model_alias(name, alias, version)


def tag_version(name: str, version: str, *, tags: Mapping[str, str]) -> None:
    """Adds what became known after registration, such as the decision. Errors as `register_version`."""
    client = _registry()
    with _infra("tagging a model version"):
        for key, value in tags.items():
            client.set_model_version_tag(name, version, key, value)


def list_versions(name: str) -> list[ModelVersion]:
    """All versions, oldest first. Errors as `register_version`."""
    client = _registry()
    with _infra("listing model versions"):
        found = client.search_model_versions(f"name='{_quoted(name)}'", max_results=1000)
    return sorted((_version(each) for each in found), key=lambda each: int(each.version))


def _registry() -> MlflowClient:
    if not tracking_uri():
        fix = "set it to the server's URL"
        raise InputError("models are registered in MLflow, none is configured", where="MLFLOW_TRACKING_URI", fix=fix)
    return _client()


def _ensure_model(client: MlflowClient, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _with_digest(client: MlflowClient, *, name: str, digest: str) -> ModelVersion | None:
    clause = f"name='{_quoted(name)}' and tags.`{MODEL_DIGEST}` = '{_quoted(digest)}'"
    found = client.search_model_versions(clause, max_results=10)
    return min((_version(each) for each in found), key=lambda each: int(each.version), default=None)


def _version(found: Any) -> ModelVersion:
    return ModelVersion(
        name=str(found.name), version=str(found.version), source_uri=str(found.source), tags=dict(found.tags or {})
    )
