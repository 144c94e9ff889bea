"""The wire to one page: guarded calls over CDP that end in an answer or in `PageLost`, whatever the page does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from playwright.async_api import CDPSession, Error

from components.browser.events import EventLog, PageLost, clip
from components.browser.script import page_script
from components.trajectories.schema import PageEvent

T = TypeVar("T")
# Chromium's words for "the document went away while you asked": ask the next one.
MOVED = ("navigated or closed", "context was destroyed", "Cannot find", "Promise was collected", "Object reference")
GONE = ("Target page, context or browser has been closed", "Target closed", "Target crashed", "Connection closed",
        "Session closed", "Browser closed", "Internal server error, session closed")  # fmt: skip


class Moved(Exception):
    """The document was replaced while it was asked."""


class ScriptError(Exception):
    """A script raised in the page; the message is the page's."""


class Session:
    """Calls into one page.

    Every call races against the page's loss (`lose`) and a time limit, so that a crashed, closed or hung page ends in
    `PageLost` and never in a worker that waits for ever.
    """

    def __init__(self, cdp: CDPSession, *, key: str, log: EventLog, hang_seconds: float) -> None:
        self._cdp = cdp
        self._key = key
        self._log = log
        self._hang = hang_seconds
        self._lost: asyncio.Future[PageEvent] = asyncio.get_running_loop().create_future()
        self.on_use: Callable[[], None] = _nothing

    @property
    def lost(self) -> bool:
        return self._lost.done()

    def lose(self, event: PageEvent) -> None:
        """Ends every call under way and every later one with `PageLost(event)`. Only the first loss counts."""
        if not self._lost.done():
            self._log.add(event)
            self._lost.set_result(event)

    async def lost_within(self, seconds: float) -> None:
        """Waits whether the page is lost.

        Raises:
            PageLost: it is.
        """
        await asyncio.wait((self._lost,), timeout=seconds)
        if self._lost.done():
            raise PageLost(self._lost.result())

    async def guard(self, call: Coroutine[Any, Any, T], *, seconds: float | None = None) -> T:
        """The call's result.

        Raises:
            PageLost: the page is gone, or did not answer in time (then it is given up as hung).
            Moved: the document was replaced meanwhile.
        """
        if self._lost.done():
            call.close()
            raise PageLost(self._lost.result())
        self.on_use()
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait((task, self._lost), timeout=seconds or self._hang, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
        if not task.done() or task.cancelled():
            self.lose(PageEvent(kind="hang", detail=f"no answer for {seconds or self._hang:g} s"))
            raise PageLost(self._lost.result())
        try:
            return task.result()
        except Error as error:
            raise await self._translate(error) from None

    async def _translate(self, error: Error) -> Exception:
        if any(words in error.message for words in GONE):
            # The crash or close event that says why may arrive just after.
            await asyncio.wait((self._lost,), timeout=0.5)
            self.lose(PageEvent(kind="closed", detail=clip(error.message.splitlines()[0])))
            return PageLost(self._lost.result())
        if any(words in error.message for words in MOVED):
            return Moved(error.message)
        return error

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One CDP call."""
        return await self.guard(self._cdp.send(method, params or {}))

    async def send_all(self, calls: list[tuple[str, dict[str, Any]]]) -> None:
        """Several CDP calls, sent together and run in order."""
        sends = [self._cdp.send(method, params) for method, params in calls]
        await self.guard(_gather(sends))

    async def run(self, expression: str, *, seconds: float | None = None) -> Any:
        """The JSON-able value of an expression in the top document."""
        params = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        answer = await self.guard(self._cdp.send("Runtime.evaluate", params), seconds=seconds)
        problem = answer.get("exceptionDetails")
        if problem:
            text = problem.get("exception", {}).get("description") or problem.get("text", "")
            raise ScriptError(clip(str(text)))
        return answer["result"].get("value")

    async def call(self, function: str, *args: Any, seconds: float | None = None) -> Any:
        """The value of a function of the injected script, which is injected first where a document lacks it."""
        given = ", ".join(map(json.dumps, args))
        try:
            return await self.run(f"{self._key}.{function}({given})", seconds=seconds)
        except ScriptError:
            if await self.run(f"typeof {self._key}") != "undefined":
                raise
        await self.run(page_script(self._key))
        return await self.run(f"{self._key}.{function}({given})", seconds=seconds)

    async def ask(self, function: str, *args: Any) -> dict[str, Any]:
        """Like `call`, for functions that answer with a JSON object."""
        try:
            answer = json.loads(await self.call(function, *args))
        except (TypeError, ValueError):
            answer = None
        if not isinstance(answer, dict):
            raise ScriptError("the page answered with something else than an object")
        return answer


async def _gather(sends: list[Coroutine[Any, Any, Any]]) -> None:
    await asyncio.gather(*sends)


def _nothing() -> None: ...
