"""What was found about one suspect and one teacher: verdict, p-value, distances, controls, heat maps."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
    specialization: Estimate = Field(
        description="distance between the experts' specializations over domains: total variation, optimal matching"
    )
    collaboration: Estimate = Field(description="distance between the experts' co-activations, under the same matching")
    gromov_wasserstein: Estimate = Field(
        description="distance between the co-activations alone, matched by optimal transport (Gromov-Wasserstein)"
    )
    nearest_js: Estimate = Field(description="one-sided nearest-neighbour Jensen-Shannon distance, from a to b")


class Judged(_Row):
    """The test of one suspect against its controls.

    Attributes:
        distance: from the teacher to the suspect: 0 is where the teacher's second shadow lies, 1 where models lie that
            have nothing to do with it.
        second: of the second shadow itself; its mean is 0, its interval says how well the scale is known.
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
    distance: Estimate
    second: Estimate
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
    teacher: str
    verdict: Verdict
    p_value: float = Field(description="p-value of the test; by Holm's correction if there are several teachers")
    because: str = Field(description="one sentence: what decided the verdict")
    judged: Judged | None = Field(description="the test; none if there was too little evidence for one")
    placebos: tuple[Judged, ...] = Field(
        description="each control tested as a suspect against the other controls; none should be found distilled"
    )
    distances: dict[str, float] = Field(description="mean specialization distance to the teacher, by source")
    pairs: tuple[Pair, ...] = Field(description="each source compared with the teacher, with intervals")
    noise_floor: Estimate | None = Field(
        description="the teacher's own shadow trained again in another order; without training, its routing elsewhere"
    )
    baselines: tuple[Baseline, ...]
    heat_maps: tuple[HeatMap, ...]
