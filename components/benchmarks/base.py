"""What a benchmark is: tasks, the sites they run on, and evaluators over answer, network record and page.

MiniWoB++, your own pages, your own sites (such as the forum), WebArena-Verified (typed answer plus network record) and
WebArena-Infinity (a state per episode) implement it. Adding a benchmark is one module here and one line in `registry`.

An evaluator reads only what the judged agent cannot write. An agent can write fields, addresses, its answer, and
everything that a page makes of them. It can also choose which page is open, and how often it begins anew.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from components.browser.settings import Cookie, View
from components.errors import InputError
from components.trajectories.schema import Episode, Outcome

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.sites.config import Site
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task; with a seed it is one concrete episode.

    Attributes:
        template: the intent with its variables in braces; tasks that share it count as one task in the split's guard.
        family: name of the skill; splits and confidence intervals are made by family.
        max_steps: steps that an episode may take.
        site: where it is played, in benchmarks of several sites; rates are also reported by site.
        after: tasks that must have ended before with the same seed, where the plan has them; without cycles.
    """

    benchmark: str
    task_id: str
    family: str
    template: str
    max_steps: int
    site: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The beginning of an episode: the concrete intent, and the page's address.

    Attributes:
        notice: a remark for the agent beside the intent, such as the form of its answer.
    """

    intent: str
    url: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Attributes:
    judged: the evaluator and its input, so that the verdict can be made again; stored with the episode.
    """

    outcome: Outcome
    reward: float
    message: str = ""
    judged: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What belongs to one episode alone: replicas of its sites, where a benchmark has any, and its log-ins.

    Attributes:
        cookies: of the log-ins; the episode's browser context starts with them.
    """

    cookies: tuple[Cookie, ...] = ()


FREE = Visit()
"""The visit of benchmarks whose episodes share nothing that they could change."""


NO_TASKS = b'{"tasks": []}'
"""Adding it changes nothing, but raises InputError where a benchmark takes no proposals."""


class Benchmark(ABC):
    """An async context manager that serves its sites for as long as it is open.

    Attributes:
        title: its name for people; empty where that is `name`.
        licence: SPDX name of the licence of its pages and tasks; empty where it is unknown.
        version, checksum: of the tasks, and of the evaluator and pages; stored with every episode.
        view: browser settings that it sets itself, such as the size of the window.
        replayable: whether repeating recorded actions leads to the same pages and harms nobody.
        restarts_in_page: whether `start` on a page with the task's own address removes all traces of the episode
            before, so that a page may serve several episodes of one task. Else every episode has a fresh context.
        seeded: whether another seed is another episode. If not, training tasks are never judged as held out: playing
            them again is called `transductive`.
        published: success rates that others reported, by author, then by site (`all`: every task), from 0 to 1.
        published_on: how those were measured, as far as it differs from here.
        default_split: training and held-out tasks where a recipe names none; None: a quarter of the families is held
            out, chosen by digest.
    """

    name: str
    title: str = ""
    licence: str = ""
    version: str
    checksum: str
    view: View = View()
    replayable: bool = True
    restarts_in_page: bool = False
    seeded: bool = True
    published: Mapping[str, Mapping[str, float]] = MappingProxyType({})
    published_on: str = ""
    default_split: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    @property
    @abstractmethod
    def tasks(self) -> Mapping[str, Task]:
        """Every task that can be played, by id, in a fixed order."""

    @property
    def excluded(self) -> Mapping[str, str]:
        """Tasks left out, by id, with the reason."""
        return {}

    @property
    def doubtful(self) -> Mapping[str, str]:
        """Tasks that are played and counted although they have a known fault; by id, with the fault."""
        return {}

    @property
    def sites(self) -> Mapping[str, Site]:
        """The web applications of its tasks, by name, as far as their addresses are known."""
        return {}

    def check(self) -> None:
        """Raises InputError where it cannot be played here, such as for want of an address; opens nothing."""
        return

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def add(self, proposed: bytes) -> tuple[str, ...]:  # noqa: ARG002
        """Adds proposed tasks and returns their ids.

        Args:
            proposed: JSON of the tasks, in the form of the benchmark's own.

        Raises:
            InputError: the benchmark takes no proposals.
        """
        raise InputError(
            f"nothing can be proposed for {self.name}: its tasks are a fixed list",
            where="tasks.benchmark",
            fix="propose for a web application: benchmark sites or forum",
        )

    @asynccontextmanager
    async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[Visit]:  # noqa: ARG002
        """What an episode of the task has for itself while the block lasts.

        Args:
            store: in which processes lease sites that they share; None where nobody else plays.

        Raises:
            SiteError: a site did not come up, or could not be reset.
            InfraError: at the end of the block: the lease of a site was lost, so the episode cannot be trusted.
        """
        yield FREE

    @abstractmethod
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        """Brings the page to the task's beginning. The same seed gives the same episode.

        Args:
            visit: what `visit` gave; the page's context was opened with its cookies.

        Raises:
            InfraError: the site or the page did not come up.
        """

    @abstractmethod
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        """The evaluation where the page has ended the episode by itself, else None. Called after every action."""

    @abstractmethod
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        """Judges an episode that the agent ended (`answer` of its `stop`) or that ran out of steps (None)."""

    def judge_again(self, episode: Episode, *, network: Path | None) -> Evaluation | None:  # noqa: ARG002
        """This version's verdict on a stored episode; None where answer and network record are not enough for one."""
        return None
