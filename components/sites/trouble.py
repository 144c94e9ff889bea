"""The error of a site that is down or broken."""

from __future__ import annotations

from components.errors import InfraError


class SiteError(InfraError):
    """A site did not come up, could not be reset, or answered with errors; never counted as the agent's failure."""
