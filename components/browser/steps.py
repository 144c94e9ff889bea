"""Stored steps: the digest of a step's page, and its action in words."""

from __future__ import annotations

from components.browser.actions import ActionError, describe, parse_action
from components.browser.observation import Element, Observation, state_digest
from components.trajectories.schema import Step


def state_of(step: Step) -> str:
    """Digest of the page state the step was taken in."""
    return state_digest(_page(step))


def action_in_words(step: Step) -> str:
    """The step's action with the element in words instead of its reference: `click button "Submit"`."""
    try:
        return describe(parse_action(step.action), _page(step))
    except ActionError:
        return step.action


def _page(step: Step) -> Observation:
    """What of the page was stored: its text, and the element that was acted on."""
    target, elements = step.target, {}
    if target is not None:
        elements[target.ref] = Element(ref=target.ref, role=target.role, name=target.name, line=target.line)
    return Observation(url=step.url, title=step.title, text=step.observation, elements=elements)
