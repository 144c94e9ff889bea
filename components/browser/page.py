"""A page: opens addresses, observes, acts, and reports what happened."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from playwright.async_api import Browser, Error
from playwright.async_api import Page as PlaywrightPage

from components.browser.actions import Action
from components.browser.agent_input import AgentInput
from components.browser.camera import Camera
from components.browser.events import EventLog, PageLost, address, clip
from components.browser.feedback import ActResult, tell
from components.browser.frames import Frames
from components.browser.input import Hands
from components.browser.network import NetworkRecord
from components.browser.observation import Observation
from components.browser.origins import allowed, origin_of
from components.browser.quoting import quote, tidy
from components.browser.render import CHARS_PER_TOKEN, render
from components.browser.sent import Sent
from components.browser.session import Moved, ScriptError, Session, until
from components.browser.settings import BrowserSettings
from components.browser.traffic import Traffic
from components.browser.tree import TreeError, prune, read_tree
from components.errors import InfraError
from components.trajectories.schema import PageEvent

if TYPE_CHECKING:
    from components.browser.tabs import Tabs

__all__ = ["ActResult", "Page", "PageLost"]

MOST_MOVES = 20  # redirects of one action; a page that navigates for ever is observed as it is
WAITS = 5  # the action `wait` waits so many times as long as others do
GRACE_SECONDS = 2.0  # after its limit, until a page that still says nothing is asked whether it lives
MOST_OPENING, FOLLOWING = 2.0, 10.0  # seconds; for the address of a window opened blank, for a tab to be there
MOST_TITLE = 300
UNTOUCHED = frozenset(("note", "wait", "stop"))


class Page:
    """One page in a context of its own. Made by `BrowserPool.page`."""

    def __init__(
        self,
        playwright: PlaywrightPage,
        session: Session,
        *,
        log: EventLog,
        settings: BrowserSettings,
        traffic: Traffic,
        frames: Frames,
        sent: Sent,
        network: NetworkRecord | None,
        tabs: Tabs,
    ) -> None:
        self._playwright, self._session = playwright, session
        self._log, self._settings, self._traffic = log, settings, traffic
        self.record = network
        self._frames, self._hands = frames, Hands(session, frames)
        self.camera = Camera(session)
        self.sent, self.agent_input, self.tabs, self.title = sent, AgentInput(), tabs, ""
        self.origins: frozenset[str] | None = None
        self.url, self.document = "about:blank", ""  # the browser's name of the top one; every load gives another
        self.loading = False  # between the start of a navigation of the top document and its end, whatever came of it
        self.outside = False  # the top document is of an origin that is not allowed
        self._asking = False  # what was asked for had not come when the last wait ended

    @property
    def lost(self) -> bool:
        """True where the page crashed, hung or was closed; every further call raises `PageLost`."""
        return self._session.lost

    def allow(self, origins: tuple[str, ...]) -> None:
        """Limits `goto`, links, forms and scripts to the origins of these URLs."""
        self.origins = self._frames.origins = self.sent.origins = frozenset(filter(None, map(origin_of, origins)))

    def drain_events(self) -> tuple[PageEvent, ...]:
        """Events since the last drain; `act` drains too."""
        return self._log.drain()

    async def goto(self, url: str) -> None:
        """Opens a URL, whatever the allowed origins are, and waits until the page is quiet.

        Raises:
            InfraError: it did not load in time.
            PageLost: the page is gone.
        """
        await self._navigate(url)
        await self._settle_all()

    async def _settle_all(self, patience: int = 1) -> None:
        await self.settle(patience=patience)
        await until(lambda: not self.tabs.opening, seconds=MOST_OPENING if self.tabs.limit == 1 else FOLLOWING)
        if self.outside:
            await self._leave()
        if self.record is not None:
            await self.record.catch_up()

    async def _navigate(self, url: str) -> None:
        limit = self._settings.navigation_seconds
        before, self.origins = self.origins, None if self.origins is None else self.origins | {origin_of(url)}
        try:
            opened = self._playwright.goto(url, wait_until="domcontentloaded", timeout=limit * 1000)
            await self._session.guard(opened, seconds=limit + 5)
        except (Error, Moved) as error:
            if "ERR_ABORTED" in str(error):  # a crash is told just after the failure to load
                await self._session.lost_within(1.0)
            reason = self.sent.not_loaded(url, clip(str(error).splitlines()[0]))
            raise InfraError(reason) from None
        finally:
            self.origins = before

    async def settle(self, *, patience: int = 1) -> None:
        """Waits until the page has finished its reactions: see settle.js, and `Traffic` for what loads.

        Args:
            patience: how many times the longest wait of the settings it may take.
        """
        settings, clock = self._settings, asyncio.get_running_loop().time
        cap = settings.quiet_cap_ms * patience
        deadline, end = clock() + settings.navigation_seconds, clock() + cap / 1000
        self._asking = False
        for _ in range(MOST_MOVES):
            try:
                state = await self._settled(cap)
            except Moved:
                await asyncio.sleep(0.002)
                continue
            if state in ("leaving", "loading"):
                if not (self.loading and clock() < deadline):
                    if self.loading:
                        self.sent.not_loaded(self.url, f"Timeout of {settings.navigation_seconds:g} s")
                    self._asking = self.loading
                    await self.stay()
                    return
            elif state == "mute" and self.loading and clock() < end:
                await asyncio.sleep(0.02)
            elif self._traffic.busy and clock() < end:
                await self._session.guard(self._traffic.wait(end - clock()))
            else:
                asking = await self._frames.settle(settings.quiet_ms, cap)
                self._asking = asking or state == "asking" or self._traffic.busy
                return

    async def _settled(self, cap: float) -> str:
        """The page's state as a word of settle.js; "mute" where it gives none.

        It should answer within `cap` ms, but its timers may not run. After a little longer it is taken as it is, if it
        answers at all.
        """
        try:
            async with asyncio.timeout(cap / 1000 + GRACE_SECONDS):
                return self._hands.hear(await self._session.call("settle", self._settings.quiet_ms, cap))
        except TimeoutError:
            await self._session.run("0")
        except ScriptError:
            pass  # the page has broken what was injected: it is seen as it is
        return "mute"

    async def stay(self) -> None:
        """Tells the page that its navigation came to nothing (blocked, a download, no content)."""
        with contextlib.suppress(Moved, ScriptError, PageLost):
            await self._session.call("stay")

    async def observe(self) -> Observation:
        """The page as an agent sees it now. It does not wait: `act` and `goto` have waited already."""
        if self.outside:
            await self._leave()
        budget = self._settings.budget_tokens
        try:
            raw = await self._patiently(lambda: self._session.call("observe", budget * CHARS_PER_TOKEN))
            url, title, tree, cut, unread = json.loads(raw)
            nodes = read_tree(tree)
            if unread:
                await self._frames.fill(nodes, budget=budget * CHARS_PER_TOKEN)
            nodes = prune(nodes)
        except (ScriptError, TypeError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, TreeError) else "the page sent no tree"
            text = f"(the page cannot be read: {reason})"
            return self.tabs.with_tabs(Observation(url=tidy(self.url), title="", text=text, elements={}))
        self.title = tidy(str(title))[:MOST_TITLE]
        return self.tabs.with_tabs(render(nodes, url=tidy(str(url)), title=self.title, budget=budget, cut=bool(cut)))

    async def _patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Asks the page; asks again where the document was replaced meanwhile."""
        for _ in range(MOST_MOVES):
            try:
                return await ask()
            except Moved:
                await asyncio.sleep(0.01)
                await self.settle()
        raise InfraError("the page navigates without end")

    async def act(self, action: Action) -> ActResult:
        """Does one action and waits until the page is quiet. `note`, `wait` and `stop` touch nothing.

        Raises:
            PageLost: the page crashed, hung or was closed by it.
        """
        feedback, before = "", (self.document, self.url)
        if action.kind not in UNTOUCHED:
            self._traffic.mark()
            self.agent_input.begin(action)
            try:
                feedback = await self._do(action)
            except Moved:
                pass  # the action's first effect replaced the document: that is an effect, not an error
            except ScriptError as error:
                feedback = f"the page could not be acted on: {quote(str(error))}"
            await self._settle_all()
            feedback = feedback or self._hands.stray()
            self.agent_input.end(action, url=self.url, moved=before != (self.document, self.url))
        elif action.kind == "wait":  # for a while in any case: what a clock will bring cannot be seen
            await asyncio.gather(self._settle_all(WAITS), asyncio.sleep(self._settings.quiet_cap_ms / 1000))
            await self._settle_all(WAITS)
        elif action.kind == "note" and self._asking:
            await self._settle_all()
        events = self.drain_events()
        return ActResult(tell(feedback, events, loading=self._asking), events, loading=self._asking)

    async def _do(self, action: Action) -> str:
        text = action.text or ""
        match action.kind:
            case "click":
                return await self._hands.click(action.ref or 0)
            case "type":
                return await self._hands.type(action.ref or 0, text, enter=action.enter)
            case "select":
                return await self._hands.select(action.ref or 0, text)
            case "press":
                return await self._hands.press(text)
            case "scroll":
                return await self._hands.scroll(1 if text == "down" else -1)
            case "go_back":
                return await self._go_back()
            case "goto" | "return":
                return await self._visit(text)
        raise ValueError(f"no action {action.kind}")

    async def _visit(self, url: str) -> str:
        origins = self.origins if self.origins is not None else frozenset({origin_of(self.url)})
        if not origin_of(url) or not allowed(url, origins):
            self._log.add(PageEvent(kind="blocked_navigation", detail=address(url)))
            return ""
        try:
            await self._navigate(url)
        except PageLost:
            raise
        except InfraError as error:
            return str(error)
        return ""

    async def _go_back(self) -> str:
        history = await self._session.send("Page.getNavigationHistory")
        before = history["entries"][: history["currentIndex"]]
        if not before or before[-1]["url"] == "about:blank":
            return "there is no page to go back to"
        moved = asyncio.Event()
        self._playwright.once("framenavigated", lambda _: moved.set())
        await self._session.send("Page.navigateToHistoryEntry", {"entryId": before[-1]["id"]})
        try:
            await self._session.guard(asyncio.wait_for(moved.wait(), self._settings.navigation_seconds))
        except TimeoutError:
            return "going back took too long"
        return ""

    async def _leave(self) -> None:
        """Leaves a document of another site that was opened without a request that we could block (prerendered)."""
        self._log.add(PageEvent(kind="blocked_navigation", detail=address(self.url)))
        with contextlib.suppress(Moved):
            if not await self._go_back():  # Playwright may have told of an earlier move, and tells before the wire does
                await until(lambda: not self.outside, seconds=self._settings.navigation_seconds)
        if self.outside:
            await self._navigate("about:blank")
        await self.settle()

    async def evaluate(self, script: str, arg: Any = None) -> Any:
        """The value of a JavaScript expression or function in the top document, for benchmarks, never for agents."""
        if self.outside:
            await self._leave()
        expression = f"(async (f, x) => typeof f === 'function' ? f(x) : f)(({script}\n), {json.dumps(arg)})"
        return await self._patiently(lambda: self._session.run(expression))

    async def offers(self) -> Any:
        """Links, forms and text for a map of its site, as JSON. Raises `ScriptError` where the page cannot be read."""
        return await self._patiently(lambda: self._session.ask("offers"))

    async def cookies(self, url: str) -> dict[str, str]:
        """The cookies that the browser would send to an address, wherever the page is."""
        answer = await self._session.send("Network.getCookies", {"urls": [url]})
        return {cookie["name"]: cookie["value"] for cookie in answer["cookies"]}

    async def forget_references(self) -> None:
        """Numbers elements from 1 again, and moves the mouse into a corner, so that nothing is hovered."""
        corner = {"x": self._settings.width - 1, "y": self._settings.height - 1}
        await self._session.send("Input.dispatchMouseEvent", {"type": "mouseMoved", **corner})
        await self._patiently(lambda: self._session.call("forget"))
        self._frames.forget()

    async def point(self, ref: int) -> tuple[float, float] | None:
        """Scrolls to an element; the point that a click would hit, in CSS pixels of the viewport, or None."""
        return await self._hands.point(ref)

    async def network(self) -> bytes:
        """The record so far as HAR 1.2 without secrets. Raises `ValueError` if the pool does not record."""
        if self.record is None:
            raise ValueError("this pool does not record the network: set record_network")
        return await self.record.har()

    @property
    def browser(self) -> Browser | None:
        return self._playwright.context.browser

    async def show(self) -> None:
        """Brings the tab to the front of its window, where its timers run, and waits until it is quiet."""
        await self._session.send("Page.bringToFront")
        await self.settle()

    async def close(self) -> None:
        with contextlib.suppress(Error, PageLost):
            await self._session.guard(self._playwright.close())

    def follow(self, opener: Page) -> None:
        """Has a new tab keep to the sites, the lease and the evidence of the one that it was opened from."""
        self.origins, self.agent_input = opener.origins, opener.agent_input
        self._frames.origins, self._session.on_use = opener.origins, opener._session.on_use

    def lose(self, event: PageEvent) -> None:
        """Ends every call under way and every later one with `PageLost(event)`."""
        self._session.lose(event)

    def moved(self, url: str, *, loader: str) -> None:
        """Notes the address of the top document."""
        self.url = url
        self.outside = self.origins is not None and not allowed(url, self.origins)
        self.agent_input.moved(url)
        if loader:
            self.document = loader
            self._traffic.clear(loader)

    def on_use(self, renew: Callable[[], None]) -> None:
        """Calls `renew` at every use of the page, to extend its lease."""
        self._session.on_use = renew
