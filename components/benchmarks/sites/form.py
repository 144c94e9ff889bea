"""The form of `sites.yaml`, and every mistake in one. docs/own-sites.md explains it with an example."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.browser.settings import View
from components.documents.check import read_document
from components.errors import InputError
from components.sites.config import Site

FILE = "sites.yaml"
FIX = "docs/own-sites.md explains every key"
NAME = r"^[a-z0-9][a-z0-9-]*$"


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OnSite(_Form):
    """A part of a check that asks one of the task's sites."""

    site: str = Field("", description="name of the site; left out: the task's own")


class PageCheck(OnSite):
    """The page that the agent must be on at the end."""

    path: str = Field(
        description="path of the address, such as /topic/{id}/; * at the end matches any rest, which must be written "
        "by the site, not by the agent"
    )
    query: dict[str, str] = Field(default_factory=dict, description="parameters of the address; others are ignored")
    anchor: str | None = Field(None, description="what follows # in the address, such as /boards")


class RequestCheck(OnSite):
    """A request that the browser must have made at any time of the episode, answered without an error."""

    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = Field("POST", description="method of the request")
    path: str = Field(description="path of the request; * at the end matches any rest")
    form: dict[str, str] = Field(
        default_factory=dict, description="fields of its form or JSON body; others are ignored"
    )
    redirected: bool = Field(
        False, description="the answer must be a redirect, as after a form is accepted and not shown again"
    )


class SqlCheck(OnSite):
    """What the site's database must hold. `:name` in the query is the case's variable."""

    query: str = Field(description="query; the first column of its first row is compared")
    equals: str = Field("1", description="expected value, as text")


class HttpCheck(OnSite):
    """What the site must answer to a request of ours, not of the agent."""

    path: str = Field(description="address that is requested")
    user: str = Field("", description="user to be logged in as; left out: nobody")
    status: int = Field(200, description="expected status of the answer")
    text: str = Field("", description="words that must be in the answer")


class Check(_Form):
    """What must be true at the end; all parts that are given must hold. Variables of the case are in braces."""

    answer: str | None = Field(
        None, description="expected answer of the agent; case, spaces and a final full stop are ignored"
    )
    page: PageCheck | None = Field(None, description="page that the agent must be on")
    text: str | None = Field(
        None, description="words that must be on that page and that the agent has not typed; compared likewise"
    )
    lines: tuple[str, ...] = Field(
        (),
        description="lines that the page's text must hold, as an agent sees them without references and indentation; "
        "lines of one entry must follow one another",
    )
    request: RequestCheck | None = Field(None, description="request that must have been made")
    sql: SqlCheck | None = Field(None, description="what the site's database must hold")
    http: HttpCheck | None = Field(None, description="what the site must answer to us")

    @property
    def on_sites(self) -> tuple[OnSite, ...]:
        return tuple(part for part in (self.page, self.request, self.sql, self.http) if part is not None)


class CaseQuery(OnSite):
    """Cases from the site's prepared database: each row is a case, each column a variable."""

    sql: str = Field(description="query for the cases; with ORDER BY, so that a seed is always the same case")


Cases = tuple[dict[str, str], ...]


class SiteTask(_Form):
    """One task; a seed chooses one of its cases."""

    id: str = Field(pattern=NAME, description="unique id; part of episode names")
    family: str = Field(
        min_length=1, description="group of tasks that need one skill; a family is either trained on or held out"
    )
    intent: str = Field(min_length=1, description="instruction to the agent, with the case's variables in braces")
    reworded: tuple[str, ...] = Field(
        (), description="the same instruction in other words; the seed selects one of all"
    )
    site: str = Field("", description="site that it begins on; left out: the first one")
    also: tuple[str, ...] = Field((), description="other sites that the agent may visit")
    start: str = Field("/", description="path of the page that it begins on")
    after: tuple[str, ...] = Field((), description="tasks that must have ended before, with the same seed")
    user: str = Field(
        "", description="user to be logged in as, on every site of the task that has a log-in; left out: nobody"
    )
    steps: int = Field(15, ge=1, le=200, description="maximum number of steps of an episode")
    cases: Cases | CaseQuery = Field(({},), description="values of the variables, or a query for them")
    check: Check = Field(description="what must be true at the end")

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.intent, *self.reworded)

    @property
    def template(self) -> str:
        """All of its wordings as one template, as a split reads them."""
        return " | ".join(self.wordings)


class ProposedTasks(_Form):
    """Tasks that were proposed for the sites of a file; they name their site."""

    tasks: tuple[SiteTask, ...] = Field(description="as in the file")


class SitesFile(_Form):
    """The whole of `sites.yaml`."""

    view: View = Field(default_factory=View, description="how pages are shown; left out: as the place says")
    sites: dict[str, Site] = Field(min_length=1, description="sites, by name")
    heldout: tuple[str, ...] = Field((), description="families that are never trained on; empty: a quarter of all")
    tasks: tuple[SiteTask, ...] = Field((), description="tasks on these sites; empty: they are to be proposed")


def read_sites(folder: Path) -> SitesFile:
    """A folder's `sites.yaml`; tasks know their site by name.

    Raises:
        InputError: it is not there, is not YAML, or something in it is wrong; names every mistake.
    """
    path = folder / FILE
    file = read_document(path, SitesFile, fix=FIX)
    first = next(iter(file.sites))
    file = file.model_copy(
        update={"tasks": tuple(task if task.site else task.model_copy(update={"site": first}) for task in file.tasks)}
    )
    problems = [
        f"tasks.{number} ({task.id}): {mistake}"
        for number, task in enumerate(file.tasks)
        for mistake in mistakes(task, file)
    ]
    names = [task.id for task in file.tasks]
    problems += order_mistakes(file.tasks)
    problems += [f"task {name} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    families = {task.family for task in file.tasks}
    problems += [f"heldout: there is no family {name}" for name in file.heldout if name not in families]
    if problems:
        raise InputError("\n".join(problems), where=str(path), fix=FIX)
    return file


def order_mistakes(tasks: Iterable[SiteTask]) -> Iterator[str]:
    """Mistakes in `after`: unknown tasks, and tasks that wait for one another in a circle."""
    after = {task.id: task.after for task in tasks}
    for name, before in after.items():
        yield from (f"task {name}: after: there is no task {earlier}" for earlier in before if earlier not in after)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        yield f"after: the tasks wait for one another in a circle: {' after '.join(reversed(error.args[1]))}"


def mistakes(task: SiteTask, file: SitesFile) -> Iterator[str]:
    """Mistakes in one task of a file, a sentence each."""
    sites = (task.site, *task.also)
    for name in sites:
        if name not in file.sites:
            yield f"site: there is no site {name}; there are {', '.join(file.sites)}"
            return
    if not any(task.check.model_dump(exclude_none=True).values()):
        yield "check: it checks nothing; name an answer, page, text, lines, request, sql or http"
    for part in task.check.on_sites:
        if part.site and part.site not in sites:
            yield f"check: {part.site} is no site of the task; add it to `also`"
    yield from _database_mistakes(task, file)
    for user, site in ((task.user, task.site), (task.check.http and task.check.http.user, task.site)):
        login = file.sites[site].login
        if user and (login is None or user not in login.users):
            yield f"user: site {site} has no log-in of {user}"
    if not isinstance(task.cases, CaseQuery):
        yield from _word_mistakes(task, task.cases)


def _database_mistakes(task: SiteTask, file: SitesFile) -> Iterator[str]:
    parts = {"check.sql": task.check.sql, "cases": task.cases if isinstance(task.cases, CaseQuery) else None}
    for key, part in parts.items():
        if part is not None and not file.sites[part.site or task.site].database:
            yield f"{key}: site {part.site or task.site} names no database"


def _word_mistakes(task: SiteTask, cases: Cases) -> Iterator[str]:
    if not cases:
        yield "cases: there is none"
    try:
        names = set(variables(task))
    except ValueError as error:
        yield f"{error}; a brace that is no variable is written twice"
        return
    for number, case in enumerate(cases):
        if lacking := names - case.keys():
            yield f"cases.{number}: it lacks {', '.join(sorted(lacking))}"


def variables(task: SiteTask) -> Iterator[str]:
    """Names of the variables in the task's wordings, start and check; with repetition.

    Raises:
        ValueError: braces that do not close.
    """
    for text in (*task.wordings, task.start, *_texts(task.check.model_dump(exclude={"sql": {"query"}}))):
        yield from (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def filled(check: Check, case: dict[str, str]) -> Check:
    """The check with the case's values in place of variables; a query of a database keeps its `:name`."""
    return Check.model_validate(_filled(check.model_dump(exclude_none=True), case))


def literal(text: str) -> str:
    """A text with its braces doubled, for a wording, an address or a check in which braces are variables."""
    return text.replace("{", "{{").replace("}", "}}")


def literal_path(text: str) -> str:
    """An address with its braces doubled and its stars encoded, so that a star at the end is not a wildcard."""
    return literal(_starless(text))


def _starless(text: str) -> str:
    return text.replace("*", "%2A")


def _filled(value: object, case: dict[str, str]) -> object:
    if isinstance(value, dict):
        unchanged = {name: text for name, text in value.items() if name == "query" and isinstance(text, str)}
        words = {"path": {name: _starless(word) for name, word in case.items()}}
        return {
            name: _filled(item, words.get(name, case)) for name, item in value.items() if name not in unchanged
        } | unchanged
    if isinstance(value, list | tuple):
        return [_filled(item, case) for item in value]
    return value.format(**case) if isinstance(value, str) else value
