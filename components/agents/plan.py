"""A plan as a tree of parts, and the part to which each step belongs.

As in AgentOccam, the agent changes it with two actions. `branch 0 "find the order"` begins a part below part 0.
`prune 0 "there is none"` gives up every part that was begun after part 0 and returns to part 0 and to the page on
which it began. A model is shown only the steps of its present part. The tree is made anew from the history at every
turn, so that nothing has to be remembered and a stored episode has it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from components.browser.actions import OF_PLANS, Action, ActionError, parse_action


class Taken(Protocol):
    """The fields of an earlier step from which a plan is made."""

    @property
    def action(self) -> str: ...
    @property
    def feedback(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(slots=True, kw_only=True)
class Part:
    """Attributes:
    number: its place in `Plan.parts`, from 0.
    above: number of the part that it belongs to; None for the goal.
    url: the page on which it began.
    given_up: why it was given up; empty while it is not.
    """

    number: int
    above: int | None
    intent: str
    url: str
    given_up: str = ""


@dataclass(slots=True)
class Plan:
    """Attributes:
    parts: in the order in which they were begun; the first is the goal itself.
    at: number of the present part.
    steps: for each step of the history the number of its part.
    """

    parts: list[Part]
    at: int = 0
    steps: list[int] = field(default_factory=list)

    def check(self, action: Action) -> None:
        """Raises ActionError where an action names a part that does not exist or was given up."""
        standing = [part.number for part in self.parts if not part.given_up]
        if action.kind in OF_PLANS and action.number not in standing:
            raise ActionError(
                f"the plan has no part {action.number} that stands; its parts are {', '.join(map(str, standing))}"
            )

    def apply(self, action: Action, *, url: str) -> None:
        if action.kind == "branch":
            self.at = len(self.parts)
            self.parts.append(Part(number=self.at, above=action.number, intent=action.text or "", url=url))
        elif action.kind == "prune":
            self.at = action.number or 0
            for part in self.parts[self.at + 1 :]:
                part.given_up = part.given_up or action.text or "given up"

    @property
    def scope(self) -> list[int]:
        """Numbers, from 0, of the steps that belong to the present part."""
        return [index for index, part in enumerate(self.steps) if part == self.at]

    def below(self, above: int | None) -> Iterable[tuple[int, Part]]:
        """(depth, part) of all parts below one, from depth 0, each before its own parts."""
        for part in self.parts:
            if part.above == above:
                yield 0, part
                yield from ((depth + 1, part) for depth, part in self.below(part.number))


def of_plan(action: str) -> bool:
    """Whether an action changes only the plan; students are not taught it."""
    return action.partition(" ")[0] in OF_PLANS


def plan_of(history: Sequence[Taken]) -> Plan:
    """The plan after these steps. An action that failed, or names a part that was given up, changed nothing."""
    plan = Plan([Part(number=0, above=None, intent="the goal", url=history[0].url if history else "")])
    for past in history:
        plan.steps.append(plan.at)
        if past.feedback or not of_plan(past.action):
            continue
        try:
            action = parse_action(past.action)
            plan.check(action)
        except ActionError:
            continue
        plan.apply(action, url=past.url)
        if action.kind == "prune":
            plan.steps[-1] = plan.at  # so that whoever comes back reads why
    return plan
