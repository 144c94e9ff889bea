"""Which trajectories are good: by the evaluator's outcome, by a rule, or by models that are asked.

Of the paper's judge (a debate of language models) neither criteria nor prompts are published; see `panel` for ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from components.synthesize.config import AskingJudge, JudgeConfig, OutcomeJudge, RuleJudge
from components.synthesize.judgement import Judgement
from components.synthesize.panel import Panel
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome

AT_ONCE = 256
"""Episodes in memory while they are judged."""


def judge_all(episodes: Sequence[Episode], *, judge: JudgeConfig, round: Round) -> dict[str, Judgement]:
    """A judgement of every episode, by key.

    Raises:
        InputError, InfraError, BudgetError: from a model's endpoint. Judgements already made are kept in the store,
            and the next call goes on from there.
    """
    if isinstance(judge, OutcomeJudge):
        return {episode.key: Judgement(outcome=episode.outcome) for episode in episodes}
    if isinstance(judge, RuleJudge):
        return {episode.key: by_rule(episode, judge) for episode in episodes}
    errors = {episode.key: Judgement(outcome=episode.outcome) for episode in episodes if not episode.outcome.counts}
    asked = [episode for episode in episodes if episode.key not in errors]
    return errors | asyncio.run(_asked(asked, judge, round))


def judged(episodes: Iterable[Episode], *, judge: JudgeConfig, round: Round) -> Iterator[tuple[Episode, Judgement]]:
    """Every episode with its judgement, in their order, some of them at a time. Raises as `judge_all`."""
    iterator = iter(episodes)
    while some := list(islice(iterator, AT_ONCE)):
        judgements = judge_all(some, judge=judge, round=round)
        yield from ((episode, judgements[episode.key]) for episode in some)


async def _asked(episodes: Sequence[Episode], judge: AskingJudge, round: Round) -> dict[str, Judgement]:
    return await Panel(judge, round).judge_all(episodes)


def by_rule(episode: Episode, rule: RuleJudge) -> Judgement:
    """The evaluator's outcome; failed also for a trajectory that exceeds one of the rule's limits."""
    errors = sum(bool(step.feedback) for step in episode.steps)
    if episode.outcome is not Outcome.SOLVED:
        return Judgement(outcome=episode.outcome, because="the evaluator")
    if errors > rule.max_errors:
        return Judgement(outcome=Outcome.FAILED, because=f"{errors} failed actions")
    if rule.max_steps is not None and len(episode.steps) > rule.max_steps:
        return Judgement(outcome=Outcome.FAILED, because=f"{len(episode.steps)} steps")
    return Judgement(outcome=Outcome.SOLVED)
