"""The round's probe set and everybody's responses to it: turns of stored evaluation episodes, asked again.

A probe is a turn as it was met: intent, page, and what had been done. First turns come first, since nobody's earlier
actions led there. Responses are compared in semantic form, with the element's line in place of its number, as
`describe` writes actions. Reasons count only where teacher and student both write them: otherwise the form alone
would tell models apart.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from components.agents.base import Agent, Decision, Turn, past_of
from components.agents.chat import ChatAgent
from components.browser.actions import ActionError, describe, parse_action
from components.browser.observation import Element, Observation
from components.browser.scene import Scene
from components.detect.config import DetectConfig
from components.detect.evidence import STUDENT, TEACHER
from components.endpoints.complaints import RequestRefused
from components.endpoints.gate import GATE
from components.errors import InputError
from components.privacy.episodes import redacted
from components.privacy.guard import standing
from components.privacy.told import is_hidden
from components.text import without_references
from components.trajectories.episodes import iter_episodes
from components.trajectories.schema import Episode
from components.trajectories.store import Store
from components.verdicts.probes import Probe

ENOUGH_REASONS = 0.8
GIVES_UP = 'stop ""'


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTurn:
    """A probe, and the turn it is asked as.

    Attributes:
        told: as a model that is not at home is asked; None where it is asked nothing.
    """

    probe: Probe
    turn: Turn
    told: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What an audit is made of.

    Attributes:
        responses: by source, one text per probe.
        acted: by source, how many of them could be read as actions.
    """

    probes: list[Probe]
    responses: dict[str, list[str]]
    acted: dict[str, int]


async def collect(
    store: Store, prefixes: Sequence[str], agents: Mapping[str, Agent], *, config: DetectConfig
) -> Material:
    """The audit's material: up to `config.probes` probes on which the teacher acts, and everybody's responses.

    Where the teacher gives up there is nothing that anybody could have learnt from it, so such turns are no probes.
    Controls lose them as the student does.

    Args:
        agents: `teacher`, `student` and the controls, such as the student's base and `unrelated_agents()`. A student
            that can write reasons should be given in that mode.

    Raises:
        InputError: there is no episode below the prefixes.
        InfraError: an agent could not be reached.
    """
    met = collect_probes(store, prefixes)
    chosen: list[ProbeTurn] = []
    teacher = agents[TEACHER]
    for start in range(0, len(met), config.probes):
        turns = met[start : start + config.probes]
        decisions = await _ask(teacher, turns)
        chosen.extend(
            turn for turn, decision in zip(turns, decisions, strict=True) if decision.action.strip() != GIVES_UP
        )
        if len(chosen) >= config.probes:
            break
    chosen = chosen[: config.probes]
    decided = dict[str, list[Decision]]()
    for name, agent in agents.items():
        decided[name] = await _ask(agent, chosen)
        await agent.close()
    return Material(
        probes=[item.probe for item in chosen],
        responses=responses_of(chosen, decided, config=config),
        acted={name: sum(_acts(decision) for decision in decisions) for name, decisions in decided.items()},
    )


def collect_probes(store: Store, prefixes: Sequence[str]) -> list[ProbeTurn]:
    """Every different turn of the episodes below the prefixes: dealt out by family, first turns first.

    The same episodes give the same probes, whatever the order of the prefixes; where none counts there are no probes.

    Raises:
        InputError: there is no episode below the prefixes.
    """
    episodes = 0
    by_family: dict[str, dict[str, tuple[int, ProbeTurn]]] = defaultdict(dict)
    for prefix in prefixes:
        for episode in iter_episodes(store, prefix):
            episodes += 1
            if episode.outcome.counts:
                for index, item in _turns(episode):
                    by_family[item.probe.domain].setdefault(item.probe.id, (index, item))
    if not episodes:
        raise InputError(
            "there are no evaluation episodes to take probes from",
            where=", ".join(f"{store.url}/{prefix}" for prefix in prefixes),
            fix="run the evaluate stage first",
        )
    queues = [
        [item for _, item in sorted(items.values(), key=lambda pair: (pair[0], pair[1].probe.id))]
        for _, items in sorted(by_family.items())
    ]
    return [item for row in zip_longest(*queues) for item in row if item is not None]


def _turns(episode: Episode) -> Iterator[tuple[int, ProbeTurn]]:
    guard = standing()
    redacted_episode = episode if guard is None else redacted(episode, guard.detectors)
    for at, step in enumerate(episode.steps):
        prompt = f"{episode.intent}\n{without_references(step.observation)}"
        content = "\0".join((episode.task_id, prompt, *(step.action for step in episode.steps[:at])))
        identity = hashlib.sha256(content.encode()).hexdigest()[:24]
        turn = _turn(episode, at, name=f"probe/{identity}")
        yield (
            step.index,
            ProbeTurn(
                probe=Probe(id=identity, domain=episode.family, prompt=prompt),
                turn=turn,
                told=(
                    _turn(redacted_episode, at, name=turn.episode)
                    if redacted_episode and not is_hidden(redacted_episode.steps[at])
                    else None
                ),
            ),
        )


def _turn(episode: Episode, at: int, *, name: str) -> Turn:
    step = episode.steps[at]
    return Turn(
        episode=name,
        task_id=episode.task_id,
        template=episode.template,
        intent=episode.intent,
        observation=read_observation(step.observation, url=step.url, title=step.title, purposes=step.purposes),
        history=tuple(past_of(past) for past in episode.steps[:at]),
    )


def read_observation(text: str, *, url: str, title: str, purposes: Mapping[int, str] | None = None) -> Observation:
    """A stored observation's text as an observation again, with what was stored of its fields."""
    elements, fields = {}, purposes or {}
    for node in Scene(text).refs():
        if node.ref is not None:
            line = " ".join(part for part in (node.says(), node.rest) if part)
            elements[node.ref] = Element(
                ref=node.ref,
                role=node.role,
                name=node.name,
                line=line,
                value=node.value,
                purpose=fields.get(node.ref, ""),
            )
    return Observation(url=url, title=title, text=text, elements=elements)


def responses_of(
    turns: Sequence[ProbeTurn], decided: Mapping[str, Sequence[Decision]], *, config: DetectConfig
) -> dict[str, list[str]]:
    """Every source's decisions as the texts that are compared, one per probe."""
    with_reasons = config.reasons and all(
        sum(bool(decision.reason) for decision in decided[name]) >= ENOUGH_REASONS * len(turns)
        for name in (TEACHER, STUDENT)
    )
    return {
        name: [
            response(decision, item.turn.observation, reason=with_reasons)
            for decision, item in zip(decisions, turns, strict=True)
        ]
        for name, decisions in decided.items()
    }


def _acts(decision: Decision) -> bool:
    """Whether the decision can be read as an action, whatever it would do."""
    try:
        parse_action(decision.action)
    except ActionError:
        return False
    return True


async def _ask(agent: Agent, turns: Sequence[ProbeTurn]) -> list[Decision]:
    """Asks everything at once; the agent decides how many requests are under way together."""
    away = isinstance(agent, ChatAgent) and GATE.guards(agent.config.base_url)
    candidates = [item.told if away else item.turn for item in turns]
    sendable = [turn for turn in candidates if turn is not None]
    batches = (sendable[start : start + agent.batch_size] for start in range(0, len(sendable), agent.batch_size))
    decided = chain.from_iterable(await asyncio.gather(*(_decided(agent, batch) for batch in batches)))
    return [Decision(action=GIVES_UP) if turn is None else next(decided) for turn in candidates]


async def _decided(agent: Agent, turns: Sequence[Turn]) -> list[Decision]:
    try:
        return await agent.decide(turns)
    except RequestRefused:  # an endpoint that refuses this page counts as one that gives up
        return [Decision(action=GIVES_UP) for _ in turns]


def response(decision: Decision, observation: Observation, *, reason: bool) -> str:
    """A decision as the text that is compared: the reason where wanted, then the action in semantic form."""
    try:
        action = describe(parse_action(decision.action, observation), observation)
    except ActionError:
        action = decision.action
    action = without_references(str(action)).strip()
    return f"{' '.join(decision.reason.split())}\n{action}" if reason else action
