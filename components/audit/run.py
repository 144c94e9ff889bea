"""The audit of models from elsewhere: was this suspect distilled from one of these teachers?

`prepare` checks all that can be checked and changes nothing, `foresee` says what it will cost, `conduct` asks, measures
and judges. Everything is kept under `audits/` of the store and a work folder, so that the same request continues an
interrupted audit; a finished one is not repeated. Laptop and cluster run this same code.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from components.audit.answers import Answer, OnAnswer, collect_answers, missing, texts_of
from components.audit.estimate import Forecast, forecast
from components.audit.request import AuditRequest, check_request
from components.audit.result import AuditReport, PolicyResult, Subject
from components.audit.sources import Source, open_sources
from components.audit.white_box import OwnRouting, check_white_box
from components.errors import InputError
from components.trajectories.digests import json_digest
from components.trajectories.records import read_record
from components.trajectories.store import Store
from components.verdicts.evidence import Cast, Instrument, OnProgress
from components.verdicts.finding import Finding, Verdict
from components.verdicts.findings import examine
from components.verdicts.policy import check_policy
from components.verdicts.probes import ProbeSet
from components.verdicts.shadows import Shadows

NAME_LETTERS = 12
QUESTION = "How many legs has a spider? Answer in one sentence."
"""The first question to an endpoint. It is no probe, because a filter may refuse some of these."""
LIMITS = (
    "It compares how the models answer these probes, and nothing else: not their data, their weights' history or "
    "anybody's intent.",
    "Distilled means: closer to this teacher than independent models are, by a margin that chance does not explain. A "
    "model that learnt from another one with the teacher's habits, such as a student of it, would look the same; only "
    "a control of that kind could tell them apart.",
    "Independent means that no likeness beyond the controls' was found on these probes. It does not prove where the "
    "training data came from.",
    "Inconclusive is the answer where the evidence is thin; it speaks neither for nor against the suspect.",
    "It is only as good as its controls. One that does come from the teacher hides a real student; controls of other "
    "ability or style than the suspect's make any model look close.",
    "An endpoint is known by its answers alone. Who serves it can change the model, or disguise its answers, at any "
    "time.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that was found sound, opened.

    Attributes:
        name: of the audit; the same request, models and code have the same.
    """

    request: AuditRequest
    probes: ProbeSet
    sources: tuple[Source, ...]
    inputs: str
    store: Store
    work: Path
    code: str

    @property
    def name(self) -> str:
        return self.inputs[:NAME_LETTERS]

    @property
    def cast(self) -> Cast:
        return Cast(
            teachers=tuple(named.name for named in self.request.teachers),
            suspect=self.request.suspect.name,
            controls=self.request.control_names,
        )

    @property
    def instrument(self) -> Instrument:
        if self.request.white_box:
            return OwnRouting(sources=self.sources, work=self.work / "recordings")
        settings = self.request.settings
        return Shadows(config=settings.shadow, seed=settings.seed, work=self.work / "shadows")

    @property
    def key(self) -> str:
        return f"audits/{self.name}/result.json"

    def known(self) -> AuditReport | None:
        """The result, where this audit was finished before."""
        try:
            return read_record(self.store, self.key, AuditReport, what="result of an audit")
        except KeyError:
            return None


def prepare(request: AuditRequest, *, store: Store, work: Path, code: str) -> Prepared:
    """Checks the request and opens its models, without loading weights or asking anybody anything.

    Args:
        store: where answers and results are kept.
        work: a folder that outlives a killed process, for downloads, shadows and recordings.
        code: digest of the code; another code makes another audit.

    Raises:
        InputError: as `check_request`, `open_sources` and `check_white_box`.
    """
    probes = check_request(request)
    sources = open_sources(request, probes, store=store, work=work)
    if request.white_box:
        check_white_box(sources, probes)
    settings = request.settings
    inputs = json_digest(
        [
            code,
            [(source.role, source.name, source.digest) for source in sources],
            probes.digest,
            settings.model_dump(
                mode="json", include={"seed", "answer_tokens", "probes_per_replicate", "shadow", "test"}
            ),
            request.white_box,
        ]
    )
    return Prepared(
        request=request,
        probes=probes,
        sources=tuple(sources),
        inputs=inputs,
        store=store,
        work=work / "audits",
        code=code,
    )


def foresee(prepared: Prepared) -> Forecast:
    """What is still to be asked and trained. Endpoints that will be asked answer one question first.

    Raises:
        InputError: an endpoint cannot be reached or refuses us.
    """
    from components.agents.checks import check_endpoint

    unanswered = missing(prepared.store, prepared.sources, prepared.probes)
    for source in prepared.sources:
        if source.chat is not None and unanswered[source.name]:
            check_endpoint(source.chat, where=source.name, messages=[{"role": "user", "content": QUESTION}])
    return forecast(prepared.request, prepared.sources, prepared.probes, unanswered=unanswered)


def conduct(
    prepared: Prepared,
    *,
    on_answer: OnAnswer | None = None,
    on_progress: OnProgress | None = None,
) -> AuditReport:
    """Asks what has not been answered, measures, judges and stores the result.

    Args:
        on_answer: called after each answer that had to be asked for, with its source.
        on_progress: called with (replicates done, replicates).

    Raises:
        InfraError: an endpoint stopped answering; what it said is stored.
        InputError: an endpoint refuses, a model cannot be loaded, or a control answers word for word as a teacher does.
    """
    if (stored := prepared.known()) is not None:
        return with_policy(stored, prepared.request)
    answers = collect_answers(prepared.store, prepared.sources, prepared.probes, on_answer=on_answer)
    _check_echo(prepared, answers)
    began = time.monotonic()
    findings = examine(
        prepared.cast,
        instrument=prepared.instrument,
        probes=prepared.probes,
        responses=texts_of(answers),
        test=prepared.request.test,
        on_progress=on_progress,
    )
    report = _report(prepared, answers, tuple(findings.values()), seconds=time.monotonic() - began)
    prepared.store.put_new(prepared.key, report.model_dump_json(indent=1).encode())
    return with_policy(prepared.known() or report, prepared.request)


def with_policy(report: AuditReport, request: AuditRequest) -> AuditReport:
    """The report with what the request's policy says of it."""
    if request.policy is None:
        return report
    result = check_policy(request.policy, report.verdicts)
    return report.model_copy(update={"policy": PolicyResult(holds=result.holds, because=result.because)})


def _check_echo(prepared: Prepared, answers: Mapping[str, Sequence[Answer]]) -> None:
    """Refuses a control whose answers are all those of the teacher or the suspect: it is that model at another address.

    The suspect as its own control would even be cleared.
    """
    texts = texts_of(answers)
    for role, model in prepared.request.members():
        for name in prepared.request.control_names if role in ("teacher", "suspect") else ():
            if texts[name] == texts[model.name] and any(texts[name]):
                raise InputError(
                    f"the control {name!r} is the {role} {model.name!r} itself: it answers all {len(texts[name])} "
                    "probes word for word alike",
                    where=name,
                    fix="a control must be another model, one that does not come from the teacher",
                )


def _report(
    prepared: Prepared, answers: Mapping[str, Sequence[Answer]], findings: tuple[Finding, ...], *, seconds: float
) -> AuditReport:
    verdict, because = overall(findings)
    every = [answer for texts in answers.values() for answer in texts]
    return AuditReport(
        name=prepared.name,
        verdict=verdict,
        p_value=min(finding.p_value for finding in findings),
        because=because,
        method=prepared.request.method,
        subjects=tuple(_subject(source, answers[source.name]) for source in prepared.sources),
        findings=findings,
        probes=len(prepared.probes),
        domains=prepared.probes.domains,
        test=prepared.request.test,
        limits=LIMITS,
        prompt_tokens=sum(answer.prompt_tokens for answer in every),
        completion_tokens=sum(answer.completion_tokens for answer in every),
        probe_digest=prepared.probes.digest,
        inputs_digest=prepared.inputs,
        code_version=prepared.code,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=seconds,
    )


def _subject(source: Source, answers: Sequence[Answer]) -> Subject:
    texts = [answer.text for answer in answers]
    return Subject(
        role=source.role,
        name=source.name,
        reference=source.named.reference,
        kind=source.named.kind,
        digest=source.digest,
        answers_digest=json_digest(texts),
        silent=sum(not text.strip() for text in texts),
    )


def overall(findings: Sequence[Finding]) -> tuple[Verdict, str]:
    """Which of these teachers, if any: the findings in one verdict and one sentence."""
    if len(findings) == 1:
        return findings[0].verdict, findings[0].because
    accused = [finding for finding in findings if finding.verdict == "distilled"]
    if accused:
        reasons = "; ".join(f"from {finding.teacher}: {finding.because}" for finding in accused)
        return "distilled", reasons
    if all(finding.verdict == "independent" for finding in findings):
        return "independent", f"of all {len(findings)} teachers it was asked about"
    open_ = [finding.teacher for finding in findings if finding.verdict == "inconclusive"]
    return "inconclusive", f"nothing could be decided about {', '.join(open_)}"
