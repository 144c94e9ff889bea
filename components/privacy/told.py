"""What is told elsewhere of a step that stayed at home."""

from __future__ import annotations

from dataclasses import replace

from components.browser.actions import ActionError, parse_action
from components.privacy.config import PrivacyConfig
from components.privacy.listed import HIDDEN
from components.privacy.vault import PLACEHOLDER, TEXT, Vault
from components.trajectories.schema import Step

WRITTEN = ("type", "note", "stop", "select", "branch", "prune")
LEAST = 3
"""Characters: a shorter text that was typed on a private page gets no placeholder of its own."""


def action_as_told(action: str, intent: str, vault: Vault) -> str:
    """The action of a private step without its text, which may be anything that was on the page.

    A value that `vault` knows is still in it.
    """
    try:
        parsed = parse_action(action, None)
    except ActionError:
        return "an action that could not be read"
    text = parsed.text or ""
    if parsed.kind == "goto" or (parsed.kind == "press" and len(text) == 1):
        return str(replace(parsed, text=f"[{TEXT}]"))
    if parsed.kind not in WRITTEN or not text or text in intent or PLACEHOLDER.fullmatch(vault.redact(text).strip()):
        return action
    name = vault.name(text, TEXT) if len(text) >= LEAST else f"[{TEXT}]"
    return str(replace(parsed, text=name))


def stays(step: Step, config: PrivacyConfig) -> bool:
    """Whether a step's page may not leave by its address, or could not when it was met."""
    return "page" in step.private or not config.may_leave(step.url, step.observation)


def is_hidden(step: Step) -> bool:
    """Whether a step's page was taken away."""
    return step.observation == HIDDEN


def without_page(step: Step, intent: str, vault: Vault) -> Step:
    """The step with nothing of its page, and with its action as others are told of it once `vault` has redacted it."""
    return step.model_copy(
        update={
            "url": "",
            "title": "",
            "observation": HIDDEN,
            "action": action_as_told(step.action, intent, vault),
            **dict.fromkeys(("reason", "description", "highlight"), ""),
            "feedback": "the action failed" if step.feedback else "",
            **dict.fromkeys(("target", "speculation")),
            "events": (),
            "private": step.private or ("page",),
        }
    )
