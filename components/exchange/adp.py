"""The Agent Data Protocol (arXiv 2510.24702): a trajectory as a list of what was seen and what was done.

Web pages are `web_observation`s, actions `api_action`s in BrowserGym's words (`calls`), the end a `message_action` that
holds `<finish> the answer </finish>`. Written is version 1.2.0 of its schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field

from components.browser.actions import Action, ActionError, parse_action
from components.exchange.axtree import Page, own_page, read_page
from components.exchange.calls import action_of, call_of
from components.exchange.foreign import Foreign, between, foreign_step
from components.trajectories.schema import Episode, Outcome, Step

VERSION = "1.2.0"
FINISH = "<finish> {} </finish>"
FINISHED = ("<finish>", "</finish>")
OURS = "symbiont"


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


class Code(_Part):
    class_: Literal["code_action"] = "code_action"
    content: str


class Json(_Part):
    class_: Literal["json_observation"] = "json_observation"


Part = Annotated[Text | Image | Web | Api | Message | Code | Json, Field(discriminator="class_")]


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
    texts = [episode.intent, *([episode.notice] if episode.notice else [])]
    content: list[Part] = [Text(content=text, source="user") for text in texts]
    for step in episode.steps:
        picture = pictures.get(step.index)
        content += [
            Web(axtree=step.observation, url=step.url, image_observation=Image(content=picture) if picture else None),
            _done(step),
            *_told(step),
        ]
    return Trajectory(id=episode.key, content=content, details=details | {"form": OURS})


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


def parse(row: Any) -> Trajectory:
    """A row of a file, checked. Raises pydantic's ValidationError."""
    return Trajectory.model_validate(row)


def trajectories(rows: Iterable[tuple[int, Trajectory]]) -> Iterator[Foreign]:
    """One of each row. Sets in this form hold what is to be imitated: where none says otherwise, it is solved."""
    for line, row in rows:
        yield _foreign(line, row)


def _foreign(line: int, row: Trajectory) -> Foreign:
    intent = next((part.content for part in row.content if isinstance(part, Text) and part.source == "user"), "")
    if not intent.strip():
        return Foreign(line=line, intent="", unfit="no goal is given")
    if any(isinstance(part, Code) for part in row.content):
        return Foreign(line=line, intent=intent, unfit="code is run")
    steps = _steps(row)
    if not steps:
        return Foreign(line=line, intent=intent, unfit="nothing is done on a web page")
    ends = (between(part.content, *FINISHED) for part in row.content if isinstance(part, Message))
    answers = [end for end in ends if end is not None]
    return Foreign(
        line=line,
        intent=intent,
        steps=tuple(steps),
        outcome=_outcome(row.details),
        answer=answers[-1] if answers else None,
    )


def _steps(row: Trajectory) -> list[Step]:
    steps: list[Step] = []
    page: Page | None = None
    for before, part in zip((None, *row.content), row.content, strict=False):
        if isinstance(part, Web) and part.axtree:
            is_ours = row.details.get("form") == OURS
            page = own_page(part.axtree, url=part.url or "") if is_ours else read_page(part.axtree, url=part.url or "")
        elif page is not None and (isinstance(part, Api) or _is_end(part)):
            steps.append(_step(page, part, index=len(steps)))
        elif isinstance(part, Text) and part.source == "environment" and isinstance(before, Api) and steps:
            steps[-1] = steps[-1].model_copy(update={"feedback": steps[-1].feedback or part.content})
    return steps


def _is_end(part: Part) -> TypeGuard[Message]:
    return isinstance(part, Message) and between(part.content, *FINISHED) is not None


def _step(page: Page, part: Api | Message, *, index: int) -> Step:
    if isinstance(part, Api):
        words = f"{part.function}({json.dumps(part.arguments, ensure_ascii=False)})"

        def read() -> Action:
            return action_of((part.function, part.arguments), page.refs)
    else:
        words = part.content

        def read() -> Action:
            return Action("stop", None, between(part.content, *FINISHED))

    return foreign_step(page, index=index, reason=part.description or "", words=words, read=read)


def _outcome(details: dict[str, Any]) -> Outcome:
    if details.get("outcome") in (Outcome.SOLVED, Outcome.FAILED):
        return Outcome(details["outcome"])
    reward = details.get("reward")
    return Outcome.FAILED if isinstance(reward, int | float) and not reward > 0 else Outcome.SOLVED
