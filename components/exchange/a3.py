"""The training file of A3-Synth (arXiv 2604.07776): a step a line, three messages in AgentLab's words.

The user's message holds `## Goal:`, the open tabs, `## AXTree:` and more; the assistant's its thoughts and
`<action>click('12')</action>`. Trajectories are not separated: consecutive lines with one goal are one. The file holds
only successful ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from components.browser.actions import Action, ActionError, parse_action
from components.exchange.axtree import read_page
from components.exchange.calls import NoCounterpart, action_of, read_call
from components.exchange.foreign import Foreign, Mistake, between, foreign_step
from components.trajectories.schema import Step

GOAL, OBSERVATION = re.compile(r"##[ ]*Goal:"), re.compile(r"\n#[ ]*Observation")
ACTIVE, TAB, URL = "(active tab)", "\nTab ", re.compile(r"URL:\s*(\S+)")
ACTION, THOUGHT = ("<action>", "</action>"), ("<think>", "</think>")
TREE = re.compile(r"##\s*AXTree:[ ]*\n(?P<tree>.*?)(?=\n##? \S|\Z)", re.DOTALL)


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str
    text: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "user", "assistant"]
    content: str | list[_Item] = Field(union_mode="left_to_right")

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


_MESSAGES = TypeAdapter(list[_Message])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step, checked and not yet read: the page is still text."""

    goal: str
    url: str
    tree: str
    answer: str


def parse(row: Any) -> Line:
    """A row of the file, checked.

    Raises:
        Mistake, or pydantic's ValidationError: it is not of this form.
    """
    messages = _MESSAGES.validate_python(row)
    if [message.role for message in messages] != ["system", "user", "assistant"]:
        raise Mistake("", "three messages are wanted: system, user, assistant")
    question, answer = messages[1].text, messages[2].text
    goal, url, tree = _goal(question), _url(question), TREE.search(question)
    for part, name in ((goal, "`## Goal:` before `# Observation`"), (url, "an active tab with `URL:`")):
        if part is None:
            raise Mistake("1.content", f"there is no {name}")
    if not goal or not url:
        raise Mistake("1.content", "the goal is empty")
    return Line(goal=goal, url=url.strip("\"'\\"), tree=tree["tree"] if tree else "", answer=answer)


def _goal(question: str) -> str | None:
    begin = GOAL.search(question)
    end = OBSERVATION.search(question, begin.end()) if begin else None
    return question[begin.end() : end.start()].strip() if begin and end else None


def _url(question: str) -> str | None:
    tabs = (URL.search(tab.partition(TAB)[0]) for tab in question.split(ACTIVE)[1:])
    return next((url[1] for url in tabs if url), None)


def trajectories(rows: Iterable[tuple[int, Line]]) -> Iterator[Foreign]:
    """One of each stretch of lines with one goal."""
    for goal, group in groupby(rows, key=lambda row: row[1].goal):
        lines = list(group)
        steps = tuple(_step(line, index=index) for index, (_, line) in enumerate(lines))
        yield Foreign(line=lines[0][0], intent=goal, steps=steps, answer=_answer(steps))


def _step(line: Line, *, index: int) -> Step:
    page = read_page(line.tree, url=line.url)
    action, thought = between(line.answer, *ACTION), between(line.answer, *THOUGHT)
    before = line.answer if action is None else line.answer.partition(ACTION[0])[0].strip()

    def read() -> Action:
        if action is None:
            raise NoCounterpart("no <action> is given")
        return action_of(read_call(action), page.refs)

    words = line.answer[-500:] if action is None else action
    return foreign_step(page, index=index, reason=thought or before, words=words, read=read)


def _answer(steps: Sequence[Step]) -> str | None:
    try:
        last = parse_action(steps[-1].action)
    except ActionError:
        return None
    return last.text if last.kind == "stop" else None
