"""The tasks of a `sites.yaml`. Every episode has its own replicas, reset and logged in; its verdict is out of reach."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from typing_extensions import override

from components.benchmarks.base import FREE, Benchmark, Evaluation, Start, Task, Visit
from components.benchmarks.begun import Begun
from components.benchmarks.sites.cases import shuffled, wording_of
from components.benchmarks.sites.checks import Question
from components.benchmarks.sites.form import (
    FILE,
    CaseQuery,
    Cases,
    ProposedTasks,
    SiteTask,
    filled,
    mistakes,
    order_mistakes,
    read_sites,
    variables,
)
from components.benchmarks.sites.visit import SiteVisit, visiting
from components.benchmarks.split import Case, case_of
from components.benchmarks.static_server import folder_checksum
from components.browser.events import BROWSER_ENDED, PageLost
from components.errors import InputError
from components.sites.config import Site
from components.sites.fleet import Fleet, open_fleets
from components.sites.replica import Replica
from components.sites.trouble import SiteError
from components.trajectories.schema import Outcome

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.pool import BrowserPool
    from components.browser.tabs import Tabs
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _Episode:
    task: SiteTask
    question: Question
    visit: SiteVisit
    url: str


class OwnSites(Benchmark):
    """Your own web application.

    Args:
        folder: holds `sites.yaml` and whatever its commands need.

    Raises:
        InputError: no such folder, or its file is not right; names every mistake.
    """

    name = "sites"
    version = "folder"

    def __init__(self, *, folder: str | Path) -> None:
        self.folder = Path(folder).resolve()
        self._file = read_sites(self.folder)
        self.site_tasks = {task.id: task for task in self._file.tasks}
        self.view = self._file.view
        self.checksum = folder_checksum(self.folder)
        self.replayable = all(site.start for site in self._file.sites.values())
        heldout = self._file.heldout
        if heldout:
            sides = [[t.id for t in self._file.tasks if (t.family in heldout) is side] for side in (False, True)]
            self.default_split = (tuple(sides[0]), tuple(sides[1]))
        self._open = AsyncExitStack()
        self._fleets: dict[str, Fleet] = {}
        self._cases: dict[str, Cases] = {}
        self._begun = Begun()
        self._episodes: WeakKeyDictionary[Tabs, _Episode] = WeakKeyDictionary()

    @property
    @override
    def sites(self) -> Mapping[str, Site]:
        return self._file.sites

    @override
    def add(self, proposed: bytes) -> tuple[str, ...]:
        """Raises InputError where a task is not right, or has a name that is taken."""
        tasks = ProposedTasks.model_validate_json(proposed).tasks
        problems = [f"{task.id}: {mistake}" for task in tasks for mistake in mistakes(task, self._file)]
        problems += [f"{task.id}: its name is taken" for task in tasks if task.id in self.site_tasks]
        problems += order_mistakes((*self.site_tasks.values(), *tasks))
        if problems:
            raise InputError("\n".join(problems), where="proposed tasks", fix="propose anew, in another run")
        self.site_tasks |= {task.id: task for task in tasks}
        if tasks:
            self.checksum = hashlib.sha256(self.checksum.encode() + proposed).hexdigest()
        return tuple(task.id for task in tasks)

    @property
    def tasks(self) -> Mapping[str, Task]:
        return MappingProxyType({name: self._as_task(task) for name, task in self.site_tasks.items()})

    def _as_task(self, task: SiteTask) -> Task:
        return Task(
            benchmark=self.name,
            task_id=task.id,
            family=task.family,
            template=task.template,
            max_steps=task.steps,
            after=task.after,
        )

    async def __aenter__(self) -> Self:
        """Prepares the sites. Checks for those that are started here that no task is solved before it begins.

        Raises:
            InputError: a site cannot be prepared, a query is wrong, nobody can log in, or a task is solved already.
            SiteError: a site does not come up.
        """
        try:
            self._fleets = await self._open.enter_async_context(open_fleets(self._file.sites, folder=self.folder))
            await self._look_at_the_start()
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def _look_at_the_start(self) -> None:
        async with AsyncExitStack() as stack:
            started = {name: fleet for name, fleet in self._fleets.items() if self._file.sites[name].start}
            holds = {name: await stack.enter_async_context(fleet.hold(store=None)) for name, fleet in started.items()}
            replicas = {name: hold.replica for name, hold in holds.items()}
            for task in self.site_tasks.values():
                with self._naming(task):
                    await asyncio.to_thread(self._prove, task, replicas)

    async def solved_at_start(
        self, tasks: Sequence[SiteTask], *, pool: BrowserPool, store: Store | None
    ) -> dict[str, str]:
        """By id, why one of these new tasks cannot be played: above all, because its check holds before it begins.

        Args:
            tasks: not added yet.
            pool: open, as the benchmark must be.
            store: see `visit`.
        """
        reasons = dict[str, str]()
        for task in tasks:
            async with self.visit_as(task.user, sites=(task.site, *task.also), store=store) as visit:
                try:
                    with self._naming(task):
                        await asyncio.to_thread(self._prove, task, visit.replicas)
                        await self._look_at_each(task, visit, pool)
                except InputError as error:
                    reasons[task.id] = error.what.removeprefix(f"task {task.id}: ")
        return reasons

    async def _look_at_each(self, task: SiteTask, visit: SiteVisit, pool: BrowserPool) -> None:
        """Opens the start of every case whose check a page alone can answer.

        Raises:
            InputError: the check holds there, or that page crashes, hangs or cannot be read.
        """
        from components.browser.session import ScriptError

        if task.check.text is None and not task.check.lines:
            return
        by_url: dict[str, list[Case]] = defaultdict(list)
        for case in self._cases[task.id]:
            by_url[self._url(task, case, visit.replicas)].append(case)
        for url, cases in by_url.items():
            async with pool.page(cookies=visit.cookies) as page:
                visit.pages.append(page)
                page.allow(tuple(replica.address for replica in visit.replicas.values()))
                try:
                    await page.goto(url)
                    for case in cases:
                        if not await self._question(task, case, visit.replicas).lacking(page, answer=None, start=url):
                            raise self._solved(task, case)
                except (PageLost, ScriptError) as error:
                    if isinstance(error, PageLost) and error.event.detail == BROWSER_ENDED:
                        raise
                    raise self._wrong(task, f"its start cannot be looked at: {error}", fix="choose another") from None

    @contextmanager
    def _naming(self, task: SiteTask) -> Iterator[None]:
        """Turns a SiteError into an InputError about the task: before an episode, its writer can fix it."""
        try:
            yield
        except SiteError as error:
            raise self._wrong(task, str(error), fix="correct the site's log-in, or the task's queries") from None

    def _wrong(self, task: SiteTask, problem: str, *, fix: str) -> InputError:
        return InputError(f"task {task.id}: {problem}", where=str(self.folder / FILE), fix=fix)

    def _prove(self, task: SiteTask, replicas: Mapping[str, Replica]) -> None:
        """Reads the task's cases and makes sure that its check holds in none of them, as far as no page is needed."""
        self._cases[task.id] = cases = shuffled(self._read_cases(task, replicas))
        for name in (task.site, *task.also):
            if name in replicas and task.user and replicas[name].site.login:
                replicas[name].signed_in(task.user)
        if set((task.site, *task.also)) - set(replicas):
            return
        for case in cases:
            question = self._question(task, case, replicas)
            check, url = question.check, self._url(task, case, replicas)
            on_start = check.page is not None and question.is_at(check.page, url)
            reads_page = check.text is not None or check.lines
            if check.answer is None and check.request is None and not reads_page and (not check.page or on_start):
                if not question.lacking_behind():
                    raise self._solved(task, case)
            elif check.sql or check.http:
                question.lacking_behind()  # a query that is wrong shows here

    def _solved(self, task: SiteTask, case: Case) -> InputError:
        problem = f"it is solved before it begins, with {case}: its check holds at once"
        return self._wrong(task, problem, fix="check for what only the deed brings about, or take the case out")

    def _read_cases(self, task: SiteTask, replicas: Mapping[str, Replica]) -> Cases:
        if not isinstance(task.cases, CaseQuery):
            return task.cases
        rows = tuple(replicas[task.cases.site or task.site].query(task.cases.sql, {}))
        lacking = set(variables(task)) - (rows[0].keys() if rows else set())
        if lacking or not rows:
            problem = f"cases: the query gives no {', '.join(sorted(lacking)) or 'row'}"
            raise self._wrong(task, problem, fix="name a column after each variable, and select at least one row")
        return rows

    def _question(self, task: SiteTask, case: Case, replicas: Mapping[str, Replica]) -> Question:
        return Question(check=filled(task.check, case), case=case, site=task.site, replicas=replicas)

    def _url(self, task: SiteTask, case: Case, replicas: Mapping[str, Replica]) -> str:
        return urljoin(replicas[task.site].address, task.start.format(**case))

    @override
    @asynccontextmanager
    async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[SiteVisit]:
        """Replicas of the task's sites."""
        site_task = self.site_tasks[task.task_id]
        async with self.visit_as(site_task.user, sites=(site_task.site, *site_task.also), store=store) as visit:
            yield visit

    @asynccontextmanager
    async def visit_as(self, user: str, *, sites: Sequence[str], store: Store | None) -> AsyncIterator[SiteVisit]:
        """Replicas of these sites without a task. Args: `user`: who is logged in; empty: nobody."""
        users = {name: user for name in sites if user and self._file.sites[name].login}
        async with visiting(self._fleets, sites, users=users, store=store) as visit:
            yield visit

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        assert isinstance(visit, SiteVisit), "an episode on a site needs a replica of it"
        site_task, replicas = self.site_tasks[task.task_id], visit.replicas
        cases = self._cases[site_task.id]
        case, wording = case_of(cases, seed), wording_of(site_task.wordings, seed, cases=len(cases))
        url = self._url(site_task, case, replicas)
        question = self._question(site_task, case, replicas)
        self._episodes[page.tabs] = episode = _Episode(task=site_task, question=question, visit=visit, url=url)
        visit.pages.append(page)
        page.allow(tuple(replica.address for replica in replicas.values()))
        await page.goto(url)
        if page.sent.troubles:
            raise SiteError(page.sent.troubles[0])
        mistake = None if await self._lacking(page, episode, answer=None) else self._solved(site_task, case)
        for replica in replicas.values():
            replica.wrote |= mistake is not None  # it is reset before it is played on again
        used = any(replica.used for replica in replicas.values())
        alone = used or (mistake is not None and await self._any_unsolved(page, site_task, replicas))
        self._begun.check(task.task_id, mistake, alone=alone)
        return Start(intent=wording.format(**case), url=url)

    async def _any_unsolved(self, page: Page, task: SiteTask, replicas: Mapping[str, Replica]) -> bool:
        """Whether one of the task's cases is not solved where it begins."""
        for case in self._cases[task.id]:
            await page.goto(url := self._url(task, case, replicas))
            if await self._question(task, case, replicas).lacking(page, answer=None, start=url):
                return True
        return False

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        episode = self._episodes[page.tabs]
        if episode.question.check.answer is not None or await self._lacking(page, episode, answer=None):
            return None
        return Evaluation(outcome=Outcome.SOLVED, reward=1.0)

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        episode = self._episodes[page.tabs]
        lacking = await self._lacking(page, episode, answer=answer)
        if lacking:
            await episode.visit.check_logins(page)
        outcome = Outcome.FAILED if lacking else Outcome.SOLVED
        return Evaluation(outcome=outcome, reward=float(not lacking), message=lacking)

    async def _lacking(self, page: Page, episode: _Episode, *, answer: str | None) -> str:
        return await episode.question.lacking(page, answer=answer, start=episode.url)
