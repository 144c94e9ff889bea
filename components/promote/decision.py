"""Promote, hold or inconclusive, pure: a paired comparison and an audit's verdict in, a decision and its reason out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from components.promote.config import PromoteConfig
from components.statistics import Paired, p_in_words
from components.trajectories.phases import HELD_OUT, SplitName
from components.verdicts.policy import Compliance

Decision = Literal["promote", "hold", "inconclusive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision and its reasons in words.

    Attributes:
        because: why this was decided.
        measured: what was compared, and the result.
    """

    decision: Decision
    because: str
    measured: str = ""

    @property
    def reason(self) -> str:
        return f"{self.measured} {self.because}".lstrip()


def decide(paired: Paired, *, verdict: str, config: PromoteConfig, compliance: Compliance | None = None) -> Decided:
    """Promotes only where the episodes show that the challenger is better, and the audit is as required. (Ours.)

    - promote: McNemar's test and the task-clustered interval both exclude "no gain" (the test takes episodes as
      independent, the interval takes tasks as a sample), or the recipe asks for a gain without proof and there is one;
      and the verdict is the required one, or the policy holds.
    - hold: the challenger is significantly worse, or a worthwhile gain is excluded, or the verdict forbids it.
    - inconclusive: anything else; the minimum detectable effect says how small a gain could have been found.
    """
    if paired.pairs == 0:
        return Decided(decision="inconclusive", because="no task and seed was judged for both, so nothing is known.")
    decided = partial(Decided, measured=_measured(paired, config.splits))
    low, high = paired.interval or (-1.0, 1.0)
    proven = paired.p_value < config.alpha and paired.gains > paired.losses and low > 0
    excluded = high < config.worthwhile_gain
    better = proven or (config.evidence == "gain" and paired.gains > paired.losses and not excluded)
    if better and (forbids := _forbids(verdict, config, compliance)):
        return decided(decision="hold", because=f"It is better, but {forbids}")
    if proven:
        return decided(decision="promote", because="The challenger is better.")
    if better:
        return decided(decision="promote", because="Chance may explain that as well; the recipe asks for no proof.")
    if paired.p_value < config.alpha and paired.gains < paired.losses:
        return decided(decision="hold", because="The challenger is worse.")
    if excluded:
        return decided(decision="hold", because=f"A gain of {config.worthwhile_gain:.1%} or more is excluded.")
    because = (
        f"That is no proof either way; a difference of {100 * paired.minimum_detectable_effect:.1f} points would "
        f"have been found with {100 * config.power:.0f} % power."
    )
    return decided(decision="inconclusive", because=because)


def _forbids(verdict: str, config: PromoteConfig, compliance: Compliance | None) -> str:
    """Why the audit does not let a better student be promoted; empty where it does."""
    if compliance is not None:
        return "" if compliance.holds else f"the policy does not hold. {' '.join(compliance.because)}"
    if config.required_verdict in ("any", verdict):
        return ""
    if config.required_verdict == "not independent" and verdict in ("distilled", "inconclusive"):
        return ""
    state = f"is {verdict!r}" if verdict else "is missing"
    return f"the audit's verdict {state} and {config.required_verdict!r} is required."


def _measured(paired: Paired, splits: Sequence[SplitName]) -> str:
    compared = " and ".join(HELD_OUT[split] for split in splits)
    interval = ", {:+.1f} to {:+.1f}".format(*(100 * end for end in paired.interval)) if paired.interval else ""
    return (
        f"The challenger solved {paired.rate_b:.1%} and the champion {paired.rate_a:.1%} of {paired.pairs} paired "
        f"episodes of {compared} ({paired.gains} gained, {paired.losses} lost; {100 * paired.difference:+.1f} "
        f"points{interval}; McNemar {p_in_words(paired.p_value)})."
    )
