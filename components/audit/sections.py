"""The sections of an audit's report, as data. Each begins with what a reader without statistics needs to know."""

from __future__ import annotations

from collections.abc import Mapping

from components.audit.result import AuditMethod, AuditReport
from components.drawing.blocks import Block, Section, Table, Words
from components.drawing.charts import number, percent
from components.verdicts.figures import distance_figure, expert_figures
from components.verdicts.finding import Estimate, Finding

KINDS = {"model": "its files", "endpoint": "an endpoint", "answers": "a file of its answers"}
METHODS: Mapping[AuditMethod, str] = {
    "shared shadows": (
        "Every model was asked the same questions. One mixture-of-experts, the shadow, then read each model's answers; "
        "before, it had learnt from all of them together, or from none. While it reads, its experts divide the work "
        "among themselves. How they divide it can only depend on the answers, because all else is the same for every "
        "model, and is the signature that is compared. The models themselves are not opened."
    ),
    "own shadows": (
        "Every model was asked the same questions. From each model's answers a small mixture-of-experts, its shadow, "
        "was trained; all shadows start from the same weights and see the same questions in the same order, so they "
        "differ by the answers alone. A shadow's experts divide the work among themselves, and how they divide it is "
        "the signature that is compared. The models themselves are not opened."
    ),
    "routing": (
        "All models here are mixtures-of-experts whose routing can be read. Each was asked the same questions; then "
        "teacher and suspect read everybody's answers, and it was recorded which of their own experts worked on what. "
        "How the experts of one of them divide the work over the suspect's answers, beside how the same experts divide "
        "it over the teacher's, is what is compared."
    ),
}


def all_sections(report: AuditReport) -> list[Section]:
    """Every section, in the page's order."""
    sections = [verdict(report), compared(report), distances(report), controls(report), experts(report)]
    return [*sections, others(report), limits(report), check(report)]


def verdict(report: AuditReport) -> Section:
    """The findings, one row for each teacher, and the policy."""
    rows = [
        [finding.teacher, finding.verdict, _distance(finding), number(finding.p_value)] for finding in report.findings
    ]
    header = ("teacher", "verdict", "distance (0: the teacher, 1: independent)", "p of distilled")
    blocks: list[Block] = [Table(header=header, rows=rows, names=2)]
    blocks += [Words(f"Beside {finding.teacher}: {finding.because}.") for finding in report.findings]
    blocks.append(
        Words(
            "Distance is measured on a scale of its own for each teacher: the teacher itself, measured a second time, "
            "lies at 0, and models that have nothing to do with it lie at 1. Distilled is said only where the suspect "
            f"lies under {number(report.test.margin)} and under what one more control would reach in "
            f"{percent(report.test.false_accusations)} of audits; independent only where it lies over "
            f"{number(report.test.clearance)}; and either only where the parts of the questions agree so far that "
            f"chance would bring it about in less than {percent(report.test.alpha)} of audits. "
            "Everything else is inconclusive: relatives, students of many teachers and those who hide lie between."
        )
    )
    if len(report.findings) > 1:
        blocks.append(
            Words(
                f"{len(report.findings)} teachers were asked about, so each p-value is Holm's: larger than that of a "
                "single question, because whoever asks often enough is answered yes by chance."
            )
        )
    if report.policy is not None:
        sentence = "The policy holds." if report.policy.holds else "The policy does not hold."
        blocks += [Words(sentence, strong=True), *(Words(line) for line in report.policy.because)]
    return Section(key="verdict", title="Verdict", blocks=blocks)


def _distance(finding: Finding) -> str:
    if finding.judged is None:
        return "not measured"
    distance = finding.judged.distance
    return f"{number(distance.mean)} ({number(distance.low)} to {number(distance.high)})"


def compared(report: AuditReport) -> Section:
    """The exact models and questions, so that the audit can be checked later."""
    rows = [
        [subject.name, subject.role, KINDS[subject.kind], subject.reference, str(report.probes - subject.silent)]
        for subject in report.subjects
    ]
    digests = [["the questions", "", report.probe_digest]]
    for subject in report.subjects:
        digests += [[subject.name, "model", subject.digest], ["", "answers", subject.answers_digest]]
    return Section(
        key="compared",
        title="What was compared",
        blocks=[
            Words(METHODS[report.method]),
            Table(header=("name", "role", "known by", "reference", "questions answered"), rows=rows, names=4),
            Words(
                f"The {report.probes} questions are of these domains: {', '.join(report.domains)}. A digest is a "
                "fingerprint: other weights, other answers or other questions have another one. An endpoint's weights "
                "cannot be seen, so its digest is of how it was asked."
            ),
            Table(header=("digests", "of its", "SHA-256"), rows=digests, names=3),
        ],
    )


def distances(report: AuditReport) -> Section:
    """How far each model is from each teacher, drawn with intervals, and every distance as a number."""
    blocks: list[Block] = [
        Words(
            "The further left, the more alike are the ways in which experts are used. A suspect that lies in the shade "
            "is closer to the teacher than independent models are; the lines on both sides of a marker say how much it "
            f"varied between the {report.test.replicates} parts of the questions "
            f"({percent(1 - report.test.alpha)} intervals)."
        )
    ]
    for finding in report.findings:
        if finding.judged is None:
            blocks.append(Words(f"{finding.teacher}: nothing was measured, because {finding.because}."))
            continue
        blocks += [distance_figure(finding), _distance_table(finding)]
    return Section(key="distances", title="Distances", blocks=blocks)


def _distance_table(finding: Finding) -> Table:
    def cell(value: Estimate) -> str:
        return f"{number(value.mean)} ({number(value.low)} to {number(value.high)})"

    return Table(
        header=(f"to {finding.teacher}", "specialization", "collaboration", "Gromov-Wasserstein", "nearest expert"),
        rows=[
            [pair.b, *map(cell, (pair.specialization, pair.collaboration, pair.gromov_wasserstein, pair.nearest_js))]
            for pair in finding.pairs
        ],
    )


def controls(report: AuditReport) -> Section:
    """Whether the same test would have accused an innocent model."""
    rows = [
        [finding.teacher, placebo.suspect, placebo.verdict, number(placebo.p_value), number(placebo.distance.mean)]
        for finding in report.findings
        for placebo in finding.placebos
    ]
    blocks: list[Block] = [
        Words(
            "A control is a model that is known not to come from the teacher. Each was put in the suspect's place and "
            "tested against the others. If the test accuses one of them, it cannot be trusted here, and nobody is "
            "found to be distilled."
        )
    ]
    if rows:
        header = ("teacher", "control in the suspect's place", "verdict", "p of distilled", "its distance")
        blocks.append(Table(header=header, rows=rows, names=3))
    else:
        blocks.append(Words("No control was tested, because nothing was measured."))
    return Section(key="controls", title="Controls", blocks=blocks)


def experts(report: AuditReport) -> Section:
    """Heat maps of the matched experts: teacher, suspect and nearest control side by side."""
    blocks: list[Block] = [
        Words(
            "Each row is an expert, each column a domain; the stronger the colour, the more of the expert's work is of "
            "that domain. Experts have no names, so those of the others stand where they match the teacher's best. "
            "Where teacher and suspect look more alike than teacher and control, the signatures agree."
        )
    ]
    for finding in report.findings:
        blocks += expert_figures(finding, elsewhere="audit.json")
    if len(blocks) == 1:
        blocks.append(Words("There is nothing to draw, because nothing was measured."))
    return Section(key="experts", title="Matched experts", blocks=blocks)


def others(report: AuditReport) -> Section:
    """What simpler methods say. They answer another question, and the page says so."""
    blocks: list[Block] = [
        Words(
            "Simpler methods, for comparison; the verdict does not rest on them. Two models that are both right give "
            "similar answers, so similarity alone accuses the able."
        )
    ]
    for finding in report.findings:
        names = list(finding.distances)
        rows = [
            [
                baseline.method,
                *(
                    f"{number(estimate.mean)} ({number(estimate.low)} to {number(estimate.high)})"
                    for estimate in (baseline.similarity[name] for name in names)
                ),
            ]
            for baseline in finding.baselines
        ]
        if rows:
            blocks.append(Table(header=(f"similarity to {finding.teacher}", *names), rows=rows))
    return Section(key="others", title="Other methods", blocks=blocks)


def limits(report: AuditReport) -> Section:
    """What the verdict does not say."""
    return Section(key="limits", title="What this does not say", blocks=[Words(limit) for limit in report.limits])


def check(report: AuditReport) -> Section:
    """What is needed to repeat the audit."""
    rows = [
        ["test", "one-sided sign-flip over replicates"],
        ["likeness", "routing in a domain, told from the other side's by ridge regression on the other domains"],
        ["distance of the test", "likeness beyond the controls', on both sides, as a share of the teacher's to itself"],
        ["replicates", f"{report.test.replicates}, disjoint in questions"],
        ["largest margin, and clearance", f"{number(report.test.margin)}, {number(report.test.clearance)}"],
        ["level", number(report.test.alpha)],
        ["share of audits in which one more control may lie under a margin", number(report.test.false_accusations)],
        ["tokens at endpoints", f"{report.prompt_tokens:,} read, {report.completion_tokens:,} written"],
        ["seconds of the test", number(report.seconds)],
        ["SHA-256 of all inputs", report.inputs_digest],
        ["SHA-256 of the code", report.code_version],
    ]
    return Section(
        key="check",
        title="How to check it",
        blocks=[
            Words(
                "The same models, questions, settings and code give the same numbers. All answers are kept in the "
                "store below audits/answers, all numbers in audit.json."
            ),
            Table(header=("", ""), rows=rows, names=2),
        ],
    )
