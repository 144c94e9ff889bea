"""Tasks that nobody wrote: the map they were found on, and what became of every proposal."""

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
    found = data.now.proposing
    if found is None:
        return []
    played, refused = found.played, [each for each in found.proposals if each.status != "played"]
    cases = sum(each.cases for each in played)
    regions = len({each.region for each in played})
    said = [
        Words(
            f"{len(played)} of {len(found.proposals)} proposed tasks are played, {cases} cases in {regions} sections "
            "of the map." + (f" A language model was asked {found.questions} questions." if found.questions else ""),
            strong=True,
        ),
        Words(
            "What is refused repeats another task, belongs to the evaluation, holds before anything is done, or was "
            "not done by the teacher. `symbiont tasks list` shows all of them; `approve` and `reject` take your word."
        ),
    ]
    blocks: list[Block] = [*said, *(block for map in found.maps for block in _map(map))]
    blocks.append(Fold(title="Tasks that are played", blocks=[_tasks(played, last="solved by the teacher")]))
    if refused:
        reasons = Counter(_kind(each.reason) for each in refused).most_common()
        blocks.append(Table(header=("not played because", "proposals"), rows=[[why, str(n)] for why, n in reasons]))
    return [Section(key="proposed", title="Tasks that nobody wrote", blocks=blocks)]


def _tasks(tasks: Sequence[ProposedTask], *, last: str) -> Table:
    rows = [
        [each.intent, each.region, each.by, str(each.cases), f"{each.solved} of {each.attempts}", _student(each)]
        for each in tasks
    ]
    header = ("such as", "begins in", "proposed by", "cases", last, "by the last student")
    return Table(header=header, rows=rows, names=3)


def _student(each: ProposedTask) -> str:
    return "–" if each.student is None else percent(each.student)


def _kind(reason: str) -> str:
    """A reason without the names in it, so that those of one kind are counted together."""
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
            name=each.section,
            parent=parents.get(each.section, ""),
            size=each.pages,
            note=f"{each.pages} page{'' if each.pages == 1 else 's'}, {each.looked} looked at",
        )
        for each in sorted(map.sections, key=lambda each: (each.depth is None, each.depth or 0, each.section))
    ]
    rows = [[each.section, each.summary, str(each.pages), str(each.looked), _who(each.steps)] for each in map.sections]
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
        told = Table(header=("pages", "known", "kinds"), rows=numbers[:: max(1, len(numbers) // 20)], names=0)
        yield Figure(caption=caption, svg=chart, legend=legend(series), numbers=told)


def _curve(values: Sequence[int]) -> list[Point]:
    return [Point(x=number, y=value) for number, value in enumerate(values, 1)]


def _parents(map: MapResult) -> dict[str, str]:
    """From which section each is reached first."""
    depth = {each.section: each.depth for each in map.sections}
    found: dict[str, str] = {}
    for a, b, _ in map.edges:
        above, below = depth.get(a), depth.get(b)
        if above is not None and below == above + 1:
            found.setdefault(b, a)
    return found


def _who(steps: dict[str, int]) -> str:
    return ", ".join(f"{who} {count}" for who, count in steps.items()) or "–"
