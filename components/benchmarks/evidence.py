"""What a page shows, without text that the agent itself may have written there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from components.benchmarks.split import normalise

if TYPE_CHECKING:
    from components.browser.page import Page

_SHOWN = """() => {
  // A form or a frame called `body` or so stands in the document's own words for these.
  const words = [], {createTreeWalker} = Document.prototype;
  const walker = createTreeWalker.call(document, document.documentElement || document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!holder || holder.closest('textarea, script, style, noscript, template') || holder.isContentEditable) continue;
    if (holder.checkVisibility({ visibilityProperty: true })) words.push(walker.currentNode.data);
  }
  return words.join(' ');
}"""


async def visible_words(page: Page) -> str:
    """The visible words of the page, without those in fields and editors."""
    return str(await page.evaluate(_SHOWN))


def is_typed(page: Page, start: str) -> bool:
    """Whether the agent typed this page's address, with whatever anchor; never true of the address `start`."""
    addresses = page.agent_input.addresses
    plain = {urldefrag(address)[0] for address in addresses}
    return page.url != start and (page.url in addresses or urldefrag(page.url)[0] in plain - {start})


def is_echo(page: Page, words: str) -> bool:
    """Whether the agent typed these words, at once or in parts: then a page that shows them proves nothing."""
    return any(normalise(words) in normalise(between.join(page.agent_input.words)) for between in ("", " "))
