"""Answers in a form that the endpoint enforces: JSON whose actions and references are those of this page.

Endpoints that constrain decoding (OpenAI's structured outputs, vLLM, llama.cpp) let even a model that writes badly
write nothing but actions. What cannot be said in a schema is left to the action parser, as for everybody.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from components.agents.prompts import parse_chat, spoken, worked_example
from components.browser.actions import KINDS, WITH_REF, WITH_TEXT, Action
from components.browser.observation import Observation
from components.endpoints.completions import read_json
from components.trajectories.digests import json_digest
from components.trajectories.schema import Candidate

MOST_REFERENCES = 400
"""A page with more is not listed: endpoints limit how many values a schema may name."""

DECIDE_FORMAT = f"""\
Answer with one JSON object:
"reason": what the page shows and why this action is next, in one or two sentences
"action": one of {", ".join(KINDS)}
"ref": the number of the element to click, type into or select from; null for other actions
"text": what to type, select, press, open, note or answer; up or down for scroll; else null
"enter": true to submit a field after typing, else false"""

PROPOSE_FORMAT = """\
List every action that would be a good next step, best first, at most {limit}, as {{"candidates": [...]}}. Each is one \
JSON object as follows."""


FORM_DIGEST = json_digest([PROPOSE_FORMAT, DECIDE_FORMAT, 1])
"""Part of an agent's digest; the number is that of the schema."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    action: str
    reason: str = ""
    ref: int | None = None
    text: str | None = None
    enter: bool | None = None

    def candidate(self) -> Candidate:
        """The answer in the action language; what does not belong to the action is left out."""
        action = Action(
            self.action,
            self.ref if self.action in WITH_REF else None,
            self.text if self.action in WITH_TEXT or self.action == "scroll" else None,
            enter=bool(self.enter) and self.action == "type",
        )
        return Candidate(action=str(action), reason=" ".join(self.reason.split()))


def response_format(page: Observation, *, propose: int) -> dict[str, Any]:
    """The request's `response_format`: a schema of one answer, or of up to `propose` of them."""
    refs = list(page.elements)
    known: dict[str, Any] = {"enum": [*refs, None]} if len(refs) <= MOST_REFERENCES else {}
    answer = _object(
        reason={"type": "string"},
        action={"type": "string", "enum": list(KINDS)},
        ref={"type": ["integer", "null"], **known},
        text={"type": ["string", "null"]},
        enter={"type": "boolean"},
    )
    schema = _object(candidates={"type": "array", "items": answer}) if propose else answer
    return {"type": "json_schema", "json_schema": {"name": "decision", "strict": True, "schema": schema}}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def form(page: Observation, *, propose: int) -> str:
    """The form in words; models answer better in a form they were told."""
    asked = f"{PROPOSE_FORMAT.format(limit=propose)}\n{DECIDE_FORMAT}" if propose else DECIDE_FORMAT
    return asked + worked_example(page, _written)


def _written(action: Action, reason: str) -> str:
    record = {"reason": reason, "action": action.kind, "ref": action.ref, "text": action.text, "enter": action.enter}
    return json.dumps(record, ensure_ascii=False)


def read_answer(text: str) -> tuple[Candidate, ...]:
    """Every action of an answer, in order. An endpoint that ignored the form is read as one without it."""
    body = spoken(text).strip()
    try:
        found = read_json(body)
    except ValueError:
        return parse_chat(text)
    listed = found.get("candidates", [found]) if isinstance(found, dict) else found
    candidates = []
    for each in listed if isinstance(listed, list) else []:
        try:
            candidates.append(_Answer.model_validate(each).candidate())
        except ValidationError:
            continue
    return tuple(candidates)
