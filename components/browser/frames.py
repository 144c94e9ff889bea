"""Frames of the same site but another origin: read, clicked and typed into through their own execution contexts.

A page's script cannot look into them. But the browser keeps them in the page's process, so they can be reached over the
page's wire. Of a frame of another site (advertisements, log-ins elsewhere) only its name is shown. Frames of the page's
own origin are read by the walker itself, which also says whether there are others.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.browser.origins import origin_of, same_site
from components.browser.session import Moved, ScriptError, Session
from components.browser.tree import Node, TreeError, read_tree
from components.browser.wire import Wire, WireError

MOST_DEPTH = 5
MOST_FRAMES = 30
OPAQUE = "://"  # the origin of a document in a sandbox, as the browser writes it
OWN = "about:srcdoc"  # the address of a document that stands in its page's own markup
MARK = "frame:"  # and its number, as the hint of a frame the walker could not look into
UNREADABLE = (Moved, ScriptError, WireError, TreeError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame that was read: its execution context, and its number among those its parent could not look into."""

    context: str
    parent: Frame | None
    number: int

    @property
    def depth(self) -> int:
        return 1 if self.parent is None else self.parent.depth + 1


class Frames:
    """The frames of one page, and its references: all are numbered by the top document."""

    def __init__(self, wire: Wire, session: Session) -> None:
        self._session = session
        self.origins: frozenset[str] | None = None  # whose frames may be read; None: whichever are of the page's site
        self._contexts: dict[str, tuple[str, str]] = {}  # frame of the page's site -> its execution context, its origin
        self._top = ""
        self._origin = ""
        self._places: dict[int, tuple[Frame, int]] = {}  # reference -> where it is, and what it is called there
        self._numbers: dict[tuple[str, int], int] = {}
        self._read: list[Frame] = []
        wire.on("Runtime.executionContextCreated", self._created)
        wire.on("Runtime.executionContextDestroyed", self._destroyed)
        wire.on("Runtime.executionContextsCleared", lambda _: self._contexts.clear())

    def start(self, top: str) -> None:
        """Says which frame is the top one."""
        self._top = top

    def forget(self) -> None:
        """Forgets all references: there is another top document, or another episode in the same one."""
        self._places.clear()
        self._numbers.clear()
        self._read.clear()

    def _created(self, event: dict[str, Any]) -> None:
        context = event["context"]
        about = context.get("auxData", {})
        if not about.get("isDefault"):
            return
        if about["frameId"] == self._top:
            self._origin = context["origin"]
            self.forget()
        elif same_site(context["origin"], self._origin) or context["origin"] == OPAQUE:
            self._contexts[about["frameId"]] = context["uniqueId"], context["origin"]
        else:
            self._contexts.pop(about["frameId"], None)

    def _destroyed(self, event: dict[str, Any]) -> None:
        destroyed = event.get("executionContextUniqueId")
        self._contexts = {frame: about for frame, about in self._contexts.items() if about[0] != destroyed}

    async def fill(self, nodes: Sequence[Node], *, budget: int) -> None:
        """Fills every unread frame among the nodes with its content, where the browser can read it.

        Args:
            nodes: of the page; changed in place.
            budget: characters of each frame's tree at most.
        """
        self._read.clear()
        await self._fill(nodes, parent=None, budget=budget)

    async def _fill(self, nodes: Sequence[Node], *, parent: Frame | None, budget: int) -> None:
        for node in nodes:
            if node.role == "iframe" and node.hint.startswith(MARK):
                number, node.hint = node.hint.removeprefix(MARK), ""
                if number.isdecimal() and len(self._read) < MOST_FRAMES:
                    await self._fill_one(node, parent=parent, number=int(number), budget=budget)
            elif node.children:
                await self._fill(node.children, parent=parent, budget=budget)

    async def _fill_one(self, node: Node, *, parent: Frame | None, number: int, budget: int) -> None:
        try:
            context = await self._context_of(parent, number, is_srcdoc=node.value == OWN)
            if context is None or (parent is not None and parent.depth >= MOST_DEPTH):
                return
            frame = Frame(context, parent, number)
            _, _, tree, _, unread = json.loads(await self._session.call("observe", budget, context=context))
            inside = read_tree(tree)
            await self._renumber(inside, frame)
        except UNREADABLE:
            return  # it went away, or is of another kind: it stays a name
        self._read.append(frame)
        if unread:
            await self._fill(inside, parent=frame, budget=budget)
        node.children, node.states, node.value = inside, (), ""

    async def _context_of(self, parent: Frame | None, number: int, *, is_srcdoc: bool) -> str | None:
        """The execution context of a frame, found by its element; None where the browser keeps it elsewhere.

        Args:
            is_srcdoc: its document is part of the page's own markup, even if a sandbox gives it no origin.
        """
        element = await self._session.handle(f"frameElement({number})", context=parent.context if parent else None)
        if element is None:
            return None
        described = await self._session.send("DOM.describeNode", {"objectId": element})
        context, origin = self._contexts.get(described["node"].get("frameId", ""), (None, ""))
        if origin == OPAQUE:
            return context if is_srcdoc else None
        return context if self.origins is None or origin_of(origin) in self.origins else None

    async def _renumber(self, nodes: Sequence[Node], frame: Frame) -> None:
        """Gives the frame's elements references of the page; an element keeps its reference while its document
        lives."""
        interactive = list(_interactive(nodes))
        new = [node.ref for node in interactive if (frame.context, node.ref) not in self._numbers]
        if new:
            first = int(await self._session.call("reserve", len(new)))
            for ref, local in enumerate(dict.fromkeys(new), start=first):
                self._numbers[frame.context, local] = ref
        for node in interactive:
            local, node.ref = node.ref, self._numbers[frame.context, node.ref]
            self._places[node.ref] = (frame, local)

    async def settle(self, quiet: float, cap: float) -> bool:
        """Waits until the frames that were read last are quiet; True where one is still loading. Both in ms."""
        waits = (self._session.call("settle", quiet, cap, context=frame.context) for frame in self._read)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(cap / 1000 + 1):
                return "asking" in await asyncio.gather(*waits, return_exceptions=True)
        return False

    async def ask(self, function: str, ref: int, *args: Any) -> dict[str, Any]:
        """Like `Session.ask`, of the document that holds the element; a point is one of the top window."""
        place = self._places.get(ref)
        if place is None:
            return await self._session.ask(function, ref, *args)
        frame, local = place
        try:
            await self._show(frame)
            answer = await self._session.ask(function, local, *args, context=frame.context)
            if "x" in answer and "y" in answer:
                answer |= await self._outwards(frame, answer["x"], answer["y"])
        except Moved:
            answer = {"error": f"element [{local}] is no longer on the page"}
        if "error" in answer:
            answer["error"] = str(answer["error"]).replace(f"element [{local}]", f"element [{ref}]")
        return answer

    def context(self, ref: int) -> str | None:
        """The execution context of the element's document; None for the top document."""
        return self._places[ref][0].context if ref in self._places else None

    async def _show(self, frame: Frame) -> None:
        if frame.parent is not None:
            await self._show(frame.parent)
        context = frame.parent.context if frame.parent else None
        await self._session.call("showFrame", frame.number, context=context)

    async def _outwards(self, frame: Frame, x: float, y: float) -> dict[str, Any]:
        context = frame.parent.context if frame.parent else None
        point = await self._session.ask("throughFrame", frame.number, x, y, context=context)
        if frame.parent is None or "error" in point:
            return point
        return await self._outwards(frame.parent, point["x"], point["y"])


def _interactive(nodes: Sequence[Node]) -> list[Node]:
    result = []
    for node in nodes:
        if node.ref:
            result.append(node)
        result += _interactive(node.children)
    return result
