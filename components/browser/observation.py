"""What an agent sees of a page: text with a stable reference for every interactive element."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An interactive element of the observation.

    Attributes:
        ref: the number printed in brackets; the same element keeps it for as long as the document lives.
        role: ARIA role, or `clickable` where a listener or the cursor is all that tells.
        name: accessible name, else a hint (`.class`, `#id`); may be empty.
        line: this element's line of the text without indentation and reference.
        value: current form value; empty where it has none.
    """

    ref: int
    role: str
    name: str
    line: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at a page.

    Attributes:
        text: one line per node, two spaces of indentation per level: `[12] button "Submit" disabled`,
            `heading "Results"`, `text "No hits"`. Interactive elements alone carry a `[ref]`. A table's row is one
            line, `| Ann | [5] link "Edit" |`.
        elements: by reference, in document order.
        trimmed: what the budget left out, as a sentence that also stands in the text; empty when nothing was.
    """

    url: str
    title: str
    text: str
    elements: Mapping[int, Element]
    trimmed: str = ""


# A quoted name is one token of the scan, so that a page that prints "[12] button" in its text is not renumbered.
_REFERENCE = re.compile(r'"(?:[^"\\]|\\.)*"|\[[0-9]+\] ?')


def state_digest(observation: Observation) -> str:
    """sha256 of the text without references: the same page state, whatever order it was reached in."""
    text = _REFERENCE.sub(lambda found: found[0] if found[0].startswith('"') else "", observation.text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
