"""Mouse and keyboard over CDP: click, type, select, press and scroll, each with feedback for the agent."""

from __future__ import annotations

import math
from typing import Any

from components.browser.frames import Frames
from components.browser.keys import key_events
from components.browser.session import ScriptError, Session

MOUSE, KEY = "Input.dispatchMouseEvent", "Input.dispatchKeyEvent"


def mouse_click(x: float, y: float) -> list[tuple[str, dict[str, Any]]]:
    """A move, a press and a release, to be sent together (CSS pixels of the viewport)."""
    at = {"x": x, "y": y}
    button = {**at, "button": "left", "clickCount": 1}
    return [
        (MOUSE, {"type": "mouseMoved", **at}),
        (MOUSE, {"type": "mousePressed", "buttons": 1, **button}),
        (MOUSE, {"type": "mouseReleased", **button}),
    ]


class Hands:
    """Acts on the elements of one page. Every method returns feedback: empty when it worked."""

    def __init__(self, session: Session, frames: Frames) -> None:
        self._session = session
        self._frames = frames

    async def click(self, ref: int) -> str:
        answer = await self._frames.ask("locate", ref)
        if "error" in answer:
            return str(answer["error"])
        await self._session.send_all(mouse_click(*_point(answer)))
        return ""

    async def type(self, ref: int, text: str, *, enter: bool) -> str:
        """Replaces what the field holds.

        All but the last character are inserted at once, the last one by its key, so that listeners for keys run once
        on the complete text (autocompletion, filters) without a message per character.
        """
        answer = await self._frames.ask("field", ref, text)
        if "error" in answer:
            return str(answer["error"])
        if not answer.get("done"):
            if not answer.get("focused"):
                await self._session.send_all(mouse_click(*_point(answer)))
            held = await self._session.call("selectAll", context=self._frames.context(ref))
            if held == "none":
                return f"element [{ref}] did not take the keyboard"
            await self._write(text, replacing=held == "full")
        if enter:
            await self._session.send_all([(KEY, event) for event in key_events("Enter")])
        return str(answer.get("note", ""))

    async def _write(self, text: str, *, replacing: bool) -> None:
        if not text:
            if replacing:
                await self._session.send_all([(KEY, event) for event in key_events("Delete")])
            return
        last = text[-1]
        if not last.isprintable():
            await self._session.send("Input.insertText", {"text": text})
            return
        if len(text) > 1:
            await self._session.send("Input.insertText", {"text": text[:-1]})
        await self._session.send_all([(KEY, event) for event in key_events(last)])

    async def select(self, ref: int, label: str) -> str:
        answer = await self._frames.ask("choose", ref, label)
        return str(answer.get("error", ""))

    async def press(self, key: str) -> str:
        await self._session.call("markAction")
        await self._session.send_all([(KEY, event) for event in key_events(key)])
        return ""

    async def scroll(self, direction: int) -> str:
        answer = await self._session.ask("scrollBy", direction)
        return str(answer.get("error", ""))


def _point(answer: dict[str, Any]) -> tuple[float, float]:
    x, y = answer.get("x"), answer.get("y")
    if (
        not isinstance(x, (int, float))
        or not isinstance(y, (int, float))
        or not math.isfinite(x)
        or not math.isfinite(y)
    ):
        raise ScriptError("the page sent no point")
    return float(x), float(y)
