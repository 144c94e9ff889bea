"""MLflow: the figures of a stage, and the files and tags that explain them.

`track` opens the run a stage writes to; without MLFLOW_TRACKING_URI it opens one that keeps nothing, so an engine can
be used alone. mlflow itself is imported on first use. Registered models are in `components.registry`.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.endpoints.gate import GATE
from components.errors import InfraError, InputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "symbiont"
KIND = {"mlflow.experimentKind": "custom_model_development"}
"""Has MLflow show training runs; left to guess, it shows evaluations of language models."""
METRICS_PER_CALL = 1000  # MLflow's own limit on one log_batch
PARAM_LENGTH = 6000  # and on one parameter's value
LINKED_AT_ONCE = 100  # and on traces
DIGEST_LENGTH = 36  # and on the digest of a data set


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
    try:
        urllib.request.urlopen(_logged_in(request), timeout=timeout).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            fix = "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD (or start the server with --allowed-hosts)"
            raise InputError(f"the MLflow server refused us: HTTP {error.code}", where=uri, fix=fix) from error
        fix = "check that the URL is an MLflow tracking server's"
        raise InputError(f"this is no MLflow server: HTTP {error.code}", where=uri, fix=fix) from error
    except (OSError, ValueError) as error:
        fix = "start it (`mlflow server`), or set MLFLOW_TRACKING_URI to one that runs"
        raise InputError(f"the MLflow server does not answer: {error}", where=uri, fix=fix) from error


def post(path: str, body: Any, *, headers: Mapping[str, str], timeout: float = 30.0) -> None:
    """Posts JSON to the server, once, for what MLflow's client has no call for.

    Raises:
        OSError: it does not answer, or refuses (`urllib.error.HTTPError`).
        RequestRefused: something private is in it, and the server is elsewhere.
    """
    all_headers = {"Content-Type": "application/json", **headers}
    address = f"{tracking_uri().rstrip('/')}/{path}"
    allowed = json.dumps(GATE.outgoing_now(address, body)).encode()
    request = urllib.request.Request(address, data=allowed, headers=all_headers)
    urllib.request.urlopen(_logged_in(request), timeout=timeout).close()


def _logged_in(request: urllib.request.Request) -> urllib.request.Request:
    if user := os.environ.get("MLFLOW_TRACKING_USERNAME"):
        request.add_header("Authorization", f"Basic {_basic(user, os.environ.get('MLFLOW_TRACKING_PASSWORD', ''))}")
    elif token := os.environ.get("MLFLOW_TRACKING_TOKEN", "").strip():
        request.add_header("Authorization", f"Bearer {token}")
    return request


def _basic(user: str, password: str) -> str:
    from base64 import b64encode

    return b64encode(f"{user}:{password}".encode()).decode()


@contextmanager
def mlflow_errors(doing: str) -> Iterator[None]:
    """Turns whatever MLflow's client raises into the error that is retried."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as error:
        raise InfraError(f"MLflow failed while {doing}: {error}") from error


def mlflow_client() -> MlflowClient:
    # mlflow looks for a new git binary, reports usage and draws emojis unless told otherwise
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # a command's output is for programs
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri())


class TrackedRun:
    """One MLflow run. Every method raises InfraError when the server is gone."""

    def __init__(self, *, client: MlflowClient | None, run_id: str) -> None:
        self._client, self.id = client, run_id

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Logs all values at one step, in one request."""
        if self._client is None or not values:
            return
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        batch = [Metric(key=name, value=float(value), timestamp=now, step=step) for name, value in values.items()]
        with mlflow_errors("writing metrics"):
            for first in range(0, len(batch), METRICS_PER_CALL):
                self._client.log_batch(self.id, metrics=batch[first : first + METRICS_PER_CALL])

    def params(self, values: Mapping[str, Any]) -> None:
        """Logs parameters as text. One already logged keeps its value: a resumed stage has the same ones."""
        if self._client is None or not values:
            return
        from mlflow.entities import Param

        values = GATE.outgoing_now(tracking_uri(), {key: str(value) for key, value in values.items()})
        with mlflow_errors("writing parameters"):
            logged = self._client.get_run(self.id).data.params
            new = [Param(key, str(value)[:PARAM_LENGTH]) for key, value in values.items() if key not in logged]
            for first in range(0, len(new), 100):
                self._client.log_batch(self.id, params=new[first : first + 100])

    def tags(self, values: Mapping[str, str]) -> None:
        if self._client is None:
            return
        values = GATE.outgoing_now(tracking_uri(), dict(values))
        with mlflow_errors("writing tags"):
            for key, value in values.items():
                self._client.set_tag(self.id, key, value)

    def file(self, name: str, data: bytes) -> None:
        """Attaches a file. It is left out where MLflow's own store refuses it, or where files may not be sent there:
        our store holds it too."""
        if self._client is None:
            return
        if not GATE.lets_files(tracking_uri()):
            print(f"{name} stays at home: files are not looked into, and MLflow is elsewhere", file=sys.stderr)
            return
        with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
            path = Path(folder, name)
            path.write_bytes(data)
            try:
                self._client.log_artifact(self.id, str(path))
            except Exception as error:  # whatever the client of its store raises: botocore's errors are of no kind
                print(f"MLflow took no {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def link_traces(self, tags: Mapping[str, str]) -> None:
        """Links the experiment's traces of these tags to the run. Nothing depends on it: an error is printed only."""
        if self._client is None or not tracking_uri().startswith("http"):
            return
        query: dict[str, Any] = {
            "filter_string": " and ".join(f"tags.`{key}` = '{quoted(value)}'" for key, value in tags.items()),
            "max_results": LINKED_AT_ONCE,
            "include_spans": False,
        }
        try:
            locations, token = [self._client.get_run(self.id).info.experiment_id], None
            while True:
                traces = self._client.search_traces(locations=locations, page_token=token, **query)
                if traces:
                    self._client.link_traces_to_run([trace.info.trace_id for trace in traces], self.id)
                if (token := traces.token) is None:
                    return
        except Exception as error:
            print(f"MLflow linked no traces: {type(error).__name__}: {error}", file=sys.stderr, flush=True)

    def dataset(self, name: str, *, digest: str, source: str, rows: int) -> None:
        """Says which data the run learnt from; see MLflow's dataset tracking."""
        if self._client is None:
            return
        from mlflow.entities import Dataset, DatasetInput, InputTag

        data = Dataset(
            name=name,
            digest=digest[:DIGEST_LENGTH],
            source_type="s3" if source.startswith("s3://") else "local",
            source=json.dumps({"uri": source}),
            profile=json.dumps({"num_rows": rows}),
        )
        with mlflow_errors("writing the data set"):
            self._client.log_inputs(
                self.id, datasets=[DatasetInput(data, [InputTag("mlflow.data.context", "training")])]
            )


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
    client = mlflow_client()
    if given := os.environ.get("MLFLOW_RUN_ID"):
        yield TrackedRun(client=client, run_id=given)
        return
    with mlflow_errors("opening a run"):
        run_id = _find_or_create_run(client, name=name, experiment=experiment, tags=tags, parent=parent)
    try:
        yield TrackedRun(client=client, run_id=run_id)
    except BaseException as error:
        # Ending the run is a courtesy here: the stage's own error must not be hidden by MLflow's.
        _end_quietly(client, run_id, "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED")
        raise
    with mlflow_errors("ending a run"):
        client.set_terminated(run_id, "FINISHED")


@contextmanager
def track_round(run: str, number: int) -> Iterator[tuple[TrackedRun, TrackedRun]]:
    """The MLflow run of a whole run, for curves over its rounds, and below it the one of a round; see `track`."""
    with track_run(run) as whole:
        tags = {"symbiont.run": run, "symbiont.round": str(number)}
        with track(f"{run} round {number}", experiment=EXPERIMENT, tags=tags, parent=whole.id) as tracked_round:
            yield whole, tracked_round


@contextmanager
def track_run(run: str) -> Iterator[TrackedRun]:
    """The MLflow run of a whole run; see `track`."""
    with track(run, experiment=EXPERIMENT, tags={"symbiont.run": run}) as whole:
        yield whole


def _find_or_create_run(
    client: MlflowClient, *, name: str, experiment: str, tags: Mapping[str, str], parent: str
) -> str:
    experiment_key = experiment_id(client, experiment)
    identity = {"mlflow.runName": name, **tags}
    clauses = [f"tags.`{key}` = '{quoted(value)}'" for key, value in identity.items()]
    runs = client.search_runs([experiment_key], filter_string=" and ".join(clauses), max_results=1)
    if runs:
        run_id = str(runs[0].info.run_id)
        client.update_run(run_id, status="RUNNING")
        return run_id
    about = {"mlflow.user": _user(), **({"mlflow.parentRunId": parent} if parent else {})}
    return str(client.create_run(experiment_key, run_name=name, tags={**tags, **about}).info.run_id)


def _user() -> str:
    """Who started this process; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


def experiment_id(client: MlflowClient, name: str) -> str:
    """The experiment of this name, made where there is none.

    Raises:
        InputError: somebody deleted it: MLflow keeps its name, and takes no runs for it.
    """
    from mlflow.exceptions import MlflowException

    existing = client.get_experiment_by_name(name)
    if existing is not None:
        if existing.lifecycle_stage == "deleted":
            raise InputError(
                f"MLflow's experiment {name!r} was deleted, and takes no runs",
                where=tracking_uri(),
                fix=f"restore it (`mlflow experiments restore --experiment-id {existing.experiment_id}`), or remove it "
                "for good (`mlflow gc`)",
            )
        return str(existing.experiment_id)
    try:
        return str(client.create_experiment(name, tags=KIND))
    except MlflowException:  # a sibling shard made it between our two calls
        existing = client.get_experiment_by_name(name)
        if existing is None:
            raise
        return str(existing.experiment_id)


def quoted(value: str) -> str:
    if "'" in value:
        raise InputError("a tag of an MLflow run holds a quote", where=value, fix="name the run without quotes")
    return value


def _end_quietly(client: MlflowClient, run_id: str, status: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.set_terminated(run_id, status)
    except (MlflowException, OSError):
        return
