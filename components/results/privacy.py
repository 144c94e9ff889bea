"""What a hybrid teacher kept at home and what left, as counted from episodes and the log of what was sent."""

from __future__ import annotations

from pydantic import Field

from components.trajectories.schema import Record


class SiteSteps(Record):
    """The steps of one site."""

    steps: int
    at_home: int = Field(description="decided by the model at home")
    classes: dict[str, int] = Field(description="steps at home by class of private data; a step may have several")


class PrivacySummary(Record):
    """Counts and checks, no values."""

    sites: dict[str, SiteSteps] = Field(description="by host; pages of this machine by benchmark")
    endpoints: dict[str, int] = Field(description="remote requests by address")
    bytes: int = Field(description="that left in all requests together")
    redactions: dict[str, int] = Field(description="names that stood in requests in the place of values, by class")
    stopped: dict[str, int] = Field(
        description="what only the gate took out of a teacher's questions, where nothing should be left, by class"
    )
    taken_out: dict[str, int] = Field(description="what the gate took out of or held back from all others, by class")
    refused: int = Field(description="requests of which the gate let nothing out")
    chains: int = Field(description="logs, one of every process")
    broken: dict[str, str] = Field(description="logs that are not as they were written, and where")
    unlogged: tuple[str, ...] = Field(description="episodes that tell of more questions than the log")
    detectors: tuple[str, ...] = Field(description="versions that looked at what left, when it left")
    today: str = Field(description="version of the rules that looked at it again for this summary")
    found_today: dict[str, int] = Field(description="what they find in what was sent, by class")
    unread: int = Field(description="requests whose text is gone or is not what the log says")

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
        """Whether nothing speaks against that what left is what the log says, and holds nothing private."""
        return not (self.broken or self.unlogged or self.found_today or self.unread)
