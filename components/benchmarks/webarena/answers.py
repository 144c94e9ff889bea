"""The final answer in the form that the package judges, read from the text of an agent's `stop`.

WebArena-Verified wants a JSON object: the kind of task, how it ended, and the values that were found. An agent may
write that object, or one line of ours with the same content. Any other text is read as well as possible without looking
at the task; the verdict then says `as_written: false`, because the package itself would fail it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

KINDS = ("RETRIEVE", "MUTATE", "NAVIGATE")
ERRORS = (
    "NOT_FOUND_ERROR",
    "PERMISSION_DENIED_ERROR",
    "ACTION_NOT_ALLOWED_ERROR",
    "DATA_VALIDATION_ERROR",
    "UNKNOWN_ERROR",
)
FORM = (
    'ANSWER: end with stop "RETRIEVE: value | value" where something was to be found, stop "MUTATE" where something '
    'was to be changed, stop "NAVIGATE" where a page was to be opened. Objects are written as JSON after the colon. '
    f'If it cannot be done, name the reason behind the first word: stop "RETRIEVE NOT_FOUND_ERROR" '
    f"({', '.join(ERRORS)})."
)
NOTHING = frozenset({"n/a", "na", "not found", "not applicable"})
_LINE = re.compile(
    rf"(?P<kind>{'|'.join(KINDS)})(?:[ ]+(?P<status>SUCCESS|{'|'.join(ERRORS)}))?[ ]*(?::(?P<rest>.*))?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Attributes:
    fields: the JSON object for the package; None: no answer.
    as_written: false where the agent's text had neither form and was interpreted.
    """

    fields: dict[str, Any] | None
    as_written: bool


def read_answer(text: str | None, *, wrote: bool) -> Response:
    """The response that an answer stands for.

    Args:
        text: of `stop`; None where the agent never stopped.
        wrote: whether the browser sent anything but GET: then an empty answer means MUTATE, else NAVIGATE.
    """
    if text is None:
        return Response(fields=None, as_written=True)
    data = _json(text)
    if isinstance(data, dict):
        return Response(fields=data, as_written=True)
    if line := _LINE.fullmatch(text.strip()):
        status = (line["status"] or "SUCCESS").upper()
        return Response(fields=_fields(line["kind"].upper(), status, (line["rest"] or "").strip()), as_written=True)
    if not text.strip():
        return Response(fields=_fields("MUTATE" if wrote else "NAVIGATE", "SUCCESS", ""), as_written=False)
    if text.strip(" .").casefold() in NOTHING:
        return Response(fields=_fields("RETRIEVE", "NOT_FOUND_ERROR", ""), as_written=False)
    return Response(fields=_fields("RETRIEVE", "SUCCESS", text.strip()), as_written=False)


def _fields(kind: str, status: str, details: str) -> dict[str, Any]:
    success = status == "SUCCESS"
    return {
        "task_type": kind,
        "status": status,
        "retrieved_data": _values(details) if success and kind == "RETRIEVE" else None,
        "error_details": None if success else details or None,
    }


def _values(text: str) -> list[Any]:
    data = _json(text)
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        return [data]
    return [part.strip() for part in text.split(" | ")] if text else []


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
