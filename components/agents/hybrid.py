"""A remote model decides, and a model at home wherever something private is to be seen (AgentSymbiotic 3.4).

The paper's detector looks at the observation or the action and leaves a private step to the small model. It does not
say what becomes of what was private at an earlier step and still stands in the history. Here:

- The goal, every page and every action of an episode is scanned at home before anything leaves. A page on which
  something is found, or on which a value found before stands again, is decided by the local model.
- What the remote model sees later of it carries names, `[email 1]`, the same for the same value in the whole episode;
  it may use them in an action, and they are put back here. What the local model wrote and thought on a page that stayed
  at home is not told: its text is `[text 1]`, its reason is left out.
- An action that the remote model proposes and that holds something private of its own is not carried out: the local
  model decides that step.
- A goal in which a detector finds something without saying where cannot be told: the whole episode stays at home.

Names are made anew from the history at every turn, in the order of the episode, so that nothing has to be remembered.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from components.agents.base import Agent, Decision, Past, Turn, both
from components.agents.batching import Batcher
from components.browser.actions import Action, ActionError, parse_action
from components.browser.observation import Element, Observation
from components.privacy.detectors import Detectors
from components.privacy.forms import filled, marked
from components.privacy.guard import cleared
from components.privacy.hits import Hit, Kind
from components.privacy.vault import PLACEHOLDER, TEXT, Vault
from components.trajectories.digests import json_digest
from components.trajectories.schema import AgentInfo, Candidate

RULE_VERSION = "2"
"""Part of the agent's digest: change it whenever the rule of who decides, or what is told, changes."""
WRITTEN = ("type", "note", "stop", "select", "branch", "prune")
LEAST = 3
"""Characters: a shorter text that was written on a private page is no name's worth, and is left out."""


class HybridAgent(Agent):
    """Two agents and the detectors between them. Each decision of the local one says in `private` why."""

    def __init__(self, *, remote: Agent, local: Agent, detectors: Detectors) -> None:
        self.remote, self.local, self.detectors = remote, Batcher(local), detectors
        config = detectors.config.model_dump(mode="json", include={"terms", "selectors"})
        parts = (RULE_VERSION, remote.info.digest, local.info.digest, json_digest([config, detectors.versions]))
        self.info = AgentInfo(
            name=f"{remote.info.name}, at home {local.info.name}",
            kind="hybrid",
            digest=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
            prompt=both(remote.info.prompt, local.info.prompt),
        )
        self.plans = remote.plans

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*(self._one(turn, propose=False) for turn in turns)))

    async def propose(self, turns: Sequence[Turn]) -> list[Decision]:
        return list(await asyncio.gather(*(self._one(turn, propose=True) for turn in turns)))

    async def _one(self, turn: Turn, *, propose: bool) -> Decision:
        told = await self._told(turn)
        if told.private:
            return await self._at_home(turn, told.private, propose=propose)
        with cleared(turn.episode):
            ask = self.remote.propose if propose else self.remote.decide
            (decision,) = await ask([told.turn])
        proposed = decision.candidates or (Candidate(action=decision.action, reason=decision.reason),)
        found = [await self._found_in(each.action, turn.observation) for each in proposed]
        allowed = [each for each, hits in zip(proposed, found, strict=True) if not hits]
        if not allowed:
            kinds = _kinds(hit for hits in found for hit in hits)
            home = await self._at_home(turn, kinds, propose=propose)
            return replace(home, cost=home.cost + decision.cost, retrieved=decision.retrieved)
        restored = tuple(
            Candidate(action=told.vault.restore(each.action), reason=told.vault.restore(each.reason))
            for each in allowed
        )
        return replace(
            decision,
            action=restored[0].action,
            reason=restored[0].reason,
            description=told.vault.restore(decision.description),
            highlight=told.vault.restore(decision.highlight),
            candidates=restored if decision.candidates else (),
        )

    async def _at_home(self, turn: Turn, kinds: tuple[Kind, ...], *, propose: bool) -> Decision:
        (decision,) = await (self.local.propose([turn]) if propose else self.local.decide([turn]))
        return replace(decision, private=kinds)

    async def _told(self, turn: Turn) -> _Told:
        """The turn as the remote model may see it, and what forbids that."""
        vault = Vault()
        goal = await self.detectors.scan(turn.intent, anew=True)
        vault.learn(turn.intent, goal)
        vault.learn(turn.notice, self.detectors.scan_now(turn.notice))
        pasts = [await self._past(past, turn, vault) for past in turn.history]
        page = _page(turn.observation, turn.observation.text, turn.observation.purposes)
        hits = await self.detectors.scan(page, anew=True)
        kinds = _kinds((*(hit for hit in goal if _nowhere(hit)), *hits))
        if not kinds and vault.knows(page):
            kinds = ("personal",)
        vault.learn(page, hits)
        told = replace(
            turn,
            intent=vault.redact(turn.intent),
            notice=vault.redact(turn.notice),
            observation=_redacted(turn.observation, vault),
            history=tuple(_redacted_past(past, vault) for past in pasts),
        )
        return _Told(turn=told, vault=vault, private=kinds)

    async def _past(self, past: Past, turn: Turn, vault: Vault) -> Past:
        """A step as it may be told, but for the values that `vault` then knows."""
        page = _page(past, past.observation, past.purposes)
        hits = await self.detectors.scan(page)
        private = bool(hits) or vault.knows(page)
        vault.learn(page, hits)
        done = filled(past.action, past.target, purposes=past.purposes)
        wrote = await self.detectors.scan(done)
        vault.learn(done, wrote)
        for text in (past.reason, past.feedback, past.description, past.highlight):
            vault.learn(text, self.detectors.scan_now(text))
        if not (private or wrote):
            return past
        nowhere = any(map(_nowhere, (*hits, *wrote)))
        return replace(
            past,
            action=_untold(past.action, turn.intent, vault),
            reason="",
            observation="",
            description="",
            highlight="",
            target="" if nowhere else past.target,
            feedback="the action failed" if nowhere and past.feedback else past.feedback,
        )

    async def _found_in(self, action: str, observation: Observation) -> tuple[Hit, ...]:
        """What is private in an action that the remote model proposes, the field that it fills in among it.

        Nor may it send a value to an address: a name in one is put back nowhere.
        """
        parsed = _parsed(action, observation)
        if parsed and parsed.kind == "goto" and (name := PLACEHOLDER.search(parsed.text or "")):
            return (Hit(start=name.start(), end=name.end(), kind="other", source="own list"),)
        element = observation.elements.get(parsed.ref) if parsed and parsed.ref is not None else None
        done = filled(action, element.line if element else "", purposes=observation.purposes)
        return await self.detectors.scan(done, anew=True)

    @contextmanager
    def episode(self) -> Iterator[None]:
        with self.remote.episode(), self.local.episode():
            yield

    async def close(self) -> None:
        await asyncio.gather(self.remote.close(), self.local.close())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a turn is told as; `private` are the classes for which it is not told at all."""

    turn: Turn
    vault: Vault
    private: tuple[Kind, ...]


def _page(seen: Observation | Past, text: str, purposes: Mapping[int, str]) -> str:
    """All of a page that detectors look at."""
    return f"{seen.url}\n{seen.title}\n{marked(text, purposes)}"


def _parsed(action: str, observation: Observation | None) -> Action | None:
    try:
        return parse_action(action, observation)
    except ActionError:
        return None


def _untold(action: str, intent: str, vault: Vault) -> str:
    """An action of a step that stayed at home, without what was written: that may be anything the page said."""
    parsed = _parsed(action, None)
    if parsed is None:
        return "an action that could not be read"
    text = parsed.text or ""
    if parsed.kind == "goto" or (parsed.kind == "press" and len(text) == 1):
        return str(replace(parsed, text=f"[{TEXT}]"))
    if parsed.kind not in WRITTEN or not text or text in intent or PLACEHOLDER.fullmatch(vault.redact(text).strip()):
        return action
    name = vault.name(text, TEXT) if len(text) >= LEAST else f"[{TEXT}]"
    return str(replace(parsed, text=name))


def _redacted(observation: Observation, vault: Vault) -> Observation:
    def element(each: Element) -> Element:
        return replace(each, name=vault.redact(each.name), line=vault.redact(each.line), value=vault.redact(each.value))

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


def _nowhere(hit: Hit) -> bool:
    """Whether it says that a text is private, and not what of it."""
    return hit.source in ("model", "no verdict")


def _kinds(hits: Iterable[Hit]) -> tuple[Kind, ...]:
    return tuple(sorted({hit.kind for hit in hits}))
