"""A remote model decides; where something private is on the page, a local model does (AgentSymbiotic 3.4).

The paper's detector looks at the observation or the action and leaves a private step to the small model. It does not
say what happens to private text of an earlier step that is still in the history. Here:

- The goal, every page and every action of an episode is scanned at home before anything leaves. A page on which
  something is found, or on which a value found before stands again, is decided by the local model.
- Later the remote model sees a placeholder such as `[email 1]` in its place, the same one for the same value in the
  whole episode. It may use placeholders in an action; here they are replaced by their values. Text that the local model
  typed on a private page becomes `[text 1]`, and its reason is left out.
- If the remote model proposes an action that contains something private itself, it is not done: the local model decides
  that step.
- If the guard lets the request for a step leave in no form, the local model decides that step too.
- Where a team has listed the pages that may leave (`privacy.public`), the local model decides on every other one. Later
  nothing of such a page is told but the kind of action and the placeholders in it.
- If a detector finds something in the goal but not where it is, the goal cannot be sent: the whole episode is decided
  by the local model.
- What an analyzer doubts of the rules' finds has a placeholder, and does not keep the step at home.

Placeholders are made anew from the history at every turn, in the order of the episode, so that nothing is remembered.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.agents.base import Agent, Decision, Past, Turn, joined_prompts
from components.agents.batching import Batcher
from components.browser.actions import Action, ActionError, parse_action
from components.browser.observation import Element, Observation
from components.privacy.detectors import Detectors
from components.privacy.forms import filled, marked
from components.privacy.guard import StaysAtHome, cleared, guard
from components.privacy.hits import Hit, Kind
from components.privacy.log import Log
from components.privacy.told import action_as_told
from components.privacy.vault import PLACEHOLDER, Vault
from components.trajectories.digests import json_digest
from components.trajectories.schema import AgentInfo, Candidate

if TYPE_CHECKING:
    from components.trajectories.rounds import Round

RULE_VERSION = "4"
"""Part of the agent's digest: change it whenever the rule of who decides, or what is told, changes."""


class HybridAgent(Agent):
    """Two agents and the detectors between them. Decisions of the local one name in `private` the classes found.

    Whoever asks it without `spend_for` sets the gate's guard itself.
    """

    def __init__(self, *, remote: Agent, local: Agent, detectors: Detectors) -> None:
        self.remote, self.local, self.detectors = remote, Batcher(local), detectors
        config = detectors.config.model_dump(mode="json", include={"terms", "selectors", "public"})
        parts = (RULE_VERSION, remote.info.digest, local.info.digest, json_digest([config, detectors.versions]))
        self.info = AgentInfo(
            name=f"{remote.info.name}, at home {local.info.name}",
            kind="hybrid",
            digest=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
            prompt=joined_prompts(remote.info.prompt, local.info.prompt),
        )
        self.plans = remote.plans

    def spend_for(self, round: Round) -> None:
        guard(self.detectors.config, log=Log(round.store, run=round.run))
        self.remote.spend_for(round)
        self.local.spend_for(round)

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*(self._decide(turn, propose=False) for turn in turns)))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*(self._decide(turn, propose=True) for turn in turns)))

    async def _decide(self, turn: Turn, *, propose: bool) -> Decision:
        redacted = await self._redact_turn(turn)
        if redacted.private:
            return await self._at_home(turn, redacted.private, propose=propose)
        ask = self.remote.propose if propose else self.remote.decide
        try:
            with cleared(turn.episode):
                (decision,) = await ask([redacted.turn])
        except StaysAtHome as refusal:
            return await self._at_home(turn, refusal.kinds, propose=propose)
        candidates = decision.candidates or (Candidate(action=decision.action, reason=decision.reason),)
        hits_of_each = [_deciding(await self._found_in(each.action, turn.observation)) for each in candidates]
        allowed = [candidate for candidate, hits in zip(candidates, hits_of_each, strict=True) if not hits]
        if not allowed:
            kinds = _kinds(hit for hits in hits_of_each for hit in hits)
            home = await self._at_home(turn, kinds, propose=propose)
            return replace(home, cost=home.cost + decision.cost, retrieved=decision.retrieved)
        restored = tuple(
            Candidate(action=redacted.vault.restore(candidate.action), reason=redacted.vault.restore(candidate.reason))
            for candidate in allowed
        )
        return replace(
            decision,
            action=restored[0].action,
            reason=restored[0].reason,
            description=redacted.vault.restore(decision.description),
            highlight=redacted.vault.restore(decision.highlight),
            candidates=restored if decision.candidates else (),
        )

    async def _at_home(self, turn: Turn, kinds: tuple[Kind, ...], *, propose: bool) -> Decision:
        (decision,) = await (self.local.propose([turn]) if propose else self.local.decide([turn]))
        return replace(decision, private=kinds)

    async def _redact_turn(self, turn: Turn) -> _RedactedTurn:
        """The turn as the remote model may see it, and the classes of private data because of which it may not."""
        analyzer = self.detectors.config.analyzer
        seen = _Seen(doubts=analyzer is not None and analyzer.doubt > 0)
        goal = await self.detectors.scan(turn.intent, anew=True)
        seen.learn(turn.intent, goal)
        seen.learn(turn.notice, self.detectors.scan_now(turn.notice))
        pasts = [await self._past(past, turn, seen) for past in turn.history]
        page = _page(turn.observation, turn.observation.text, turn.observation.purposes)
        hits = await self.detectors.scan(page, anew=True)
        kinds = _kinds((*(hit for hit in goal if not hit.has_place), *_deciding(hits)))
        if not self._may_leave(turn.observation, turn.observation.text):
            kinds = (*kinds, "page")
        elif not kinds and seen.private.knows(page):
            kinds = ("personal",)
        seen.learn(page, hits)
        vault = seen.vault
        redacted = replace(
            turn,
            intent=vault.redact(turn.intent),
            notice=vault.redact(turn.notice),
            observation=_redacted(turn.observation, vault),
            history=tuple(_redacted_past(past, vault) for past in pasts),
        )
        return _RedactedTurn(turn=redacted, vault=vault, private=kinds)

    async def _past(self, past: Past, turn: Turn, seen: _Seen) -> Past:
        """A step without its private parts. Values that were learnt then are still to be redacted."""
        page = _page(past, past.observation, past.purposes)
        hits = await self.detectors.scan(page)
        private = bool(_deciding(hits)) or seen.private.knows(page)
        seen.learn(page, hits)
        action = filled(past.action, past.target, purposes=past.purposes)
        action_hits = await self.detectors.scan(action)
        seen.learn(action, action_hits)
        for text in (past.reason, past.feedback, past.description, past.highlight):
            seen.learn(text, self.detectors.scan_now(text))
        kept = not self._may_leave(past, past.observation)
        if not (private or kept or _deciding(action_hits)):
            return past
        has_no_place = kept or not all(hit.has_place for hit in (*hits, *action_hits))
        return replace(
            past,
            action=action_as_told(past.action, turn.intent, seen.vault),
            reason="",
            observation="",
            description="",
            highlight="",
            target="" if has_no_place else past.target,
            feedback="the action failed" if has_no_place and past.feedback else past.feedback,
        )

    def _may_leave(self, page: Observation | Past, text: str) -> bool:
        return self.detectors.config.may_leave(page.url, text)

    async def _found_in(self, action: str, observation: Observation) -> tuple[Hit, ...]:
        """Private data in an action of the remote model; the name of the field that it fills in counts as context.

        A placeholder in an address counts too, because its value would be sent there.
        """
        action_read = _parsed(action, observation)
        if action_read and action_read.kind == "goto" and (name := PLACEHOLDER.search(action_read.text or "")):
            return (Hit(start=name.start(), end=name.end(), kind="other", source="own list"),)
        element = observation.elements.get(action_read.ref) if action_read and action_read.ref is not None else None
        text = filled(action, element.line if element else "", purposes=observation.purposes)
        return await self.detectors.scan(text, anew=True)

    @contextmanager
    def episode(self) -> Iterator[None]:
        with self.remote.episode(), self.local.episode():
            yield

    async def close(self) -> None:
        await asyncio.gather(self.remote.close(), self.local.close())


class _Seen:
    """Values of an episode. Attributes: `vault`: all, with their names; `private`: those that keep a page at home.

    They are the same where no hit is doubted.
    """

    def __init__(self, *, doubts: bool) -> None:
        self.vault = Vault()
        self.private = Vault() if doubts else self.vault

    def learn(self, text: str, hits: Iterable[Hit]) -> None:
        self.vault.learn(text, hits)
        if self.private is not self.vault:
            self.private.learn(text, _deciding(hits))


@dataclass(frozen=True, slots=True, kw_only=True)
class _RedactedTurn:
    """A turn for the remote model. Attributes: `private`: the classes because of which it must not be sent at all."""

    turn: Turn
    vault: Vault
    private: tuple[Kind, ...]


def _page(page: Observation | Past, text: str, purposes: Mapping[int, str]) -> str:
    """The text of a page that detectors look at: address, title, and text with the purposes of fields."""
    return f"{page.url}\n{page.title}\n{marked(text, purposes)}"


def _parsed(action: str, observation: Observation | None) -> Action | None:
    try:
        return parse_action(action, observation)
    except ActionError:
        return None


def _redacted(observation: Observation, vault: Vault) -> Observation:
    def element(original: Element) -> Element:
        return replace(
            original,
            name=vault.redact(original.name),
            line=vault.redact(original.line),
            value=vault.redact(original.value),
        )

    return replace(
        observation,
        url=vault.redact(observation.url),
        title=vault.redact(observation.title),
        text=vault.redact(observation.text),
        elements={ref: element(each) for ref, each in observation.elements.items()},
    )


def _redacted_past(past: Past, vault: Vault) -> Past:
    return Past(
        observation=vault.redact(past.observation),
        action=vault.redact(past.action),
        reason=vault.redact(past.reason),
        feedback=vault.redact(past.feedback),
        target=vault.redact(past.target),
        description=vault.redact(past.description),
        highlight=vault.redact(past.highlight),
    )


def _deciding(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.decides]


def _kinds(hits: Iterable[Hit]) -> tuple[Kind, ...]:
    return tuple(sorted({hit.kind for hit in hits}))
