"""Proposed tasks: the map they are based on, and what became of every proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from components.drawing.blocks import Block, Figure, Fold, Section, Table, Words
from components.drawing.charts import Point, Series, legend, line_chart, number, percent
from components.drawing.tree import Branch, tree
from components.report.model import ReportInput
from components.results.propose import MapResult, ProposedTask


def proposed(data: ReportInput) -> list[Section]:
    """One section, or none where nothing was proposed."""
    proposing = data.now.proposing
    if proposing is None:
        return []
    played, refused = proposing.played, [proposal for proposal in proposing.proposals if proposal.status != "played"]
    cases = sum(proposal.cases for proposal in played)
    regions = len({proposal.region for proposal in played})
    words = [
        Words(
            f"{len(played)} of {len(proposing.proposals)} proposed tasks are played, {cases} cases in {regions} "
            "sections of the map."
            + (f" A language model was asked {proposing.questions} questions." if proposing.questions else ""),
            strong=True,
        ),
        Words(
            "What is refused repeats another task, belongs to the evaluation, holds before anything is done, or was "
            "not done by the teacher. `symbiont tasks list` shows all of them; `approve` and `reject` take your word."
        ),
    ]
    blocks: list[Block] = [*words, *(block for map in proposing.maps for block in _map(map))]
    blocks.append(Fold(title="Tasks that are played", blocks=[_tasks(played, last="solved by the teacher")]))
    if refused:
        reasons = Counter(_kind(proposal.reason) for proposal in refused).most_common()
        blocks.append(Table(header=("not played because", "proposals"), rows=[[why, str(n)] for why, n in reasons]))
    return [Section(key="proposed", title="Tasks that nobody wrote", blocks=blocks)]


def _tasks(tasks: Sequence[ProposedTask], *, last: str) -> Table:
    rows = [
        [task.intent, task.region, task.by, str(task.cases), f"{task.solved} of {task.attempts}", _student(task)]
        for task in tasks
    ]
    header = ("such as", "begins in", "proposed by", "cases", last, "by the last student")
    return Table(header=header, rows=rows, names=3)


def _student(task: ProposedTask) -> str:
    return "–" if task.student is None else percent(task.student)


def _kind(reason: str) -> str:
    """A reason without the names in it, so that equal reasons are counted together."""
    for words in ("says the same", "as held-out task", "held-out", "already", "the student solves", "solved before"):
        if words in reason:
            return {
                "says the same": "another says the same",
                "as held-out task": "it leads where a held-out task does, or says what one says",
                "held-out": "it leads where a held-out task does, or says what one says",
                "already": "there are enough, in its section or in all",
                "the student solves": "the student does it reliably",
                "solved before": "it is solved before it begins",
            }[words]
    return reason


def _map(map: MapResult) -> Iterator[Block]:
    parents = _parents(map)
    branches = [
        Branch(
            name=section.section,
            parent=parents.get(section.section, ""),
            size=section.pages,
            note=f"{section.pages} page{'' if section.pages == 1 else 's'}, {section.looked} looked at",
        )
        for section in sorted(
            map.sections, key=lambda section: (section.depth is None, section.depth or 0, section.section)
        )
    ]
    rows = [
        [section.section, section.summary, str(section.pages), str(section.looked), _who(section.steps)]
        for section in map.sections
    ]
    table = Table(header=("section", "what is there", "known", "looked at", "steps of agents"), rows=rows, names=2)
    caption = (
        f"The map of {map.site}"
        + (f" as {map.user} sees it" if map.user else "")
        + (", by clicking" if map.by == "clicks" else ", by the way there is")
    )
    yield Figure(caption=caption, svg=tree(branches, label=caption), numbers=table)
    series = [
        Series(name="pages known", style="student", points=_curve(map.known)),
        Series(name="kinds of pages", style="teacher", points=_curve(map.structures)),
    ]
    caption = "What looking at one more page gave"
    chart = line_chart(series, label=caption, x_name="pages looked at", y_text=number)
    if chart:
        numbers = [[str(n), str(a), str(b)] for n, (a, b) in enumerate(zip(map.known, map.structures, strict=True), 1)]
        table_by_page = Table(header=("pages", "known", "kinds"), rows=numbers[:: max(1, len(numbers) // 20)], names=0)
        yield Figure(caption=caption, svg=chart, legend=legend(series), numbers=table_by_page)


def _curve(values: Sequence[int]) -> list[Point]:
    return [Point(x=number, y=value) for number, value in enumerate(values, 1)]


def _parents(map: MapResult) -> dict[str, str]:
    """From which section each is reached first."""
    depth = {section.section: section.depth for section in map.sections}
    parents: dict[str, str] = {}
    for a, b, _ in map.edges:
        above, below = depth.get(a), depth.get(b)
        if above is not None and below == above + 1:
            parents.setdefault(b, a)
    return parents


def _who(steps: dict[str, int]) -> str:
    return ", ".join(f"{agent} {count}" for agent, count in steps.items()) or "–"
