"""The sections of a report, each from its part of the input: what is shown in the page and as Kubeflow artifacts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from components.drawing.bars import bars, difference_chart, parts_legend, stacked_bars
from components.drawing.blocks import Block, Figure, Fold, Section, Table, Words
from components.drawing.charts import Point, Series, legend, line_chart, number, percent
from components.progress import duration
from components.report.about import about
from components.report.choose import AGENTS
from components.report.explain import ROLES, VERDICTS, beside_last, explorer, sentence
from components.report.model import ReportInput
from components.report.privacy import privacy
from components.report.proposed import proposed
from components.report.success import success, tasks, where_fell
from components.report.symbiosis import symbiosis, visited
from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.distill import Point as CurvePoint
from components.results.synthesize import Discovery
from components.statistics import wilson
from components.trajectories.phases import EXPLORING, SPLITS
from components.verdicts.figures import distance_figure, expert_figures

OUTCOMES = ("solved", "failed", "env_error", "judge_error", "infra_error")
MOST_ROWS = 20


def all_sections(data: ReportInput) -> list[Section]:
    """Every section, in the page's order; the tasks and a fall get their own where there are any."""
    solved = [success(data), *symbiosis(data), *tasks(data), *where_fell(data), *proposed(data)]
    rest = [outcomes(data), *privacy(data), audit(data), promotion(data), cost(data)]
    return [about(data), *solved, learning(data), discovery(data), *rest]


def learning(data: ReportInput) -> Section:
    """Loss and action accuracy over this round's optimizer steps."""
    found = data.now.distillation
    if found is None:
        said = Words("No student was distilled in this round.")
        return Section(key="learning", title="Learning curve", blocks=[said])
    losses = [
        Series(name="training loss", style="student", points=_curve(found, "train_loss")),
        Series(name="validation loss", style="teacher", points=_curve(found, "validation_loss")),
    ]
    accuracy = [Series(name="action accuracy", style="student", points=_accuracy(found))]
    judged = f"Actions written exactly so, of {found.validation_examples} held-out ones, with {percent(0.95)} intervals"
    blocks: list[Block] = []
    for caption, series, y_range in (("Loss in nats per token", losses, None), (judged, accuracy, (0.0, 1.0))):
        text = percent if y_range else number
        chart = line_chart(series, label=caption, x_name="optimizer step", y_range=y_range, y_text=text)
        if chart:
            blocks.append(Figure(caption=caption, svg=chart, legend=legend(series), numbers=_curve_table(found)))
    return Section(key="learning", title="Learning curve", blocks=blocks)


def _curve(found: DistillResult, name: str) -> list[Point]:
    values = [(each.step, getattr(each, name)) for each in found.curve]
    return [Point(x=step, y=value) for step, value in values if value is not None]


def _accuracy(found: DistillResult) -> list[Point]:
    """With the interval that so few held-out actions allow; without one where none was held out."""
    count, points = found.validation_examples, []
    for point in _curve(found, "action_accuracy"):
        low, high = wilson(point.y * count, count) if count else (None, None)
        points.append(Point(x=point.x, y=point.y, low=low, high=high))
    return points


def _curve_table(found: DistillResult) -> Table:
    return Table(
        header=("step", "training loss", "validation loss", "action accuracy"),
        rows=[
            [str(each.step), *map(_or_dash, (each.train_loss, each.validation_loss, each.action_accuracy))]
            for each in _told(found.curve)
        ],
        names=0,
    )


def _told(curve: Sequence[CurvePoint]) -> list[CurvePoint]:
    """About `MOST_ROWS` points of a curve: those at which the student was judged, and the others as far as there is
    room."""
    judged = [each for each in curve if each.validation_loss is not None or each.action_accuracy is not None]
    rest = [each for each in curve if each.validation_loss is None and each.action_accuracy is None]
    told = _spread(judged, MOST_ROWS)
    return sorted([*told, *_spread(rest, MOST_ROWS - len(told))], key=lambda each: each.step)


def _spread(points: Sequence[CurvePoint], most: int) -> list[CurvePoint]:
    """At most `most` of the points, evenly, the last among them."""
    return list(points[::-1][:: math.ceil(len(points) / most)]) if points and most else []


def _or_dash(value: float | None) -> str:
    return "–" if value is None else number(value)


def discovery(data: ReportInput) -> Section:
    """What the student found that the teacher had not, and what the teacher made of its proposals."""
    states, found, blocks = data.now.facts.states, data.now.synthesis, list[Block]()
    if states is not None and data.now.facts.explorer:
        blocks.append(
            Words(
                f"Exploring, {explorer(data.now)} reached {states.new} page states that no teacher episode had seen "
                f"({states.student} of its own, {states.teacher} of the teacher's)."
            )
        )
    if table := visited(data.now):
        blocks.append(table)
    if found is not None:
        alone = found.student_only_solutions
        blocks += [
            Words(f"Of the tasks and seeds that the teacher failed it solved {len(alone)}.{_only_tasks(alone)}"),
            Words(
                f"{found.knowledge_from_student:,} of the {found.knowledge_entries:,} entries in the knowledge base "
                "came from the student alone."
            ),
            *_acceptance(data),
        ]
    blocks += _found_tables(states.new_by_task if states else {}, found.student_only_solutions if found else ())
    return Section(
        key="discovery",
        title="What the student found",
        blocks=blocks or [Words("Nothing was explored in this round.")],
    )


def _only_tasks(alone: Sequence[Discovery]) -> str:
    tasks = sorted({each.task_id for each in alone if each.kind == "task"})
    if tasks:
        return f" The teacher has solved no seed of these tasks: {', '.join(tasks)}."
    return " The teacher solved other seeds of each of these tasks." if alone else ""


def _acceptance(data: ReportInput) -> list[Block]:
    """What the teacher made of the student's proposals, now and over rounds."""
    known = [(each.number, each.synthesis) for each in data.rounds if each.synthesis and each.synthesis.proposed]
    if not known or known[-1][0] != data.round:
        return []
    now = known[-1][1]
    rate, counts = percent(now.accepted / now.proposed), f"{now.accepted} of {now.proposed}"
    words = Words(f"The teacher accepted {rate} of the student's proposals ({counts}).")
    if len(known) < 2:
        return [words]
    points = [Point(x=number, y=each.accepted / each.proposed) for number, each in known]
    series = [Series(name="accepted", style="student", points=points)]
    rows = [[str(number), f"{each.accepted}", f"{each.proposed}"] for number, each in known]
    caption = "Acceptance of the student's proposals"
    chart = line_chart(series, label=caption, x_name="round", whole_x=True, y_range=(0, 1), y_text=percent)
    numbers = Table(header=("round", "accepted", "proposed"), rows=rows)
    return [words, Figure(caption=caption, svg=chart, numbers=numbers)]


def _found_tables(states: Mapping[str, int], solutions: Sequence[Discovery]) -> list[Block]:
    tables: list[Block] = []
    if solutions:
        seeds: dict[str, list[int]] = {}
        for each in solutions:
            seeds.setdefault(each.task_id, []).append(each.seed)
        rows = [[task, str(len(one)), ", ".join(map(str, sorted(one)[:8]))] for task, one in sorted(seeds.items())]
        tables.append(Table(header=("solved by the student alone", "seeds", "which"), rows=rows[:MOST_ROWS]))
    most = sorted(((count, task) for task, count in states.items() if count), reverse=True)[:MOST_ROWS]
    if most:
        tables.append(Table(header=("task", "new states"), rows=[[task, str(count)] for count, task in most]))
    return tables


def outcomes(data: ReportInput) -> Section:
    """How the episodes of each phase ended; errors are not the agent's and never count as failures."""
    found = data.now.facts.outcomes
    if not found:
        return Section(key="outcomes", title="Outcomes", blocks=[Words("No episode was played in this round.")])
    kinds = [kind for kind in OUTCOMES if any(parts.get(kind) for parts in found.values())]
    rows = {_phase(name): {kind: float(parts.get(kind, 0)) for kind in kinds} for name, parts in sorted(found.items())}
    table = Table(
        header=("phase", *(kind.replace("_", " ") for kind in kinds)),
        rows=[[phase, *(f"{count:.0f}" for count in parts.values())] for phase, parts in rows.items()],
    )
    caption = "How the episodes of each phase ended; counts in the order of the legend"
    chart = stacked_bars(rows, label=caption)
    figure = Figure(caption=caption, svg=chart, legend=parts_legend(kinds), numbers=table)
    return Section(key="outcomes", title="Outcomes", blocks=[figure, *_agreement(data)])


def _agreement(data: ReportInput) -> list[Block]:
    """The judge of models beside the benchmark's evaluator, where models judged."""
    found = data.now.synthesis.agreement if data.now.synthesis else None
    if found is None:
        return []
    said = f"Models judged what was explored. They gave no verdict on {found.undecided} trajectories."
    if found.decided:
        low, high = wilson(found.agreed, found.decided)
        said += (
            f" Of the other {found.decided} they agree with the evaluator on {found.agreed}, {percent(low)} to "
            f"{percent(high)} with 95 % confidence: {found.judge_alone} were solved by their word alone, "
            f"{found.evaluator_alone} by the evaluator's alone."
        )
    return [Words(said)]


def _phase(name: str) -> str:
    """A phase in words, such as `student on held-out seeds`: short, for the narrowest screen has counts beside it."""
    split = next((title for split, title in SPLITS.items() if name.endswith(f"-{split}")), "")
    agent = AGENTS.get(name, name)
    if split:
        return f"{agent.removesuffix(', judged')} on {split}"
    return f"{agent}{', exploring' if name in EXPLORING else ''}"


def audit(data: ReportInput) -> Section:
    """Whom the student was distilled from, and the distances that say so."""
    found = data.now.audit
    if found is None:
        return Section(key="audit", title="Audit", blocks=[Words("No audit was run in this round.")])
    blocks: list[Block] = [
        Words(f"Distilled from its teacher: {VERDICTS[found.verdict]} ({found.verdict}).", strong=True),
        Words(_what_decided(found)),
        Words("Yes is what should be found: the student is meant to have learnt from this teacher and nobody else."),
    ]
    if found.judged:
        blocks.append(distance_figure(found))
    if found.heat_maps:
        said = Words(
            "Each row is an expert of the model that read the answers, each column a kind of task; the deeper the "
            "colour, the more of the expert's work is of that kind. Where teacher and student look more alike than "
            "teacher and control, their answers are alike."
        )
        blocks.append(
            Fold(
                title="How the experts share the work",
                blocks=[said, *expert_figures(found, elsewhere="results/detect.json")],
                printed=False,
            )
        )
    blocks += [Words(limit) for limit in found.limits]
    return Section(key="audit", title="Audit", blocks=blocks)


def _what_decided(found: AuditResult) -> str:
    """The reason as a sentence, and what limits its p-value."""
    because = sentence(found.because)
    if found.p_value > 0.5**found.test.replicates:
        return because
    return (
        f"{because} For lying under the margin p = {found.p_value:.2g} is the least that {found.test.replicates} parts "
        "of the questions can give."
    )


def promotion(data: ReportInput) -> Section:
    """The decision with its statistics."""
    found = data.now.promotion
    if found is None:
        return Section(key="promotion", title="Promotion", blocks=[Words("Nothing was decided in this round.")])
    against = "the model the run began with" if found.champion_is_start else "the champion"
    low, high = found.interval or (None, None)
    rows = [
        ["challenger", percent(found.challenger_rate)],
        [against, percent(found.champion_rate)],
        ["difference", f"{100 * found.difference:+.1f} points"],
        ["interval, tasks resampled", "–" if low is None or high is None else f"{100 * low:+.1f} to {100 * high:+.1f}"],
        ["pairs only the challenger solved", str(found.gains)],
        ["pairs only the other solved", str(found.losses)],
        ["pairs in all", str(found.pairs)],
        ["pairs left out for errors", str(found.left_out)],
        ["McNemar's exact p", f"{found.p_value:.2g}"],
        ["minimum detectable effect", f"{100 * found.minimum_detectable_effect:.1f} points"],
        ["at alpha and power", f"{found.alpha:g}, {found.power:g}"],
        ["version of the challenger", found.version],
        ["version of the champion now", found.champion_version or "none"],
    ]
    chart = difference_chart(
        value=found.difference,
        interval=found.interval,
        detectable=found.minimum_detectable_effect,
        label="Difference between challenger and champion with its interval",
    )
    figure = Figure(
        caption=f"Difference in success to {against}, in points; in the shade it is too small to be found reliably",
        svg=chart,
        numbers=Table(header=("", "value"), rows=rows),
    )
    blocks: list[Block] = [Words(f"Decision: {found.decision}.", strong=True), Words(found.reason), figure]
    if line := beside_last(data):
        blocks.append(Words(line))
    losers = sorted((each for each in found.by_task if each.losses), key=lambda each: each.gains - each.losses)
    if losers:
        table_rows = [[each.task_id, str(each.losses), str(each.gains), str(each.pairs)] for each in losers[:MOST_ROWS]]
        blocks.append(Table(header=("task with losses", "lost", "gained", "pairs"), rows=table_rows))
    return Section(key="promotion", title="Promotion", blocks=blocks)


def cost(data: ReportInput) -> Section:
    """Time by stage, and money, over all rounds."""
    blocks: list[Block] = []
    if data.now.seconds:
        caption = "Time by stage in this round, the longest first"
        seconds = dict(sorted(data.now.seconds.items(), key=lambda each: -each[1]))
        rows = [[stage, duration(value)] for stage, value in seconds.items()]
        chart = bars(seconds, label=caption, text=duration)
        blocks.append(Figure(caption=caption, svg=chart, numbers=Table(header=("stage", "time"), rows=rows)))
        if any(each.reused for each in data.now.evaluations.values()):
            blocks.append(Words("Who was judged on the same pages in an earlier round is not judged again: no time."))
    rows = [
        [str(each.number), duration(sum(each.seconds.values())), f"{each.facts.tokens:,}", f"{each.facts.usd:.2f}"]
        for each in data.rounds
    ]
    blocks.append(Table(header=("round", "time", "tokens of all models", "US dollars"), rows=rows))
    judged = [
        [
            ROLES[role],
            data.now.titles[split],
            *map(_or_dash, (each.steps_per_solved, each.seconds_per_solved, each.usd_per_solved)),
        ]
        for role, one in data.now.evaluations.items()
        for split, each in one.splits.items()
        if each.steps_per_solved is not None
    ]
    if judged:
        header = ("agent", "split", "steps per solved task", "seconds per solved task", "dollars per solved task")
        blocks.append(Table(header=header, rows=judged, names=2))
    return Section(key="cost", title="Cost and time", blocks=blocks)
