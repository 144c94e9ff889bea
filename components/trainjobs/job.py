"""One TrainJob: created once, found again, followed until it ends, and deleted when its follower is stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

from components.errors import InfraError, InputError, try_each
from components.trainjobs.kubernetes import Json, Kubernetes, KubernetesHasIt
from components.trainjobs.objects import API, ASKED, ATTEMPT, QUEUE, Owner, Standing, TrainJob

POLL_SECONDS = 5.0
"""Between two looks at a job."""
DELETION_SECONDS = 600.0
"""How long the deletion of an earlier job may take: its pods end first."""
LAST_LINES = 20
"""Lines of the log in an error."""
FIRST_POD = "jobset.sigs.k8s.io/jobset-name={name},batch.kubernetes.io/job-completion-index=0"
CONTAINER = "node"


def workflow_of(pod: str, *, kubernetes: Kubernetes) -> Owner | None:
    """The Argo workflow that a pod is a step of, to own what has to be deleted with it; None for another pod."""
    manifest = kubernetes.get(f"/api/v1/namespaces/{kubernetes.namespace}/pods/{pod}") or {}
    for owner in manifest.get("metadata", {}).get("ownerReferences", ()):
        if owner["kind"] == "Workflow":
            return Owner(api_version=owner["apiVersion"], kind="Workflow", name=owner["name"], uid=owner["uid"])
    return None


def was_stopped(pod: str, *, kubernetes: Kubernetes) -> bool:
    """Whether a user stopped the Kubeflow run that a pod is a step of, by command or in the UI.

    The exit handler learns only that the run failed. Kubeflow stops a run by setting its workflow's deadline to 0, Argo
    by the workflow's field `shutdown`.
    """
    if (owner := workflow_of(pod, kubernetes=kubernetes)) is None:
        return False
    path = f"/apis/{owner.api_version}/namespaces/{kubernetes.namespace}/workflows/{owner.name}"
    spec = (kubernetes.get(path) or {}).get("spec", {})
    return spec.get("activeDeadlineSeconds") == 0 or bool(spec.get("shutdown"))


class Job:
    """A TrainJob, named after its work: whoever requests the same work finds the same job.

    Args:
        on_line: called with each line of its first pod's log.
    """

    def __init__(self, job: TrainJob, *, kubernetes: Kubernetes, on_line: Callable[[str], None]) -> None:
        self.job, self.kubernetes, self.on_line = job, kubernetes, on_line
        self.name = job.metadata.name
        self._path = f"{_jobs(kubernetes)}/{self.name}"
        self._last_lines: list[str] = []
        self._heard = ""
        """The time of the last line, as Kubernetes writes it: of fixed length, so that it compares as text."""

    def run(self) -> None:
        """Runs the job and returns when it has succeeded. SIGTERM or Ctrl-C here deletes it.

        Raises:
            InputError: the cluster refuses the job, or has no such runtime.
            InfraError: it failed, took too long or was deleted, or the cluster does not answer; a retry may help.
        """
        try:
            with _sigterm_interrupts():
                self._follow(self._begun().metadata.uid)
        except KeyboardInterrupt:
            self.remove()
            raise

    def remove(self) -> None:
        """Deletes the job, so that the next `run` creates it again. A job of the same name for other work stays."""
        if (standing := self._standing()) and standing.asked == self.asked:
            self.kubernetes.delete(self._path, uid=standing.metadata.uid)

    def _begun(self) -> Standing:
        """The job: the one that is there, if it was asked for in the same words and has not failed; else a new one."""
        end = time.monotonic() + DELETION_SECONDS
        while time.monotonic() < end:
            standing = self._standing()
            if standing is None:
                try:
                    return Standing.model_validate(self.kubernetes.make(_jobs(self.kubernetes), self.job.body()))
                except KubernetesHasIt:
                    continue
            if not standing.leaving:
                if standing.asked == self.asked and not standing.true("Failed"):
                    print(f"trainjob {self.name} is there already", flush=True)
                    return standing
                self.kubernetes.delete(self._path, uid=standing.metadata.uid)
            time.sleep(min(1.0, POLL_SECONDS))
        raise InfraError(f"an earlier trainjob {self.name} does not end: `kubectl describe trainjob` says why")

    @property
    def asked(self) -> str:
        return self.job.metadata.annotations[ASKED]

    def _standing(self) -> Standing | None:
        manifest = self.kubernetes.get(self._path)
        return None if manifest is None else Standing.model_validate(manifest)

    def _follow(self, uid: str) -> None:
        state_before = ""
        while True:
            standing = self._standing()
            if standing is None or standing.metadata.uid != uid or standing.leaving:
                raise InfraError(f"somebody deleted the trainjob {self.name}")
            self._hear()
            if standing.true("Complete"):
                return
            if failed := standing.true("Failed"):
                self._give_up(failed.reason, failed.message)
            now = "waits" if standing.true("Suspended") else "runs"
            if now != state_before:
                queue = self.job.metadata.labels.get(QUEUE)
                reason = f" for its turn in the queue {queue}" if queue and now == "waits" else ""
                print(f"trainjob {self.name} {now}{reason}", flush=True)
                state_before = now
            time.sleep(POLL_SECONDS)

    def _hear(self) -> None:
        """Reads the new lines of the first pod's log. A missing pod, or one without a log, is no failure."""
        namespace = f"/api/v1/namespaces/{self.kubernetes.namespace}/pods"
        pods = self.kubernetes.get(namespace, labelSelector=FIRST_POD.format(name=self.name)) or {}
        newest = max(pods.get("items", ()), key=_begun_at, default=None)
        if newest is None:
            return
        since = {"sinceTime": self._heard} if self._heard else {}
        log = self.kubernetes.text(
            f"{namespace}/{newest['metadata']['name']}/log", container=CONTAINER, timestamps="true", **since
        )
        heard = self._heard
        for line in (log or "").splitlines():
            when, _, text = line.partition(" ")
            if when > heard:
                self._heard = when
                self._last_lines = [*self._last_lines[1 - LAST_LINES :], text]
                self.on_line(text)

    def _give_up(self, reason: str, message: str) -> NoReturn:
        if reason == "TrainingRuntimeNotSupported":
            fix = "correct the place's training.job.runtime and kind; the chart makes one with `training.enabled`"
            raise InputError(f"the cluster has no such runtime: {message}", where="place: training.job", fix=fix)
        if reason == "DeadlineExceeded":
            problem = (
                f"the trainjob {self.name} took longer than the place's training.job.minutes; it goes on from there"
            )
            raise InfraError(problem)
        words = "\n".join(self._last_lines)
        raise InfraError(f"the trainjob {self.name} failed: {reason}: {message}; its last lines:\n{words}")


def end_jobs(attempt: str, *, kubernetes: Kubernetes) -> None:
    """Deletes every TrainJob of an attempt at a round that has not ended, and prints its name.

    Raises:
        InputError, InfraError: as `try_each`, after all were tried.
    """
    listing = kubernetes.get(_jobs(kubernetes), labelSelector=f"{ATTEMPT}={attempt}") or {}

    def end(job: Standing) -> None:
        kubernetes.delete(f"{_jobs(kubernetes)}/{job.metadata.name}", uid=job.metadata.uid)
        print(f"trainjob {job.metadata.name} is ended", flush=True)

    try_each(partial(end, job) for job in map(Standing.model_validate, listing.get("items", ())) if not job.over)


def remove_jobs(*, runtime: str, days: float, kubernetes: Kubernetes) -> Iterator[str]:
    """Deletes each TrainJob of a runtime that ended more than `days` days ago, and yields a line for each.

    TrainJobs have no time to live in Kubernetes.
    """
    before = datetime.now(UTC) - timedelta(days=days)
    for item in (kubernetes.get(_jobs(kubernetes)) or {}).get("items", ()):
        job = Standing.model_validate(item)
        ended = job.over.last_transition_time if job.over else None
        if item["spec"]["runtimeRef"]["name"] == runtime and ended and ended < before:
            kubernetes.delete(f"{_jobs(kubernetes)}/{job.metadata.name}", uid=job.metadata.uid)
            yield f"TrainJob {job.metadata.name}, over since {ended:%Y-%m-%d %H:%M}"


def _jobs(kubernetes: Kubernetes) -> str:
    return f"/apis/{API}/namespaces/{kubernetes.namespace}/trainjobs"


def _begun_at(pod: Json) -> str:
    return str(pod["metadata"].get("creationTimestamp", ""))


@contextmanager
def _sigterm_interrupts() -> Iterator[None]:
    """Turns SIGTERM, by which Kubernetes stops a pod, into a KeyboardInterrupt while the block runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: Any) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
