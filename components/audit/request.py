"""What an audit of models from elsewhere is asked: who is suspected of coming from whom, on which probes, and how.

The whole request is one JSON value, so that the command line and the Kubeflow component run the same engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.audit.builtin_probes import builtin_probes
from components.audit.config import AuditSettings
from components.audit.probe_files import ProbeRow, checked_probes
from components.audit.references import Named
from components.audit.result import AuditMethod
from components.errors import InputError
from components.verdicts.config import TestConfig
from components.verdicts.policy import Policy
from components.verdicts.probes import MIN_CONTROLS, ProbeSet

Role = Literal["teacher", "suspect", "control", "base"]


class AuditRequest(BaseModel):
    """The audit. `base` is the model the suspect is known to have been made from, and counts as a control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teachers: tuple[Named, ...] = Field(
        min_length=1, description="models that the suspect may have been distilled from"
    )
    suspect: Named
    controls: tuple[Named, ...] = Field((), description="models known not to come from any of the teachers")
    base: Named | None = Field(None, description="model that the suspect was trained from")
    probes: tuple[ProbeRow, ...] = Field((), description="questions that every model is asked; empty: the built-in set")
    domains: tuple[str, ...] = Field((), description="use only the probes of these domains; empty: all")
    white_box: bool = Field(False, description="compare the models' own routing instead of that of their shadows")
    settings: AuditSettings = Field(default_factory=AuditSettings)
    policy: Policy | None = Field(None, description="required verdicts; the report adds whether they hold")

    @model_validator(mode="after")
    def _endpoints_are_used(self) -> Self:
        used = {named.endpoint[0] for _, named in self.members() if named.kind == "endpoint"}
        if unused := sorted(set(self.settings.endpoints) - used):
            raise ValueError(f"settings.endpoints holds {unused[0]!r}, which no model of this audit is at")
        return self

    def members(self) -> Iterator[tuple[Role, Named]]:
        """All models with their roles, teachers first."""
        yield from (("teacher", model) for model in self.teachers)
        yield "suspect", self.suspect
        yield from (("control", model) for model in self.controls)
        if self.base is not None:
            yield "base", self.base

    @property
    def test(self) -> TestConfig:
        return self.settings.test.of_routing() if self.white_box else self.settings.test

    @property
    def method(self) -> AuditMethod:
        if self.white_box:
            return "routing"
        return "own shadows" if self.settings.shadow.steps else "shared shadows"

    @property
    def control_names(self) -> tuple[str, ...]:
        return tuple(named.name for role, named in self.members() if role in ("control", "base"))


def check_request(request: AuditRequest) -> ProbeSet:
    """Checks everything that can be checked without opening a model; returns the probes that will be asked.

    Raises:
        InputError: names or references occur twice, controls, probes or replicates are too few for a verdict, a domain
            is unknown, or the policy names a model that is no teacher here.
    """
    _check_names(request)
    if len(request.control_names) < MIN_CONTROLS:
        raise InputError(
            f"{len(request.control_names)} controls are too few for a verdict, {MIN_CONTROLS} are needed: a distance "
            "says something only beside those of models that are known not to come from the teacher",
            where="--control, --base",
            fix="name models of other origin with --control, and the suspect's base with --base",
        )
    test = request.test
    if 0.5**test.replicates * len(request.teachers) > test.alpha:
        raise InputError(
            f"{len(request.teachers)} teachers are too many for {test.replicates} replicates: after Holm's correction "
            f"no p-value can be as small as {test.alpha}",
            where="test.replicates",
            fix="ask of fewer teachers, or take more replicates and probes",
        )
    if request.policy is not None:
        _check_policy(request.policy, request)
    need = test.replicates * request.settings.probes_per_replicate
    rows = request.probes or builtin_probes()
    return checked_probes(rows, domains=request.domains, replicates=test.replicates, need=need)


def _check_names(request: AuditRequest) -> None:
    members = list(request.members())
    names = Counter(named.name for _, named in members)
    by_reference: dict[str, tuple[Role, Named]] = {}
    for role, model in members:
        earlier = by_reference.setdefault(model.reference, (role, model))
        if earlier[1] is not model:
            raise same_model(earlier, (role, model), why="it has the same reference")
    if twice := [name for name, count in names.items() if count > 1]:
        raise InputError(
            f"two models of this audit are called {twice[0]!r}",
            where=", ".join(named.reference for _, named in members if named.name == twice[0]),
            fix="give them names: NAME=REFERENCE",
        )


def same_model(first: tuple[Role, Named], second: tuple[Role, Named], *, why: str) -> InputError:
    """The error for one model that stands in two places, where no comparison can say anything."""
    (role, named), (role_b, named_b) = first, second
    return InputError(
        f"the {role_b} {named_b.name!r} is the {role} {named.name!r} itself: {why}",
        where=named_b.reference,
        fix="a control must be a model that does not come from the teacher"
        if role_b in ("control", "base")
        else "name every model once",
    )


def _check_policy(policy: Policy, request: AuditRequest) -> None:
    teachers = [named.name for named in request.teachers]
    if unknown := [name for name in policy.named if name not in teachers]:
        raise InputError(
            f"the policy names {unknown[0]!r}, which is no teacher of this audit",
            where="policy",
            fix=f"add --teacher {unknown[0]}=REFERENCE; the teachers here are {', '.join(teachers)}",
        )
