"""The runs of a store and how far each came: the commands that only read choose from them.

A store outlives releases and recipes, so a run is found by the objects that it left.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.results.place import result_key
from components.trajectories.attempts import attempts_at
from components.trajectories.manifest import read_manifest
from components.trajectories.phases import SplitName, evaluation_of, main_split
from components.trajectories.rounds import Round
from components.trajectories.store import Store

MARK = re.compile(r"runs/(?P<run>[^/]+)/round-(?P<round>\d{3,})/(?P<what>manifest|done)\.json")
OLD_NAME = re.compile(r"(?P<recipe>.+)-\d+-[0-9a-f]{12}")
"""Of runs that earlier releases named, whose manifests do not hold the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run in its store. `begun` and `done` are numbers of rounds, rising."""

    name: str
    recipe: str
    seed: int | None
    created_at: str
    begun: tuple[int, ...]
    done: tuple[int, ...]

    @property
    def newest(self) -> int:
        """The newest finished round; where none is finished, the newest that was begun."""
        return (self.done or self.begun)[-1]


class ClusterRun(BaseModel):
    """A run of Kubeflow that does a round."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Kubeflow's id of the run")
    name: str
    run: str = Field(description="name of the run that its round belongs to")
    state: str = Field(description="state as Kubeflow says it, in lower case")
    begun: str = Field(description="when it was started, ISO 8601 in UTC")
    link: str = Field(description="address of its page")


class RunLine(BaseModel):
    """A run in one line of `symbiont runs`."""

    model_config = ConfigDict(frozen=True)

    run: str
    recipe: str = Field(description="name of the newest round's recipe")
    seed: int | None
    rounds_done: int
    begun: str | None = Field(
        description="when the newest round was begun, in UTC; empty: its manifest is torn; none: nothing is stored"
    )
    success_rate: float | None = Field(
        description="success rate of the student on `split` after the newest finished round"
    )
    interval: tuple[float, float] | None
    split: SplitName | None = Field(
        None, description="split that success is measured on: held-out seeds, or held-out tasks if there are no seeds"
    )
    champion: int | None = Field(description="round whose student was promoted last; none: no student was")
    ended: str = Field(
        "", description="how the newest attempt at a round ended; empty: it has not ended, or was killed"
    )
    cluster: ClusterRun | None = Field(None, description="newest run of it on the place's Kubeflow")


def stored_runs(store: Store) -> list[StoredRun]:
    """Every run that has begun a round, sorted by when its newest round began, the newest last."""
    rounds: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key in store.list("runs/"):
        if mark := MARK.fullmatch(key):
            rounds[mark["run"], mark["what"]].add(int(mark["round"]))
    runs = []
    for name in sorted({run for run, what in rounds if what == "manifest"}):
        numbers = tuple(sorted(rounds[name, "manifest"]))
        recipe, seed, created_at = _recipe_seed_and_time(round_of(store, name, numbers[-1]))
        runs.append(
            StoredRun(
                name=name,
                recipe=recipe,
                seed=seed,
                created_at=created_at,
                begun=numbers,
                done=tuple(sorted(rounds[name, "done"])),
            )
        )
    return sorted(runs, key=lambda run: run.created_at)


def _recipe_seed_and_time(round: Round) -> tuple[str, int | None, str]:
    """Recipe, seed and time of a manifest; empty where it is torn, so that other runs are listed all the same."""
    try:
        manifest = read_manifest(round)
    except InputError:
        return "", None, ""
    match = OLD_NAME.fullmatch(round.run)
    recipe = manifest.settings.get("name") or (match["recipe"] if match else "")
    return recipe, manifest.seed, manifest.created_at


def choose_round(store: Store, *, run: str = "", round: int | None = None) -> tuple[StoredRun, int]:
    """The run and the round that a user means.

    Args:
        run: its name or the beginning of it; empty: the newest.
        round: its number; None: the newest finished one.

    Raises:
        InputError: nothing is stored, or no such run or round; says what is.
    """
    runs = stored_runs(store)
    if not runs:
        fix = "give the --out or --place of a run, or make one with `symbiont run`"
        raise InputError("no run is stored here", where=store.url, fix=fix)
    names = [stored.name for stored in runs]
    chosen = [stored for stored in runs if stored.name == run] or [
        stored for stored in runs if stored.name.startswith(run)
    ]
    if run and len(chosen) != 1:
        close = difflib.get_close_matches(run, names, n=1)
        hint = f"did you mean {close[0]!r}? " if close and not chosen else ""
        problem = f"{len(chosen)} runs begin with {run!r}" if chosen else f"there is no run {run!r}"
        raise InputError(problem, where=store.url, fix=f"{hint}the runs here are {', '.join(names)}")
    newest = chosen[-1]
    number = newest.newest if round is None else round
    if number not in newest.begun:
        alternatives = [f"--run {stored.name}" for stored in runs if number in stored.begun]
        rounds = ", ".join(map(str, newest.begun))
        fix = f"take one of its rounds ({rounds})" + (f", or {' or '.join(alternatives)}" if alternatives else "")
        raise InputError(f"run {newest.name} has no round {number}", where=store.url, fix=fix)
    return newest, number


def round_of(store: Store, run: str, number: int, *, seed: int = 0, work: Path = Path()) -> Round:
    """A round of a stored run, for reading."""
    return Round(run=run, number=number, seed=seed, store=store, work=work)


def _result(store: Store, run: StoredRun, number: int, name: str) -> dict[str, Any]:
    """A stored result as JSON, whichever release wrote it; empty where there is none that can be read."""
    try:
        result = json.loads(store.get(result_key(round_of(store, run.name, number), name)))
    except (KeyError, ValueError):
        return {}
    return result if isinstance(result, dict) else {}


def _ended(store: Store, run: StoredRun) -> str:
    """Of the newest attempt; rounds of earlier releases left no word."""
    attempts = attempts_at(store, run.name)
    if not attempts:
        return "done" if run.begun[-1] in run.done else ""
    return str(attempts[-1].ended or "")


def run_line(store: Store, run: StoredRun) -> RunLine:
    """What the run came to."""
    student = _result(store, run, run.newest, evaluation_of("student")) if run.done else {}
    splits = student.get("splits", {})
    split = main_split(splits)
    success = splits.get(split, {})
    promoted = [number for number in run.done if _result(store, run, number, "promote").get("decision") == "promote"]
    return RunLine(
        run=run.name,
        recipe=run.recipe,
        seed=run.seed,
        rounds_done=len(run.done),
        begun=run.created_at,
        success_rate=success.get("success_rate"),
        interval=success.get("interval"),
        split=split if success else None,
        champion=promoted[-1] if promoted else None,
        ended=_ended(store, run),
    )
