"""Conversations with chat models as MLflow traces: one of each episode, one span of each step, from what is stored.

They are sent by OTLP over HTTP, which MLflow's server takes at `/v1/traces`. A trace is one request, there whole or not
at all, and its ids come from its episode: one that is sent again takes its own place. Only texts are sent.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from components.endpoints.complaints import RequestRefused
from components.tracking import (
    EXPERIMENT,
    check_tracking,
    experiment_id,
    mlflow_client,
    mlflow_errors,
    post,
    tracking_uri,
)
from components.trajectories.episodes import episode_digest, read_exchanges
from components.trajectories.schema import Episode, Outcome, Step
from components.trajectories.store import Store

LONGEST_TEXT = 20_000
"""Characters of a message, an intent or a feedback that are shown; of longer ones the beginning and the end."""
NANO = 1_000_000_000
OK, ERROR = 1, 2  # OTLP's status codes


def send_traces(store: Store, episodes: Iterable[Episode], *, most: int, what: str) -> None:
    """Sends up to `most` conversations to MLflow. Nothing depends on them: an error is printed, and not raised.

    Args:
        episodes: of one agent; where no chat model decided nothing is sent.
        what: what they are of, for the line that says what went wrong.
    """
    if not most or not tracking_uri().startswith("http"):
        return
    try:
        chosen = choose(conversations(episodes), most=most)
        if not chosen:
            return
        check_tracking()  # in seconds, where MLflow's client would try for minutes
        with mlflow_errors("opening the experiment"):
            experiment = experiment_id(mlflow_client(), EXPERIMENT)
        refused = 0
        for episode in chosen:
            request = trace(episode, exchanges(store, episode))
            try:
                post("v1/traces", request, headers={"x-mlflow-experiment-id": experiment})
            except RequestRefused:
                refused += 1
        if refused:
            print(
                f"{refused} of {len(chosen)} traces of {what} stayed at home: something private is in them",
                file=sys.stderr,
            )
    except Exception as error:
        print(f"MLflow took no traces of {what}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def conversations(episodes: Iterable[Episode]) -> Iterator[Episode]:
    """Episodes in which a chat model was asked. That holds for all or none of an agent's, so the first with steps
    decides.
    """
    for episode in episodes:
        if any(step.exchange for step in episode.steps):
            yield episode
        elif episode.steps and episode.agent.kind != "hybrid":  # a hybrid's steps at home do not count
            return


def choose(episodes: Iterable[Episode], *, most: int) -> list[Episode]:
    """Up to `most` of them: those that were not solved first, one of every task before a second of any."""
    counts = Counter[tuple[bool, str]]()
    ranked = list[tuple[bool, int, str, Episode]]()
    for episode in episodes:
        kind = (episode.outcome is Outcome.SOLVED, episode.task_id)
        ranked.append((kind[0], counts[kind], episode.key, episode))
        counts[kind] += 1
    return [episode for *_, episode in sorted(ranked, key=lambda entry: entry[:3])[:most]]


def exchanges(store: Store, episode: Episode) -> dict[int, Any]:
    """What a chat model was asked and answered, by the index of the step."""
    return {index: json.loads(text) for index, text in read_exchanges(store, episode).items()}


def trace(episode: Episode, exchanges_by_step: Mapping[int, Any]) -> dict[str, Any]:
    """The episode as an OTLP request, as others may be told of it (`as_marked`).

    When a step began is not kept, only how long it took: they are drawn one after another from the episode's start.
    """
    from components.privacy.episodes import as_marked

    episode, digest = as_marked(episode), episode_digest(episode)
    began = int(datetime.fromisoformat(episode.started_at).timestamp() * NANO)
    whole = Span(trace=digest[:32], name=f"{episode.task_id}/{episode.seed}", began=began)
    steps, at = list[dict[str, Any]](), began
    for step in episode.steps:
        span = Span(trace=whole.trace, name=f"step {step.index}", began=at, parent=whole.id)
        at += int(sum(step.timing.model_dump().values()) * NANO)
        about = about_step(step, exchanges_by_step.get(step.index), model=episode.agent.name)
        steps.append(span.as_json(about, ended=at, wrong="" if step.private else step.feedback))
    message = "" if any(step.private for step in episode.steps) else episode.message
    wrong = "" if episode.outcome is Outcome.SOLVED else message or episode.outcome.value
    root = whole.as_json(about_episode(episode), ended=max(at, began + int(episode.seconds * NANO)), wrong=wrong)
    return {"resourceSpans": [{"scopeSpans": [{"spans": [root, *steps]}]}]}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time within a trace, in nanoseconds since 1970."""

    trace: str
    name: str
    began: int
    parent: str = ""

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.trace} {self.name}".encode()).hexdigest()[:16]

    def as_json(self, attributes: Mapping[str, Any], *, ended: int, wrong: str) -> dict[str, Any]:
        """The span as OTLP writes it; `wrong` says what was, and is empty where nothing was."""
        return {
            "traceId": self.trace,
            "spanId": self.id,
            "parentSpanId": self.parent,
            "name": self.name,
            "startTimeUnixNano": str(self.began),
            "endTimeUnixNano": str(ended),
            "attributes": [{"key": key, "value": value_of(value)} for key, value in attributes.items()],
            "status": {"code": ERROR, "message": cut(wrong)} if wrong else {"code": OK},
        }


def about_episode(episode: Episode) -> dict[str, Any]:
    """What MLflow shows of an episode, and the tags by which it finds it; goal and answer if all may be told."""
    private = any(step.private for step in episode.steps)
    outcome_text = "" if private else episode.message or episode.answer or ""
    tags = {
        "symbiont.episode": episode.key,
        "symbiont.run": episode.run,
        "symbiont.round": str(episode.round),
        "symbiont.phase": episode.phase,
        "symbiont.task": episode.task_id,
        "symbiont.outcome": episode.outcome.value,
        "symbiont.agent": episode.agent.name,
    }
    return {
        "mlflow.spanType": "AGENT",
        "mlflow.spanInputs": "(steps of it stayed at home)" if private else cut(episode.intent),
        "mlflow.spanOutputs": cut(f"{episode.outcome.value}: {outcome_text}".rstrip(": ")),
        "page": "" if private else cut(episode.start_url),
        "reward": episode.reward,
        **{f"mlflow.traceTag.{key}": value for key, value in tags.items()},
    }


def about_step(step: Step, exchange: Any, *, model: str) -> dict[str, Any]:
    """What MLflow shows of a step: as a conversation where a chat model was asked, else as what was seen and done.

    Of a step that stayed at home it shows that it did, and for which classes.
    """
    if step.private:
        return {"mlflow.spanType": "TOOL", "private": ", ".join(step.private), "decided_by": step.decided_by or ""}
    deed = {
        "action": cut(step.action),
        "reason": cut(step.reason),
        "feedback": cut(step.feedback),
        "url": cut(step.url),
        "decided_by": step.decided_by or "",
    }
    durations = {f"seconds.{name}": value for name, value in step.timing.model_dump().items()}
    if not exchange:
        shown = {"observation": cut(step.observation)}
        return {"mlflow.spanType": "TOOL", "mlflow.spanInputs": shown, "mlflow.spanOutputs": deed, **durations}
    messages = [
        {"role": str(message["role"]), "content": cut(str(message["content"]))} for message in exchange["messages"]
    ]
    answer = {"role": "assistant", "content": cut(str(exchange["answer"]))}
    cost = step.cost
    return {
        "mlflow.spanType": "CHAT_MODEL",
        "mlflow.spanInputs": {"messages": messages},
        "mlflow.spanOutputs": {"choices": [{"index": 0, "message": answer}]},
        "mlflow.llm.model": model,
        "mlflow.chat.tokenUsage": {
            "input_tokens": cost.prompt_tokens,
            "output_tokens": cost.completion_tokens,
            "total_tokens": cost.prompt_tokens + cost.completion_tokens,
        },
        "usd": cost.usd,
        **deed,
        **durations,
    }


def cut(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


def value_of(value: Any) -> dict[str, Any]:
    """A value as OTLP's JSON writes it."""
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [{"key": key, "value": value_of(item)} for key, item in value.items()]}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [value_of(item) for item in value]}}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": value}
