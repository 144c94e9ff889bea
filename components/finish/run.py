"""Ends an attempt at a round: frees what it held and records how it ended.

The pipeline's exit handler runs it; on a laptop the command line does too, because it may have stopped the pipeline.
What a stage itself starts (browsers, servers, sites) ends with the stage's process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from components.sites.leases import give_back
from components.trajectories.attempts import Attempt, End
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store

State = Literal["done", "failed", "stopped"]


def run(store: Store, *, run: str, attempt: str, stopped: bool = False) -> End:
    """Frees the sites that the attempt's processes held, all of which are gone, and says how it ended.

    Args:
        stopped: somebody asked for its end.
    """
    ended_attempt = Attempt(store=store, run=run, name=attempt)
    give_back(store, attempt=attempt)
    return ended_attempt.end(state=_state(ended_attempt, stopped=stopped))


def _state(attempt: Attempt, *, stopped: bool) -> State:
    """From what is stored, because Kubeflow may report a group of tasks as running that is over."""
    beginning = attempt.begun
    if beginning and not attempt.failures():
        round = Round(run=attempt.run, number=beginning.round, seed=0, store=attempt.store, work=Path())
        if attempt.store.exists(done_key(round)):
            return "done"
    return "stopped" if stopped else "failed"


def as_markdown(end: End) -> str:
    """For the Kubeflow UI."""
    failure = end.failure
    title = f"# {end.state}{f' in {failure.stage}' if failure else ''}"
    if failure is None:
        word = "" if end.state == "done" else "No stage could say why: see the pods that Kubeflow shows as failed."
        return f"{title}\n\n{word}\n"
    words = [f"{name}: {text}" for name, text in (("in", failure.where), ("fix", failure.fix)) if text]
    return "\n\n".join([title, failure.what, *words]) + "\n"
