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
from components.synthesize.judgement import Judgement, Said
from components.trajectories.digests import json_digest
from components.trajectories.episodes import episode_digest
from components.trajectories.ledger import Ledger
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome

MOST_SAID = 4000
"""Characters that are kept, and told on, of what one says."""
_VERDICT = re.compile(r"^[^\w\n]*VERDICT[^\w\n]*\b(solved|failed)\b", re.IGNORECASE | re.MULTILINE)


class Panel:
    """The models of a judge, and what each of them said: kept in the store, so that a resumed stage decides the same.

    Every request is paid from the run's ledger of its model, and passes the gate like all that leaves.
    """

    def __init__(self, judge: AskingJudge, round: Round) -> None:
        self.judge, self.round = judge, round
        self.agents: Mapping[ChatConfig, ChatAgent] = {
            each: ChatAgent(each, ledger=Ledger(round.store, run=round.run, model=each.model))
            for each in dict.fromkeys(judge.seats.values())
        }
        record = {
            "asked": [self.agents[each].info.digest for each in judge.asked],
            "how": judge.model_dump(mode="json", include={"kind", "pages", "turns"}),
            "words": judge.words.digest,
        }
        self.name = json_digest(record)[:16]

    async def close(self) -> None:
        await asyncio.gather(*(agent.close() for agent in self.agents.values()))

    async def judged(self, episode: Episode) -> Judgement:
        """The judgement that is kept, or is now. Raises what `judge.judged` does."""
        store = self.round.store
        key = f"{self.round.prefix}/judgements/{self.name}/{episode_digest(episode)}.json"
        try:
            return await asyncio.to_thread(read_record, store, key, Judgement, what="judgement")
        except KeyError:
            pass
        try:
            judgement = await self._asked(episode)
        except (RequestRefused, CutShort) as error:  # this trajectory's misfortune, whatever is tried
            judgement = Judgement(outcome=Outcome.JUDGE_ERROR, because=str(error))
        judgement = judgement.model_copy(update={"criteria": self.judge.words.name, "evaluator": episode.outcome})
        await asyncio.to_thread(store.put_new, key, judgement.model_dump_json().encode())
        return judgement

    async def _asked(self, episode: Episode) -> Judgement:
        marked, asked = as_marked(episode), self.judge.asked
        shown = {
            budget: evidence(marked, pages=self.judge.pages, budget=budget)
            for budget in {model.prompt for model in asked}
        }
        if isinstance(self.judge, DebateJudge):
            return await self._debated(shown, self.judge)
        answers = await asyncio.gather(
            *(self._ask(model, "voice", shown, seed=seed) for seed, model in enumerate(asked))
        )
        return majority([Said(by=model.model, text=text) for model, text in zip(asked, answers, strict=True)])

    async def _debated(self, shown: Mapping[PromptBudget, str], judge: DebateJudge) -> Judgement:
        said: list[Said] = []
        for turn in range(judge.turns):
            for part, model in (("for", judge.speaks_for), ("against", judge.speaks_against)):
                text = await self._ask(model, part, shown, seed=turn, said=said)
                said.append(Said(by=f"{part}: {model.model}", text=text[:MOST_SAID]))
        text = await self._ask(judge.judge, "judge", shown, seed=0, said=said)
        verdict = majority([Said(by=judge.judge.model, text=text)])
        return verdict.model_copy(update={"debate": tuple(said)})

    async def _ask(
        self, model: ChatConfig, part: str, shown: Mapping[PromptBudget, str], *, seed: int, said: Sequence[Said] = ()
    ) -> str:
        """Args: `shown` is the evidence, by how much of it a model may read."""
        words = self.judge.words.parts
        told = [shown[model.prompt]]
        told += [f"THE SPEAKER {each.by.partition(':')[0].upper()} IT:\n{each.text}" for each in said]
        messages = [
            {"role": "system", "content": f"{words['criteria']}\n\n{words[part]}"},
            {"role": "user", "content": "\n\n".join(told)},
        ]
        text, _ = await self.agents[model].complete(messages, seed=seed)
        return text


def majority(said: Sequence[Said]) -> Judgement:
    """The verdict that more than half of all voices agree on; `judge_error` where there is none."""
    votes = tuple(
        Said(by=each.by, text=each.text.strip()[:MOST_SAID], verdict=read_verdict(each.text)) for each in said
    )
    for verdict in (Outcome.SOLVED, Outcome.FAILED):
        own = [vote for vote in votes if vote.verdict == verdict.value]
        if 2 * len(own) > len(votes):
            return Judgement(outcome=verdict, because=own[0].text[:1000], votes=votes)
    return Judgement(outcome=Outcome.JUDGE_ERROR, because="no majority of readable voices", votes=votes)


def read_verdict(answer: str) -> str:
    """`solved`, `failed` or `unreadable`. The last verdict counts: some models think aloud before."""
    found = _VERDICT.findall(answer)
    return str(found[-1]).lower() if found else "unreadable"
