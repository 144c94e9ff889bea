"""How much was solved: over rounds, by task, and where it fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from components.drawing.blocks import Block, Cell, Figure, Group, Section, Table, Words
from components.drawing.charts import Point, Series, legend, line_chart, percent
from components.report.explain import ROLES, interval, newest_fall, start_of, task_changes
from components.report.model import ReportInput, RoundInput
from components.results.evaluate import EvaluateResult, Rate, SplitResult, by_site
from components.statistics import p_in_words
from components.trajectories.phases import CHANCE, Role, SplitName, titles

STYLES: Mapping[Role, str] = {
    "student": "student",
    "teacher": "teacher",
    "teacher_without_knowledge": "teacher-plain",
    "random": "chance",
    "stop": "idle",
}
NEWEST = 5
"""Rounds that the table of tasks shows beside the start."""


def success(data: ReportInput) -> Section:
    """Success over rounds, student beside teacher with and without knowledge, on both splits."""
    split_titles = titles({split for round in data.rounds for split in round.titles})
    figures = (_success_figure(data, split, title) for split, title in split_titles.items())
    blocks: list[Block] = [figure for figure in figures if figure]
    blocks += _by_site(data.now)
    if not blocks:
        blocks.append(Words("Nothing has been evaluated yet."))
    return Section(key="success", title="Success over rounds", blocks=blocks)


def _by_site(now: RoundInput) -> list[Block]:
    """Student, chance and what others published, by site, and what is known to be wrong with tasks."""
    student = now.evaluations.get("student")
    if student is None or not any(split_result.by_site for split_result in student.splits.values()):
        return []
    rows = [
        row
        for role in ("student", *CHANCE)
        if (result := now.evaluations.get(role))
        for row in _site_rows(ROLES[role], result, now.titles)
    ]
    sites = list(dict.fromkeys(["all", *(row[2] for row in rows)]))
    for name, rates in student.published.items():
        rows += [[name, "published", site, percent(rates[site]), "", ""] for site in sites if site in rates]
    table = Table(header=("agent", "what", "site", "success", "interval", "solved"), rows=rows, names=3)
    doubts = "; ".join(f"{name}: {why}" for name, why in student.doubtful.items())
    wrong = [Words(f"Counted, and wrong: {doubts}.")] if doubts else []
    sources = [Words(f"Published: {student.published_on}.")] if student.published_on else []
    return [Words("By site:", strong=True), table, *sources, *wrong]


def _site_rows(agent: str, result: EvaluateResult, names: Mapping[SplitName, str]) -> list[list[str]]:
    """One agent by site, and with every family counting alike."""
    rows = []
    for split, split_result in result.splits.items():
        rows += [
            [agent, names[split], site.name, percent(site.success_rate), interval(site), _solved(site)]
            for site in by_site(split_result)
        ]
        if split_result.macro_rate is not None:
            low, high = split_result.macro_interval or (0.0, 1.0)
            ends = f"{percent(low)} to {percent(high)}"
            mean = [percent(split_result.macro_rate), ends, f"{len(split_result.by_family)}"]
            rows.append([agent, names[split], "mean of templates", *mean])
    return rows


def _solved(result: SplitResult | Rate) -> str:
    return f"{result.solved} of {result.episodes}"


def _success_figure(data: ReportInput, split: SplitName, title: str) -> Figure | None:
    series = [
        Series(name=ROLES[role], style=style, points=_points(data, role, split)) for role, style in STYLES.items()
    ]
    caption = f"Success on {title}, with {percent(0.95)} intervals"
    chart = line_chart(
        series,
        label=caption,
        x_name="round (0: before training)" if start_of(data, split) else "round",
        whole_x=True,
        y_range=(0, 1),
        y_text=percent,
    )
    if not chart:
        return None
    return Figure(caption=caption, svg=chart, legend=legend(series), numbers=_success_table(data, split))


def _points(data: ReportInput, role: Role, split: SplitName) -> list[Point]:
    results = [(round.number, round.success(role, split)) for round in data.rounds]
    if role == "student":
        results.insert(0, (data.rounds[0].number - 1, start_of(data, split)))
    return [
        Point(x=x, y=result.success_rate, low=result.interval[0], high=result.interval[1])
        for x, result in results
        if result
    ]


def _success_table(data: ReportInput, split: SplitName) -> Table:
    rows = []
    for round in data.rounds:
        for role, name in ROLES.items():
            if result := round.success(role, split):
                solved = _solved(result)
                rows.append([str(round.number), name, percent(result.success_rate), interval(result), solved])
    return Table(header=("round", "agent", "success", "interval", "solved"), rows=rows, names=2)


def tasks(data: ReportInput) -> list[Section]:
    """Every judged task: what was solved at the start, in the newest rounds, by the teacher, and by chance."""
    blocks: list[Block] = []
    for split, title in data.now.titles.items():
        if data.now.success("student", split):
            blocks += [Words(f"On {title}", strong=True), _task_table(data, split)]
    if not blocks:
        return []
    words = Words(
        "Solved of judged episodes, beside what one case of each task asks. The tasks that the student is farthest "
        "behind its teacher on come first, family by family. The deeper the shade, the more was solved; a number that "
        "is a link opens one of its episodes. `random` is an agent that acts at random, `stop` one that stops at once."
    )
    return [Section(key="tasks", title="Task by task", blocks=[words, *blocks])]


def _task_table(data: ReportInput, split: SplitName) -> Table:
    newest = [round for round in data.rounds if round.success("student", split)][-NEWEST:]
    columns = [("start", start_of(data, split), "")]
    columns += [
        (f"round {round.number}", round.success("student", split), "student, judged" if round is data.now else "")
        for round in newest
    ]
    columns.append(("teacher", data.now.success("teacher", split), "teacher, judged"))
    columns += [(role, data.now.success(role, split), "") for role in CHANCE]
    columns = [column for column in columns if column[1] is not None]
    rates = {name: {rate.name: rate for rate in result.by_task} for name, result, _ in columns if result}
    anchors = {(view.agent, view.episode.task_id): view.anchor for view in reversed(data.episodes)}
    rows: list[Sequence[str | Cell] | Group] = []
    for family, names in _by_gap(data, split):
        rows.append(Group(title=family))
        for task in names:
            cells = [_cell(rates[name].get(task), anchors.get((agent, task), "")) for name, _, agent in columns]
            rows.append([Cell(text=task, note=data.intents.get(task, "")), *cells])
    return Table(header=("task", *(name for name, _, _ in columns)), rows=rows)


def _cell(rate: Rate | None, anchor: str) -> Cell:
    if rate is None or not rate.episodes:
        return Cell(text="–")
    return Cell(text=f"{rate.solved}/{rate.episodes}", shade=rate.success_rate, anchor=anchor)


def _by_gap(data: ReportInput, split: SplitName) -> list[tuple[str, list[str]]]:
    """Families and their tasks, each in the order of what the student lacks to the teacher."""
    teacher = _rates(data.now.success("teacher", split))
    gaps = {name: teacher.get(name, 0.0) - rate for name, rate in _rates(data.now.success("student", split)).items()}
    families: dict[str, list[str]] = {}
    for name in sorted(gaps, key=lambda name: (-gaps[name], name)):
        families.setdefault(data.families.get(name, "other"), []).append(name)
    return sorted(families.items(), key=lambda family: (-fmean(gaps[name] for name in family[1]), family[0]))


def _rates(result: SplitResult | None) -> dict[str, float]:
    return {rate.name: rate.success_rate for rate in result.by_task} if result else {}


def fall(data: ReportInput) -> list[Section]:
    """The tasks of a fall that chance does not explain; nothing when there is none."""
    rounds = newest_fall(data)
    if rounds is None:
        return []
    before, after = rounds
    a, b, change = before.success("student"), after.success("student"), after.change
    if a is None or b is None or change is None:
        return []
    words = Words(
        f"Round {after.number} solved less than round {before.number} on the same {after.titles[after.main]}: it lost "
        f"{change.losses} episodes and gained {change.gains} (McNemar {p_in_words(change.p_value)}). Which tasks that "
        "was is counted here; a task has too few episodes to say more of it alone."
    )
    rows = [
        [
            change.task,
            f"{change.before.solved} of {change.before.episodes}",
            f"{change.after.solved} of {change.after.episodes}",
        ]
        for change in task_changes(a, b)
        if change.rate < 0
    ]
    table = Table(header=("task", f"round {before.number}", f"round {after.number}"), rows=rows)
    return [Section(key="fell", title="Where success fell", blocks=[words, table])]
