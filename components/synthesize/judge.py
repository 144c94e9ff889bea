"""Which trajectories are good: by the evaluator's outcome, by a rule, or by several voices of a language model.

Of the paper's judge (a debate of language models) neither criteria nor prompts are published. Ours asks for independent
judgements and takes the majority of all voices asked. A voice that cannot be read counts for neither side; where
neither reaches the majority the outcome is `judge_error`, which is no failure of the agent and enters no data.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from components.agents.chat import ChatAgent, CutShort
from components.agents.ledger import Ledger
from components.browser.steps import described
from components.endpoints.complaints import RequestRefused
from components.errors import InputError
from components.synthesize.config import JudgeConfig, ModelJudge, OutcomeJudge, RuleJudge
from components.trajectories.digests import json_digest
from components.trajectories.episodes import episode_digest
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome, Record

PROMPT = """\
You judge whether an attempt to reach a goal on a web page succeeded. You are shown the goal, every action with its \
reason and the error it met, the page before the last action, and the answer given. Accept only an attempt that did \
all the goal asks and nothing that contradicts it; actions that led nowhere on the way do not matter.

Explain in one or two sentences, then end with exactly one of these lines:
VERDICT: solved
VERDICT: failed"""
_VERDICT = re.compile(r"^[^\w\n]*VERDICT[^\w\n]*\b(solved|failed)\b", re.IGNORECASE | re.MULTILINE)


class Judgement(Record):
    """What was decided about one trajectory. `votes` are a model's, `unreadable` where there was no verdict."""

    outcome: Outcome
    because: str = ""
    votes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.outcome is Outcome.SOLVED


def judge_all(episodes: Sequence[Episode], *, judge: JudgeConfig, round: Round) -> dict[str, Judgement]:
    """A judgement of every episode, by key.

    Raises:
        InputError, InfraError, BudgetError: from the model's endpoint. Judgements already made are kept in the store,
            and the next call goes on from there.
    """
    match judge:
        case OutcomeJudge():
            return {episode.key: Judgement(outcome=episode.outcome) for episode in episodes}
        case RuleJudge():
            return {episode.key: by_rule(episode, judge) for episode in episodes}
        case ModelJudge():
            return asyncio.run(_by_model(episodes, judge, round))


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


async def _by_model(episodes: Sequence[Episode], judge: ModelJudge, round: Round) -> dict[str, Judgement]:
    agent = ChatAgent(judge.model, ledger=Ledger(round.store, run=round.run, model=judge.model.model))
    settings = {"model": agent.info.digest, "voices": judge.voices, "page": judge.page_chars, "prompt": PROMPT}
    name = json_digest(settings)[:16]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                episode.key: group.create_task(_ask(agent, episode, judge, round, name))
                for episode in episodes
                if episode.outcome.counts
            }
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        await agent.close()
    return {
        episode.key: tasks[episode.key].result() if episode.key in tasks else Judgement(outcome=episode.outcome)
        for episode in episodes
    }


async def _ask(agent: ChatAgent, episode: Episode, judge: ModelJudge, round: Round, name: str) -> Judgement:
    """Asks every voice, once: the judgement is kept in the store, so that a resumed stage decides the same."""
    key = f"{round.prefix}/judgements/{name}/{episode_digest(episode)}.json"
    try:
        return Judgement.model_validate_json(await asyncio.to_thread(round.store.get, key))
    except KeyError:
        pass
    except ValueError as error:
        raise InputError(f"a broken judgement: {error}", where=key, fix="delete it and run again") from error
    messages = _messages(episode, page_chars=judge.page_chars)
    try:
        answers = await asyncio.gather(*(agent.complete(messages, seed=voice) for voice in range(judge.voices)))
        judgement = majority([text for text, _ in answers])
    except (RequestRefused, CutShort) as error:  # this trajectory's misfortune, whatever is tried
        judgement = Judgement(outcome=Outcome.JUDGE_ERROR, because=str(error))
    await asyncio.to_thread(round.store.put_new, key, judgement.model_dump_json().encode())
    return judgement


def majority(answers: Sequence[str]) -> Judgement:
    """The verdict more than half of all voices agree on; `judge_error` where there is none."""
    votes = tuple(read_verdict(answer) for answer in answers)
    for verdict in (Outcome.SOLVED, Outcome.FAILED):
        if 2 * votes.count(verdict.value) > len(votes):
            because = answers[votes.index(verdict.value)].strip()[:1000]
            return Judgement(outcome=verdict, because=because, votes=votes)
    return Judgement(outcome=Outcome.JUDGE_ERROR, because="no majority of readable voices", votes=votes)


def read_verdict(answer: str) -> str:
    """`solved`, `failed` or `unreadable`. The last verdict counts: some models think aloud before."""
    found = _VERDICT.findall(answer)
    return str(found[-1]).lower() if found else "unreadable"


def _messages(episode: Episode, *, page_chars: int) -> list[dict[str, str]]:
    lines = [f"GOAL: {episode.intent}", "ACTIONS:"]
    for number, step in enumerate(episode.steps, 1):
        lines.append(f"{number}. {described(step)}" + (f"  (because {step.reason})" if step.reason else ""))
        if step.feedback:
            lines.append(f"   error: {step.feedback}")
    if episode.steps:
        lines.append(f"PAGE BEFORE THE LAST ACTION:\n{episode.steps[-1].observation[:page_chars]}")
    lines.append("ANSWER: " + (episode.answer or "none"))
    return [{"role": "system", "content": PROMPT}, {"role": "user", "content": "\n".join(lines)}]
