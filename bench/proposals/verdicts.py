"""The pipeline's verdicts compared with hand-made conditions, at the end of the same episodes.

Every proposal of a sample is attempted on a case that nothing was tried on: by the rules, which do what is asked; by
the same rules asked for something near (another case, another proposal), which do it wrong; at random; and by stopping
at once. At the end of each attempt the proposal's own check speaks, which is what the pipeline trains and judges by,
and then the condition written by hand, which may ask the site's database what the proposal cannot know. A proposal is
judged right where both agree on every attempt.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from components.agents.base import Agent, Decision, Turn
from components.agents.reference import RandomAgent, StopAgent
from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.base import FREE, Evaluation, Start, Task, Visit
from components.benchmarks.evidence import visible_words
from components.benchmarks.sites.benchmark import OwnSites
from components.benchmarks.sites.checks import Question
from components.benchmarks.sites.form import Check, ProposedTasks, filled
from components.benchmarks.split import HELDOUT_SEEDS, normalise
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, play_phases
from components.proposals.proposal import Proposal
from components.trajectories.open_store import open_store
from components.trajectories.phases import PROPOSE
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Outcome

if TYPE_CHECKING:
    from components.browser.page import Page

Condition = Mapping[str, Any]
"""`check` as in a `sites.yaml`; `known`: a query whose first row gives it further variables; `lacks`: words that the
page does not say at the end."""


class JudgedTwice(OwnSites):
    """A site, where every end of an episode is judged by hand too.

    Attributes:
        by_hand: what the hand-made condition said of each attempt, by task.
    """

    def __init__(self, folder: Path, conditions: Mapping[str, Condition]) -> None:
        super().__init__(folder=folder)
        self._conditions = conditions
        self._cases: dict[str, Any] = {}
        self.by_hand: dict[str, bool] = {}

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        self.by_hand.pop(task.task_id, None)
        return await super().start(page, task, seed=seed, visit=visit)

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        is_finished = await super().finished(page, task)
        if is_finished is not None:
            await self._judge(page, task, answer=None)
        return is_finished

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        evaluation = await super().evaluate(page, task, answer=answer, network=network)
        await self._judge(page, task, answer=answer)
        return evaluation

    async def _judge(self, page: Page, task: Task, *, answer: str | None) -> None:
        episode = self._episodes[page.tabs]
        question, condition = episode.question, self._conditions[task.task_id]
        case = dict(question.case)
        if sql := condition.get("known"):
            [row, *_] = question.replicas[episode.task.site].query(sql, case)
            case |= row
        check = filled(Check.model_validate(condition["check"]), case)
        by_hand = Question(check=check, case=case, site=episode.task.site, replicas=question.replicas)
        words_shown = normalise(await visible_words(page)) if condition.get("lacks") else ""
        kept_out = not any(normalise(words.format(**case)) in words_shown for words in condition.get("lacks", ()))
        self.by_hand[task.task_id] = kept_out and not await by_hand.lacking(page, answer=answer, start=episode.url)


class Astray(Agent):
    """The rules, given another goal that is close to the real one."""

    info = AgentInfo(name="astray", kind="scripted", digest="astray-1")
    batch_size = 64

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        self._rules = ScriptedTeacher()
        self._instead = {
            intent: goal
            for number, proposal in enumerate(proposals)
            for intent, goal in _near(proposal, proposals[number - 1])
        }

    @override
    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return await self._rules.decide([replace(turn, intent=self._instead[turn.intent]) for turn in turns])


def _near(proposal: Proposal, neighbour: Proposal) -> list[tuple[str, str]]:
    """For each intent that of another case which begins on the same page, else one of another proposal."""
    cases, count = proposal.cases, len(proposal.cases)
    pairs = []
    for number, intent in enumerate(proposal.intents):
        case = cases[number % count]
        first = number - number % count
        near = [
            proposal.intents[first + at]
            for at in range(count)
            if cases[at]["page"] == case["page"] and proposal.intents[first + at] != intent
        ]
        pairs.append((intent, near[0] if near else neighbour.intents[0]))
    return pairs


def judge_sample(proposals: Sequence[Proposal], conditions: Mapping[str, Condition], *, folder: Path) -> dict[str, Any]:
    """Rows of (proposal, attempt, what each said), and the share of proposals that were judged right."""
    lacking = [proposal.id for proposal in proposals if proposal.id not in conditions]
    assert not lacking, f"no condition was written for {', '.join(lacking)}"
    agents: dict[str, Agent] = {
        "as asked": ScriptedTeacher(),
        "astray": Astray(proposals),
        "at random": RandomAgent(),
        "stop": StopAgent(),
    }
    rows: list[dict[str, Any]] = []
    for attempt, agent in agents.items():
        rows += _played(proposals, conditions, folder=folder, agent=agent, attempt=attempt)
    wrong = {row["proposal"] for row in rows if row["pipeline"] != row["by_hand"]}
    counts = Counter(row["proposal"] for row in rows)
    whole = {name for name, count in counts.items() if count == len(agents)}
    return {
        "proposals": len(proposals),
        "attempted_in_every_way": len(whole),
        "judged_right": len(whole - wrong),
        "attempts": len(rows),
        "agree": sum(row["pipeline"] == row["by_hand"] for row in rows),
        "solved": sum(row["pipeline"] for row in rows),
        "solved_by_hand": sum(row["by_hand"] for row in rows),
        "rows": rows,
    }


def _played(
    proposals: Sequence[Proposal], conditions: Mapping[str, Condition], *, folder: Path, agent: Agent, attempt: str
) -> list[dict[str, Any]]:
    benchmark = JudgedTwice(folder, conditions)
    benchmark.add(ProposedTasks(tasks=tuple(proposal.task for proposal in proposals)).model_dump_json().encode())
    with tempfile.TemporaryDirectory() as work:
        phase = Phase(
            name=PROPOSE,
            round=Round(run="verdicts", number=1, seed=0, store=open_store(Path(work) / "store"), work=Path(work)),
            plan=[(benchmark.tasks[proposal.id], HELDOUT_SEEDS) for proposal in proposals],
            benchmark=benchmark,
            agent=agent,
            decided_by=None,
            play=PlaySettings(useless_steps=2),
            browser=BrowserSettings(pages=2),
            label=attempt,
        )
        play_phases([phase])
        return [
            {
                "proposal": episode.task_id,
                "intent": episode.intent,
                "attempt": attempt,
                "pipeline": episode.outcome is Outcome.SOLVED,
                "by_hand": benchmark.by_hand[episode.task_id],
            }
            for episode in phase.episodes()
        ]
