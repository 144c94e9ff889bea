"""Guarded calls to one page over CDP: each ends with an answer or with `PageLost`, whatever the page does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from playwright.async_api import Error

from components.browser.events import EventLog, PageLost, clip
from components.browser.wire import Wire, WireError
from components.page_scripts.script import page_script
from components.trajectories.schema import PageEvent

T = TypeVar("T")
# Chromium's words for "the document went away while you asked": ask the next one.
MOVED = ("navigated or closed", "context was destroyed", "Cannot find", "Promise was collected", "Object reference",
         "uniqueContextId not found")  # fmt: skip
GONE = ("Target page, context or browser has been closed", "Target closed", "Target crashed", "Connection closed",
        "Session closed", "Browser closed", "Internal server error, session closed")  # fmt: skip


class Moved(Exception):
    """The document was replaced while it was asked."""


class ScriptError(Exception):
    """A script raised in the page; the message is the page's."""


class Session:
    """Calls into one page.

    Every call ends with the page's loss (`lose`) or at a time limit, so that a crashed, closed or hung page ends in
    `PageLost` and never in a worker that waits for ever.
    """

    def __init__(self, wire: Wire, *, key: str, log: EventLog, hang_seconds: float) -> None:
        self._wire = wire
        self._key = key
        self._log = log
        self._hang = hang_seconds
        self._loop = asyncio.get_running_loop()
        self._lost: asyncio.Future[PageEvent] = self._loop.create_future()
        self.on_use: Callable[[], None] = _nothing

    @property
    def lost(self) -> bool:
        return self._lost.done()

    def lose(self, event: PageEvent) -> None:
        """Ends every call under way and every later one with `PageLost(event)`. Only the first loss counts."""
        if not self._lost.done():
            self._log.add(event)
            self._lost.set_result(event)
            self._wire.end(PageLost(event))

    async def lost_within(self, seconds: float) -> None:
        """Waits whether the page is lost.

        Raises:
            PageLost: it is.
        """
        await asyncio.wait((self._lost,), timeout=seconds)
        self._check()

    def _check(self) -> None:
        if self._lost.done():
            raise PageLost(self._lost.result())

    def _hung(self, seconds: float) -> None:
        self.lose(PageEvent(kind="hang", detail=f"no answer for {seconds:g} s"))

    async def guard(self, call: Coroutine[Any, Any, T], *, seconds: float | None = None) -> T:
        """The result of a call through Playwright.

        Raises:
            PageLost: the page is gone, or did not answer in time (then it is given up as hung).
            Moved: the document was replaced meanwhile.
        """
        if self._lost.done():
            call.close()
            self._check()
        self.on_use()
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait((task, self._lost), timeout=seconds or self._hang, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
        if not task.done() or task.cancelled():
            self._hung(seconds or self._hang)
            self._check()
        try:
            return task.result()
        except Error as error:
            raise await self._translate(error, error.message) from None

    async def _translate(self, error: Exception, message: str) -> Exception:
        if any(words in message for words in GONE):
            # The crash or close event that says why may arrive just after.
            await asyncio.wait((self._lost,), timeout=0.5)
            self.lose(PageEvent(kind="closed", detail=clip(message.splitlines()[0])))
            return PageLost(self._lost.result())
        if any(words in message for words in MOVED):
            return Moved(message)
        return error

    async def _answer(self, call: Awaitable[T]) -> T:
        """The result of a call over the wire. Raises as `guard`."""
        self.on_use()
        timer = self._loop.call_later(self._hang, self._hung, self._hang)
        try:
            return await call
        except WireError as error:
            raise await self._translate(error, str(error)) from None
        finally:
            timer.cancel()

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One CDP call."""
        return await self._answer(self._wire.call(method, params))

    async def send_all(self, calls: list[tuple[str, dict[str, Any]]]) -> None:
        """Several CDP calls, sent together and run in order."""
        await self._answer(asyncio.gather(*self._wire.call_all(calls)))

    async def run(self, expression: str, *, context: str | None = None) -> Any:
        """The JSON-able value of an expression in the top document, or in the one of an execution context."""
        return (await self._evaluate(expression, context, returnByValue=True, awaitPromise=True)).get("value")

    async def handle(self, expression: str, *, context: str | None = None) -> str | None:
        """The browser's name for the object that a function of the injected script returns; None for null."""
        answer = await self._evaluate(f"{self._key}.{expression}", context)
        return answer.get("objectId")

    async def _evaluate(self, expression: str, context: str | None, **how: Any) -> dict[str, Any]:
        params = {"expression": expression, **how}
        if context is not None:
            params["uniqueContextId"] = context
        answer = await self._answer(self._wire.call("Runtime.evaluate", params))
        problem = answer.get("exceptionDetails")
        if problem:
            text = problem.get("exception", {}).get("description") or problem.get("text", "")
            raise ScriptError(clip(str(text)))
        return dict(answer["result"])

    async def call(self, function: str, *args: Any, context: str | None = None) -> Any:
        """The value of a function of the injected script, which is injected first where a document lacks it."""
        arguments = ", ".join(map(json.dumps, args))
        try:
            return await self.run(f"{self._key}.{function}({arguments})", context=context)
        except ScriptError:
            if await self.run(f"typeof {self._key}", context=context) != "undefined":
                raise
        await self.run(page_script(self._key), context=context)
        return await self.run(f"{self._key}.{function}({arguments})", context=context)

    async def ask(self, function: str, *args: Any, context: str | None = None) -> dict[str, Any]:
        """Like `call`, for functions that answer with a JSON object."""
        try:
            answer = json.loads(await self.call(function, *args, context=context))
        except (TypeError, ValueError):
            answer = None
        if not isinstance(answer, dict):
            raise ScriptError("the page answered with something else than an object")
        return answer


def _nothing() -> None: ...


async def until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Returns when the condition holds, or when so many seconds have passed."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while not condition() and clock() < end:
        await asyncio.sleep(0.005)
