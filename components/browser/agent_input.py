"""Addresses and words that the agent itself typed in an episode: evidence for evaluators, never shown to agents."""

from __future__ import annotations

from components.browser.actions import Action
from components.browser.keys import written_by


class AgentInput:
    """Attributes:
    addresses: of `goto` actions, and those to which they were redirected.
    words: texts of `type` actions, and the characters of `press` actions.
    """

    def __init__(self) -> None:
        self.addresses: set[str] = set()
        self.words: list[str] = []
        self._by_address = self._before = False  # the document was asked for by `goto`, or has followed it by itself

    def begin(self, action: Action) -> None:
        self._before = self._by_address
        self._by_address = action.kind == "goto" or (self._before and action.kind == "scroll")
        if action.kind == "type":
            self.words.append(action.text or "")
        if action.kind == "press":
            self.words.append(written_by(action.text or ""))

    def moved(self, url: str) -> None:
        """Notes that the document is at another address."""
        if self._by_address:
            self.addresses.add(url)

    def end(self, action: Action, *, url: str, moved: bool) -> None:
        """Notes the address after an action, and whether document or address have changed."""
        if action.kind == "goto" and moved:
            self.addresses |= {action.text or "", url}
        elif action.kind == "goto":
            self._by_address = self._before
