"""Answers in a form that the endpoint enforces: JSON whose actions and references are those of this page.

Endpoints that constrain decoding (OpenAI's structured outputs, vLLM, llama.cpp) make even a weak model write nothing
but actions. The action parser checks what a schema cannot express, as it does for every agent.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from components.agents.answers import parse_chat, parse_remarks, spoken
from components.agents.prompts import WORDS, Asking, worked_example
from components.browser.actions import WITH_NUMBER, WITH_REF, WITH_TEXT, Action, kinds_on
from components.browser.observation import Observation
from components.endpoints.completions import read_json
from components.trajectories.schema import Candidate

MOST_REFERENCES = 400
"""A page with more is not listed: endpoints limit how many values a schema may name."""

FORM_VERSION = "2"
"""Of the schema; part of an agent's digest."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    action: str
    reason: str = ""
    ref: int | None = None
    number: int | None = None
    text: str | None = None
    enter: bool | None = None

    def candidate(self) -> Candidate:
        """The answer in the action language; fields that do not belong to this kind of action are left out."""
        action = Action(
            self.action,
            self.ref if self.action in WITH_REF else None,
            self.text if self.action in WITH_TEXT or self.action == "scroll" else None,
            enter=bool(self.enter) and self.action == "type",
            number=self.number if self.action in WITH_NUMBER else None,
        )
        return Candidate(action=str(action), reason=" ".join(self.reason.split()))


def response_format(page: Observation, asking: Asking) -> dict[str, Any]:
    """The request's `response_format`: a schema of one answer, or of up to `asking.propose` of them."""
    refs, kinds = list(page.elements), kinds_on(page, plans=asking.plan)
    allowed_refs: dict[str, Any] = {"enum": [*refs, None]} if len(refs) <= MOST_REFERENCES else {}
    numbers: dict[str, Any] = {"number": {"type": ["integer", "null"]}} if WITH_NUMBER & {*kinds} else {}
    recall: dict[str, Any] = {}
    if asking.recall:
        recall = {"page": {"type": "string"}, "highlight": {"type": "array", "items": {"type": "integer"}}}
    answer = {
        "reason": {"type": "string"},
        "action": {"type": "string", "enum": list(kinds)},
        "ref": {"type": ["integer", "null"], **allowed_refs},
        **numbers,
        "text": {"type": ["string", "null"]},
        "enter": {"type": "boolean"},
    }
    if asking.propose:
        schema = _object(**recall, candidates={"type": "array", "items": _object(**answer)})
    else:
        schema = _object(**recall, **answer)
    return {"type": "json_schema", "json_schema": {"name": "decision", "strict": True, "schema": schema}}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def form(page: Observation, asking: Asking) -> str:
    """The form in words, for the prompt: models answer better in a form that they were told."""
    kinds = kinds_on(page, plans=asking.plan)
    numbers = bool(WITH_NUMBER & {*kinds})
    number = f"{WORDS['number in json']}\n" if numbers else ""
    recall = WORDS["recall in json"] if asking.recall else ""
    decide = WORDS["decide in json"].format(
        actions=", ".join(kinds), number=number, recall=f"{recall}\n" if recall and not asking.propose else ""
    )
    parts = [decide]
    if asking.propose:
        listed = WORDS["propose in json"].replace("{limit}", str(asking.propose))
        parts = [listed, decide, *([WORDS["beside in json"], recall] if recall else [])]

    def compose(action: Action, reason: str) -> str:
        record: dict[str, Any] = {"reason": reason, "action": action.kind, "ref": action.ref}
        record |= {"number": None} if numbers else {}
        record |= {"text": action.text, "enter": action.enter}
        if asking.recall and not asking.propose:
            record = {"page": "It offers what the goal asks for.", "highlight": [action.ref], **record}
        return json.dumps(record, ensure_ascii=False)

    return "\n".join(parts) + worked_example(page, compose)


def read_remarks(text: str) -> tuple[str, tuple[int, ...]]:
    """(description, references): what was written of the page, and the highlighted elements."""
    try:
        remarks = _Remarks.model_validate(read_json(spoken(text).strip()))
    except ValueError:
        return parse_remarks(text)
    return " ".join(remarks.page.split()), remarks.highlight


class _Remarks(BaseModel):
    model_config = ConfigDict(extra="ignore")

    page: str = ""
    highlight: tuple[int, ...] = ()


def read_answer(text: str) -> tuple[Candidate, ...]:
    """Every action of an answer, in order. Text that is no JSON is read as REASON/ACTION lines (`parse_chat`)."""
    body = spoken(text).strip()
    try:
        data = read_json(body)
    except ValueError:
        return parse_chat(text)
    records = data.get("candidates", [data]) if isinstance(data, dict) else data
    candidates = []
    for record in records if isinstance(records, list) else []:
        try:
            candidates.append(_Answer.model_validate(record).candidate())
        except ValidationError:
            continue
    return tuple(candidates)
