"""What a site does wrong, as an error."""

from __future__ import annotations

from components.errors import InfraError


class SiteError(InfraError):
    """A site did not come up, could not be reset, or answered with errors: never the agent's failure."""
