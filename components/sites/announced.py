"""The sites of a place, told through the environment like its other addresses, so that every process finds them.

No secret is among them: passwords of sites that others use stand in variables of their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import TypeAdapter

from components.sites.config import Site

VARIABLE = "SYMBIONT_SITES"
_FORM = TypeAdapter(dict[str, Site])


def announce_sites(sites: Mapping[str, Site]) -> None:
    if sites:
        os.environ[VARIABLE] = _FORM.dump_json(dict(sites), by_alias=True).decode()


def announced_sites() -> dict[str, Site]:
    """By name; empty where the place has none."""
    return _FORM.validate_json(os.environ.get(VARIABLE, "{}"))
