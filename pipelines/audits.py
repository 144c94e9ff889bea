"""What `symbiont audit` does: shows a round's audit; or audits any models: builds a request, estimates its cost,
conducts it and writes the report."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer
from rich.console import Console

from components.audit.answers import missing
from components.audit.config import AuditSettings
from components.audit.probe_files import read_probes
from components.audit.references import parse_named
from components.audit.request import AuditRequest, check_request
from components.audit.run import Prepared, conduct, foresee, prepare, with_policy
from components.audit.sources import Source
from components.audit.tags import REGISTRY, tag_suspect
from components.code import code_digest
from components.documents.check import check_document, read_document
from components.errors import InputError
from components.files import write_whole
from components.place import Place, read_place
from components.progress import Progress
from components.results.detect import RESULT_VERSION, AuditResult
from components.trajectories.store import Store
from components.verdicts.finding import Finding
from components.verdicts.policy import Policy, check_policy
from pipelines.commands import announced_place, stored_at
from pipelines.look import stored_result
from pipelines.outfolder import locked, opened

if TYPE_CHECKING:
    from components.audit.result import AuditReport


def read_request(
    *,
    teachers: Sequence[str],
    suspect: str,
    controls: Sequence[str],
    base: str,
    probes: Path | None,
    domains: Sequence[str],
    white_box: bool,
    settings: Path | None,
    api_key_env: str,
    policy: Path | None,
) -> AuditRequest:
    """The request of a command line.

    Raises:
        InputError: teacher or suspect is missing, a file cannot be read, or a value is wrong; no model was opened or
            sent anything.
    """
    for option, value in (("--teacher", teachers), ("--suspect", suspect)):
        if not value:
            raise InputError(
                "an audit asks whether a suspect was made from a teacher, and one of them is not named",
                where=option,
                fix=f"give {option} REFERENCE; `symbiont audit round` shows the audit of a round",
            )
    options = read_document(settings, AuditSettings) if settings else AuditSettings()
    if api_key_env:
        options = options.model_copy(
            update={"endpoint": options.endpoint.model_copy(update={"api_key_env": api_key_env})}
        )
    content: dict[str, Any] = {
        "teachers": [parse_named(reference, where="--teacher").model_dump() for reference in teachers],
        "suspect": parse_named(suspect, where="--suspect").model_dump(),
        "controls": [parse_named(reference, where="--control").model_dump() for reference in controls],
        "base": parse_named(base, where="--base").model_dump() if base else None,
        "probes": [row.model_dump() for row in read_probes(probes)] if probes else [],
        "domains": list(domains),
        "white_box": white_box,
        "settings": options.model_dump(),
        "policy": read_policy(policy).model_dump() if policy else None,
    }
    request = check_document(content, AuditRequest, where="symbiont audit models")
    check_request(request)
    return request


def read_policy(path: Path) -> Policy:
    return read_document(path, Policy)


def audit_command(
    request: AuditRequest, *, place: str, out: Path, yes: bool, console: Console
) -> tuple[AuditReport, Path]:
    """Conducts the audit and writes `audits/<name>/audit.html` and `audit.json` below `out`.

    Returns:
        the report and the page's path.

    Raises:
        typer.Abort: the user declined its cost.
    """
    with audit_place(request, place=place, out=out) as (store, work, hold):
        prepared = prepare(request, store=store, work=work, code=code_digest())
        with hold:
            stored_report = prepared.known()
            if stored_report is not None:
                report = with_policy(stored_report, request)
                console.print(f"Audit {prepared.name} was made before, on {stored_report.made_at}.", highlight=False)
            else:
                _agree(prepared, yes=yes, console=console)
                report = _conduct(prepared)
            tag_suspect(report)
        return report, write_report(report, folder=out / "audits" / report.name)


@contextlib.contextmanager
def audit_place(
    request: AuditRequest, *, place: str, out: Path
) -> Iterator[tuple[Store, Path, contextlib.AbstractContextManager[Any]]]:
    """The store, the work folder, and a context that locks the out folder for this command.

    Servers are started only where the place's store is a server's, or a model is in the registry. Otherwise nothing is
    written before the request was checked, not even the lock.
    """
    parsed_place = announced_place(place)
    if not parsed_place.s3_server and not any(named.reference.startswith(REGISTRY) for _, named in request.members()):
        yield stored_at(parsed_place, out=out), _work(parsed_place, out=out), locked(out.absolute())
        return
    with opened(out, place=parsed_place) as (_, services):
        services.wait_for_mlflow()
        yield stored_at(services.place, out=out), _work(parsed_place, out=out), contextlib.nullcontext()


def _work(place: Place, *, out: Path) -> Path:
    return Path(place.work) if place.work else out.absolute() / "work"


def _agree(prepared: Prepared, *, yes: bool, console: Console) -> None:
    """Prints the estimated cost, and asks on a terminal whether to go on."""
    console.print(f"Audit {prepared.name}: {len(prepared.probes)} probes", highlight=False)
    for line in foresee(prepared).lines():
        console.print(f"  {line}", highlight=False, soft_wrap=True)
    if not yes and sys.stdin.isatty():
        typer.confirm("Go on?", default=True, abort=True, err=True)


def _conduct(prepared: Prepared) -> AuditReport:
    unanswered = missing(prepared.store, prepared.sources, prepared.probes)
    total = len(prepared.probes) * len(prepared.sources)
    answered = total - sum(len(probes) for probes in unanswered.values())
    with _Bars() as bars:

        def on_answer(_: Source) -> None:
            nonlocal answered
            answered += 1
            bars.show("answers", answered, total)

        return conduct(prepared, on_answer=on_answer, on_progress=partial(bars.show, "measured"))


class _Bars:
    """Progress bars for several kinds of work, one after another."""

    def __init__(self) -> None:
        self._label, self._bar = "", contextlib.ExitStack()
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, label: str, count: int, total: int) -> None:
        if self._progress is None or label != self._label:
            self._bar.close()
            self._label, self._progress = label, self._bar.enter_context(Progress(label, total, done=count - 1))
        while self._progress.done < count:
            self._progress.advance()


def write_report(report: AuditReport, *, folder: Path) -> Path:
    """Writes the page and the numbers, each whole; returns the page's path."""
    from components.audit.page import render

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("audit.json", report.model_dump_json(indent=2) + "\n"), ("audit.html", render(report))):
        write_whole(folder / name, text)
    return folder / "audit.html"


def report_lines(report: AuditReport) -> Iterator[str]:
    """The report as lines for a terminal."""
    yield f"verdict: {report.verdict} (p = {report.p_value:.3g})"
    yield report.because
    for finding in report.findings:
        yield f"{finding.teacher}: {finding.verdict} (p = {finding.p_value:.3g})"
        yield from distances_of(finding)
    if report.policy is not None:
        yield f"policy: {'holds' if report.policy.holds else 'does not hold'}"
        yield from (f"  {line}" for line in report.policy.because)
    yield from (f"note: {limit}" for limit in report.limits)


def distances_of(finding: Finding) -> Iterator[str]:
    """Distances of suspect and controls to the teacher, the nearest first; nothing where none was measured."""
    if finding.judged is None:
        return
    yield f"distances to {finding.teacher} (0: itself, 1: independent models):"
    for judged in sorted([finding.judged, *finding.placebos], key=lambda judged: judged.distance.mean):
        interval = judged.distance
        yield f"  {interval.mean:.2f} ({interval.low:.2f} to {interval.high:.2f})  {judged.suspect}"


def stored_audit(*, run: str, round: int | None, place: str, out: Path) -> AuditResult:
    """The stored audit of a round.

    Raises:
        InputError: the round has none, a torn one, or one in the form of another release.
    """
    result = stored_result("detect", run=run, round=round, place=place, out=out)
    if (form := result.get("result_version")) != RESULT_VERSION:
        raise InputError(
            f"the stored audit has form {form}, and this release reads form {RESULT_VERSION}",
            where="results/detect.json",
            fix="read it with the release that made it, which the round's manifest names",
        )
    return AuditResult.model_validate(result)


def pipeline_arguments(request: AuditRequest, *, place: str) -> dict[str, str]:
    """The arguments of the pipeline `audit.yaml` that conduct this audit on a cluster."""
    return {
        "request": request.model_dump_json(),
        "place": read_place(place).model_dump_json(),
        "code": code_digest(),
    }


def policy_holds(policy: Policy, verdicts: Mapping[str, str], *, say: Callable[[str], None]) -> bool:
    """Whether a policy holds for stored verdicts.

    Args:
        verdicts: by teacher.
        say: called with the result, then with each reason.
    """
    result = check_policy(policy, verdicts)
    say(f"policy: {'holds' if result.holds else 'does not hold'}")
    for line in result.because:
        say(f"  {line}")
    return result.holds
