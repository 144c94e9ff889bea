"""What all our pages have in common: head, style sheet, templates, and a policy that lets nothing else run.

A page is one file that is read offline. Web pages and models wrote much of the text, so all of it is hostile: jinja2
escapes every value, the charts escape their own, and the content security policy allows exactly our style sheet and our
script (by their digests) and pictures that are inside the file.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache
def style_sheet() -> str:
    return resources.files("components.drawing").joinpath("templates", "style.css").read_text("utf-8")


def environment(package: str) -> Environment:
    """The templates of a package, with the head of every page; a value that is not there is an error, and every value
    is escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("components.drawing")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def content_policy(style: str, script: str) -> str:
    """The content security policy of a page with this style sheet and this script; an empty one is none."""

    def allowed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" if text else "'none'"

    return (
        f"default-src 'none'; img-src data:; style-src {allowed(style)}; script-src {allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
