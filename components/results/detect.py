"""What an audit found, for programs and for the report: verdict, p-value, distances, controls, heat maps."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from components.verdicts.config import TestConfig
from components.verdicts.finding import Finding

RESULT_VERSION = 4


class AuditResult(Finding):
    """The detect stage's result, stored as `results/detect.json`."""

    stage: ClassVar[str] = "detect"
    result_version: int = RESULT_VERSION
    suspect: str = "student"
    teacher: str = "teacher"
    others: tuple[Finding, ...] = Field((), description="the same test for each of the recipe's `detect.others`")
    probes: int
    domains: tuple[str, ...]
    test: TestConfig = Field(description="`margin` is the largest; each test has its own (`Judged.margin`)")
    limits: tuple[str, ...] = Field(description="what this verdict does not say, in sentences")
    inputs: str
    probe_digest: str
    seconds: float
