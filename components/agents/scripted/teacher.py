"""The scripted teacher: rules over the same text that every agent sees. The laptop's default teacher.

A rule is a pattern over the intent and a reading of the observation's text. It never sees the page, its hidden state,
the evaluator, the reward or the task's id, and it writes a reason for every action. Its rules cover named buttons,
links and tabs, sections with links, trees, menus, text fields, dates and times, log-ins, copying, sums and equations,
tables, lists and check boxes, calendars, spinners and sliders, dialogs, sections, kinds of widgets, completions, small
forms, the greatest of some cards, odd and even, drawing numbers, comparing offers, tic-tac-toe, e-mail, social media,
search, contacts, orders, a forum, and what the template proposer asks for on any site. They do not cover guessing and
sorting numbers, synonyms, other games, terminals, text editors, flights and requests in free language: there it follows
a retrieved solution where a knowledge base holds one that fits (see `follow`), and otherwise stops.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from components.agents.base import Agent, Decision, Turn
from components.agents.scripted import apps, choosing, clicking, clicks, comparing, filling, forum, games, site, widgets  # noqa: F401  each registers its rules
from components.agents.scripted.follow import follow
from components.agents.scripted.moves import Move, moves_for
from components.agents.searching import search
from components.browser import scene
from components.browser.scene import Scene
from components.trajectories.schema import AgentInfo, Candidate, Cost

if TYPE_CHECKING:
    from components.privacy.knowledge import Searched
    from components.trajectories.rounds import Round

RETRIEVED = 5  # entries asked for when no rule fits


class ScriptedTeacher(Agent):
    """Rules first, then a retrieved solution, then `stop`.

    Args:
        knowledge: the knowledge base in which solutions are looked for; with other contents this is another agent.
            None: none are followed.
    """

    batch_size = 64

    def __init__(self, *, knowledge: Searched | None = None) -> None:
        self._knowledge = knowledge
        knowledge_digest = knowledge.digest() if knowledge is not None else ""
        digest = hashlib.sha256(f"{_rules_digest()} {knowledge is not None} {knowledge_digest}".encode()).hexdigest()
        name = "scripted-with-knowledge" if knowledge is not None else "scripted"
        self.info = AgentInfo(name=name, kind="scripted", digest=digest)

    def spend_for(self, round: Round) -> None:
        if self._knowledge is not None:
            self._knowledge.spend_for(round)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        """Never raises because of a page or an intent: where no rule fits, it decides to `stop`."""
        return [await self._decide(turn) for turn in turns]

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        """Every good move of the rule, such as each check box that is still to be checked."""
        return [await self._decide(turn) for turn in turns]

    async def close(self) -> None:
        if self._knowledge is not None:
            await asyncio.to_thread(self._knowledge.close)

    async def _decide(self, turn: Turn) -> Decision:
        began = time.monotonic()
        retrieved: tuple[str, ...] = ()
        cost = Cost()
        moves = moves_for(turn.intent, scene=Scene(turn.observation.text), history=turn.history)
        if not moves and self._knowledge is not None:
            entries, cost = await search(self._knowledge, turn, k=RETRIEVED)
            moves = follow(entries, turn=turn)
            retrieved = tuple(entry.id for entry in entries)
        if not moves:
            moves = [Move(action='stop ""', reason="No rule of mine reads this goal on this page.")]
        return Decision(
            action=moves[0].action,
            reason=moves[0].reason,
            candidates=tuple(Candidate(action=move.action, reason=move.reason) for move in moves),
            retrieved=retrieved,
            cost=cost,
            seconds=time.monotonic() - began,
        )


@cache
def _rules_digest() -> str:
    """SHA-256 over the source of the rules: another rule is another agent."""
    sources = (*sorted(Path(__file__).parent.glob("*.py")), Path(scene.__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
