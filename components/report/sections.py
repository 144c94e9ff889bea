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
from components.report.success import fall, success, tasks
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
    solved = [success(data), *symbiosis(data), *tasks(data), *fall(data), *proposed(data)]
    rest = [outcomes(data), *privacy(data), audit(data), promotion(data), cost(data)]
    return [about(data), *solved, learning(data), discovery(data), *rest]


def learning(data: ReportInput) -> Section:
    """Loss and action accuracy over this round's optimizer steps."""
    distillation = data.now.distillation
    if distillation is None:
        words = Words("No student was distilled in this round.")
        return Section(key="learning", title="Learning curve", blocks=[words])
    losses = [
        Series(name="training loss", style="student", points=_curve(distillation, "train_loss")),
        Series(name="validation loss", style="teacher", points=_curve(distillation, "validation_loss")),
    ]
    accuracy = [Series(name="action accuracy", style="student", points=_accuracy(distillation))]
    count = distillation.validation_examples
    accuracy_caption = f"Actions written exactly so, of {count} held-out ones, with {percent(0.95)} intervals"
    blocks: list[Block] = []
    for caption, series, y_range in (
        ("Loss in nats per token", losses, None),
        (accuracy_caption, accuracy, (0.0, 1.0)),
    ):
        text = percent if y_range else number
        chart = line_chart(series, label=caption, x_name="optimizer step", y_range=y_range, y_text=text)
        if chart:
            blocks.append(Figure(caption=caption, svg=chart, legend=legend(series), numbers=_curve_table(distillation)))
    return Section(key="learning", title="Learning curve", blocks=blocks)


def _curve(distillation: DistillResult, name: str) -> list[Point]:
    values = [(point.step, getattr(point, name)) for point in distillation.curve]
    return [Point(x=step, y=value) for step, value in values if value is not None]


def _accuracy(distillation: DistillResult) -> list[Point]:
    """With the interval that so few held-out actions allow; without one where none was held out."""
    count, points = distillation.validation_examples, []
    for point in _curve(distillation, "action_accuracy"):
        low, high = wilson(point.y * count, count) if count else (None, None)
        points.append(Point(x=point.x, y=point.y, low=low, high=high))
    return points


def _curve_table(distillation: DistillResult) -> Table:
    return Table(
        header=("step", "training loss", "validation loss", "action accuracy"),
        rows=[
            [str(point.step), *map(_or_dash, (point.train_loss, point.validation_loss, point.action_accuracy))]
            for point in _table_points(distillation.curve)
        ],
        names=0,
    )


def _table_points(curve: Sequence[CurvePoint]) -> list[CurvePoint]:
    """The points that the table lists, about `MOST_ROWS`: those at which the student was measured, then others
    evenly."""
    measured = [point for point in curve if point.validation_loss is not None or point.action_accuracy is not None]
    rest = [point for point in curve if point.validation_loss is None and point.action_accuracy is None]
    chosen = _spread(measured, MOST_ROWS)
    return sorted([*chosen, *_spread(rest, MOST_ROWS - len(chosen))], key=lambda point: point.step)


def _spread(points: Sequence[CurvePoint], most: int) -> list[CurvePoint]:
    """At most `most` of the points, evenly, the last among them."""
    return list(points[::-1][:: math.ceil(len(points) / most)]) if points and most else []


def _or_dash(value: float | None) -> str:
    return "–" if value is None else number(value)


def discovery(data: ReportInput) -> Section:
    """What the student found that the teacher had not, and what the teacher made of its proposals."""
    states, synthesis, blocks = data.now.facts.states, data.now.synthesis, list[Block]()
    if states is not None and data.now.facts.explorer:
        blocks.append(
            Words(
                f"Exploring, {explorer(data.now)} reached {states.new} page states that no teacher episode had seen "
                f"({states.student} of its own, {states.teacher} of the teacher's)."
            )
        )
    if table := visited(data.now):
        blocks.append(table)
    if synthesis is not None:
        alone = synthesis.student_only_solutions
        blocks += [
            Words(f"Of the tasks and seeds that the teacher failed it solved {len(alone)}.{_only_tasks(alone)}"),
            Words(
                f"{synthesis.knowledge_from_student:,} of the {synthesis.knowledge_entries:,} entries in the knowledge "
                "base came from the student alone."
            ),
            *_acceptance(data),
        ]
    blocks += _discovery_tables(
        states.new_by_task if states else {}, synthesis.student_only_solutions if synthesis else ()
    )
    return Section(
        key="discovery",
        title="What the student found",
        blocks=blocks or [Words("Nothing was explored in this round.")],
    )


def _only_tasks(alone: Sequence[Discovery]) -> str:
    tasks = sorted({discovery.task_id for discovery in alone if discovery.kind == "task"})
    if tasks:
        return f" The teacher has solved no seed of these tasks: {', '.join(tasks)}."
    return " The teacher solved other seeds of each of these tasks." if alone else ""


def _acceptance(data: ReportInput) -> list[Block]:
    """What the teacher made of the student's proposals, now and over rounds."""
    syntheses = [
        (round.number, round.synthesis) for round in data.rounds if round.synthesis and round.synthesis.proposed
    ]
    if not syntheses or syntheses[-1][0] != data.round:
        return []
    now = syntheses[-1][1]
    rate, counts = percent(now.accepted / now.proposed), f"{now.accepted} of {now.proposed}"
    words = Words(f"The teacher accepted {rate} of the student's proposals ({counts}).")
    if len(syntheses) < 2:
        return [words]
    points = [Point(x=number, y=synthesis.accepted / synthesis.proposed) for number, synthesis in syntheses]
    series = [Series(name="accepted", style="student", points=points)]
    rows = [[str(number), f"{synthesis.accepted}", f"{synthesis.proposed}"] for number, synthesis in syntheses]
    caption = "Acceptance of the student's proposals"
    chart = line_chart(series, label=caption, x_name="round", whole_x=True, y_range=(0, 1), y_text=percent)
    numbers = Table(header=("round", "accepted", "proposed"), rows=rows)
    return [words, Figure(caption=caption, svg=chart, numbers=numbers)]


def _discovery_tables(states: Mapping[str, int], solutions: Sequence[Discovery]) -> list[Block]:
    tables: list[Block] = []
    if solutions:
        seeds: dict[str, list[int]] = {}
        for solution in solutions:
            seeds.setdefault(solution.task_id, []).append(solution.seed)
        rows = [
            [task, str(len(numbers)), ", ".join(map(str, sorted(numbers)[:8]))]
            for task, numbers in sorted(seeds.items())
        ]
        tables.append(Table(header=("solved by the student alone", "seeds", "which"), rows=rows[:MOST_ROWS]))
    most = sorted(((count, task) for task, count in states.items() if count), reverse=True)[:MOST_ROWS]
    if most:
        tables.append(Table(header=("task", "new states"), rows=[[task, str(count)] for count, task in most]))
    return tables


def outcomes(data: ReportInput) -> Section:
    """How the episodes of each phase ended; errors are not the agent's and never count as failures."""
    counts_by_phase = data.now.facts.outcomes
    if not counts_by_phase:
        return Section(key="outcomes", title="Outcomes", blocks=[Words("No episode was played in this round.")])
    kinds = [kind for kind in OUTCOMES if any(parts.get(kind) for parts in counts_by_phase.values())]
    rows = {
        _phase(name): {kind: float(parts.get(kind, 0)) for kind in kinds}
        for name, parts in sorted(counts_by_phase.items())
    }
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
    agreement = data.now.synthesis.agreement if data.now.synthesis else None
    if agreement is None:
        return []
    text = f"Models judged what was explored. They gave no verdict on {agreement.undecided} trajectories."
    if agreement.decided:
        low, high = wilson(agreement.agreed, agreement.decided)
        text += (
            f" Of the other {agreement.decided} they agree with the evaluator on {agreement.agreed}, {percent(low)} to "
            f"{percent(high)} with 95 % confidence: {agreement.judge_alone} were solved by their word alone, "
            f"{agreement.evaluator_alone} by the evaluator's alone."
        )
    return [Words(text)]


def _phase(name: str) -> str:
    """A phase in words, such as `student on held-out seeds`: short, for the narrowest screen has counts beside it."""
    split = next((title for split, title in SPLITS.items() if name.endswith(f"-{split}")), "")
    agent = AGENTS.get(name, name)
    if split:
        return f"{agent.removesuffix(', judged')} on {split}"
    return f"{agent}{', exploring' if name in EXPLORING else ''}"


def audit(data: ReportInput) -> Section:
    """Whom the student was distilled from, and the distances that say so."""
    result = data.now.audit
    if result is None:
        return Section(key="audit", title="Audit", blocks=[Words("No audit was run in this round.")])
    blocks: list[Block] = [
        Words(f"Distilled from its teacher: {VERDICTS[result.verdict]} ({result.verdict}).", strong=True),
        Words(_what_decided(result)),
        Words("Yes is what should be found: the student is meant to have learnt from this teacher and nobody else."),
    ]
    if result.judged:
        blocks.append(distance_figure(result))
    if result.heat_maps:
        words = Words(
            "Each row is an expert of the model that read the answers, each column a kind of task; the deeper the "
            "colour, the more of the expert's work is of that kind. Where teacher and student look more alike than "
            "teacher and control, their answers are alike."
        )
        blocks.append(
            Fold(
                title="How the experts share the work",
                blocks=[words, *expert_figures(result, elsewhere="results/detect.json")],
                printed=False,
            )
        )
    blocks += [Words(limit) for limit in result.limits]
    return Section(key="audit", title="Audit", blocks=blocks)


def _what_decided(result: AuditResult) -> str:
    """The reason as a sentence, and what limits its p-value."""
    because = sentence(result.because)
    if result.p_value > 0.5**result.test.replicates:
        return because
    return (
        f"{because} For lying under the margin p = {result.p_value:.2g} is the least that {result.test.replicates} "
        "parts of the questions can give."
    )


def promotion(data: ReportInput) -> Section:
    """The decision with its statistics."""
    result = data.now.promotion
    if result is None:
        return Section(key="promotion", title="Promotion", blocks=[Words("Nothing was decided in this round.")])
    against = "the model the run began with" if result.champion_is_start else "the champion"
    low, high = result.interval or (None, None)
    rows = [
        ["challenger", percent(result.challenger_rate)],
        [against, percent(result.champion_rate)],
        ["difference", f"{100 * result.difference:+.1f} points"],
        ["interval, tasks resampled", "–" if low is None or high is None else f"{100 * low:+.1f} to {100 * high:+.1f}"],
        ["pairs only the challenger solved", str(result.gains)],
        ["pairs only the other solved", str(result.losses)],
        ["pairs in all", str(result.pairs)],
        ["pairs left out for errors", str(result.left_out)],
        ["McNemar's exact p", f"{result.p_value:.2g}"],
        ["minimum detectable effect", f"{100 * result.minimum_detectable_effect:.1f} points"],
        ["at alpha and power", f"{result.alpha:g}, {result.power:g}"],
        ["version of the challenger", result.version],
        ["version of the champion now", result.champion_version or "none"],
    ]
    chart = difference_chart(
        value=result.difference,
        interval=result.interval,
        detectable=result.minimum_detectable_effect,
        label="Difference between challenger and champion with its interval",
    )
    figure = Figure(
        caption=f"Difference in success to {against}, in points; in the shade it is too small to be found reliably",
        svg=chart,
        numbers=Table(header=("", "value"), rows=rows),
    )
    blocks: list[Block] = [Words(f"Decision: {result.decision}.", strong=True), Words(result.reason), figure]
    if line := beside_last(data):
        blocks.append(Words(line))
    losers = sorted((task for task in result.by_task if task.losses), key=lambda task: task.gains - task.losses)
    if losers:
        table_rows = [[task.task_id, str(task.losses), str(task.gains), str(task.pairs)] for task in losers[:MOST_ROWS]]
        blocks.append(Table(header=("task with losses", "lost", "gained", "pairs"), rows=table_rows))
    return Section(key="promotion", title="Promotion", blocks=blocks)


def cost(data: ReportInput) -> Section:
    """Time by stage, and money, over all rounds."""
    blocks: list[Block] = []
    if data.now.seconds:
        caption = "Time by stage in this round, the longest first"
        seconds = dict(sorted(data.now.seconds.items(), key=lambda item: -item[1]))
        rows = [[stage, duration(value)] for stage, value in seconds.items()]
        chart = bars(seconds, label=caption, text=duration)
        blocks.append(Figure(caption=caption, svg=chart, numbers=Table(header=("stage", "time"), rows=rows)))
        if any(result.reused for result in data.now.evaluations.values()):
            blocks.append(Words("Who was judged on the same pages in an earlier round is not judged again: no time."))
    rows = [
        [str(round.number), duration(sum(round.seconds.values())), f"{round.facts.tokens:,}", f"{round.facts.usd:.2f}"]
        for round in data.rounds
    ]
    blocks.append(Table(header=("round", "time", "tokens of all models", "US dollars"), rows=rows))
    rows_by_split = [
        [
            ROLES[role],
            data.now.titles[split],
            *map(
                _or_dash, (split_result.steps_per_solved, split_result.seconds_per_solved, split_result.usd_per_solved)
            ),
        ]
        for role, result in data.now.evaluations.items()
        for split, split_result in result.splits.items()
        if split_result.steps_per_solved is not None
    ]
    if rows_by_split:
        header = ("agent", "split", "steps per solved task", "seconds per solved task", "dollars per solved task")
        blocks.append(Table(header=header, rows=rows_by_split, names=2))
    return Section(key="cost", title="Cost and time", blocks=blocks)
