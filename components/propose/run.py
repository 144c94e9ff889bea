"""Proposes: maps the sites, proposes tasks, refuses copies and tasks of the evaluation, has the teacher try, chooses.

Everything is stored as it is made (pages, answers of a model, attempts), so that a killed stage that is run again
continues, and ends the same.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from components.agents.base import Agent
from components.benchmarks.base import NO_TASKS
from components.benchmarks.config import TasksConfig
from components.benchmarks.sites.benchmark import OwnSites
from components.benchmarks.sites.form import ProposedTasks, SiteTask
from components.benchmarks.split import Split
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, page_settings, play_phases
from components.errors import InputError
from components.maps.clicking import Clicking
from components.maps.crawl import Walk
from components.maps.kept import KeptMap
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.maps.state_map import StateMap, Try
from components.proposals.proposal import Proposal, find_proposal, iter_proposals, keep_proposal
from components.proposals.reviews import read_reviews
from components.propose.by_model import Writer
from components.propose.choose import Fates, by_reviews, over_quota, resting, twice
from components.propose.click_templates import ClickTemplates
from components.propose.config import ProposeConfig
from components.propose.hindsight import hindsight_proposals
from components.propose.leaks import Leaks
from components.propose.likeness import vectors_of
from components.propose.mapped import as_result, states_as_result
from components.propose.templates import Templates
from components.results.evaluate import EvaluateResult
from components.results.place import ResultPlace, read
from components.results.propose import ProposeResult
from components.trajectories.digests import json_digest
from components.trajectories.episodes import iter_episodes, put_blob
from components.trajectories.phases import EXPLORE, PROPOSE
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome

if TYPE_CHECKING:
    from components.browser.pool import BrowserPool

RULES_VERSION = "4"
"""Part of the inputs: raise it when the same site would give other proposals."""
Visitor = tuple[str, str]
"""A site, and who is logged in there."""


def run(
    *,
    config: ProposeConfig,
    tasks: TasksConfig,
    play: PlaySettings,
    browser: BrowserSettings,
    round: Round,
    agent: Agent,
) -> ProposeResult:
    """Proposes for one round; returns at once where that was done before.

    Args:
        agent: the teacher, who tries what was proposed.

    Raises:
        InputError: nothing can be proposed for this benchmark; nothing that was proposed can be played and there is
            nothing else to train on; the teacher's or the model's budget is spent; another proposing was begun here.
        InfraError: sites, browsers or endpoints failed; running again goes on.
    """
    benchmark, split = tasks.open(round.store)
    benchmark.add(NO_TASKS)
    assert isinstance(benchmark, OwnSites), "no other benchmark takes proposals"
    settings = benchmark.view.over(browser)
    earlier = read(round.at(round.number - 1), ProposeResult) if round.number > 1 else None
    record = [
        *(RULES_VERSION, config.model_dump(mode="json", exclude={"model", "embedding"}), agent.info.digest),
        *(benchmark.checksum, split.digest(), page_settings(settings)),
        *(config.model and config.model.model, config.embedding and config.embedding.model),
        earlier.tasks if earlier else "",
    ]
    place = ResultPlace(
        kind=ProposeResult,
        round=round,
        name=ProposeResult.stage,
        inputs=json_digest(record),
        other="this round's tasks were already proposed otherwise",
    )
    if (result := place.known()) is not None:
        return result
    work = _Proposing(
        config=config,
        tasks=tasks,
        play=play,
        browser=browser,
        round=round,
        agent=agent,
        benchmark=benchmark,
        split=split,
        earlier=earlier,
    )
    return place.keep(work.propose(inputs=place.inputs))


@dataclass(kw_only=True)
class _Proposing:
    config: ProposeConfig
    tasks: TasksConfig
    play: PlaySettings
    browser: BrowserSettings
    round: Round
    agent: Agent
    benchmark: OwnSites
    split: Split
    earlier: ProposeResult | None
    maps: dict[Visitor, SiteMap] = field(default_factory=dict)
    states: dict[Visitor, StateMap] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    questions: int = 0

    def propose(self, *, inputs: str) -> ProposeResult:
        began = time.monotonic()
        reviews = read_reviews(self.round.store, run=self.round.run)
        student = self._student()
        fates = Fates(proposals=[], student=student)
        asyncio.run(self._find(fates))
        fates.refuse(by_reviews(fates.open, reviews, approved_only=self.config.approved_only))
        fates.attempts = self._attempts(fates.open)
        fates.refuse({proposal.id: _refusal(fates.attempts[proposal.id]) for proposal in fates.open})
        fates.refuse(resting(student, reliable=self.config.reliable), status="resting")
        fates.refuse(over_quota(fates.open, reviews, fates.attempts, self.config))
        if not fates.open and not self.split.train:
            reasons = Counter(line.reason for line in fates.lines()).most_common(3)
            problem = "nothing that was proposed can be played: " + "; ".join(
                f"{count} x {reason}" for reason, count in reasons
            )
            raise InputError(problem, where="propose", fix="look at more pages, or name training tasks in tasks.train")
        for proposal in fates.proposals:
            keep_proposal(self.round, proposal)
        return ProposeResult(
            run=self.round.run,
            round=self.round.number,
            inputs=inputs,
            proposals=fates.lines(),
            maps=(
                *(as_result(map, site=site, user=user) for (site, user), map in self.maps.items()),
                *(states_as_result(map, site=site, user=user) for (site, user), map in self.states.items()),
            ),
            questions=self.questions,
            tasks=self._keep_tasks(fates.open),
            seconds=time.monotonic() - began,
        )

    def _keep_tasks(self, chosen: Sequence[Proposal]) -> str:
        if not chosen:
            return ""
        data = ProposedTasks(tasks=tuple(proposal.task for proposal in chosen)).model_dump_json(exclude_defaults=True)
        return put_blob(self.round.store, data.encode(), "json")

    async def _find(self, fates: Fates) -> None:
        """Maps the sites and proposes; refuses copies, tasks of the evaluation, and tasks that are solved at once."""
        from components.browser.pool import BrowserPool

        async with self.benchmark, BrowserPool(settings=self.benchmark.view.over(self.browser)) as pool:
            episodes = list(self._episodes())
            proposals = {proposal.id: proposal for proposal in self._carried()}
            for site, user in self._visitors():
                map = self.maps[site, user] = await self._map_site(site, user, pool, episodes)
                for proposal in await self._propose_for(map, site, user, episodes):
                    proposals.setdefault(proposal.id, proposal)
            fates.proposals = list(proposals.values())
            wordings = [(*proposal.task.wordings, *proposal.intents, proposal.said) for proposal in fates.proposals]
            heldout = {id: self.benchmark.site_tasks[id] for id in self.split.heldout}
            wordings += [task.wordings for task in heldout.values()]
            texts = list(dict.fromkeys(chain.from_iterable(wordings)))
            endpoint = self.config.embedding
            ledger = self.round.ledger(endpoint.model) if endpoint else None
            vectors = await asyncio.to_thread(vectors_of, texts, endpoint=endpoint, ledger=ledger)
            leaks = Leaks(split=self.split, heldout=heldout, likeness=self.config.likeness, vectors=vectors)
            fates.refuse({proposal.id: leaks.why(proposal) for proposal in fates.open})
            fates.refuse(twice(fates.open, likeness=self.config.likeness, vectors=vectors))
            tasks = [proposal.task for proposal in fates.open]
            fates.refuse(await self.benchmark.solved_at_start(tasks, pool=pool, store=self.round.store))

    def _visitors(self) -> list[Visitor]:
        """Each site with the user who is logged in there: as its tasks say; without tasks its first user, or nobody."""
        visitors = {(task.site, task.user) for task in self.benchmark.site_tasks.values()}
        for name, site in self.benchmark.sites.items():
            if name not in {known_site for known_site, _ in visitors}:
                visitors.add((name, next(iter(site.login.users), "") if site.login else ""))
        return sorted(visitors)

    async def _map_site(self, site: str, user: str, pool: BrowserPool, episodes: Sequence[Episode]) -> SiteMap:
        page_records = KeptMap(Look, self.round, site=site, user=user)
        map = SiteMap(page_records.met())
        pause = 0 if self.benchmark.sites[site].start else self.config.pause
        async with self.benchmark.visit_as(user, sites=(site,), store=self.round.store) as visit:
            self.origins[site] = visit.replicas[site].address
            walk = Walk(
                replica=visit.replicas[site],
                cookies=visit.cookies,
                pages=self.config.pages * self.round.number,
                pause=pause,
                keep=page_records.keep,
            )
            await walk.over(map, pool)
            if "clicks" in self.config.by and map.looks:
                deed_records = KeptMap(Try, self.round, site=site, user=user)
                states = self.states[site, user] = StateMap(deed_records.met())
                clicking = Clicking(
                    replica=visit.replicas[site],
                    cookies=visit.cookies,
                    start=next(iter(map.looks)),
                    deeds=self.config.clicks * self.round.number,
                    pause=pause,
                    keep=deed_records.keep,
                )
                await clicking.over(states, pool)
        for episode in episodes:
            if self._belongs(episode, site, user):
                map.add_episode(episode)
        return map

    async def _propose_for(self, map: SiteMap, site: str, user: str, episodes: Sequence[Episode]) -> list[Proposal]:
        proposals: list[Proposal] = []
        resettable = self.benchmark.sites[site].reset is not None
        if "model" in self.config.by:
            writer = Writer(
                config=self.config,
                round=self.round,
                map=map,
                site=site,
                origin=self.origins[site],
                user=user,
                resettable=resettable,
            )
            ideas, questions = await writer.propose()
            proposals += ideas
            self.questions += questions
        if "templates" in self.config.by:
            proposals += Templates(map=map, site=site, user=user, resettable=resettable).propose()
        if "clicks" in self.config.by and map.looks:
            states, start = self.states[site, user], next(iter(map.looks))
            proposals += ClickTemplates(map=states, start=start, site=site, user=user).propose()
        if "hindsight" in self.config.by:
            own_episodes = [episode for episode in episodes if self._belongs(episode, site, user)]
            proposals += hindsight_proposals(own_episodes, map, site=site, user=user)
        return proposals

    @cached_property
    def _tasks(self) -> Mapping[str, SiteTask]:
        """Tasks that were ever played in this run."""
        earlier = (
            proposal for number in range(1, self.round.number) for proposal in iter_proposals(self.round.at(number))
        )
        return {**self.benchmark.site_tasks, **{proposal.id: proposal.task for proposal in earlier}}

    def _belongs(self, episode: Episode, site: str, user: str) -> bool:
        task = self._tasks.get(episode.task_id)
        return task is not None and (task.site, task.user) == (site, user)

    def _episodes(self) -> Iterator[Episode]:
        """Episodes that earlier rounds explored. Those of the evaluation are left out: nothing is learnt from them."""
        for number in range(1, self.round.number):
            yield from iter_episodes(self.round.store, f"{self.round.at(number).prefix}/episodes/{EXPLORE}")

    def _carried(self) -> Iterator[Proposal]:
        """Proposals that earlier rounds did not refuse, unchanged, so that rounds can be compared."""
        for line in self.earlier.proposals if self.earlier else ():
            if line.status != "refused" and (proposal := find_proposal(self.round, line.id)) is not None:
                yield proposal

    def _student(self) -> Mapping[str, float]:
        """By task, the share of held-out seeds that the last round's student solved."""
        evaluation = (
            read(self.round.at(self.round.number - 1), EvaluateResult, of="student") if self.round.number > 1 else None
        )
        split = evaluation.splits.get("heldout_seeds") if evaluation else None
        return {rate.name: rate.success_rate for rate in split.by_task if rate.episodes} if split else {}

    def _attempts(self, proposals: Sequence[Proposal]) -> dict[str, tuple[int, int]]:
        """By proposal, how often the teacher tried it and solved it. What it solved in an earlier round rests.

        Raises:
            InputError: the teacher's budget is spent.
        """
        earlier = {line.id: (line.attempts, line.solved) for line in self.earlier.proposals} if self.earlier else {}
        counts = {proposal.id: earlier[proposal.id] for proposal in proposals if earlier.get(proposal.id, (0, 0))[1]}
        digest = self._keep_tasks([proposal for proposal in proposals if proposal.id not in counts])
        if digest:
            counts |= self._play(self.tasks.model_copy(update={"proposed": digest, "train": ()}))
        return {proposal.id: counts.get(proposal.id, (0, 0)) for proposal in proposals}

    def _play(self, tasks: TasksConfig) -> dict[str, tuple[int, int]]:
        benchmark, split = tasks.open(self.round.store)
        seeds = split.train_seeds(self.config.attempts)
        phase = Phase(
            name=PROPOSE,
            round=self.round,
            plan=[(task, seed) for task in split.train.values() for seed in seeds],
            benchmark=benchmark,
            agent=self.agent,
            decided_by="teacher",
            play=self.play,
            browser=self.browser,
        )
        (report,) = play_phases([phase])
        if report.stopped:
            fix = "raise that budget in the recipe; the same command then goes on from what was tried"
            raise InputError(f"trying proposals stopped early: {report.stopped}", where="teacher", fix=fix)
        attempts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for episode in phase.episodes():
            played, solved = attempts[episode.task_id]
            attempts[episode.task_id] = (played + 1, solved + (episode.outcome is Outcome.SOLVED))
        return attempts


def _refusal(attempts: tuple[int, int]) -> str:
    played, solved = attempts
    if solved:
        return ""
    return f"the teacher solved none of {played}" if played else "the teacher could not try it"
