"""The sections of a report, each from its part of the input: what is shown in the page and as Kubeflow artifacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from components.report.explain import ROLES, SPLITS, explain_loss, first_loss, interval, start_of, task_changes
from components.report.model import ReportInput, RoundInput
from components.results import distill
from components.results.evaluate import Rate, SplitResult
from components.results.synthesize import Discovery
from components.trajectories.phases import Role, SplitName

STYLES: Mapping[Role, str] = {"student": "student", "teacher": "teacher", "teacher_without_knowledge": "teacher-plain"}
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
            numbers = _success_table(data, split)
            blocks.append(Figure(caption=caption, svg=chart, legend=legend(series), numbers=numbers))
    if not blocks:
        blocks.append(Words("Nothing has been evaluated yet."))
    return Section(key="success", title="Success over rounds", blocks=blocks)


def _points(data: ReportInput, role: Role, split: SplitName) -> list[Point]:
    found = [(each.number, each.success(role, split)) for each in data.rounds]
    if role == "student":
        found.insert(0, (data.rounds[0].number - 1, start_of(data, split)))
    return [Point(x=x, y=each.success_rate, low=each.interval[0], high=each.interval[1]) for x, each in found if each]


def _success_table(data: ReportInput, split: SplitName) -> Table:
    rows = []
    for each in data.rounds:
        for role, name in ROLES.items():
            found = each.success(role, split)
            if found:
                rows.append([str(each.number), name, *_success_cells(found)])
    return Table(header=("round", "agent", "success", "interval", "solved"), rows=rows, names=2)


def _success_cells(found: SplitResult) -> list[str]:
    return [percent(found.success_rate), interval(found), f"{found.solved} of {found.episodes}"]


def _symbiosis(now: RoundInput) -> list[Block]:
    """What the knowledge base gave the teacher, measured on the same seeds."""
    found = []
    for split, title in SPLITS.items():
        with_it = now.success("teacher", split)
        without = now.success("teacher_without_knowledge", split)
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
    a, b = before.success("student"), after.success("student")
    if a and b:
        rows = [
            [each.task, f"{_counts(each.before)} to {_counts(each.after)}", f"{100 * each.rate:+.0f} points"]
            for each in task_changes(a, b)[:MOST_ROWS]
            if each.rate < 0
        ]
        if rows:
            header = ("task that lost", f"solved, round {before.number} to {after.number}", "change")
            blocks.append(Table(header=header, rows=rows))
    return [Section(key="loss", title="The first loss", blocks=blocks)]


def _counts(found: Rate) -> str:
    return f"{found.solved}/{found.episodes}"


def learning(data: ReportInput) -> Section:
    """Loss and action accuracy over this round's optimizer steps."""
    points = data.now.distillation.curve if data.now.distillation else ()
    if not points:
        return Section(
            key="learning", title="Learning curve", blocks=[Words("No student was distilled in this round.")]
        )
    losses = [
        Series(name="training loss", style="student", points=_curve(points, "train_loss")),
        Series(name="validation loss", style="teacher", points=_curve(points, "validation_loss")),
    ]
    accuracy = [Series(name="action accuracy", style="student", points=_curve(points, "action_accuracy"))]
    shown = points[:: max(1, len(points) // MOST_ROWS)]
    numbers = Table(
        header=("step", "training loss", "validation loss", "action accuracy"),
        rows=[
            [str(each.step), *map(_or_dash, (each.train_loss, each.validation_loss, each.action_accuracy))]
            for each in shown
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


def _curve(points: Sequence[distill.Point], name: str) -> list[Point]:
    values = [(each.step, getattr(each, name)) for each in points]
    return [Point(x=step, y=value) for step, value in values if value is not None]


def _or_dash(value: float | None) -> str:
    return "–" if value is None else number(value)


def discovery(data: ReportInput) -> Section:
    """What the student found that the teacher had not, and what the teacher made of its proposals."""
    states, found, blocks = data.now.facts.states, data.now.synthesis, list[Block]()
    if states is not None:
        blocks.append(
            Words(
                f"Exploring, the student reached {states.new} page states that no teacher episode had seen "
                f"({states.student} of its own, {states.teacher} of the teacher's)."
            )
        )
    if found is not None:
        alone = found.student_only_solutions
        blocks += [
            Words(f"It solved {len(alone)} tasks and seeds that the teacher tried and failed.{_only_tasks(alone)}"),
            Words(
                f"{found.knowledge_from_student} of the {found.knowledge_entries} entries in the knowledge base came "
                "from the student alone."
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
    return " It has solved other seeds of each of these tasks." if alone else ""


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
    blocks: list[Block] = [
        Words(f"Verdict: {found.verdict} (p = {found.p_value:.2g}).", strong=True),
        Words(found.because),
    ]
    if found.distances:
        rows = [[name, number(value)] for name, value in found.distances.items()]
        caption = "Distances between signatures; smaller is more alike"
        chart = bars(found.distances, label=caption)
        blocks.append(Figure(caption=caption, svg=chart, numbers=Table(header=("pair", "distance"), rows=rows)))
    for each in found.heat_maps:
        for source, values in each.values.items():
            title = f"Specialization of {source}, {each.layer}"
            rows = [[str(expert), *(number(value) for value in row)] for expert, row in enumerate(values)]
            numbers = Table(header=("expert", *each.domains), rows=rows)
            chart = heat_map(values, columns=each.domains, label=title)
            blocks.append(Figure(caption=title, svg=chart, numbers=numbers))
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
        [str(each.number), duration(sum(each.seconds.values())), f"{each.facts.tokens:,}", f"{each.facts.usd:.2f}"]
        for each in data.rounds
    ]
    blocks.append(Table(header=("round", "time", "tokens", "US dollars"), rows=rows))
    judged = [
        [
            ROLES[role],
            SPLITS[split],
            *map(_or_dash, (each.steps_per_solved, each.seconds_per_solved, each.usd_per_solved)),
        ]
        for role, one in data.now.evaluations.items()
        for split, each in one.splits.items()
    ]
    if judged:
        header = ("agent", "split", "steps per solved task", "seconds per solved task", "dollars per solved task")
        blocks.append(Table(header=header, rows=judged, names=2))
    return Section(key="cost", title="Cost and time", blocks=blocks)
