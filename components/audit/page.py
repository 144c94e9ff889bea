"""The report of an audit as one HTML file: read offline, without JavaScript, and nothing quoted in it can run."""

from __future__ import annotations

from components.audit.result import AuditReport
from components.audit.sections import all_sections
from components.drawing.blocks import to_html
from components.drawing.charts import number, percent
from components.drawing.page import content_policy, environment, style_sheet
from components.verdicts.finding import Finding

THREE_IN_A_ROW = """\
#experts .figures { grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); }
@media print {
  #experts .figures { grid-template-columns: 1fr 1fr 1fr; }
  #experts details { display: none; }  /* no paper is wide enough for the numbers; audit.json holds them */
}
"""


def render(report: AuditReport) -> str:
    """The whole page."""
    from markupsafe import Markup

    template = environment("components.audit").get_template("audit.html")
    style = style_sheet() + THREE_IN_A_ROW
    return template.render(
        report=report,
        question=question(report),
        answer=answer(report),
        tiles=tiles(report),
        sections=all_sections(report),
        html=lambda section: Markup(to_html(section.blocks)),
        policy=content_policy(style, ""),
        style=Markup(style),
    )


def question(report: AuditReport) -> str:
    """What was asked, as a person would ask it."""
    teachers = [finding.teacher for finding in report.findings]
    if len(teachers) == 1:
        return f"Was {report.findings[0].suspect} distilled from {teachers[0]}?"
    return f"Was {report.findings[0].suspect} distilled from {', '.join(teachers[:-1])} or {teachers[-1]}?"


def answer(report: AuditReport) -> str:
    """The verdict in two or three sentences that need no statistics."""
    suspect, findings = report.findings[0].suspect, report.findings
    accused = [finding for finding in findings if finding.verdict == "distilled"]
    if accused:
        return " ".join(_accusation(suspect, finding, report) for finding in accused)
    if report.verdict == "independent":
        teacher_name = findings[0].teacher if len(findings) == 1 else "any of them"
        return (
            f"No sign of it was found. {suspect} is no closer to {teacher_name} than models that are known to be "
            "independent. That does not prove where its training data came from."
        )
    return (
        "This audit cannot say. The evidence is too thin for either answer, and it must not be quoted as speaking for "
        f"or against {suspect}."
    )


def _accusation(suspect: str, finding: Finding, report: AuditReport) -> str:
    if finding.judged is None:
        return ""
    distance = finding.judged.distance
    return (
        f"The evidence says that it was distilled from {finding.teacher}: {suspect} lies at {percent(distance.mean)} "
        f"({percent(distance.low)} to {percent(distance.high)}) of the distance at which independent models lie, "
        f"nearer than one more of these would in {percent(report.test.false_accusations)} of audits. Were it not "
        f"closer than the margin allows, chance would give a result this clear in at most {percent(finding.p_value)} "
        "of such audits."
    )


def tiles(report: AuditReport) -> list[tuple[str, str]]:
    controls = [subject for subject in report.subjects if subject.role in ("control", "base")]
    return [
        (report.verdict, "is the verdict"),
        *(
            (
                number(at.mean),
                f"distance to {finding.teacher} ({number(at.low)} to {number(at.high)}); independent models lie at 1",
            )
            for finding in report.findings
            if finding.judged and (at := finding.judged.distance)
        ),
        (str(report.probes), f"questions of {len(report.domains)} domains, put to every model"),
        (str(len(controls)), "controls, known to be independent"),
        (str(report.test.replicates), "separate measurements"),
        *([("holds" if report.policy.holds else "broken", "is the policy")] if report.policy else []),
    ]
