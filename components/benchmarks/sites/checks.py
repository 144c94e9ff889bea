"""The parts of a check, each a question whose answer is what is lacking; empty where it holds.

What the agent may write proves nothing: words in fields are not the page's, nor those it typed itself; a page whose
address it gave itself (which may say anything) shows no words and is none of many; one that the site refused is none.
Databases, answers to us and requests that the site took are out of its reach.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from components.benchmarks.evidence import is_echo, is_typed, shown
from components.benchmarks.sites.form import Check, HttpCheck, PageCheck, RequestCheck, SqlCheck
from components.benchmarks.split import normalise
from components.browser.sent import Request
from components.sites.replica import Replica
from components.sites.trouble import SiteError
from components.sites.web import Web, fits
from components.text import lines_of, shows

if TYPE_CHECKING:
    from components.browser.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A check of one episode: its case's words, and the replicas that its sites are.

    Attributes:
        site: the task's own, for parts that name none.
    """

    check: Check
    case: Mapping[str, str]
    site: str
    replicas: Mapping[str, Replica]

    async def lacking(self, page: Page, *, answer: str | None, start: str) -> str:
        """The first thing that is not as it must be.

        Raises:
            SiteError: a site or its database cannot be asked.
        """
        check = self.check
        if check.answer is not None and normalise(answer or "") != normalise(check.answer):
            return f"the answer is not {check.answer!r}"
        if check.page is not None and (why := self._elsewhere(check.page, page, start)):
            return why
        if check.request is not None and not self._was_asked(check.request, page.sent.requests):
            return f"there was no {check.request.method} of {check.request.path} as it must be"
        if check.text is not None:
            if is_typed(page, start):
                return "the page was opened by its address"
            if normalise(check.text) not in normalise(await shown(page)):
                return f"the page does not say {check.text!r}"
            if not (check.request or check.sql or check.http) and is_echo(page, check.text):
                return f"the agent wrote {check.text!r} itself"
        if check.lines and (why := await self._unseen(page, start)):
            return why
        return await asyncio.to_thread(self.lacking_behind)

    async def _unseen(self, page: Page, start: str) -> str:
        """Which lines an agent does not see; empty where all are there."""
        if is_typed(page, start):
            return "the page was opened by its address"
        seen = lines_of((await page.observe()).text)
        return next((f"the page does not show {block!r}" for block in self.check.lines if not shows(seen, block)), "")

    def lacking_behind(self) -> str:
        """The same of what lies behind the pages: the database, and what the site answers to us. Blocking."""
        check = self.check
        if check.sql is not None and (found := self._found(check.sql)) != check.sql.equals:
            return f"the database says {found!r}, not {check.sql.equals!r}"
        return self._unanswered(check.http) if check.http is not None else ""

    def _elsewhere(self, wanted: PageCheck, page: Page, start: str) -> str:
        """Why the page is not the one that is wanted; empty where it is."""
        if not self.is_at(wanted, page.url):
            return f"the page is not {wanted.path}"
        if (status := page.sent.status_of(page.document)) >= 400:
            return f"the site has no such page: it answered {status}"
        if wanted.path.endswith("*") and is_typed(page, start):
            return "the page was opened by its address"
        return ""

    def is_at(self, wanted: PageCheck, url: str) -> bool:
        """Whether an address is the one that is wanted, however its words are encoded."""
        parts = urlsplit(url)
        given = parse_qs(parts.query, keep_blank_values=True)
        return (
            f"{parts.scheme}://{parts.netloc}" == self._replica(wanted.site).address.rstrip("/")
            and fits(wanted.path, parts.path)
            and (wanted.anchor is None or unquote(parts.fragment) == unquote(wanted.anchor))
            and all(set(given.get(name, [""])) == {value} for name, value in wanted.query.items())
        )

    def _was_asked(self, wanted: RequestCheck, requests: list[Request]) -> bool:
        where = PageCheck(site=wanted.site, path=wanted.path)
        return any(
            request.method == wanted.method
            and (300 if wanted.redirected else 1) <= request.status < 400
            and not self._turned_away(wanted, request)
            and self.is_at(where, request.url)
            and wanted.form.items() <= request.form().items()
            for request in requests
        )

    def _turned_away(self, wanted: RequestCheck, request: Request) -> bool:
        """Whether the site led to its log-in instead of taking what was sent: whoever logged out has done nothing."""
        login = self._replica(wanted.site).site.login
        return login is not None and bool(login.fields) and fits(login.path, urlsplit(request.led_to).path)

    def _found(self, wanted: SqlCheck) -> str:
        rows = self._replica(wanted.site).query(wanted.query, self.case)
        return next(iter(rows[0].values()), "") if rows else ""

    def _unanswered(self, wanted: HttpCheck) -> str:
        replica = self._replica(wanted.site)
        cookies = replica.signed_in(wanted.user) if wanted.user else ()
        answer = Web(replica.address, seconds=replica.site.seconds, cookies=cookies).get(wanted.path)
        if answer.status >= 500 and answer.status != wanted.status:
            raise SiteError(f"site {wanted.site or self.site} answered GET {wanted.path} with {answer.status}")
        if answer.status != wanted.status:
            return f"{wanted.path} was answered with {answer.status}, not {wanted.status}"
        return "" if wanted.text in answer.text else f"{wanted.path} does not say {wanted.text!r}"

    def _replica(self, site: str) -> Replica:
        return self.replicas[site or self.site]
