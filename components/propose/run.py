"""Proposes: maps the sites, proposes tasks, refuses what is no task of its own, has the teacher try, chooses.

Everything is kept as it is made (pages, answers of a model, attempts), so that a killed proposing that is run again
goes on, and ends the same.
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
from components.episodes.phase import Phase, looks, play_phases
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
"""Part of the inputs: raised when the same site would give other proposals."""
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
        *(benchmark.checksum, split.digest(), looks(settings)),
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
    if (known := place.known()) is not None:
        return known
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
    return place.keep(work.done(inputs=place.inputs))


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
    questions: int = 0

    def done(self, *, inputs: str) -> ProposeResult:
        began = time.monotonic()
        reviews = read_reviews(self.round.store, run=self.round.run)
        student = self._student()
        fates = Fates(proposals=[], student=student)
        asyncio.run(self._found(fates))
        fates.refuse(by_reviews(fates.open, reviews, approved_only=self.config.approved_only))
        fates.attempts = self._attempts(fates.open)
        fates.refuse({each.id: _why_not(fates.attempts[each.id]) for each in fates.open})
        fates.refuse(resting(student, reliable=self.config.reliable), status="resting")
        fates.refuse(over_quota(fates.open, reviews, fates.attempts, self.config))
        if not fates.open and not self.split.train:
            why = Counter(line.reason for line in fates.lines()).most_common(3)
            what = "nothing that was proposed can be played: " + "; ".join(
                f"{count} x {reason}" for reason, count in why
            )
            raise InputError(what, where="propose", fix="look at more pages, or name training tasks in tasks.train")
        for each in fates.proposals:
            keep_proposal(self.round, each)
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
            tasks=self._kept(fates.open),
            seconds=time.monotonic() - began,
        )

    def _kept(self, chosen: Sequence[Proposal]) -> str:
        if not chosen:
            return ""
        data = ProposedTasks(tasks=tuple(each.task for each in chosen)).model_dump_json(exclude_defaults=True)
        return put_blob(self.round.store, data.encode(), "json")

    async def _found(self, fates: Fates) -> None:
        """Maps the sites, proposes, and refuses what is none, a copy, a part of the evaluation, or solved already."""
        from components.browser.pool import BrowserPool

        async with self.benchmark, BrowserPool(settings=self.benchmark.view.over(self.browser)) as pool:
            episodes = list(self._episodes())
            proposals = {each.id: each for each in self._carried()}
            for site, user in self._visitors():
                map = self.maps[site, user] = await self._mapped(site, user, pool, episodes)
                for each in await self._proposed(map, site, user, episodes):
                    proposals.setdefault(each.id, each)
            fates.proposals = list(proposals.values())
            said = [(*each.task.wordings, *each.intents, each.said) for each in fates.proposals]
            heldout = {id: self.benchmark.written[id] for id in self.split.heldout}
            said += [task.wordings for task in heldout.values()]
            texts = list(dict.fromkeys(chain.from_iterable(said)))
            vectors = await asyncio.to_thread(vectors_of, texts, endpoint=self.config.embedding)
            leaks = Leaks(split=self.split, heldout=heldout, likeness=self.config.likeness, vectors=vectors)
            fates.refuse({each.id: leaks.why(each) for each in fates.open})
            fates.refuse(twice(fates.open, likeness=self.config.likeness, vectors=vectors))
            begun = [each.task for each in fates.open]
            fates.refuse(await self.benchmark.solved_at_start(begun, pool=pool, store=self.round.store))

    def _visitors(self) -> list[Visitor]:
        """Sites with who is logged in there: as the tasks say; else the first who may, or nobody."""
        written = {(task.site, task.user) for task in self.benchmark.written.values()}
        for name, site in self.benchmark.sites.items():
            if name not in {each for each, _ in written}:
                written.add((name, next(iter(site.login.users), "") if site.login else ""))
        return sorted(written)

    async def _mapped(self, site: str, user: str, pool: BrowserPool, episodes: Sequence[Episode]) -> SiteMap:
        kept = KeptMap(Look, self.round, site=site, user=user)
        map = SiteMap(kept.met())
        pause = 0 if self.benchmark.sites[site].start else self.config.pause
        async with self.benchmark.visit_as(user, sites=(site,), store=self.round.store) as visit:
            walk = Walk(
                replica=visit.replicas[site],
                cookies=visit.cookies,
                pages=self.config.pages * self.round.number,
                pause=pause,
                keep=kept.keep,
            )
            await walk.over(map, pool)
            if "clicks" in self.config.by and map.looks:
                deeds = KeptMap(Try, self.round, site=site, user=user)
                states = self.states[site, user] = StateMap(deeds.met())
                clicking = Clicking(
                    replica=visit.replicas[site],
                    cookies=visit.cookies,
                    start=next(iter(map.looks)),
                    deeds=self.config.clicks * self.round.number,
                    pause=pause,
                    keep=deeds.keep,
                )
                await clicking.over(states, pool)
        for episode in episodes:
            if self._is_of(episode, site, user):
                map.add_episode(episode)
        return map

    async def _proposed(self, map: SiteMap, site: str, user: str, episodes: Sequence[Episode]) -> list[Proposal]:
        found: list[Proposal] = []
        resettable = self.benchmark.sites[site].reset is not None
        if "model" in self.config.by:
            writer = Writer(config=self.config, round=self.round, map=map, site=site, user=user, resettable=resettable)
            ideas, asked = await writer.propose()
            found += ideas
            self.questions += asked
        if "templates" in self.config.by:
            found += Templates(map=map, site=site, user=user, resettable=resettable).propose()
        if "clicks" in self.config.by and map.looks:
            states, start = self.states[site, user], next(iter(map.looks))
            found += ClickTemplates(map=states, start=start, site=site, user=user).propose()
        if "hindsight" in self.config.by:
            own = [each for each in episodes if self._is_of(each, site, user)]
            found += hindsight_proposals(own, map, site=site, user=user)
        return found

    @cached_property
    def _known(self) -> Mapping[str, SiteTask]:
        """Tasks that were ever played in this run."""
        earlier = (each for number in range(1, self.round.number) for each in iter_proposals(self.round.at(number)))
        return {**self.benchmark.written, **{each.id: each.task for each in earlier}}

    def _is_of(self, episode: Episode, site: str, user: str) -> bool:
        task = self._known.get(episode.task_id)
        return task is not None and (task.site, task.user) == (site, user)

    def _episodes(self) -> Iterator[Episode]:
        """What exploring left in earlier rounds; what judging did is no secret, but is never learnt from."""
        for number in range(1, self.round.number):
            yield from iter_episodes(self.round.store, f"{self.round.at(number).prefix}/episodes/{EXPLORE}")

    def _carried(self) -> Iterator[Proposal]:
        """Those that earlier rounds did not refuse: as they were, so that rounds can be compared."""
        for line in self.earlier.proposals if self.earlier else ():
            if line.status != "refused" and (found := find_proposal(self.round, line.id)) is not None:
                yield found

    def _student(self) -> Mapping[str, float]:
        """What the last round's student solved on held-out seeds, by task."""
        judged = (
            read(self.round.at(self.round.number - 1), EvaluateResult, of="student") if self.round.number > 1 else None
        )
        split = judged.splits.get("heldout_seeds") if judged else None
        return {rate.name: rate.success_rate for rate in split.by_task if rate.episodes} if split else {}

    def _attempts(self, proposals: Sequence[Proposal]) -> dict[str, tuple[int, int]]:
        """How often the teacher tried and solved each; those of an earlier round are not tried again.

        Raises:
            InputError: the teacher's budget is spent.
        """
        known = {line.id: (line.attempts, line.solved) for line in self.earlier.proposals} if self.earlier else {}
        counts = {each.id: known[each.id] for each in proposals if known.get(each.id, (0, 0))[1]}
        digest = self._kept([each for each in proposals if each.id not in counts])
        if digest:
            counts |= self._played(self.tasks.model_copy(update={"proposed": digest, "train": ()}))
        return {each.id: counts.get(each.id, (0, 0)) for each in proposals}

    def _played(self, tasks: TasksConfig) -> dict[str, tuple[int, int]]:
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
        (done,) = play_phases([phase])
        if done.stopped:
            fix = "raise the teacher's budget in the recipe; the same command then goes on from what was tried"
            raise InputError(f"trying proposals stopped early: {done.stopped}", where="teacher", fix=fix)
        found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for episode in phase.episodes():
            tried, solved = found[episode.task_id]
            found[episode.task_id] = (tried + 1, solved + (episode.outcome is Outcome.SOLVED))
        return found


def _why_not(attempts: tuple[int, int]) -> str:
    tried, solved = attempts
    if solved:
        return ""
    return f"the teacher solved none of {tried}" if tried else "the teacher could not try it"
