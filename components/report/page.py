"""The report as one HTML file: no request leaves it, it works without JavaScript, and nothing quoted in it can run (see
`components.drawing.page`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from components.drawing.blocks import to_html, with_commands
from components.drawing.charts import percent
from components.drawing.page import content_policy, environment, style_sheet
from components.report.explain import answers, direction, interval, start_of
from components.report.model import ReportInput
from components.report.sections import all_sections
from components.trajectories.phases import SplitName
from components.trajectories.schema import Step


def render(data: ReportInput) -> str:
    """The whole page."""
    from markupsafe import Markup

    filters = _filters(data)
    style = style_sheet() + _asset("viewer.css") + _filter_rules(filters)
    script = _asset("viewer.js")
    template = environment("components.report").get_template("report.html")
    return template.render(
        data=data,
        answers=answers(data),
        tiles=tiles(data),
        sections=all_sections(data),
        html=lambda section: Markup(to_html(section.blocks)),
        filters=filters,
        with_commands=lambda text: Markup(with_commands(text)),
        marked=marked,
        picture=lambda png: f"data:image/png;base64,{base64.b64encode(png).decode()}",
        policy=content_policy(style, script),
        style=Markup(style),
        script=Markup(script),
    )


NEW: Mapping[SplitName, str] = {
    "heldout_seeds": "of held-out seeds, new pages of tasks it practised",
    "heldout_tasks": "of held-out tasks, which it never saw",
}
"""The transductive row has no tile: training tasks say nothing about new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number of the first screen: what it is, its interval, and whether it went up or down for certain."""

    value: str
    label: str
    direction: int = 0

    @property
    def arrow(self) -> str:
        return {1: "\N{UPWARDS ARROW}", 0: "", -1: "\N{DOWNWARDS ARROW}"}[self.direction]


def tiles(data: ReportInput) -> list[Tile]:
    """The three numbers at the top of the page."""
    now, result = data.now, list[Tile]()
    for split, words in NEW.items():
        rate, start = now.success("student", split), start_of(data, split)
        if rate:
            before = f"; {percent(start.success_rate)} at the start" if start else ""
            label = f"{words} ({interval(rate)}){before}"
            change = now.facts.since_start.get(split)
            result.append(Tile(value=percent(rate.success_rate), label=label, direction=direction(change)))
    if now.audit and now.audit.judged:
        at = now.audit.judged.distance
        label = f"distance to its teacher ({at.low:.2f} to {at.high:.2f}); independent models lie at 1"
        result.append(Tile(value=f"{at.mean:.2f}", label=label))
    return result


def marked(step: Step) -> tuple[str, str, str]:
    """An observation in three parts: before the element that was acted on, the element, and after it."""
    text = step.observation
    if step.target is None:
        return text, "", ""
    element = re.escape(f"[{step.target.ref}] {step.target.line}")
    match = re.search(rf"(?:^ *|\| )({element})", text, re.MULTILINE)
    if match is None:
        return text, "", ""
    start, end = match.span(1)
    return text[:start], text[start:end], text[end:]


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
