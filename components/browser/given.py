"""What the agent itself gave an episode's pages, addresses and words: evidence for evaluators, never for agents."""

from __future__ import annotations

from components.browser.actions import Action
from components.browser.keys import written_by


class Given:
    """Attributes:
    addresses: that actions `goto` gave, and where they led by themselves.
    words: what actions typed, key by key where they pressed keys.
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
        """The document is at another address."""
        if self._by_address:
            self.addresses.add(url)

    def end(self, action: Action, *, url: str, moved: bool) -> None:
        """Where an action has ended, and whether that is another document or address than before."""
        if action.kind == "goto" and moved:
            self.addresses |= {action.text or "", url}
        elif action.kind == "goto":
            self._by_address = self._before
