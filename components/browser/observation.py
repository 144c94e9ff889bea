"""What an agent sees of a page: text with a stable reference for every interactive element."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from components.text import without_references


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An interactive element of the observation.

    Attributes:
        ref: the number printed in brackets; the same element keeps it for as long as the document lives.
        role: ARIA role, or `clickable` where a listener or the cursor is all that tells.
        name: accessible name, else a hint (`.class`, `#id`); may be empty.
        line: this element's line of the text without indentation and reference.
        value: current form value; empty where it has none.
        purpose: of a field, from its markup (`autocomplete`, type, name and id), joined by dots. Only detectors of
            private data see it, no agent.
    """

    ref: int
    role: str
    name: str
    line: str
    value: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at a page.

    Attributes:
        text: one line per node, two spaces of indentation per level: `[12] button "Submit" disabled`,
            `heading "Results"`, `text "No hits"`. Interactive elements alone carry a `[ref]`. A table's row is one
            line, `| Ann | [5] link "Edit" |`.
        elements: by reference, in document order.
        trimmed: a sentence about what the budget left out, which is also part of the text; empty: nothing.
        tabs: one line for each open tab, which are also part of the text; empty where there is only one.
    """

    url: str
    title: str
    text: str
    elements: Mapping[int, Element]
    trimmed: str = ""
    tabs: tuple[str, ...] = ()

    @property
    def purposes(self) -> dict[int, str]:
        """The purpose of each field that has one, by reference."""
        return {ref: element.purpose for ref, element in self.elements.items() if element.purpose}


def state_digest(observation: Observation) -> str:
    """sha256 of the text without references: the same page state, whatever order it was reached in."""
    text = without_references(observation.text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
