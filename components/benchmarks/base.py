"""What a benchmark is: tasks, the sites they run on, and evaluators over answer, network record and page.

MiniWoB++, your own pages, your own sites (such as the forum), WebArena-Verified (typed answer plus network record) and
WebArena-Infinity (a state per episode) implement it. Adding a benchmark is one module here and one line in `registry`.

An evaluator reads where the judged agent cannot write. What an agent may write: fields, addresses, its answer, and
whatever a page makes of them; what it may choose: which page is open, and how often it begins anew.
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
    """One kind of assignment; a seed makes it an episode's concrete one.

    Attributes:
        template: the intent with its variables left open; tasks that share it are the same task to the guard.
        family: tasks of one skill; splits and intervals are made by family.
        site: where it is played, in benchmarks of several sites; rates are told by site too.
        after: tasks that must have ended before, with the same seed, where they are played too; in no circle.
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
    """What an episode begins with: the concrete intent, and where the page is.

    Attributes:
        notice: what an agent must know beside the intent, such as the form of its answer.
    """

    intent: str
    url: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Attributes:
    judged: what the verdict was made of and by whom, so that it can be made again; kept with the episode.
    """

    outcome: Outcome
    reward: float
    message: str = ""
    judged: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one episode has for itself: replicas of its sites, where a benchmark has any, and how its context begins.

    Attributes:
        cookies: the log-ins its browser context starts with.
    """

    cookies: tuple[Cookie, ...] = ()


FREE = Visit()
"""Of a benchmark whose episodes have nothing in common that they could change."""


NO_TASKS = b'{"tasks": []}'
"""Added to a benchmark, it changes nothing, but says whether one can propose for it."""


class Benchmark(ABC):
    """An async context manager that serves its sites for as long as it is open.

    Attributes:
        title: what people call it; empty where that is its name.
        licence: of its pages and tasks, by its SPDX name; empty where nobody has said.
        view: how its pages are looked at, where it says so itself.
        replayable: whether recorded actions done again lead to the same pages, and harm nobody.
        restarts_in_page: whether `start` on a page that still shows the task's own address leaves nothing of the
            episode before, so that a page may serve several episodes of one task. Else every episode has a fresh
            context.
        seeded: whether another seed is another episode. Where it is not, a task that was learnt from is never judged as
            held out: what is played again of training tasks is called `transductive`.
        published: rates that others reported on it, by who, then by site (`all`: every task).
        published_on: what they were measured on, and by whom, as far as that is another thing than here.
        default_split: training tasks and held-out tasks where a recipe names none; None: a quarter of the families is
            held out, chosen by digest.
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
        """Tasks that are played and counted although something is known to be wrong with them, with what it is."""
        return {}

    @property
    def sites(self) -> Mapping[str, Site]:
        """The web applications that its tasks are played on, by name, as far as it is known where they are."""
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
        """Adds tasks that were proposed for its sites, written as its own are; their names.

        Raises:
            InputError: it takes none.
        """
        raise InputError(
            f"nothing can be proposed for {self.name}: its tasks are a fixed list",
            where="tasks.benchmark",
            fix="propose for a web application: benchmark sites or forum",
        )

    @asynccontextmanager
    async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[Visit]:  # noqa: ARG002
        """What an episode of the task has for itself for as long as the block lasts.

        Args:
            store: where processes agree who has a site that others use too; None where nobody else plays.

        Raises:
            SiteError: a site did not come up, or could not be reset.
            InfraError: at the end of the block, something that was held got lost meanwhile: what happened there cannot
                be trusted.
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
        """The verdict that this version gives on a stored episode; None where that takes more than what is stored."""
        return None
