"""Whether a disturbed run ends like the undisturbed one, and which faults it met."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bench.faults.run import PHASES, Played
from bench.faults.shard import RUN
from bench.faults.world import TASKS, World, is_wrong
from components.benchmarks.split import HELDOUT_SEEDS
from components.trajectories.schema import Outcome, episode_key

LOST = "LeaseLost"
_NUMBERS = re.compile(r"(http://\S+|/\S*\d\S*|\b\d[\d.]*\b)")


def compare(world: World, loud: Played, *, quiet: Played | None = None) -> dict[str, Any]:
    """Under `wrong` a sentence for each thing that does not hold.

    Args:
        quiet: the same run undisturbed; None: its outcomes are computed from the model's rules.
    """
    in_peace, verdicts = _by_rules(world), _verdicts(loud)
    runs = {"undisturbed": quiet, "disturbed": loud} if quiet else {"disturbed": loud}
    differing = {
        key: [outcome, verdicts[key]]
        for key, outcome in in_peace.items()
        if key in verdicts and verdicts[key] != outcome
    }
    faults = _faults(world, loud)
    retried = Counter(_kind(message) for episode in (*loud.stored, *loud.left) for message in episode.retries)
    result = {
        "episodes": len(in_peace),
        "seconds": {name: round(played.seconds, 1) for name, played in runs.items()},
        "faults": faults,
        "retries": dict(retried.most_common()),
        "starts": loud.starts,
        "outcomes": {name: _outcomes(played) for name, played in runs.items()},
        "missing": sorted(in_peace.keys() - verdicts.keys()),
        "left": {episode.key: episode.message for episode in loud.left},
        "twice": _twice(loud),
        "other verdicts": differing,
        "left over": loud.left_over,
    }
    holds = {
        "in peace every episode ends as the model's rules have it": quiet is None or _verdicts(quiet) == in_peace,
        "every episode is there": verdicts.keys() == in_peace.keys(),
        "none is there twice": not result["twice"] and loud.counted == world.explored * len(TASKS),
        "no fault is counted as the agent's": not differing,
        "what is solved is what is solved in peace": _solved(verdicts) == _solved(in_peace),
        "every fault was met": all(fault["met"] >= fault["injected"] > 0 for fault in faults.values()),
        "who lost a lease noticed": any(LOST in message for message in retried),
        "nothing of a killed shard is left": not loud.left_over,
    }
    return {**result, "wrong": [sentence for sentence, holding in holds.items() if not holding]}


def _by_rules(world: World) -> dict[str, Outcome]:
    """How each episode ends by the rules of the model, by its key."""
    explored, judged = PHASES
    return {
        episode_key(
            run=RUN, round=1, phase=judged if seed >= HELDOUT_SEEDS else explored, task_id=task, seed=seed
        ): Outcome.FAILED if is_wrong(case["item"]) else Outcome.SOLVED
        for task in TASKS
        for seed, case in world.played(task).items()
    }


def _verdicts(played: Played) -> dict[str, Outcome]:
    return {episode.key: episode.outcome for episode in played.stored}


def _solved(verdicts: Mapping[str, Outcome]) -> set[str]:
    return {key for key, outcome in verdicts.items() if outcome is Outcome.SOLVED}


def _faults(world: World, loud: Played) -> dict[str, dict[str, int]]:
    injected = Counter(f"the shop {strike.kind}" for strike in world.site.values())
    injected += Counter(f"the model {strike.kind}" for strike in world.model.values())
    injected["the shop answers a reset with 500"] = len(world.resets)
    injected += loud.planned
    met = loud.met + loud.done
    return {name: {"injected": count, "met": met[name]} for name, count in sorted(injected.items())}


def _outcomes(played: Played) -> dict[str, int]:
    return dict(sorted(Counter(episode.outcome.value for episode in (*played.stored, *played.left)).items()))


def _twice(loud: Played) -> list[str]:
    counts = Counter((episode.phase, episode.task_id, episode.seed) for episode in (*loud.stored, *loud.left))
    return ["/".join(map(str, key)) for key, count in counts.items() if count > 1]


def _kind(message: str) -> str:
    return _NUMBERS.sub("…", message)[:120]
