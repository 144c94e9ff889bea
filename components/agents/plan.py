"""A plan as a tree: what an agent means to reach, part by part, and at which part each of its steps was taken.

As in AgentOccam, the agent grows and cuts it with two actions of its own. `branch 0 "find the order"` begins a part
below another; `prune 0 "there is none"` gives up every part that was begun after the one that is named, and goes back
to that one and to the page it began on. A model is told only the steps of the part it is at. The tree is made anew from
the history at every turn, so that nothing has to be remembered and a stored episode has it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from components.browser.actions import OF_PLANS, Action, ActionError, parse_action


class Taken(Protocol):
    """A step that was taken: what of it a plan is made of."""

    @property
    def action(self) -> str: ...
    @property
    def feedback(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(slots=True, kw_only=True)
class Part:
    """Attributes:
    url: where the page was when the part began.
    given_up: why; empty while it stands.
    """

    number: int
    above: int | None
    intent: str
    url: str
    given_up: str = ""


@dataclass(slots=True)
class Plan:
    """Attributes:
    parts: in the order they were begun; the first is the goal itself.
    at: the number of the part that is worked on.
    steps: for each step of the history the number of its part.
    """

    parts: list[Part]
    at: int = 0
    steps: list[int] = field(default_factory=list)

    def check(self, action: Action) -> None:
        """Raises ActionError where a plan's action names a part that does not stand."""
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
        """The numbers, from 0, of the steps that were taken at the part that is worked on."""
        return [index for index, part in enumerate(self.steps) if part == self.at]

    def below(self, above: int | None) -> Iterable[tuple[int, Part]]:
        """The parts below one, each before its own, with how deep they lie."""
        for part in self.parts:
            if part.above == above:
                yield 0, part
                yield from ((depth + 1, each) for depth, each in self.below(part.number))


def of_plan(action: str) -> bool:
    """Whether the text of an action is about the plan alone, and no student's business."""
    return action.partition(" ")[0] in OF_PLANS


def plan_of(history: Sequence[Taken]) -> Plan:
    """The plan as these steps left it. What met an error, or names no part that stands, changed nothing."""
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
