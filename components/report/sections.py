"""The sections of a report, each from its part of the input: what is shown in the page and as Kubeflow artifacts."""

from __future__ import annotations

from collections.abc import Sequence

from components.drawing.blocks import Block, Figure, Section, Table, Words
from components.drawing.charts import (
    Point,
    Series,
    bars,
    difference_chart,
    heat_map,
    legend,
    line_chart,
    number,
    percent,
    stacked_bars,
)
from components.progress import duration
from components.report.explain import ROLES, SPLITS, explain_loss, first_loss, start_of, student, task_changes
from components.report.model import Discovery, LearningPoint, ReportInput, RoundInput, Success

STYLES = {"student": "student", "teacher": "teacher", "teacher_without_knowledge": "teacher-plain"}
OUTCOMES = ("solved", "failed", "env_error", "judge_error", "infra_error")
MOST_ROWS = 20


def all_sections(data: ReportInput) -> list[Section]:
    """Every section, in the page's order; a loss gets its own where one occurred."""
    made = [success(data), *loss(data), learning(data), discovery(data), outcomes(data), audit(data), promotion(data)]
    return [*made, cost(data)]


def success(data: ReportInput) -> Section:
    """Success over rounds, student beside teacher with and without knowledge, on both splits."""
    blocks: list[Block] = [*_symbiosis(data.now)]
    for split, title in SPLITS.items():
        series = [
            Series(name=ROLES[role], style=style, points=_points(data, role, split)) for role, style in STYLES.items()
        ]
        chart = line_chart(
            series,
            label=f"Success on {title} over rounds",
            x_name="round (0: before training)" if start_of(data, split) else "round",
            whole_x=True,
            y_range=(0, 1),
            y_text=percent,
        )
        if chart:
            caption = f"Success on {title}, with 95 % intervals"
            blocks.append(
                Figure(caption=caption, svg=chart, legend=legend(series), numbers=_success_table(data, split))
            )
    if not blocks:
        blocks.append(Words("Nothing has been evaluated yet."))
    return Section(key="success", title="Success over rounds", blocks=blocks)


def _points(data: ReportInput, role: str, split: str) -> list[Point]:
    found = [(each.number, each.success.get(role, {}).get(split)) for each in data.rounds]
    if role == "student":
        found.insert(0, (data.rounds[0].number - 1, start_of(data, split)))
    return [Point(x=x, y=each.success_rate, low=each.low, high=each.high) for x, each in found if each]


def _success_table(data: ReportInput, split: str) -> Table:
    rows = []
    for each in data.rounds:
        for role, name in ROLES.items():
            found = each.success.get(role, {}).get(split)
            if found:
                rows.append([str(each.number), name, *_success_cells(found)])
    return Table(header=("round", "agent", "success", "interval", "solved"), rows=rows, names=2)


def _success_cells(found: Success) -> list[str]:
    interval = f"{percent(found.low)} to {percent(found.high)}"
    return [percent(found.success_rate), interval, f"{found.solved} of {found.episodes}"]


def _symbiosis(now: RoundInput) -> list[Block]:
    """What the knowledge base gave the teacher, measured on the same seeds."""
    found = []
    for split, title in SPLITS.items():
        with_it = now.success.get("teacher", {}).get(split)
        without = now.success.get("teacher_without_knowledge", {}).get(split)
        if with_it and without:
            gain = 100 * (with_it.success_rate - without.success_rate)
            found.append(
                f"With the knowledge base the teacher solves {percent(with_it.success_rate)} of {title}, without it "
                f"{percent(without.success_rate)}: {gain:+.1f} points on the same seeds."
            )
    return [Words(" ".join(found))] if found else []


def loss(data: ReportInput) -> list[Section]:
    """The first round worse than the one before it, explained; nothing when there is none."""
    found = first_loss(data)
    if found is None:
        return []
    before, after = found
    blocks: list[Block] = [Words(" ".join(explain_loss(before, after)))]
    a, b = student(before), student(after)
    if a and b:
        rows = [
            [task, change, f"{100 * by:+.0f} points"] for task, by, change in task_changes(a, b)[:MOST_ROWS] if by < 0
        ]
        if rows:
            header = ("task that lost", f"solved, round {before.number} to {after.number}", "change")
            blocks.append(Table(header=header, rows=rows))
    return [Section(key="loss", title="The first loss", blocks=blocks)]


def learning(data: ReportInput) -> Section:
    """Loss and action accuracy over this round's optimizer steps."""
    points = data.now.learning
    if not points:
        return Section(
            key="learning", title="Learning curve", blocks=[Words("No student was distilled in this round.")]
        )
    losses = [
        Series(name="training loss", style="student", points=_curve(points, "loss")),
        Series(name="validation loss", style="teacher", points=_curve(points, "validation_loss")),
    ]
    accuracy = [Series(name="action accuracy", style="student", points=_curve(points, "action_accuracy"))]
    shown = points[:: max(1, len(points) // MOST_ROWS)]
    numbers = Table(
        header=("step", "training loss", "validation loss", "action accuracy"),
        rows=[
            [str(each.step), *map(_or_dash, (each.loss, each.validation_loss, each.action_accuracy))] for each in shown
        ],
        names=0,
    )
    blocks: list[Block] = []
    for caption, series, y_range in (
        ("Loss", losses, None),
        ("Action accuracy on validation steps", accuracy, (0.0, 1.0)),
    ):
        text = percent if y_range else number
        chart = line_chart(series, label=caption, x_name="optimizer step", y_range=y_range, y_text=text)
        if chart:
            blocks.append(Figure(caption=caption, svg=chart, legend=legend(series), numbers=numbers))
    return Section(key="learning", title="Learning curve", blocks=blocks)


def _curve(points: Sequence[LearningPoint], name: str) -> list[Point]:
    values = [(each.step, getattr(each, name)) for each in points]
    return [Point(x=step, y=value) for step, value in values if value is not None]


def _or_dash(value: float | None) -> str:
    return "–" if value is None else number(value)


def discovery(data: ReportInput) -> Section:
    """What the student found that the teacher had not, and what the teacher made of its proposals."""
    now, blocks = data.now, list[Block]()
    found = now.discovery
    if found is not None:
        blocks.append(
            Words(
                f"Exploring, the student reached {found.new_states} page states that no teacher episode had seen "
                f"({found.student_states} of its own, {found.teacher_states} of the teacher's), and solved "
                f"{len(found.student_only)} tasks and seeds that the teacher tried and failed." + _only_tasks(found)
            )
        )
    if now.knowledge_from_student is not None:
        blocks.append(
            Words(
                f"{now.knowledge_from_student} of the {now.knowledge_entries} entries in the knowledge base came from "
                "the student alone."
            )
        )
    if now.proposed:
        rate = (now.accepted or 0) / now.proposed
        blocks.append(
            Words(
                f"The teacher accepted {percent(rate)} of the student's proposals ({now.accepted} of {now.proposed})."
            )
        )
        blocks += _acceptance(data)
    if found is not None:
        blocks += _found_tables(found.new_states_by_task, [(each.task_id, each.seed) for each in found.student_only])
    return Section(
        key="discovery",
        title="What the student found",
        blocks=blocks or [Words("Nothing was explored in this round.")],
    )


def _only_tasks(found: Discovery) -> str:
    if found.student_only_tasks:
        return f" The teacher has solved no seed of these tasks: {', '.join(found.student_only_tasks)}."
    return " It has solved other seeds of each of these tasks." if found.student_only else ""


def _acceptance(data: ReportInput) -> list[Block]:
    points = [Point(x=each.number, y=(each.accepted or 0) / each.proposed) for each in data.rounds if each.proposed]
    if len(points) < 2:
        return []
    series = [Series(name="accepted", style="student", points=points)]
    rows = [[str(each.number), f"{each.accepted}", f"{each.proposed}"] for each in data.rounds if each.proposed]
    caption = "Acceptance of the student's proposals"
    chart = line_chart(series, label=caption, x_name="round", whole_x=True, y_range=(0, 1), y_text=percent)
    return [Figure(caption=caption, svg=chart, numbers=Table(header=("round", "accepted", "proposed"), rows=rows))]


def _found_tables(states: dict[str, int], solutions: Sequence[tuple[str, int]]) -> list[Block]:
    tables: list[Block] = []
    if solutions:
        seeds: dict[str, list[int]] = {}
        for task, seed in solutions:
            seeds.setdefault(task, []).append(seed)
        rows = [[task, str(len(each)), ", ".join(map(str, sorted(each)[:8]))] for task, each in sorted(seeds.items())]
        tables.append(Table(header=("solved by the student alone", "seeds", "which"), rows=rows[:MOST_ROWS]))
    most = sorted(((count, task) for task, count in states.items() if count), reverse=True)[:MOST_ROWS]
    if most:
        tables.append(Table(header=("task", "new states"), rows=[[task, str(count)] for count, task in most]))
    return tables


def outcomes(data: ReportInput) -> Section:
    """How the episodes of each phase ended; errors are not the agent's and never count as failures."""
    found = data.now.outcomes
    if not found:
        return Section(key="outcomes", title="Outcomes", blocks=[Words("No episode was played in this round.")])
    rows = {phase: {kind: float(parts.get(kind, 0)) for kind in OUTCOMES} for phase, parts in sorted(found.items())}
    kinds = [kind for kind in OUTCOMES if any(parts[kind] for parts in rows.values())]
    keys = "".join(
        f'<li><svg viewBox="0 0 14 14" aria-hidden="true"><rect class="part part-{kind}" width="14" height="14"/></svg>'
        f"{kind.replace('_', ' ')}</li>"
        for kind in kinds
    )
    table = Table(
        header=("phase", *(kind.replace("_", " ") for kind in OUTCOMES)),
        rows=[[phase, *(f"{parts[kind]:.0f}" for kind in OUTCOMES)] for phase, parts in rows.items()],
    )
    chart = stacked_bars(rows, label="Outcomes by phase")
    figure = Figure(
        caption="Outcomes by phase, with the number of episodes",
        svg=chart,
        legend=f'<ul class="legend">{keys}</ul>',
        numbers=table,
    )
    return Section(key="outcomes", title="Outcomes", blocks=[figure])


def audit(data: ReportInput) -> Section:
    """Whom the student was distilled from, and the distances that say so."""
    found = data.now.audit
    if found is None:
        return Section(key="audit", title="Audit", blocks=[Words("No audit was run in this round.")])
    certainty = "" if found.p_value is None else f" (p = {found.p_value:.2g})"
    blocks: list[Block] = [Words(f"Verdict: {found.verdict}{certainty}.", strong=True)]
    if found.because:
        blocks.append(Words(found.because))
    if found.distances:
        rows = [[name, number(value)] for name, value in found.distances.items()]
        caption = "Distances between signatures; smaller is more alike"
        chart = bars(found.distances, label=caption)
        blocks.append(Figure(caption=caption, svg=chart, numbers=Table(header=("pair", "distance"), rows=rows)))
    for each in found.heat_maps:
        rows = [[str(expert), *(number(value) for value in row)] for expert, row in enumerate(each.values)]
        numbers = Table(header=("expert", *each.columns), rows=rows)
        chart = heat_map(each.values, columns=each.columns, label=each.title)
        blocks.append(Figure(caption=each.title, svg=chart, numbers=numbers))
    blocks += [Words(limit) for limit in found.limits]
    return Section(key="audit", title="Audit", blocks=blocks)


def promotion(data: ReportInput) -> Section:
    """The decision with its statistics."""
    found = data.now.promotion
    if found is None:
        return Section(key="promotion", title="Promotion", blocks=[Words("Nothing was decided in this round.")])
    against = "the untrained start model" if found.champion_is_start else "the champion"
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
        caption=f"Difference in success to {against}; what lies in the shade is too small to be found reliably",
        svg=chart,
        numbers=Table(header=("", "value"), rows=rows),
    )
    blocks: list[Block] = [Words(f"Decision: {found.decision}.", strong=True), Words(found.reason), figure]
    losers = sorted((each for each in found.by_task if each.losses), key=lambda each: each.gains - each.losses)
    if losers:
        table_rows = [[each.task_id, str(each.losses), str(each.gains), str(each.pairs)] for each in losers[:MOST_ROWS]]
        blocks.append(Table(header=("task with losses", "lost", "gained", "pairs"), rows=table_rows))
    return Section(key="promotion", title="Promotion", blocks=blocks)


def cost(data: ReportInput) -> Section:
    """Time by stage, and money, over all rounds."""
    blocks: list[Block] = []
    if data.now.seconds:
        caption = "Time by stage in this round"
        rows = [[stage, duration(value)] for stage, value in data.now.seconds.items()]
        chart = bars(data.now.seconds, label=caption, text=duration)
        blocks.append(Figure(caption=caption, svg=chart, numbers=Table(header=("stage", "time"), rows=rows)))
    rows = [
        [str(each.number), duration(sum(each.seconds.values())), f"{each.tokens:,}", f"{each.usd:.2f}"]
        for each in data.rounds
    ]
    blocks.append(Table(header=("round", "time", "tokens", "US dollars"), rows=rows))
    judged = [
        [
            ROLES[role],
            SPLITS[split],
            *map(_or_dash, (each.steps_per_solved, each.seconds_per_solved, each.usd_per_solved)),
        ]
        for role, splits in data.now.success.items()
        for split, each in splits.items()
        if role in ROLES and split in SPLITS
    ]
    if judged:
        header = ("agent", "split", "steps per solved task", "seconds per solved task", "dollars per solved task")
        blocks.append(Table(header=header, rows=judged, names=2))
    return Section(key="cost", title="Cost and time", blocks=blocks)
