"""Your own pages: a folder of static pages with a `tasks.yaml` that says what to do on them and how it is checked.

An episode is a task and one of its cases, chosen by the seed: `Book {room} for {day}.` with a list of rooms and days.
A check asks for an answer, for a page the agent must be on, for words that must stand there, or for several of these.

It is judged by what the agent cannot write. Words in fields and editors do not count, nor words that the agent has
typed anywhere. A page whose address the agent typed (`booked.html?room=5` may say anything) does not count either,
unless the episode began there. Which page is open and how it was opened is asked of the browser, not of the page.
docs/own-pages has an example.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from components.benchmarks.base import FREE, Evaluation, Start, Task, Visit
from components.benchmarks.begun import Begun
from components.benchmarks.evidence import is_echo, is_typed, visible_words
from components.benchmarks.served import ServedBenchmark
from components.benchmarks.split import Case, case_of, normalise
from components.benchmarks.static_server import StaticServer, folder_checksum
from components.documents.check import read_document
from components.errors import InputError
from components.trajectories.schema import Outcome

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.tabs import Tabs

FILE = "tasks.yaml"
FORM = "docs/own-pages shows the form"


class Check(BaseModel):
    """What must be true at the end; all parts that are given must hold. Variables of the case are in braces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str | None = Field(
        None, description="expected answer of the agent; case, spaces and a final full stop are ignored"
    )
    page: str | None = Field(None, description="page that the agent must be on, a file of the folder")
    text: str | None = Field(None, description="words that must be on that page; compared likewise")

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part for part in (self.answer, self.page, self.text) if part is not None)


class PageTask(BaseModel):
    """One entry of `tasks.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="unique id; part of episode names")
    family: str = Field(
        min_length=1, description="group of tasks that need one skill; a family is either trained on or held out"
    )
    intent: str = Field(min_length=1, description="instruction to the agent, with the case's variables in braces")
    start: str = Field(description="page that an episode begins on, a file of the folder")
    steps: int = Field(12, ge=1, le=200, description="maximum number of steps of an episode")
    cases: tuple[Case, ...] = Field(
        ({},),
        min_length=1,
        description="values of the variables; the seed selects a case, and a third of them are kept for held-out seeds",
    )
    check: Check = Field(description="what must be true at the end")

    def check_of(self, case: Case) -> Check:
        parts = self.check.model_dump(exclude_none=True)
        return Check(**{key: value.format(**case) for key, value in parts.items()})


class TaskFile(BaseModel):
    """The whole of `tasks.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tasks: tuple[PageTask, ...] = Field(min_length=1)


class OwnPages(ServedBenchmark):
    """The tasks of a folder.

    Args:
        folder: holds `tasks.yaml` and the pages.

    Raises:
        InputError: no such folder, or its file is not right; names every mistake.
    """

    name = "pages"
    version = "folder 2"

    def __init__(self, *, folder: str | Path) -> None:
        self.folder = Path(folder).resolve()
        self._page_tasks = {task.id: task for task in read_tasks(self.folder)}
        self.checksum = folder_checksum(self.folder)
        self._server = StaticServer(self.folder)
        self._begun = Begun()
        self._starts: WeakKeyDictionary[Tabs, tuple[Check, str]] = WeakKeyDictionary()

    @property
    def tasks(self) -> Mapping[str, Task]:
        return MappingProxyType({name: _as_task(task) for name, task in self._page_tasks.items()})

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        page_task, origin = self._page_tasks[task.task_id], self._server.origin
        case, url = case_of(page_task.cases, seed), self._address(page_task.start)
        page.allow((origin,))
        await page.goto(url)
        self._starts[page.tabs] = (check := page_task.check_of(case), url)
        mistake = None if check.answer is not None or await self._lacking(page, None) else self._solved(task, case)
        alone = mistake is not None and await self._any_unsolved(page, page_task)
        self._begun.check(task.task_id, mistake, alone=alone)
        return Start(intent=page_task.intent.format(**case), url=url)

    async def _any_unsolved(self, page: Page, task: PageTask) -> bool:
        """Whether one of the task's cases, all of which begin on this page, is not solved there."""
        for case in task.cases:
            self._starts[page.tabs] = (task.check_of(case), page.url)
            if await self._lacking(page, None):
                return True
        return False

    def _solved(self, task: Task, case: Case) -> InputError:
        problem = f"task {task.task_id} is solved before it begins, with {case}: its check holds on its start page"
        return InputError(problem, where=str(self.folder / FILE), fix="check for what only the deed brings about")

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        if self._starts[page.tabs][0].answer is not None or await self._lacking(page, None):
            return None
        return Evaluation(outcome=Outcome.SOLVED, reward=1.0)

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        lacking = await self._lacking(page, answer)
        outcome = Outcome.FAILED if lacking else Outcome.SOLVED
        return Evaluation(outcome=outcome, reward=float(not lacking), message=lacking)

    async def _lacking(self, page: Page, answer: str | None) -> str:
        """The first part of the check that does not hold; empty where all do."""
        check, start = self._starts[page.tabs]
        if check.answer is not None and normalise(answer or "") != normalise(check.answer):
            return f"the answer is not {check.answer!r}"
        if check.page is None and check.text is None:
            return ""
        if is_typed(page, start):
            return "the page was opened by its address"
        if check.page is not None and urlsplit(page.url)[:3] != urlsplit(self._address(check.page))[:3]:
            return f"the page is not {check.page}"
        if check.text is not None and normalise(check.text) not in normalise(await visible_words(page)):
            return f"the page does not say {check.text!r}"
        if check.text is not None and is_echo(page, check.text):
            return f"the agent wrote {check.text!r} itself"
        return ""

    def _address(self, file: str) -> str:
        return f"{self._server.origin}/{quote(file)}"


def _as_task(task: PageTask) -> Task:
    return Task(
        benchmark=OwnPages.name, task_id=task.id, family=task.family, template=task.intent, max_steps=task.steps
    )


def read_tasks(folder: Path) -> tuple[PageTask, ...]:
    """The tasks of a folder's `tasks.yaml`.

    Raises:
        InputError: it is not there, is not YAML, or something in it is wrong; names every mistake.
    """
    path = folder / FILE
    file = read_document(path, TaskFile, fix=FORM)
    problems = [f"task {task.id}: {mistake}" for task in file.tasks for mistake in _mistakes(task, folder)]
    names = [task.id for task in file.tasks]
    problems += [f"task {name} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if problems:
        raise InputError("\n".join(problems), where=str(path), fix=FORM)
    return file.tasks


def _mistakes(task: PageTask, folder: Path) -> Iterator[str]:
    if not task.check.parts:
        yield "it checks nothing; name an answer, a page or a text"
    try:
        parsed = [piece for part in (task.intent, *task.check.parts) for piece in string.Formatter().parse(part)]
    except ValueError as error:
        yield f"{error}; a brace that is no variable is written twice"
        return
    names_used = {name for _, name, _, _ in parsed if name is not None}
    lacking = [(number, names_used - case.keys()) for number, case in enumerate(task.cases) if names_used - case.keys()]
    for number, names in lacking:
        yield f"case {number} lacks {', '.join(sorted(names))}"
    ends = {task.check.page.format(**case) for case in task.cases} if task.check.page and not lacking else set()
    for page in sorted({task.start, *ends}):
        path = (folder / page).resolve()
        if not (path.is_relative_to(folder) and path.is_file()):
            yield f"there is no page {page} in the folder"
