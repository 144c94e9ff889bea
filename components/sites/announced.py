"""The sites of a place, passed to all its processes in an environment variable, like its other addresses.

It holds no secrets: passwords of shared sites are in variables of their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import TypeAdapter

from components.sites.config import Site

VARIABLE = "SYMBIONT_SITES"
_FORM = TypeAdapter(dict[str, Site])


def announce_sites(sites: Mapping[str, Site]) -> None:
    """Puts the sites, by name, into this process's environment."""
    if sites:
        os.environ[VARIABLE] = _FORM.dump_json(dict(sites), by_alias=True).decode()


def announced_sites() -> dict[str, Site]:
    """The sites in the environment, by name; empty where the place has none."""
    return _FORM.validate_json(os.environ.get(VARIABLE, "{}"))
