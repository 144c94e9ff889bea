"""What an audit of models from elsewhere found, for programs and for its page."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.verdicts.config import TestConfig
from components.verdicts.finding import Finding, Verdict, _Row

REPORT_VERSION = 3


class Subject(_Row):
    """One model of an audit of models from elsewhere, as exactly as it can be named."""

    role: Literal["teacher", "suspect", "control", "base"]
    name: str
    reference: str
    kind: Literal["model", "endpoint", "answers"]
    digest: str = Field(description="of the model's files, of the answers' file, or of how an endpoint was asked")
    answers_digest: str = Field(description="of all its answers in the probes' order")
    silent: int = Field(description="number of probes with an empty answer")


class PolicyResult(_Row):
    """Whether the verdicts are what a policy requires, and one sentence for each requirement."""

    holds: bool
    because: tuple[str, ...]


AuditMethod = Literal["shared shadows", "own shadows", "routing"]


class AuditReport(_Row):
    """An audit of models from elsewhere. Stored without a policy's result, which belongs to who asks."""

    report_version: int = Field(REPORT_VERSION, description="version of this format")
    name: str = Field(description="the audit's name: the first characters of `inputs_digest`")
    verdict: Verdict = Field(
        description="distilled: from at least one of the teachers; independent: of all of them; else inconclusive"
    )
    p_value: float = Field(description="smallest p-value of the findings, each corrected for their number")
    because: str
    method: AuditMethod
    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...] = Field(description="one for each teacher")
    policy: PolicyResult | None = None
    probes: int
    domains: tuple[str, ...]
    test: TestConfig = Field(description="`margin` is the largest; each test has its own (`Judged.margin`)")
    limits: tuple[str, ...] = Field(description="what this verdict does not say, in sentences")
    prompt_tokens: int = Field(description="prompt tokens of all stored answers, as the endpoints count them")
    completion_tokens: int
    probe_digest: str
    inputs_digest: str
    code_version: str
    made_at: str = Field(description="when the test was made, UTC")
    seconds: float = Field(description="duration of the test, without collecting answers")

    @property
    def verdicts(self) -> dict[str, str]:
        """By teacher."""
        return {finding.teacher: finding.verdict for finding in self.findings}
