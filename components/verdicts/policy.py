"""A policy: what an audit must have found before a model may be used. One YAML file; every key is optional.

distilled_from: [teacher]          # the model must come from every one of these
independent_of: [other-vendor]     # and from none of these
inconclusive: hold                 # what an inconclusive verdict means: hold or allow
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Policy(BaseModel):
    """What a promotion requires of the audit. Names are those by which the audit speaks of its teachers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    distilled_from: tuple[str, ...] = Field((), description="teachers that the model must be distilled from")
    independent_of: tuple[str, ...] = Field((), description="models that it must be independent of")
    inconclusive: Literal["hold", "allow"] = Field(
        "hold", description="what an inconclusive verdict means: hold (the policy is not met) or allow"
    )

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if overlap := sorted(set(self.distilled_from) & set(self.independent_of)):
            raise ValueError(f"{overlap[0]!r} stands in distilled_from and in independent_of; no model can be both")
        if not self.distilled_from and not self.independent_of:
            raise ValueError("it requires nothing: name a model in distilled_from or in independent_of")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Every model a verdict is required of."""
        return (*self.distilled_from, *self.independent_of)


def audit_tags(*, verdict: str, p_value: float, teachers: str, probes: str, policy: bool | None) -> dict[str, str]:
    """The tags by which a model version in the registry tells of its audit.

    Args:
        teachers: digests of the teachers that it was compared with, joined by commas.
        probes: digest of the probes.
        policy: whether the policy holds; None where there was none.
    """
    policy_word = {None: "none", True: "holds", False: "broken"}[policy]
    return {
        "symbiont.audit.verdict": verdict,
        "symbiont.audit.p_value": f"{p_value:.4g}",
        "symbiont.audit.teachers": teachers,
        "symbiont.audit.probes": probes,
        "symbiont.audit.policy": policy_word,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """Whether a policy holds, and one sentence for each of its requirements."""

    holds: bool
    because: tuple[str, ...]


def check_policy(policy: Policy, verdicts: Mapping[str, str]) -> Compliance:
    """Whether the audit's verdicts, by the teacher's name, are what the policy requires.

    A model that was not audited satisfies nothing, whatever `inconclusive` says: only a test that was made may be
    inconclusive and still pass.
    """
    required = [(name, "distilled") for name in policy.distilled_from]
    required += [(name, "independent") for name in policy.independent_of]
    holds, because = True, []
    for name, expected in required:
        actual = verdicts.get(name, "")
        met = actual == expected or (actual == "inconclusive" and policy.inconclusive == "allow")
        finding = f"found {actual}" if actual else "not audited"
        allowed = ", which is allowed" if met and actual != expected else ""
        because.append(f"{name}: {expected} required, {finding}{allowed}.")
        holds = holds and met
    return Compliance(holds=holds, because=tuple(because))
