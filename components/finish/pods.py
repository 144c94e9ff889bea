"""The end of a round in Kubernetes: whether somebody stopped it, and removal of what it left there."""

from __future__ import annotations

import os
from collections.abc import Callable

from components.errors import InfraError, InputError, try_each
from components.place import Place
from components.serving.config import Deployment
from components.serving.deployment import POD_NAME, end_servers
from components.trainjobs.job import end_jobs, was_stopped
from components.trainjobs.kubernetes import of_this_pod


def asked_to_end(state: str) -> bool:
    """Whether somebody stopped the run; if that cannot be found out, it counts as no, with a message.

    Args:
        state: of the stages, as the orchestrator tells its exit handler.
    """
    if state == "CANCELLED":
        return True
    try:
        kubernetes = of_this_pod()
    except InputError:  # a laptop
        return False
    try:
        return was_stopped(os.environ.get(POD_NAME, ""), kubernetes=kubernetes)
    except (InfraError, InputError) as error:
        print(f"finish: whether somebody stopped this run is not known: {error}", flush=True)
        return False


def end_pods(place: Place, *, attempt: str) -> None:
    """Ends the TrainJobs and servers that an attempt left. Errors as `try_each`."""
    steps: list[Callable[[], None]] = []
    if place.training.job:
        steps.append(lambda: end_jobs(attempt, kubernetes=of_this_pod()))
    if isinstance(place.serving, Deployment):
        steps.append(lambda: end_servers(attempt, kubernetes=of_this_pod()))
    try_each(steps)
