"""Text from outside (a page, a model, a file) as text that every store, table and log can hold."""

from __future__ import annotations


def clean(text: str) -> str:
    """The text with NUL and halves of surrogate pairs replaced by U+FFFD: some stores and UTF-8 cannot hold them."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
