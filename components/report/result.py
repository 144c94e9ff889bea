"""What a report leaves for programs, at `<round>/results/report.json`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from components.report.model import RoundInput


class ReportResult(BaseModel):
    """Where the page is, and the numbers it was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    round: int
    inputs: str = Field(description="digest of the results and episodes it was made from")
    page: str = Field(description="SHA-256 of the page, a blob with the suffix html")
    facts: RoundInput = Field(description="the round as its stages left it")
