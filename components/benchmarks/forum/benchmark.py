"""The forum: what `sites.yaml` beside this file says, where django-spirit is installed."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from components.benchmarks.sites.benchmark import OwnSites
from components.errors import InputError


class Forum(OwnSites):
    """Tasks on a forum that looks like the web, started here in seconds.

    Raises:
        InputError: django-spirit is not installed.
    """

    name = "forum"
    title = "forum (django-spirit)"

    def __init__(self) -> None:
        try:
            self.version = importlib.metadata.version("django-spirit")
        except importlib.metadata.PackageNotFoundError:
            fix = "pip install 'django-spirit>=0.14.3,<0.15', or install symbiont with its extra `forum`"
            raise InputError(
                "the forum's software is not installed", where=f"benchmark {Forum.name}", fix=fix
            ) from None
        super().__init__(folder=Path(__file__).parent)
