"""What goes wrong in an episode, typed: whose fault it is, whether trying again may help, what is kept of it."""

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
"""What an episode is at: waiting for a page, its start, its page, its agent, its evaluator, writing things down."""

WHO: dict[Doing, tuple[Outcome, str]] = {
    "page to be had": (Outcome.INFRA_ERROR, "there was no page to play on"),
    "start": (Outcome.ENV_ERROR, "the site did not start"),
    "page": (Outcome.ENV_ERROR, "the page could not be used"),
    "agent": (Outcome.INFRA_ERROR, "the agent could not decide"),
    "judge": (Outcome.JUDGE_ERROR, "the evaluator failed"),
    "record": (Outcome.INFRA_ERROR, "the episode could not be kept"),
}


class ModelTooSlow(InfraError):
    """An agent did not decide within the time a decision may take: no fault of its page, nor of what it would do."""


LONGEST = 2_000
LONGEST_TRACE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception that ended an attempt.

    Attributes:
        cause: equal for faults of one kind; what a run's failures are counted by.
        trace: the traceback of what nobody expected; empty for errors that say themselves what they are.
        lasting: the same attempt would end the same way.
    """

    outcome: Outcome
    message: str
    cause: str
    trace: str
    lasting: bool
    error: Exception

    @property
    def kept(self) -> dict[str, Any]:
        """What the episode's record holds of it, beside outcome and message."""
        return {"cause": self.cause} | ({"traceback": self.trace} if self.trace else {}) | {"lasting": self.lasting}


def fault_of(error: Exception, doing: Doing) -> Fault:
    """The fault an exception stands for.

    A site that hangs, crashes its page or answers with errors is the environment's; the network, the browser, a closed
    page, an endpoint, a full disk and time that ran out are the infrastructure's. Whatever is no error of ours belongs
    to what the episode was at.
    """
    outcome, what = WHO[doing]
    name = type(error).__name__
    expected = isinstance(error, InfraError | InputError | TimeoutError)
    if expected:
        outcome, what = (Outcome.ENV_ERROR if _of_the_site(error) else Outcome.INFRA_ERROR), name
    else:
        outcome, what = (Outcome.INFRA_ERROR if is_full(error) else outcome), f"{what}: {name}"
    return Fault(
        outcome=outcome,
        message=f"{what}: {words_of(error)}"[:LONGEST],
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
