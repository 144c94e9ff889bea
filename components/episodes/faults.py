"""Faults of episodes: whose fault an exception is, whether another attempt may help, and what is stored of it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, Literal

from components.browser.events import BROWSER_ENDED, PageLost
from components.errors import InfraError, InputError, words_of
from components.files import is_full
from components.sites.trouble import SiteError
from components.trajectories.schema import Outcome

Doing = Literal["page to be had", "start", "page", "agent", "judge", "record"]
"""The phase of an episode: waiting for a page, starting, using the page, deciding, judging, storing."""

WHO: dict[Doing, tuple[Outcome, str]] = {
    "page to be had": (Outcome.INFRA_ERROR, "there was no page to play on"),
    "start": (Outcome.ENV_ERROR, "the site did not start"),
    "page": (Outcome.ENV_ERROR, "the page could not be used"),
    "agent": (Outcome.INFRA_ERROR, "the agent could not decide"),
    "judge": (Outcome.JUDGE_ERROR, "the evaluator failed"),
    "record": (Outcome.INFRA_ERROR, "the episode could not be kept"),
}


class ModelTooSlow(InfraError):
    """An agent did not decide within `decision_seconds`. Not the page's fault, and not a failure of the agent."""


LONGEST = 2_000
LONGEST_TRACE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception that ended an attempt.

    Attributes:
        cause: equal for faults of one kind; failures are counted by it.
        trace: the traceback of an unexpected exception; empty for our own errors and time-outs.
        lasting: another attempt would end the same way.
    """

    outcome: Outcome
    message: str
    cause: str
    trace: str
    lasting: bool
    error: Exception

    @property
    def record(self) -> dict[str, Any]:
        """Its fields in `Episode.extra`; outcome and message have fields of their own."""
        return {"cause": self.cause} | ({"traceback": self.trace} if self.trace else {}) | {"lasting": self.lasting}


def fault_of(error: Exception, doing: Doing) -> Fault:
    """The fault that an exception means.

    A site that hangs, crashes its page or answers with errors is an error of the environment. The network, the browser,
    a closed page, an endpoint, a full disk and a time-out are errors of the infrastructure. Any other exception is
    assigned by the phase that the episode was in (`WHO`).
    """
    outcome, subject = WHO[doing]
    name = type(error).__name__
    expected = isinstance(error, InfraError | InputError | TimeoutError)
    if expected:
        outcome, subject = (Outcome.ENV_ERROR if _of_the_site(error) else Outcome.INFRA_ERROR), name
    else:
        outcome, subject = (Outcome.INFRA_ERROR if is_full(error) else outcome), f"{subject}: {name}"
    return Fault(
        outcome=outcome,
        message=f"{subject}: {words_of(error)}"[:LONGEST],
        cause=name if expected else f"{name} ({doing})",
        trace="" if expected else "".join(traceback.format_exception(error))[-LONGEST_TRACE:],
        lasting=isinstance(error, InputError) or (isinstance(error, InfraError) and error.lasting),
        error=error,
    )


def _of_the_site(error: Exception) -> bool:
    if isinstance(error, SiteError):
        return True
    if not isinstance(error, PageLost):
        return False
    event = error.event
    return event.kind == "hang" or (event.kind == "crash" and event.detail != BROWSER_ENDED)
