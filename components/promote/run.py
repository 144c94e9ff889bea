"""Decides whether the challenger becomes the champion, and moves the registry's aliases.

Every step can be done twice: the decision is computed from what is stored, a model digest has one version, an alias is
set to a value. The result is written last, so a killed promotion is simply done again and ends the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.agents.checks import EXAMPLE
from components.agents.prompts import student_prompt
from components.errors import InputError
from components.models.registered import write_registered
from components.models.storing import card_key
from components.promote.card import write_card
from components.promote.config import PromoteConfig
from components.promote.decision import Decided, decide
from components.promote.evidence import Evidence
from components.registry import (
    CHALLENGER,
    CHAMPION,
    ModelVersion,
    get_alias,
    list_versions,
    register_version,
    set_alias,
    tag_version,
)
from components.results.place import ResultPlace
from components.results.promote import PromoteResult
from components.statistics import Paired, compare_paired
from components.trajectories.digests import json_digest
from components.trajectories.rounds import Round
from components.verdicts.policy import Compliance, audit_tags, check_policy


def run(
    *,
    config: PromoteConfig,
    round: Round,
    challenger: str,
    champion: str,
    digests: Mapping[str, str],
    verdict: str | None = None,
) -> PromoteResult:
    """Compares this round's evaluations of student and champion, decides, and moves the registry's aliases.

    Args:
        challenger: digest of the model this round made.
        champion: digest of the model evaluated as champion: the registered one, else the start model.
        digests: what the challenger was made from, for its tags: data, recipe, code, teacher.
        verdict: the audit's; None reads it from the round's `results/detect.json`, and there may be none.

    Raises:
        InputError: an evaluation is missing, no MLflow server is configured, or the registered champion is another one
            than was compared with.
        InfraError: MLflow or the store failed.
    """
    evidence = Evidence.read(round, config=config, verdict=verdict)
    inputs = json_digest([config.model_dump(mode="json"), challenger, champion, dict(digests), evidence.sources])
    place = ResultPlace(
        kind=PromoteResult,
        round=round,
        name="promote",
        inputs=inputs,
        other="this round was already decided on other evidence",
    )
    if stored := place.known():
        return stored
    paired = compare_paired(evidence.by_task(), alpha=config.alpha, power=config.power, seed=round.seed)
    compliance = check_policy(config.policy, evidence.verdicts()) if config.policy else None
    compared = config.model_copy(update={"splits": evidence.splits})
    decided = decide(paired, verdict=evidence.verdict, config=compared, compliance=compliance)
    if challenger == champion:
        decided = Decided(decision="hold", because="Challenger and champion are the same model.")
    tags = {
        "symbiont.decision": decided.decision,
        **_audit_tags(evidence, compliance, teacher=digests.get("teacher", "")),
    }
    card = write_card(round, digest=challenger, digests=digests, evidence=evidence, name=config.model_name)
    previous, version, now = _move(config, round, challenger, champion, digests, decided, tags=tags, card=card)
    result = PromoteResult(
        run=round.run,
        round=round.number,
        inputs=inputs,
        decision=decided.decision,
        reason=decided.reason,
        because=decided.because,
        challenger=challenger,
        champion=champion,
        champion_is_start=previous is None,
        verdict=evidence.verdict,
        required_verdict=config.required_verdict,
        policy_holds=compliance.holds if compliance else None,
        policy=compliance.because if compliance else (),
        model_name=config.model_name,
        version=version.version,
        champion_version=now.version if now else "",
        left_out=evidence.left_out,
        by_task=evidence.changes(),
        alpha=config.alpha,
        power=config.power,
        **_statistics(paired),
    )
    return place.keep(result)


def _audit_tags(evidence: Evidence, compliance: Compliance | None, *, teacher: str) -> dict[str, str]:
    audit = evidence.audit
    if audit is None and compliance is None:
        return {}
    return audit_tags(
        verdict=evidence.verdict,
        p_value=audit.p_value if audit else 1.0,
        teachers=teacher,
        probes=audit.probe_digest if audit else "",
        policy=compliance.holds if compliance else None,
    )


def _statistics(paired: Paired) -> dict[str, Any]:
    return {
        "pairs": paired.pairs,
        "gains": paired.gains,
        "losses": paired.losses,
        "challenger_rate": paired.rate_b,
        "champion_rate": paired.rate_a,
        "difference": paired.difference,
        "interval": paired.interval,
        "p_value": paired.p_value,
        "minimum_detectable_effect": paired.minimum_detectable_effect,
    }


def _move(
    config: PromoteConfig,
    round: Round,
    challenger: str,
    champion: str,
    digests: Mapping[str, str],
    decided: Decided,
    *,
    tags: Mapping[str, str],
    card: str,
) -> tuple[ModelVersion | None, ModelVersion, ModelVersion | None]:
    """Registers the challenger, tags it, and moves the aliases.

    Returns:
        Three versions: of the model that it was compared with (None for the start model), of the challenger, and of the
        champion afterwards.
    """
    name = config.model_name
    standing = get_alias(name, CHAMPION)
    if standing and standing.model_digest not in (champion, challenger):
        raise InputError(
            f"the champion of {name} is now version {standing.version}, not the model this round compared with",
            where="MLflow registry",
            fix="run another round: it compares with the new champion",
        )
    version = _registered(name, round, challenger, digests, card=card)
    # The start model has a version only if somebody registered it; it is known even after our own alias has moved.
    previous = next((candidate for candidate in list_versions(name) if candidate.model_digest == champion), None)
    set_alias(name, CHALLENGER, version.version)
    if decided.decision == "promote":
        set_alias(name, CHAMPION, version.version)
        standing = version
    tag_version(name, version.version, tags=tags)
    return previous, version, standing


def _registered(name: str, round: Round, digest: str, digests: Mapping[str, str], *, card: str) -> ModelVersion:
    """The challenger's version, with what a user of the registry expects: signature, example and card."""
    tags = {f"symbiont.{key}": value for key, value in digests.items()}
    tags |= {"symbiont.run": round.run, "symbiont.round": str(round.number)}
    round.store.put(card_key(digest), card.encode())
    with tempfile.TemporaryDirectory(prefix="symbiont-") as scratch:
        model = write_registered(
            Path(scratch, "model"), store=round.store.url, digest=digest, card=card, example=student_prompt(EXAMPLE)
        )
        return register_version(name, model=model, model_digest=digest, tags=tags, card=card)
