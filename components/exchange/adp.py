"""The Agent Data Protocol (arXiv 2510.24702): a trajectory as a list of what was seen and what was done.

Web pages are `web_observation`s, actions `api_action`s in BrowserGym's words (`calls`), the end a `message_action` that
holds `<finish> the answer </finish>`. Written is version 1.2.0 of its schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.browser.actions import ActionError, parse_action
from components.exchange.calls import call_of
from components.trajectories.schema import Episode, Step

VERSION = "1.2.0"
FINISH = "<finish> {} </finish>"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Text(_Part):
    class_: Literal["text_observation"] = "text_observation"
    content: str
    name: str | None = None
    source: Literal["user", "agent", "environment"]


class Image(_Part):
    class_: Literal["image_observation"] = "image_observation"
    content: str
    annotations: list[Any] | None = None
    source: Literal["user", "agent", "environment"] = "environment"


class Web(_Part):
    class_: Literal["web_observation"] = "web_observation"
    html: str | None = None
    axtree: str | None = None
    url: str | None = None
    image_observation: Image | None = None
    viewport_size: tuple[int, int] | None = None


class Api(_Part):
    class_: Literal["api_action"] = "api_action"
    function: str
    arguments: dict[str, Any] = Field(alias="kwargs")
    description: str | None = None


class Message(_Part):
    class_: Literal["message_action"] = "message_action"
    content: str
    description: str | None = None


Part = Annotated[Text | Image | Web | Api | Message, Field(discriminator="class_")]


class Trajectory(_Part):
    schema_version: str = VERSION
    id: str
    content: list[Part]
    details: dict[str, Any] = {}


def trajectory_of(episode: Episode, *, details: dict[str, Any], pictures: dict[int, str]) -> Trajectory:
    """The whole episode; what an agent was told of a failed action follows it as a text of the environment.

    Args:
        pictures: paths of the pages' pictures, by the index of the step.
    """
    content: list[Part] = [Text(content=episode.intent, source="user")]
    for step in episode.steps:
        picture = pictures.get(step.index)
        content += [
            Web(axtree=step.observation, url=step.url, image_observation=Image(content=picture) if picture else None),
            _done(step),
            *_told(step),
        ]
    return Trajectory(id=episode.key, content=content, details=details)


def _done(step: Step) -> Api | Message:
    try:
        action = parse_action(step.action)
    except ActionError:
        return Message(content=step.action, description=step.reason)
    if action.kind == "stop":
        return Message(content=FINISH.format(action.text or ""), description=step.reason)
    function, arguments = call_of(action)
    return Api(function=function, arguments=arguments, description=step.reason)


def _told(step: Step) -> Iterator[Text]:
    if step.feedback:
        yield Text(content=step.feedback, source="environment")
