"""Steps as conversations to fine-tune on: what a chat model of ours is asked, and the answer it should give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.agents.base import Turn, past_of
from components.agents.prompts import chat_messages, completion
from components.browser.observation import Observation
from components.trajectories.schema import Episode, Step

Messages = list[dict[str, Any]]


def conversations(episode: Episode, *, pictures: dict[int, str]) -> Iterator[tuple[Step, Messages]]:
    """Each step with its system, user and assistant messages; a step that met an error is told later, but not taught.

    Args:
        pictures: paths of the pages' pictures, by the index of the step.
    """
    for number, step in enumerate(episode.steps):
        if step.feedback:
            continue
        messages: Messages = [*chat_messages(_turn(episode, number))]
        if picture := pictures.get(step.index):
            text = {"type": "text", "text": messages[-1]["content"]}
            messages[-1]["content"] = [{"type": "image", "image": picture}, text]
        answer = completion(action=step.action, reason=step.reason, kind="reason_action")
        yield step, [*messages, {"role": "assistant", "content": f"REASON:{answer}"}]


def _turn(episode: Episode, number: int) -> Turn:
    """Without elements: an answer's form would be shown on one, and of a stored page only the right one is known."""
    step = episode.steps[number]
    return Turn(
        episode=episode.key,
        task_id=episode.task_id,
        template=episode.template,
        intent=episode.intent,
        notice=episode.notice,
        observation=Observation(url=step.url, title=step.title, text=step.observation, elements={}),
        history=[past_of(step) for step in episode.steps[:number]],
    )
