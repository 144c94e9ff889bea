"""Mouse and keyboard over CDP: click, type, select, press and scroll, each with feedback for the agent."""

from __future__ import annotations

from typing import Any

from components.browser.frames import Frames
from components.browser.keys import key_events
from components.browser.quoting import tidy
from components.browser.session import ScriptError, Session

MOUSE, KEY, INSERT = "Input.dispatchMouseEvent", "Input.dispatchKeyEvent", "Input.insertText"
MOST_WORDS = 400  # characters of what a page says of an action
MOST_PIXELS = 100_000


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
    """Acts on the elements of one page. Actions return feedback for the agent; it is empty where they worked."""

    def __init__(self, session: Session, frames: Frames) -> None:
        self._session = session
        self._frames = frames
        self._pressed = 0  # the element that was clicked last
        self._stray = ""

    async def point(self, ref: int) -> tuple[float, float] | None:
        """Where a click would land; None where there is no such place."""
        answer = await self._frames.ask("locate", ref, True)
        return None if "error" in answer else _point(answer)

    async def click(self, ref: int) -> str:
        answer = await self._frames.ask("locate", ref)
        if "error" in answer:
            return _feedback(answer["error"])
        await self._session.send_all(mouse_click(*_point(answer)))
        self._pressed = ref
        context = self._frames.context(ref)
        self._stray = self._astray(await self._session.call("pressed", context=context)) if context else ""
        return ""

    def hear(self, message: Any) -> str:
        """The page's state from its message when it is quiet; keeps what the message says of a click that missed."""
        state, _, stray = str(message).partition("\n")
        self._stray = self._astray(stray) or self._stray
        return state

    def stray(self) -> str:
        """Feedback on a click that hit something else than its element; it is given once, else empty."""
        stray, self._stray = self._stray, ""
        return stray

    def _astray(self, stray: Any) -> str:
        return f"element [{self._pressed}] was not clicked: {_feedback(stray)}" if stray else ""

    async def type(self, ref: int, text: str, *, enter: bool) -> str:
        """Replaces a field's text.

        All but the last character are inserted at once, and the last one by its key. So listeners for keys
        (autocompletion, filters) run once, on the complete text, without a message for each character. Several fields
        for one text (one-time codes), and fields that do not keep the inserted text, get every character by its key.
        """
        answer = await self._frames.ask("field", ref, text)
        if "error" in answer:
            return _feedback(answer["error"])
        feedback = _feedback(answer.get("note"))
        if not answer.get("done"):
            if not answer.get("focused"):
                await self._session.send_all(mouse_click(*_point(answer)))
            state = await self._write(ref, text, keys=bool(answer.get("keys")))
            if "error" in state:
                return f"element [{ref}] {_feedback(state['error'])}"
            feedback = f"element [{ref}] now holds {_feedback(state['holds'])}" if "holds" in state else ""
        if enter:
            await self._session.send_all([(KEY, event) for event in key_events("Enter")])
        return feedback

    async def _write(self, ref: int, text: str, *, keys: bool) -> dict[str, Any]:
        """Types the text. The answer is empty; or has `holds`, where the field holds another text; or has `error`."""
        context = self._frames.context(ref)
        grasped = await self._session.ask("grasp", context=context)
        if "error" in grasped:
            return grasped
        await self._session.send_all(_keystrokes(text, replacing=bool(grasped.get("full")), one_by_one=keys))
        state = await self._session.ask("written", text, context=context)
        return await self._write(ref, text, keys=True) if state.get("again") and not keys else state

    async def select(self, ref: int, label: str) -> str:
        answer = await self._frames.ask("choose", ref, label)
        return _feedback(answer.get("error"))

    async def press(self, key: str) -> str:
        await self._session.call("markAction")
        await self._session.send_all([(KEY, event) for event in key_events(key)])
        return ""

    async def scroll(self, direction: int) -> str:
        answer = await self._session.ask("scrollBy", direction)
        return _feedback(answer.get("error"))


def _keystrokes(text: str, *, replacing: bool, one_by_one: bool) -> list[tuple[str, dict[str, Any]]]:
    """CDP calls that write a text over the selection; without a text, that delete the selection."""
    if not text:
        return [(KEY, event) for event in key_events("Delete")] if replacing else []
    if not text[-1].isprintable() or (one_by_one and not text.isprintable()):
        return [(INSERT, {"text": text})]
    keyed = text if one_by_one else text[-1]
    inserted = [(INSERT, {"text": text[: -len(keyed)]})] if len(keyed) < len(text) else []
    return inserted + [(KEY, event) for character in keyed for event in key_events(character)]


def _feedback(words: Any) -> str:
    """Words of the page as one clean line of feedback."""
    return tidy(words[:MOST_WORDS]) if isinstance(words, str) else ""


def _point(answer: dict[str, Any]) -> tuple[float, float]:
    """A point of the viewport, in CSS pixels.

    Raises:
        ScriptError: the page sent something else.
    """
    x, y = (_number(answer.get(axis)) for axis in ("x", "y"))
    return x, y


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < MOST_PIXELS:
        raise ScriptError("the page sent no point")
    return float(value)
