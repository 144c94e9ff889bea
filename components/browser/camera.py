"""Pictures of a page: the whole viewport, or the part of it that is not empty, large enough to be read."""

from __future__ import annotations

import base64
from typing import Any

from components.browser.session import Session

SMALL = 640
"""A part narrower than so many pixels is drawn twice as large."""
LEAST = (160.0, 60.0)
MARGIN = 16.0
CORNER = """(() => {
  let right = 0, bottom = 0;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const add = (box) => {
    if (!box.width || !box.height || box.left >= innerWidth || box.top >= innerHeight) return;
    right = Math.max(right, box.right);
    bottom = Math.max(bottom, box.bottom);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    range.selectNodeContents(text);
    if (text.data.trim() && seen(text.parentElement)) [...range.getClientRects()].forEach(add);
  }
  const drawn = document.querySelectorAll('img, svg, canvas, iframe, video, input, button, select, textarea');
  drawn.forEach((element) => seen(element) && add(element.getBoundingClientRect()));
  return [right, bottom, innerWidth, innerHeight];
})()"""
"""JavaScript: the right and lower end of everything visible, then the viewport's width and height, in CSS pixels."""


class Camera:
    """Of one page. Every picture is a PNG."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def viewport(self) -> bytes:
        return await self._capture({"optimizeForSpeed": True})

    async def content(self, *, around: tuple[float, float] | None = None) -> tuple[bytes, float]:
        """(PNG, scale): the part of the viewport that is not empty, and the picture's pixels for each CSS pixel.

        Args:
            around: a point that must be in it, in CSS pixels of the viewport.
        """
        *ends, width, height = map(float, await self._session.run(CORNER))
        reach = around or (0.0, 0.0)
        sides = zip(ends, reach, LEAST, strict=True)
        right, bottom = (max(end + MARGIN, at + MARGIN, least) for end, at, least in sides)
        scale = 2.0 if right < SMALL else 1.0
        part = {"x": 0, "y": 0, "width": min(right, width), "height": min(bottom, height), "scale": scale}
        return await self._capture({"clip": part}), scale

    async def _capture(self, how: dict[str, Any]) -> bytes:
        answer = await self._session.send("Page.captureScreenshot", {"format": "png", **how})
        return base64.b64decode(answer["data"])
