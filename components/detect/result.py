"""What an audit found, for programs and for the report: verdict, p-value, distances, controls, heat maps."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RESULT_VERSION = 3
REPORT_VERSION = 2
Verdict = Literal["distilled", "independent", "inconclusive"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(_Row):
    """A mean over replicates with its bootstrap interval."""

    mean: float
    low: float
    high: float


class Pair(_Row):
    """How far apart the shadows of two sources are, by each distance. All are 0 for equal signatures."""

    a: str
    b: str
    specialization: Estimate = Field(description="specialization over domains: optimal matching, total variation")
    collaboration: Estimate = Field(description="co-activation under the matching that specialization found")
    gromov_wasserstein: Estimate = Field(description="co-activation on its own, permutation found by transport")
    nearest_js: Estimate = Field(description="one-sided nearest-neighbour Jensen-Shannon distance, from a to b")


class Judged(_Row):
    """The test of one suspect against its controls.

    Attributes:
        ratio: the suspect's distance to the teacher: 0 is where the teacher's second shadow lies, 1 where models lie
            that have nothing to do with it.
        again: of the second shadow itself; its mean is 0, its interval says how well the scale is known.
        margin: under which it counts as distilled: the audit's, or less where a control lies near.
        p_value: of the claim that the distance is under it.
        p_independent: of the claim that it is over the clearance.
    """

    suspect: str
    controls: tuple[str, ...]
    nearest_control: str
    margin: float
    verdict: Verdict
    p_value: float
    p_independent: float
    ratio: Estimate
    again: Estimate
    because: str


class Baseline(_Row):
    """How similar each source's responses are to the teacher's by a method without shadows; 1 is equal."""

    method: str
    similarity: dict[str, Estimate]


class HeatMap(_Row):
    """P(domain | expert) of one layer of the first replicate: rows are experts, matched; columns are `domains`.

    Attributes:
        values: by source; every source's rows stand in the order in which they match the teacher's.
    """

    layer: str
    domains: tuple[str, ...]
    values: dict[str, list[list[float]]]


class Finding(_Row):
    """What was found about one suspect and one teacher."""

    suspect: str
    reference: str = Field(description="the teacher")
    verdict: Verdict
    p_value: float = Field(description="Holm's, where several teachers were asked about; else the test's own")
    because: str = Field(description="one sentence: what decided the verdict")
    judged: Judged | None = Field(description="the test; none where the evidence was too thin to make one")
    placebos: tuple[Judged, ...] = Field(
        description="each control tried as a suspect against the other controls; none may be found distilled"
    )
    distances: dict[str, float] = Field(description="mean specialization distance to the teacher, by source")
    pairs: tuple[Pair, ...] = Field(description="every source against the teacher, with intervals")
    noise_floor: Estimate | None = Field(
        description="the teacher's own shadow trained again in another order; without training, its routing elsewhere"
    )
    baselines: tuple[Baseline, ...]
    heat_maps: tuple[HeatMap, ...]


class AuditResult(Finding):
    """The detect stage's result, stored as `results/detect.json`."""

    result_version: int = RESULT_VERSION
    suspect: str = "student"
    reference: str = "teacher"
    others: tuple[Finding, ...] = Field((), description="the same test of the recipe's `detect.others`")
    probes: int
    domains: tuple[str, ...]
    replicates: int
    margin: float = Field(description="the largest; each test has its own (`Judged.margin`)")
    false_accusations: float = Field(description="share of audits in which one more control may lie under a margin")
    clearance: float
    alpha: float
    limits: tuple[str, ...] = Field(description="what this verdict does not say, in sentences for a reader")
    inputs: str
    probe_digest: str
    seconds: float


class Subject(_Row):
    """One model of an audit of models from elsewhere, as exactly as it can be named."""

    role: Literal["teacher", "suspect", "control", "base"]
    name: str
    reference: str
    kind: Literal["model", "endpoint", "answers"]
    digest: str = Field(description="of the model's files, of the answers' file, or of how an endpoint was asked")
    answers_digest: str = Field(description="of all its answers in the probes' order")
    silent: int = Field(description="probes it answered with nothing")


class PolicyResult(_Row):
    """Whether the verdicts are what a policy requires, and one sentence for each requirement."""

    holds: bool
    because: tuple[str, ...]


AuditMethod = Literal["shared shadows", "own shadows", "routing"]


class AuditReport(_Row):
    """An audit of models from elsewhere. Stored without a policy's result, which belongs to who asks."""

    report_version: int = REPORT_VERSION
    name: str = Field(description="the audit's own: the first letters of `inputs_digest`")
    verdict: Verdict = Field(description="distilled from one of the teachers at least; independent of all; or neither")
    p_value: float = Field(description="smallest of the findings', each corrected for all of them")
    because: str
    method: AuditMethod
    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...] = Field(description="one for each teacher")
    policy: PolicyResult | None = None
    probes: int
    domains: tuple[str, ...]
    replicates: int
    margin: float = Field(description="the largest; each test has its own (`Judged.margin`)")
    false_accusations: float = Field(description="share of audits in which one more control may lie under a margin")
    clearance: float
    alpha: float
    limits: tuple[str, ...] = Field(description="what this verdict does not say, in sentences for a reader")
    prompt_tokens: int = Field(description="of all stored answers of endpoints, as they count")
    completion_tokens: int
    probe_digest: str
    inputs_digest: str
    code_version: str
    made_at: str = Field(description="UTC, when the test was made")
    seconds: float = Field(description="of the test, without asking for answers")

    @property
    def verdicts(self) -> dict[str, str]:
        """By teacher."""
        return {finding.reference: finding.verdict for finding in self.findings}
