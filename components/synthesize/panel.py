"""Judges that ask models: independent voices of one or of several, or two that argue before a third.

A voice that cannot be read counts for neither side; where neither has most of all voices asked, the outcome is
`judge_error`, which is no failure of the agent and enters no data.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from components.agents.chat import ChatAgent, CutShort
from components.agents.config import ChatConfig, PromptBudget
from components.endpoints.complaints import RequestRefused
from components.privacy.episodes import as_marked
from components.synthesize.config import AskingJudge, DebateJudge
from components.synthesize.evidence import evidence
from components.synthesize.judgement import Judgement, Statement
from components.trajectories.digests import json_digest
from components.trajectories.episodes import episode_digest
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome

MOST_SAID = 4000
"""Characters of a statement that are stored, and shown to others."""
_VERDICT = re.compile(r"^[^\w\n]*VERDICT[^\w\n]*\b(solved|failed)\b", re.IGNORECASE | re.MULTILINE)


class Panel:
    """The models of a judge. Judgements are stored, so that a resumed stage decides the same.

    Requests count in the run's ledger of their model, and pass the gate.
    """

    def __init__(self, judge: AskingJudge, round: Round) -> None:
        self.judge, self.round = judge, round
        self.agents: Mapping[ChatConfig, ChatAgent] = {
            model: ChatAgent(model, ledger=round.ledger(model.model)) for model in dict.fromkeys(judge.seats.values())
        }
        record = {
            "asked": [self.agents[model].info.digest for model in judge.asked],
            "how": judge.model_dump(mode="json", include={"kind", "pages", "turns"}),
            "words": judge.words.digest,
        }
        self.name = json_digest(record)[:16]

    async def close(self) -> None:
        await asyncio.gather(*(agent.close() for agent in self.agents.values()))

    async def judgement_of(self, episode: Episode) -> Judgement:
        """The stored judgement of an episode, or a new one, which is then stored. Raises as `judge.judge_episodes`."""
        store = self.round.store
        key = f"{self.round.prefix}/judgements/{self.name}/{episode_digest(episode)}.json"
        try:
            return await asyncio.to_thread(read_record, store, key, Judgement, what="judgement")
        except KeyError:
            pass
        try:
            judgement = await self._ask_models(episode)
        except (RequestRefused, CutShort) as error:  # a problem of this trajectory that no retry can solve
            judgement = Judgement(outcome=Outcome.JUDGE_ERROR, because=str(error))
        judgement = judgement.model_copy(update={"criteria": self.judge.words.name, "evaluator": episode.outcome})
        await asyncio.to_thread(store.put_new, key, judgement.model_dump_json().encode())
        return judgement

    async def _ask_models(self, episode: Episode) -> Judgement:
        marked, asked = as_marked(episode), self.judge.asked
        evidence_of = {
            budget: evidence(marked, pages=self.judge.pages, budget=budget)
            for budget in {model.prompt for model in asked}
        }
        if isinstance(self.judge, DebateJudge):
            return await self._debate(evidence_of, self.judge)
        answers = await asyncio.gather(
            *(self._ask(model, "voice", evidence_of, seed=seed) for seed, model in enumerate(asked))
        )
        return majority([Statement(by=model.model, text=text) for model, text in zip(asked, answers, strict=True)])

    async def _debate(self, evidence_of: Mapping[PromptBudget, str], judge: DebateJudge) -> Judgement:
        statements: list[Statement] = []
        for turn in range(judge.turns):
            for part, model in (("for", judge.speaks_for), ("against", judge.speaks_against)):
                text = await self._ask(model, part, evidence_of, seed=turn, statements=statements)
                statements.append(Statement(by=f"{part}: {model.model}", text=text[:MOST_SAID]))
        text = await self._ask(judge.judge, "judge", evidence_of, seed=0, statements=statements)
        verdict = majority([Statement(by=judge.judge.model, text=text)])
        return verdict.model_copy(update={"debate": tuple(statements)})

    async def _ask(
        self,
        model: ChatConfig,
        part: str,
        evidence_of: Mapping[PromptBudget, str],
        *,
        seed: int,
        statements: Sequence[Statement] = (),
    ) -> str:
        """Args: `shown` is the evidence, by how much of it a model may read."""
        words = self.judge.words.parts
        texts = [evidence_of[model.prompt]]
        texts += [
            f"THE SPEAKER {statement.by.partition(':')[0].upper()} IT:\n{statement.text}" for statement in statements
        ]
        messages = [
            {"role": "system", "content": f"{words['criteria']}\n\n{words[part]}"},
            {"role": "user", "content": "\n\n".join(texts)},
        ]
        text, _ = await self.agents[model].complete(messages, seed=seed)
        return text


def majority(statements: Sequence[Statement]) -> Judgement:
    """The verdict that more than half of all voices agree on; `judge_error` where there is none."""
    votes = tuple(
        Statement(by=statement.by, text=statement.text.strip()[:MOST_SAID], verdict=read_verdict(statement.text))
        for statement in statements
    )
    for verdict in (Outcome.SOLVED, Outcome.FAILED):
        agreeing = [vote for vote in votes if vote.verdict == verdict.value]
        if 2 * len(agreeing) > len(votes):
            return Judgement(outcome=verdict, because=agreeing[0].text[:1000], votes=votes)
    return Judgement(outcome=Outcome.JUDGE_ERROR, because="no majority of readable voices", votes=votes)


def read_verdict(answer: str) -> str:
    """`solved`, `failed` or `unreadable`. The last verdict counts: some models reason in the answer first."""
    verdicts = _VERDICT.findall(answer)
    return str(verdicts[-1]).lower() if verdicts else "unreadable"
