"""Which trajectories are good: by the evaluator's outcome, by a rule, or by models that are asked.

Of the paper's judge (a debate of language models) neither criteria nor prompts are published; see `panel` for ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from components.synthesize.asking import ask_all
from components.synthesize.config import JudgeConfig, OutcomeJudge, RuleJudge
from components.synthesize.judgement import Judgement
from components.synthesize.panel import Panel
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome


def judge_episodes(
    episodes: Iterable[Episode], *, judge: JudgeConfig, round: Round
) -> Iterator[tuple[Episode, Judgement]]:
    """Every episode with its judgement, in their order; models judge some at a time.

    Raises:
        InputError, InfraError, BudgetError: from a model's endpoint. Judgements already made are kept in the store,
            and the next call goes on from there.
    """
    if isinstance(judge, OutcomeJudge):
        yield from ((episode, Judgement(outcome=episode.outcome)) for episode in episodes)
    elif isinstance(judge, RuleJudge):
        yield from ((episode, by_rule(episode, judge)) for episode in episodes)
    else:
        panel = Panel(judge, round)

        async def judge_one(episode: Episode) -> tuple[Episode, Judgement]:
            counts = episode.outcome.counts
            return episode, await panel.judgement_of(episode) if counts else Judgement(outcome=episode.outcome)

        yield from ask_all(episodes, judge_one, close=panel.close)


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
