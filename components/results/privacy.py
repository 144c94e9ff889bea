"""What a hybrid teacher kept at home and what left, as counted from episodes and the log of what was sent."""

from __future__ import annotations

from pydantic import Field

from components.trajectories.schema import Record


class SiteSteps(Record):
    """The steps of one site."""

    steps: int
    at_home: int = Field(description="steps decided by the model at home")
    classes: dict[str, int] = Field(
        description="steps at home by class of private data; a step may have several classes"
    )


class PrivacySummary(Record):
    """Counts and checks, no values."""

    sites: dict[str, SiteSteps] = Field(description="steps by host; pages of this machine by benchmark")
    endpoints: dict[str, int] = Field(description="remote requests by address of the endpoint")
    bytes: int = Field(description="bytes sent in all requests together")
    redactions: dict[str, int] = Field(description="placeholders sent in place of private values, by class")
    stopped: dict[str, int] = Field(
        description="values that only the gate removed from the teacher's requests, by class; there should be none"
    )
    taken_out: dict[str, int] = Field(
        description="values that the gate removed or held back from all other requests, by class"
    )
    refused: int = Field(description="requests that the gate did not send at all")
    chains: int = Field(description="number of logs; each process writes one")
    broken: dict[str, str] = Field(description="logs that were altered or damaged, and where")
    unlogged: tuple[str, ...] = Field(description="episodes with more requests than the log has for them")
    detectors: tuple[str, ...] = Field(
        description="versions of the detectors that checked requests when they were sent"
    )
    today: str = Field(description="version of the rules that checked them again for this summary")
    found_today: dict[str, int] = Field(description="private values that these rules find in what was sent, by class")
    unread: int = Field(description="requests whose text is missing or differs from the log")

    @property
    def requests(self) -> int:
        return sum(self.endpoints.values())

    @property
    def steps(self) -> int:
        return sum(site.steps for site in self.sites.values())

    @property
    def at_home(self) -> int:
        return sum(site.at_home for site in self.sites.values())

    @property
    def in_order(self) -> bool:
        """Whether no check contradicts that the log is complete and that nothing private left."""
        return not (self.broken or self.unlogged or self.found_today or self.unread)
