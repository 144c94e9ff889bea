"""Text from outside (a page, a model, a file) as text that every store, table and log can hold."""

from __future__ import annotations

import re
from typing import Any

# A quoted text is one token of the scan, so that a page that prints "[12] button" in its text is not renumbered.
_REFERENCE = re.compile(r'"(?:[^"\\]|\\.)*"|\[[0-9]+\] ?')


def clean(text: str) -> str:
    """The text with NUL and halves of surrogate pairs replaced by U+FFFD: some stores and UTF-8 cannot hold them."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cleaned(value: Any, *, deepest: int = 100) -> Any:
    """The same with every text in it cleaned; names of a dictionary may also be numbers.

    Raises:
        ValueError: it is nested deeper than anything meant to be read.
    """
    if deepest == 0:
        raise ValueError("nested too deep")
    if type(value) is str:
        return clean(value)
    if type(value) in (tuple, list):
        return type(value)(cleaned(item, deepest=deepest - 1) for item in value)
    if type(value) is dict:
        return {cleaned(key): cleaned(item, deepest=deepest - 1) for key, item in value.items()}
    return value


def without_references(text: str) -> str:
    """An observation or an action without its references; what stands in quotes is the page's and stays."""
    return _REFERENCE.sub(lambda match: match[0] if match[0].startswith('"') else "", text)


def lines_of(observation: str) -> list[str]:
    """The lines of an observation without references and indentation."""
    return [line.strip() for line in without_references(observation).splitlines()]


def shows(lines: list[str], block: str) -> bool:
    """Whether the lines of a block stand among these, one after the other."""
    block_lines = block.splitlines()
    return any(lines[at : at + len(block_lines)] == block_lines for at in range(len(lines)))


def goes_on_beyond_ascii(span: str, text: str) -> bool:
    """Whether the text holds this span with a character behind it that UTF-8 writes in several bytes."""
    return re.search(re.escape(span) + r"[^\x00-\x7f]", text) is not None
