"""What a page shows, without what the agent itself may have written there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from components.benchmarks.split import normalise

if TYPE_CHECKING:
    from components.browser.page import Page

_SHOWN = """() => {
  const words = [], walker = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder || holder.closest('textarea, script, style, noscript, template') || holder.isContentEditable) continue;
    if (holder.checkVisibility({ visibilityProperty: true })) words.push(walker.currentNode.data);
  }
  return words.join(' ');
}"""


async def shown(page: Page) -> str:
    """The words that can be seen on the page, but for those in fields and editors."""
    return str(await page.evaluate(_SHOWN))


def is_typed(page: Page, start: str) -> bool:
    """Whether the agent gave this page's address itself, or with another anchor; the page it began on is free."""
    given = page.given.addresses
    plain = {urldefrag(address)[0] for address in given}
    return page.url != start and (page.url in given or urldefrag(page.url)[0] in plain - {start})


def is_echo(page: Page, words: str) -> bool:
    """Whether the agent wrote these words itself, at once or part by part: a page that repeats them proves nothing."""
    return any(normalise(words) in normalise(between.join(page.given.words)) for between in ("", " "))
