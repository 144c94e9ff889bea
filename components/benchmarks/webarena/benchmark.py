"""WebArena-Verified as a benchmark: its tasks on your sites, its verdicts from answer and network record.

WebArena has no seeds: an episode of another seed is the same task again. Tasks of one template are one family, so that
what is held out is held out by template. Every episode has replicas of its sites to itself, reset where it changed
them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast
from weakref import WeakKeyDictionary

from typing_extensions import override

from components.benchmarks.base import FREE, Benchmark, Evaluation, Start, Task, Visit
from components.benchmarks.sites.visit import SiteVisit, visiting
from components.benchmarks.webarena.answers import FORM
from components.benchmarks.webarena.evaluator import judge
from components.benchmarks.webarena.logins import completed
from components.benchmarks.webarena.published import PUBLISHED
from components.benchmarks.webarena.tasks import (
    DOUBTFUL,
    KNOWN,
    SUBSETS,
    PackageTask,
    package_checksum,
    package_version,
    read_tasks,
)
from components.browser.settings import View
from components.errors import InputError
from components.sites.announced import announced_sites
from components.sites.config import Site
from components.sites.fleet import Fleet, open_fleets
from components.sites.trouble import SiteError
from components.trajectories.schema import Episode, Outcome

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.tabs import Tabs
    from components.trajectories.store import Store

STEPS = 30
GUIDE = "docs/webarena.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Episode:
    visit: SiteVisit
    addresses: Mapping[str, str]


class WebArenaVerified(Benchmark):
    """Args:
        subset: `all` 812 tasks, or the 258 that the package calls `hard`.
        sites: only tasks that need none but these; all where none is named.

    Raises:
        InputError: the package is not installed; or there is no such subset or site.
    """

    name = "webarena-verified"
    title = "WebArena-Verified"
    licence = "Apache-2.0"
    replayable = False
    seeded = False
    published = PUBLISHED
    published_on = "all tasks of WebArena, by its own evaluators; some points of difference say nothing"
    view = View(
        width=1280,
        height=720,
        locale="en-US",
        tabs=8,
        record_network=True,
        record_bodies=("application/json",),
        record_cookies=("mage-messages", "_osm_directions_engine"),
    )

    def __init__(self, *, subset: str = "all", sites: tuple[str, ...] | list[str] = ()) -> None:
        if subset not in SUBSETS:
            raise InputError(
                f"there is no subset {subset!r}", where="benchmark options", fix=f"use one of: {', '.join(SUBSETS)}"
            )
        self.subset = subset
        package_tasks = read_tasks(cast(Literal["all", "hard"], subset))
        site_names = {site for task in package_tasks.values() for site in task.every_site}
        if unknown := set(sites) - site_names:
            problem = f"WebArena has no site {', '.join(sorted(unknown))}"
            raise InputError(problem, where="benchmark options", fix=f"its sites are: {', '.join(sorted(site_names))}")
        self._package_tasks = {
            i: task for i, task in package_tasks.items() if not sites or {*task.every_site} <= {*sites}
        }
        self._tasks = MappingProxyType({i: self._as_task(task) for i, task in self._package_tasks.items()})
        self.version, self.checksum = package_version(), package_checksum()
        self._open = AsyncExitStack()
        self._fleets: dict[str, Fleet] = {}
        self._episodes: WeakKeyDictionary[Tabs, _Episode] = WeakKeyDictionary()

    @property
    def tasks(self) -> Mapping[str, Task]:
        return self._tasks

    def _as_task(self, package_task: PackageTask) -> Task:
        return Task(
            benchmark=self.name,
            task_id=str(package_task.task_id),
            family=f"template-{package_task.template_id}",
            template=package_task.template,
            max_steps=STEPS,
            site="+".join(sorted(package_task.sites)),
        )

    @property
    @override
    def doubtful(self) -> Mapping[str, str]:
        reasons = DOUBTFUL if self.version == KNOWN else {}
        return {name: why for name, why in reasons.items() if name in self._package_tasks}

    @property
    def needed(self) -> tuple[str, ...]:
        """The sites of its tasks."""
        return tuple(sorted({site for task in self._package_tasks.values() for site in task.every_site}))

    @property
    @override
    def sites(self) -> Mapping[str, Site]:
        announced = announced_sites()
        return {name: completed(name, announced[name]) for name in self.needed if name in announced}

    @override
    def check(self) -> None:
        announced = announced_sites()
        if missing := [site for site in self.needed if site not in announced]:
            form = ", ".join(f"{site}: {{at: [http://HOST:PORT]}}" for site in missing)
            raise InputError(
                f"the place does not say where WebArena's {', '.join(missing)} can be reached",
                where="place, sites",
                fix=f"add to the place's file: sites: {{{form}}}; or play fewer sites "
                f"(tasks: {{options: {{sites: [...]}}}}). {GUIDE} shows a whole file",
            )

    async def __aenter__(self) -> Self:
        """Raises InputError where an address or a password is lacking."""
        self.check()
        for site in self.sites.values():
            for user, account in site.login.users.items() if site.login else ():
                account.secret(user)
        self._fleets = await self._open.enter_async_context(open_fleets(self.sites, folder=Path.cwd()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @override
    @asynccontextmanager
    async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[SiteVisit]:
        sites = self._package_tasks[task.task_id].every_site
        logins = {name: self._fleets[name].site.login for name in sites}
        users = {name: next(iter(login.users)) for name, login in logins.items() if login}
        async with visiting(self._fleets, sites, users=users, store=store) as visit:
            yield visit

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        assert isinstance(visit, SiteVisit), "an episode on a site needs a replica of it"
        package_task = self._package_tasks[task.task_id]
        addresses = {name: replica.address.rstrip("/") for name, replica in visit.replicas.items()}
        self._episodes[page.tabs] = _Episode(visit=visit, addresses=addresses)
        visit.pages.append(page)
        first, *others = (_rendered(url, addresses) for url in package_task.start_urls)
        page.allow(tuple(addresses.values()))
        await page.goto(first)
        if page.sent.troubles:
            raise SiteError(page.sent.troubles[0])
        also = f" The task also needs: {', '.join(others)} (goto)." if others else ""
        return Start(intent=package_task.intent, url=first, notice=f"{FORM}{also}")

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        return None

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        assert network is not None, "the view asks for a network record"
        episode = self._episodes[page.tabs]
        evaluation = await asyncio.to_thread(
            judge, task.task_id, answer=answer, network=network, addresses=episode.addresses
        )
        if evaluation.outcome is not Outcome.SOLVED:
            await episode.visit.check_logins(page)
        return evaluation

    @override
    def judge_again(self, episode: Episode, *, network: Path | None) -> Evaluation | None:
        """None without a network record, or where it was not played on known addresses."""
        judged: Mapping[str, Any] = episode.extra.get("judged", {})
        if network is None or not judged.get("addresses"):
            return None
        return judge(episode.task_id, answer=episode.answer, network=network, addresses=judged["addresses"])


def _rendered(url: str, addresses: Mapping[str, str]) -> str:
    return re.sub(r"^__([A-Z_]+?)__", lambda match: addresses[match[1].lower()], url)
