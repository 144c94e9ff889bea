"""Errors of endpoints, read from any of the formats in use, and sorted by who can fix them.

A wrong key, account, model or address must be fixed by the user (`InputError`). A page that is too long, a filter or a
wrong setting concern this one request (`RequestRefused`): the check before a run reports them to the user, in a run
they end that episode. Rate limits, server errors and unreadable replies are worth another attempt (`Passing`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from components.endpoints.completions import read_json
from components.endpoints.wire import Reply, one_line
from components.errors import InfraError, InputError

Concern = Literal["account", "filter", "length", "setting", "passing"]

ACCOUNT = {
    401: "set the environment variable named by api_key_env to a valid key",
    402: "add credit to the account of the key, or use another key",
    403: "use a key that may use this model",
    404: "correct base_url (it ends in /v1 on most servers) or the model's name",
    405: "correct base_url (it ends in /v1 on most servers)",
    410: "name a model that the endpoint still serves",
}
REFUSED = (400, 413, 414, 422, 431, 451)
NO_CREDIT = re.compile(
    r"insufficient_quota|insufficient.{0,20}(balance|credit)|billing|budget.?exceeded", re.IGNORECASE
)
SPENT = re.compile(r"credit balance|usage limits?\b|budget (has been )?exceeded|spending limit", re.IGNORECASE)
"""Errors that may come with the wrong status: gateways pass a vendor's message on with 400."""
OVERFULL = re.compile(r"must be (at least|greater than( or equal to)?) [01]\b.{0,10}-\d", re.IGNORECASE)
"""vLLM's, where the page alone fills the context: the tokens that are left for the answer are less than none."""
FILTER = re.compile(
    r"content.?(filter|policy)|responsible.?ai|content management policy|data_?inspection|moderation|flagged|safety",
    re.IGNORECASE,
)
LENGTH = re.compile(
    r"context.?(length|size|window)|maximum context|context is \d|prompt is too long|too many tokens"
    r"|input.{0,20}too long|reduce the length|exceeds? .{0,40}(token|context)|string_above_max_length"
    r"|request.{0,20}too large",
    re.IGNORECASE,
)
AGAIN = re.compile(
    r"(?:again|retry) (?:in|after) (?:(?P<minutes>\d{1,3})m ?(?=\d))?"
    r"(?P<number>\d{1,6}(?:\.\d{1,9})?) ?(?P<unit>ms|s|m)",
    re.IGNORECASE,
)
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
SYSTEM = re.compile(r"(system|developer).{0,20}(role|message|instruction|prompt)|role.{0,20}(system|developer)", re.I)
SETTING_FIXES = {
    "max_completion_tokens": "set max_tokens_name: max_tokens, or lower max_tokens",
    "max_tokens": "set max_tokens_name: max_completion_tokens, or lower max_tokens",
    "seed": "set send_seed: false",
    "response_format": "set constrained: false",
    "json_schema": "set constrained: false",
    "temperature": "set temperature: null, or to a value the endpoint takes",
}
LENGTH_FIX = (
    "give fewer tokens of page (budget_tokens of the browser), fewer past steps (window) or examples, a smaller "
    "max_tokens, or choose a model that reads more"
)
FILTER_FIX = (
    "the provider's content filter, or a firewall before it, refuses it: change the filter there, or choose another "
    "model or endpoint"
)


class Passing(InfraError):
    """An error that may pass. `after` is how many seconds the endpoint asks to be left alone; 0 where it does not."""

    def __init__(self, what: str, *, after: float = 0.0) -> None:
        self.after = after
        super().__init__(what)


class RequestRefused(InfraError):
    """The endpoint refuses this request and will refuse it again; others it may take. `fix` says what would help."""

    lasting = True

    def __init__(self, what: str, *, fix: str) -> None:
        self.fix = fix
        super().__init__(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One error as the endpoint tells it; `code` and `param` are empty where it names none."""

    status: int
    message: str
    code: str = ""
    param: str = ""

    def __str__(self) -> str:
        return f"HTTP {self.status}: {self.message}" + (f" ({self.code})" if self.code else "")

    @property
    def concern(self) -> Concern:
        """Whom it concerns. The words go before the status: gateways use any status for filters and lengths."""
        words = f"{self.code} {self.message}"
        if NO_CREDIT.search(self.code) or self.status == 402 or (self.status != 429 and SPENT.search(words)):
            return "account"
        if self.status in (401, 404, 405, 410):
            return "account"
        if self.status != 429 and FILTER.search(words):
            return "filter"
        if OVERFULL.search(words):
            return "length"
        if self.param in SETTING_FIXES:
            return "setting"
        if self.status == 413 or (self.status != 429 and LENGTH.search(words)):
            return "length"
        if self.status == 403:  # an HTML page comes from a firewall before the endpoint, which objects to the prompt
            return "filter" if self.message.startswith("<") else "account"
        return "setting" if self.status in REFUSED else "passing"

    @property
    def fix(self) -> str:
        """What would help, by what the endpoint names."""
        match self.concern:
            case "account":
                return ACCOUNT.get(self.status, ACCOUNT[402])
            case "filter":
                return FILTER_FIX
            case "length":
                return LENGTH_FIX
            case "setting":
                return self._setting()
            case "passing":
                return "try again later, or see the endpoint's own log for what is wrong with it"

    def _setting(self) -> str:
        if self.param in SETTING_FIXES:
            return SETTING_FIXES[self.param]
        if SYSTEM.search(self.message):
            return "set system: false"
        named = [(self.message.find(name), name) for name in SETTING_FIXES if name in self.message]
        if named:  # the first that is named is the one refused; what comes later is what to use instead
            return SETTING_FIXES[min(named, key=lambda position: (position[0], -len(position[1])))[1]]
        return "correct the settings of the request: model, temperature, max_tokens, send_seed, system"


def complaint_of(reply: Reply, *, secret: str = "") -> Complaint | None:
    """The error in a reply; None where there is none.

    Args:
        secret: a key that must not be repeated, though endpoints do.
    """
    data: Any
    try:
        data = read_json(reply.text)
    except ValueError:
        data = reply.text if reply.status >= 300 else None
    if isinstance(data, list) and data:
        data = data[0]
    error = _error_in(data)
    if reply.status < 300 and error is None:
        return None
    complaint = _complaint(error if error is not None else data, status=reply.status)
    message = complaint.message.replace(secret, "...") if secret else complaint.message
    return Complaint(status=complaint.status, message=message, code=complaint.code, param=complaint.param)


def check_reply(reply: Reply, *, where: str, model: str, secret: str = "") -> None:
    """Raises the error of a reply; returns if it has none.

    Raises:
        InputError: it concerns the account.
        RequestRefused: it concerns this request.
        Passing: it may pass.
    """
    complaint = complaint_of(reply, secret=secret)
    if complaint is None:
        return
    problem = f"the endpoint refuses model {model!r}: {complaint}"
    match complaint.concern:
        case "account":
            raise InputError(problem, where=where, fix=complaint.fix)
        case "passing":
            raise Passing(str(complaint), after=_pause(reply, complaint))
        case _:
            raise RequestRefused(f"{where}: {problem}", fix=complaint.fix)


def retry_after(value: str, *, now: datetime | None = None) -> float:
    """Seconds that a server asks for, as a number or a date; 0 where it says nothing that can be kept."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, TypeError, OverflowError):
            return 0.0
        moment = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _pause(reply: Reply, complaint: Complaint) -> float:
    """Seconds that a reply asks for: in a header, in one that a gateway renamed, else in words."""
    headers = reply.headers
    for name in ("retry-after", "llm_provider-retry-after"):
        if seconds := retry_after(headers.get(name, "")):
            return seconds
    if seconds := retry_after(headers.get("retry-after-ms", "")) / 1000:
        return seconds
    match = AGAIN.search(complaint.message)
    if match is None:
        return 0.0
    return 60.0 * float(match["minutes"] or 0) + float(match["number"]) * UNITS[match["unit"].lower()]


def _error_in(data: Any) -> Any:
    """The error of a reply, also of one that calls itself a success: at its top, or in its first choice."""
    if not isinstance(data, dict):
        return None
    if data.get("error"):
        return data["error"]
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first.get("error") if isinstance(first, dict) else None


def _complaint(error: Any, *, status: int) -> Complaint:
    """The complaint of an error object: a text; or message, code and param; or a validator's list; or these nested."""
    if not isinstance(error, dict):
        return Complaint(status=_status(status, None), message=one_line(_words(error or "it says nothing")))
    message, param = error.get("message") or error.get("detail") or error.get("msg") or error, error.get("param")
    if isinstance(message, list) and message and isinstance(message[0], dict):
        place = message[0].get("loc")
        param = param or (place[-1] if isinstance(place, list) and place else None)
        message = message[0].get("msg") or message
    inner = error.get("innererror") or error.get("metadata")
    code = error.get("code") or error.get("type")
    words = [
        _words(code_part) for code_part in (code, inner.get("code") if isinstance(inner, dict) else None) if code_part
    ]
    if isinstance(inner, dict) and isinstance(inner.get("raw"), str):
        message = f"{message}: {inner['raw']}"
    return Complaint(
        status=_status(status, code),
        message=one_line(_words(message)),
        code=one_line(" ".join(words), longest=100),
        param=param if isinstance(param, str) else "",
    )


def _words(value: Any) -> str:
    try:
        return str(value)
    except RecursionError:
        return "something nested too deep to read"


def _status(status: int, code: Any) -> int:
    """The reply's, or the one an error carries inside a reply that says 200; 502 where it carries none."""
    if status >= 300:
        return status
    number = int(code) if isinstance(code, int | str) and str(code).isdecimal() and len(str(code)) == 3 else 0
    return number if 400 <= number < 600 else 502
