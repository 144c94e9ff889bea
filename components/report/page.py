"""The report as one HTML file: no request leaves it, it works without JavaScript, and nothing quoted in it can run (see
`components.drawing.page`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib import resources

from components.drawing.blocks import to_html
from components.drawing.charts import percent
from components.drawing.page import content_policy, environment, style_sheet
from components.report.explain import SPLITS, headline
from components.report.model import ReportInput
from components.report.sections import all_sections


def render(data: ReportInput) -> str:
    """The whole page."""
    from markupsafe import Markup

    filters = _filters(data)
    style = style_sheet() + _asset("viewer.css") + _filter_rules(filters)
    script = _asset("viewer.js")
    template = environment("components.report").get_template("report.html")
    return template.render(
        data=data,
        headline=headline(data),
        tiles=tiles(data),
        sections=all_sections(data),
        html=lambda section: Markup(to_html(section.blocks)),
        filters=filters,
        picture=lambda png: f"data:image/png;base64,{base64.b64encode(png).decode()}",
        policy=content_policy(style, script),
        style=Markup(style),
        script=Markup(script),
    )


def tiles(data: ReportInput) -> list[tuple[str, str]]:
    """The few numbers at the top of the page: (value, what it is)."""
    now, found = data.now, list[tuple[str, str]]()
    for split, words in SPLITS.items():
        rate = now.success("student", split)
        if rate:
            found.append((percent(rate.success_rate), f"of {words} solved by the student"))
    teacher = now.success("teacher")
    plain = now.success("teacher_without_knowledge")
    if teacher and plain:
        gain = 100 * (teacher.success_rate - plain.success_rate)
        found.append((f"{gain:+.1f}", "points the knowledge base gives the teacher on held-out seeds"))
    if now.synthesis:
        found.append((str(len(now.synthesis.student_only_solutions)), "solutions the student alone found"))
        if now.synthesis.acceptance_rate is not None:
            found.append((percent(now.synthesis.acceptance_rate), "of the student's proposals accepted"))
    if now.audit:
        found.append((now.audit.verdict, "is the audit's verdict"))
    if now.promotion:
        found.append((now.promotion.decision, "is the decision on the student"))
    return found


def _filters(data: ReportInput) -> dict[str, list[str]]:
    """Every value that occurs, by filter. The rules name them by position, so no text reaches the style sheet."""
    return {
        "task": sorted({view.episode.task_id for view in data.episodes}),
        "outcome": sorted({view.episode.outcome.value for view in data.episodes}),
        "agent": sorted({view.agent for view in data.episodes}),
    }


def _filter_rules(filters: Mapping[str, Sequence[str]]) -> str:
    """Style rules that hide the episodes a chosen option does not name: filters that need no script."""
    return "".join(
        f'body:has(#by-{name} option[value="{i}"]:checked) .episode:not([data-{name}="{i}"]){{display:none}}\n'
        for name, values in filters.items()
        for i in range(len(values))
    )


def _asset(name: str) -> str:
    return resources.files("components.report").joinpath("templates", name).read_text("utf-8")
