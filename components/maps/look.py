"""What one page offers: links, forms, tables, and a digest of how it is built."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pydantic import Field as Described
from pydantic import TypeAdapter, ValidationError

from components.maps.address import address_of
from components.trajectories.schema import Record

if TYPE_CHECKING:
    from components.browser.page import Page

MOST_BUILT = 60_000  # characters of how a page is built
HIDDEN = frozenset(("hidden", "submit", "button", "image", "reset"))


class Link(Record):
    address: str
    name: str
    shown: bool


class Option(Record):
    value: str
    label: str


class Field(Record):
    name: str
    label: str
    kind: str = Described(description="an input's type; textarea, select-one and the like otherwise")
    value: str
    required: bool
    shown: bool
    options: tuple[Option, ...] = ()


class Form(Record):
    """Attributes: `address` is where it is sent; empty where that is another site."""

    method: str
    address: str
    button: str
    shown: bool
    fields: tuple[Field, ...]

    @property
    def visible(self) -> tuple[Field, ...]:
        """What a visitor fills in."""
        return tuple(field for field in self.fields if field.kind not in HIDDEN)


class Look(Record):
    """A page as it was seen once.

    Attributes:
        asked, address: what was asked for, and where that led.
        structure: digest of its structure, without its texts.
        text: what an agent is shown of it; `purposes` (of its fields) is shown to no model.
    """

    asked: str
    address: str
    title: str
    heading: str
    structure: str
    text: str = ""
    purposes: dict[int, str] = Described(default_factory=dict)
    links: tuple[Link, ...] = ()
    forms: tuple[Form, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()

    @property
    def name(self) -> str:
        """The page's name for people."""
        return self.heading or self.title or self.address


class _Sent(Record):
    """The answer of the script in a page. A page may answer anything; an answer of another form is dropped."""

    title: str
    heading: str
    built: tuple[str, ...]
    links: tuple[dict[str, Any], ...] = Described(max_length=400)
    forms: tuple[dict[str, Any], ...] = Described(max_length=60)
    tables: tuple[tuple[tuple[str, ...], ...], ...] = Described(max_length=8)


_LINKS, _FORMS = TypeAdapter(tuple[Link, ...]), TypeAdapter(tuple[Form, ...])


async def look_at(page: Page, *, asked: str, site: str) -> Look | None:
    """What the open page offers; None where its script's answer is malformed, or it is no page of the site."""
    address = address_of(page.url, site=site)
    if not address:
        return None
    from components.browser.session import ScriptError

    try:
        sent = _Sent.model_validate(await page.offers())
        links = _LINKS.validate_python([_addressed(link, site) for link in sent.links])
        forms = _FORMS.validate_python([_addressed(form, site) for form in sent.forms])
    except (ScriptError, ValidationError, KeyError, TypeError, ValueError):
        return None
    observation = await page.observe()
    return Look(
        asked=asked,
        address=address,
        title=sent.title,
        heading=sent.heading,
        structure=hashlib.sha256(" ".join(sorted(sent.built))[:MOST_BUILT].encode()).hexdigest()[:16],
        text=observation.text,
        purposes=observation.purposes,
        links=tuple(link for link in links if link.address),
        forms=forms,
        tables=sent.tables,
    )


def _addressed(sent: dict[str, Any], site: str) -> dict[str, Any]:
    rest = {name: value for name, value in sent.items() if name != "url"}
    return {**rest, "address": address_of(str(sent["url"]), site=site)}
