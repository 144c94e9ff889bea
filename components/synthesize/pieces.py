"""The pieces of a trajectory that enter the knowledge base (AgentSymbiotic 3.2): every stretch from one observation to
a later one, up to a number of steps, with what it does in words.

The paper takes all stretches between observations. The last action of an episode is followed by none, because the
page ends the episode; we let the end count as an observation, or no solution would ever be whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from components.agents.plan import of_plan
from components.browser.steps import action_in_words
from components.privacy.episodes import as_marked
from components.privacy.pieces import classes_of
from components.privacy.told import is_hidden
from components.synthesize.config import KnowledgeConfig
from components.synthesize.select import capped
from components.synthesize.trajectories import JudgedEpisode, found_by
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep, entry_id
from components.trajectories.schema import Episode, Step

REASON_CHARS = 200


def kept_pieces(
    tried: Sequence[JudgedEpisode],
    *,
    read_episodes: Callable[[list[str]], Iterable[Episode]],
    config: KnowledgeConfig,
    seed: int,
) -> Iterator[KnowledgeEntry]:
    """Every piece of the trajectories that enter, teacher's before student's, each piece once.

    Args:
        tried: distinct trajectories, of the finders in the order of precedence.
        read_episodes: reads the episodes of these keys, in their order.
    """
    usable = [attempt for attempt in tried if attempt.steps and (attempt.good or config.failures)]
    ids = set[str]()
    for finder in dict.fromkeys(attempt.finder for attempt in usable):
        own_attempts = [attempt for attempt in usable if attempt.finder == finder]
        chosen = capped(own_attempts, per_task=config.per_task, seed=seed, dropped=Counter())
        for attempt, episode in zip(chosen, read_episodes([attempt.key for attempt in chosen]), strict=True):
            for piece in pieces(episode, solved=attempt.good, longest=config.longest):
                if piece.id not in ids:
                    ids.add(piece.id)
                    yield piece


def pieces(episode: Episode, *, solved: bool, longest: int) -> Iterator[KnowledgeEntry]:
    """Every stretch of at most `longest` steps, and the whole trajectory where it is longer.

    Steps that met an error are left out, and those of a plan: what a reader does next must lead somewhere. No stretch
    goes over a page that may not leave.
    """
    episode = as_marked(episode)
    steps = [step for step in episode.steps if not step.feedback and not of_plan(step.action)]
    for begin in range(len(steps)):
        for end in range(begin + 1, len(steps) + 1):
            if any(map(is_hidden, steps[begin:end])):
                break
            if end - begin <= longest or end - begin == len(steps):
                yield _piece(episode, steps, begin, end, solved=solved)


def _piece(episode: Episode, steps: Sequence[Step], begin: int, end: int, *, solved: bool) -> KnowledgeEntry:
    stretch = tuple(
        KnowledgeStep(
            observation=step.observation, action=step.action, described=action_in_words(step), reason=step.reason
        )
        for step in steps[begin:end]
    )
    after = steps[end].observation if end < len(steps) else ""
    whole = len(stretch) == len(steps)
    kinds = {kind for step in steps[begin:end] for kind in step.private}
    return KnowledgeEntry(
        id=entry_id(task_id=episode.task_id, intent=episode.intent, steps=stretch, end=after),
        task_id=episode.task_id,
        template=episode.template,
        seed=episode.seed,
        intent=episode.intent,
        instruction=episode.intent if whole else instruction(stretch),
        summary=summary(episode.intent, stretch, begin=begin, ended=not after, solved=solved),
        steps=stretch,
        end=after,
        found_by=found_by(episode),
        solved=solved,
        round=episode.round,
        episode_key=episode.key,
        start=steps[begin].index,
        origin=episode.origin.source if episode.origin else "",
        classes=tuple(sorted(kinds | classes_of((episode.intent, after, *(step.observation for step in stretch))))),
    )


def instruction(steps: Iterable[KnowledgeStep]) -> str:
    """What a piece does, as a demand: `Click button "Ok", then type textbox "Name" "bob".`"""
    text = ", then ".join(step.described for step in steps)
    return f"{text[:1].upper()}{text[1:]}."


def summary(intent: str, steps: Sequence[KnowledgeStep], *, begin: int, ended: bool, solved: bool) -> str:
    """What the piece is a part of, what was done and why, and where it led, in fixed phrases."""
    place = "From the start" if begin == 0 else f"After {begin} other steps"
    deeds = "; ".join(
        step.described + (f" because {' '.join(step.reason.split())[:REASON_CHARS]}" if step.reason else "")
        for step in steps
    )
    result = "the goal was reached" if solved else "the goal was not reached"
    end = f"With that {result}." if ended else f"Later {result}."
    return f'Towards the goal "{intent}". {place}: {deeds}. {end}'
