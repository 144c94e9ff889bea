"""Evaluates checks. Each part gives what is missing, as a sentence; empty if it holds.

Text that the agent can write proves nothing: words in fields, and words that it typed itself. On a page whose address
the agent typed, words and paths with a wildcard do not count, because such an address may say anything. Pages that the
site refused do not count either. The agent cannot fake databases, answers to us, and requests that the site accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from components.benchmarks.evidence import is_echo, is_typed, visible_words
from components.benchmarks.sites.form import Check, HttpCheck, PageCheck, RequestCheck, SqlCheck
from components.benchmarks.split import normalise
from components.browser.sent import Request, fails
from components.sites.replica import Replica
from components.sites.trouble import SiteError
from components.sites.web import Web, fits
from components.text import lines_of, shows

if TYPE_CHECKING:
    from components.browser.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A check of one episode.

    Attributes:
        check: with the case's values in it.
        case: values of the task's variables, for queries.
        site: the task's own, for parts that name none.
        replicas: of the task's sites, by name.
    """

    check: Check
    case: Mapping[str, str]
    site: str
    replicas: Mapping[str, Replica]

    async def lacking(self, page: Page, *, answer: str | None, start: str) -> str:
        """The first part that does not hold, as a sentence; empty where all hold.

        Raises:
            SiteError: a site or its database cannot be asked.
        """
        check = self.check
        if check.answer is not None and normalise(answer or "") != normalise(check.answer):
            return f"the answer is not {check.answer!r}"
        if check.page is not None and (reason := self._page_mismatch(check.page, page, start)):
            return reason
        if check.request is not None and not self._was_requested(check.request, page.sent.requests):
            return f"there was no {check.request.method} of {check.request.path} as it must be"
        if check.text is not None:
            if is_typed(page, start):
                return "the page was opened by its address"
            if normalise(check.text) not in normalise(await visible_words(page)):
                return f"the page does not say {check.text!r}"
            if not (check.request or check.sql or check.http) and is_echo(page, check.text):
                return f"the agent wrote {check.text!r} itself"
        if check.lines and (reason := await self._missing_lines(page, start)):
            return reason
        return await asyncio.to_thread(self.lacking_behind)

    async def _missing_lines(self, page: Page, start: str) -> str:
        """The first block of `lines` that the page does not show, as a sentence; empty where all are shown."""
        if is_typed(page, start):
            return "the page was opened by its address"
        page_lines = lines_of((await page.observe()).text)
        return next(
            (f"the page does not show {block!r}" for block in self.check.lines if not shows(page_lines, block)), ""
        )

    def lacking_behind(self) -> str:
        """As `lacking`, for the database and the site's answers to us only. Blocking."""
        check = self.check
        if check.sql is not None and (value := self._query_value(check.sql)) != check.sql.equals:
            return f"the database says {value!r}, not {check.sql.equals!r}"
        return self._http_mismatch(check.http) if check.http is not None else ""

    def _page_mismatch(self, check: PageCheck, page: Page, start: str) -> str:
        """Why the page is not that of the check; empty where it is."""
        if not self.is_at(check, page.url):
            return f"the page is not {check.path}"
        if (status := page.sent.status_of(page.document)) >= 400:
            return f"the site has no such page: it answered {status}"
        if check.path.endswith("*") and is_typed(page, start):
            return "the page was opened by its address"
        return ""

    def is_at(self, check: PageCheck, url: str) -> bool:
        """Whether an address is that of the check, whatever its encoding."""
        parts = urlsplit(url)
        parameters = parse_qs(parts.query, keep_blank_values=True)
        return (
            f"{parts.scheme}://{parts.netloc}" == self._replica(check.site).address.rstrip("/")
            and fits(check.path, parts.path)
            and (check.anchor is None or unquote(parts.fragment) == unquote(check.anchor))
            and all(set(parameters.get(name, [""])) == {value} for name, value in check.query.items())
        )

    def _was_requested(self, check: RequestCheck, requests: list[Request]) -> bool:
        target = PageCheck(site=check.site, path=check.path)
        return any(
            request.method == check.method
            and (300 if check.redirected else 1) <= request.status < 400
            and not self._led_to_login(check, request)
            and self.is_at(target, request.url)
            and check.form.items() <= request.form().items()
            for request in requests
        )

    def _led_to_login(self, check: RequestCheck, request: Request) -> bool:
        """Whether the site redirected the request to its log-in page instead of accepting it."""
        login = self._replica(check.site).site.login
        return login is not None and bool(login.fields) and fits(login.path, urlsplit(request.led_to).path)

    def _query_value(self, check: SqlCheck) -> str:
        rows = self._replica(check.site).query(check.query, self.case)
        return next(iter(rows[0].values()), "") if rows else ""

    def _http_mismatch(self, check: HttpCheck) -> str:
        replica = self._replica(check.site)
        cookies = replica.signed_in(check.user) if check.user else ()
        answer = Web(replica.address, seconds=replica.site.seconds, cookies=cookies).get(check.path)
        if fails(answer.status) and answer.status != check.status:
            raise SiteError(f"site {check.site or self.site} answered GET {check.path} with {answer.status}")
        if answer.status != check.status:
            return f"{check.path} was answered with {answer.status}, not {check.status}"
        return "" if check.text in answer.text else f"{check.path} does not say {check.text!r}"

    def _replica(self, site: str) -> Replica:
        return self.replicas[site or self.site]
