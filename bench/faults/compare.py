"""Whether a disturbed run is what it would have been in peace, and what it met on the way."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from bench.faults.run import Played
from bench.faults.world import TASKS, World, is_wrong
from components.trajectories.schema import Episode, Outcome

LOST = "LeaseLost"
_NUMBERS = re.compile(r"(http://\S+|/\S*\d\S*|\b\d[\d.]*\b)")


def compare(world: World, quiet: Played, loud: Played) -> dict[str, Any]:
    """Under `wrong` a sentence for each thing that does not hold."""
    verdicts, loud_verdicts = ({episode.key: episode.outcome for episode in played.stored} for played in (quiet, loud))
    differing = {
        key: [was, loud_verdicts[key]]
        for key, was in verdicts.items()
        if key in loud_verdicts and loud_verdicts[key] != was
    }
    faults = _faults(world, loud)
    retried = Counter(_kind(message) for episode in (*loud.stored, *loud.left) for message in episode.retries)
    result = {
        "episodes": len(verdicts),
        "seconds": {"undisturbed": round(quiet.seconds, 1), "disturbed": round(loud.seconds, 1)},
        "faults": faults,
        "retries": dict(retried.most_common()),
        "starts": loud.starts,
        "outcomes": {"undisturbed": _outcomes(quiet), "disturbed": _outcomes(loud)},
        "missing": sorted(verdicts.keys() - loud_verdicts.keys()),
        "left": {episode.key: episode.message for episode in loud.left},
        "twice": _twice(loud),
        "other verdicts": differing,
        "left over": loud.left_over,
    }
    solved = [
        {key for key, outcome in outcomes.items() if outcome is Outcome.SOLVED}
        for outcomes in (verdicts, loud_verdicts)
    ]
    expected = {episode.key for episode in quiet.stored if not is_wrong(_thing(episode))}
    holds = {
        "in peace every episode ends as the model's rules have it": solved[0] == expected and not quiet.left,
        "every episode is there": not result["missing"] and len(verdicts) == world.episodes,
        "none is there twice": not result["twice"] and loud.counted == world.explored * len(TASKS),
        "no fault is counted as the agent's": not differing,
        "what is solved is what was solved in peace": solved[0] == solved[1],
        "every fault was met": all(fault["met"] >= fault["injected"] > 0 for fault in faults.values()),
        "who lost a lease noticed": any(LOST in message for message in retried),
        "nothing of a killed shard is left": not loud.left_over,
    }
    return {**result, "wrong": [sentence for sentence, holding in holds.items() if not holding]}


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


def _thing(episode: Episode) -> str:
    match = re.search(r"\b[a-z]+ \d{3}\b", episode.intent)
    return match[0] if match else ""


def _kind(message: str) -> str:
    return _NUMBERS.sub("…", message)[:120]
