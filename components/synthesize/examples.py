"""Steps as training examples: the action alone, and the reason with the action (AgentSymbiotic 3.3, eq. 7).

The paper's equation 7 predicts the reason from the action, its figure 4 and its code the action from the reason; we
follow the code, whose student writes the reason first, because only then can the reason help the action. Lambda_r, the
weight of that task, is the distillation's; the weight here says how often an example occurred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from components.agents.base import past_of
from components.agents.prompts import heading_of, last_action, notes_of, notice_of
from components.synthesize.trajectories import found_by
from components.trajectories.schema import Episode, Step

COLUMNS = {
    "example_id": "string",
    "kind": "string",
    "prompt_intent": "string",
    "history": "string",
    "observation": "string",
    "notes": "string",
    "heading": "string",
    "notice": "string",
    "reason": "string",
    "action": "string",
    "weight": "double",
    "task_id": "string",
    "family": "string",
    "template": "string",
    "seed": "int64",
    "episode_key": "string",
    "step": "int64",
    "source": "string",
    "origin": "string",
    "licence": "string",
}


def example_rows(episode: Episode, steps: Sequence[Step], *, source: str = "") -> Iterator[dict[str, Any]]:
    """Two rows of `COLUMNS` per step, one where there is no reason.

    Args:
        steps: those of the episode that are learnt, with the action that is learnt; the history of each is what was
            done before it, learnt or not.
        source: whose actions they are, if they are not those of who found the episode.
    """
    learnt = {step.index: step for step in steps}
    pasts = [past_of(step) for step in episode.steps]
    for number, taken in enumerate(episode.steps):
        step = learnt.get(taken.index)
        if step is None:
            continue
        shared = {
            "prompt_intent": episode.intent,
            "history": last_action(pasts[:number]),
            "observation": step.observation,
            "notes": notes_of(pasts[:number]),
            "heading": heading_of(url=step.url, title=step.title),
            "notice": notice_of(episode.notice),
            "action": step.action,
            "weight": 1.0,
            "task_id": episode.task_id,
            "family": episode.family,
            "template": episode.template,
            "seed": episode.seed,
            "episode_key": episode.key,
            "step": step.index,
            "source": source or found_by(episode),
            "origin": episode.origin.source if episode.origin else "",
            "licence": episode.origin.licence if episode.origin else "",
        }
        yield _with_id({**shared, "kind": "action", "reason": ""})
        if step.reason:
            yield _with_id({**shared, "kind": "reason_action", "reason": step.reason})


def _with_id(row: dict[str, Any]) -> dict[str, Any]:
    """The id covers what a student reads and writes, so equal examples of different episodes have the same."""
    parts = [row[name] for name in ("kind", "prompt_intent", "history", "observation", "reason", "action")]
    return {"example_id": hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32], **row}
