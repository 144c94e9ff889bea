"""How much was solved: over rounds, by task, and where it fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from components.drawing.blocks import Block, Cell, Figure, Group, Section, Table, Words
from components.drawing.charts import Point, Series, legend, line_chart, percent
from components.report.explain import ROLES, fell, interval, start_of, task_changes
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
    judged = titles({split for each in data.rounds for split in each.titles})
    figures = (_success_figure(data, split, title) for split, title in judged.items())
    blocks: list[Block] = [figure for figure in figures if figure]
    blocks += _by_site(data.now)
    if not blocks:
        blocks.append(Words("Nothing has been evaluated yet."))
    return Section(key="success", title="Success over rounds", blocks=blocks)


def _by_site(now: RoundInput) -> list[Block]:
    """Student, chance and what others published, by site, and what is known to be wrong with tasks."""
    found = now.evaluations.get("student")
    if found is None or not any(each.by_site for each in found.splits.values()):
        return []
    rows = [
        row
        for role in ("student", *CHANCE)
        if (one := now.evaluations.get(role))
        for row in _site_rows(ROLES[role], one, now.titles)
    ]
    sites = list(dict.fromkeys(["all", *(row[2] for row in rows)]))
    for name, rates in found.published.items():
        rows += [[name, "published", site, percent(rates[site]), "", ""] for site in sites if site in rates]
    table = Table(header=("agent", "what", "site", "success", "interval", "solved"), rows=rows, names=3)
    known = "; ".join(f"{name}: {why}" for name, why in found.doubtful.items())
    wrong = [Words(f"Counted, and wrong: {known}.")] if known else []
    others = [Words(f"Published: {found.published_on}.")] if found.published_on else []
    return [Words("By site:", strong=True), table, *others, *wrong]


def _site_rows(agent: str, found: EvaluateResult, names: Mapping[SplitName, str]) -> list[list[str]]:
    """One agent by site, and with every family counting alike."""
    rows = []
    for split, each in found.splits.items():
        rows += [
            [agent, names[split], site.name, percent(site.success_rate), interval(site), _solved(site)]
            for site in by_site(each)
        ]
        if each.macro_rate is not None:
            low, high = each.macro_interval or (0.0, 1.0)
            said = f"{percent(low)} to {percent(high)}"
            mean = [percent(each.macro_rate), said, f"{len(each.by_family)}"]
            rows.append([agent, names[split], "mean of templates", *mean])
    return rows


def _solved(found: SplitResult | Rate) -> str:
    return f"{found.solved} of {found.episodes}"


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
    found = [(each.number, each.success(role, split)) for each in data.rounds]
    if role == "student":
        found.insert(0, (data.rounds[0].number - 1, start_of(data, split)))
    return [Point(x=x, y=each.success_rate, low=each.interval[0], high=each.interval[1]) for x, each in found if each]


def _success_table(data: ReportInput, split: SplitName) -> Table:
    rows = []
    for each in data.rounds:
        for role, name in ROLES.items():
            if found := each.success(role, split):
                solved = _solved(found)
                rows.append([str(each.number), name, percent(found.success_rate), interval(found), solved])
    return Table(header=("round", "agent", "success", "interval", "solved"), rows=rows, names=2)


def tasks(data: ReportInput) -> list[Section]:
    """Every judged task: what was solved at the start, in the newest rounds, by the teacher, and by chance."""
    blocks: list[Block] = []
    for split, title in data.now.titles.items():
        if data.now.success("student", split):
            blocks += [Words(f"On {title}", strong=True), _task_table(data, split)]
    if not blocks:
        return []
    said = Words(
        "Solved of judged episodes, beside what one case of each task asks. The tasks that the student is farthest "
        "behind its teacher on come first, family by family. The deeper the shade, the more was solved; a number that "
        "is a link opens one of its episodes. `random` is an agent that acts at random, `stop` one that stops at once."
    )
    return [Section(key="tasks", title="Task by task", blocks=[said, *blocks])]


def _task_table(data: ReportInput, split: SplitName) -> Table:
    newest = [each for each in data.rounds if each.success("student", split)][-NEWEST:]
    columns = [("start", start_of(data, split), "")]
    columns += [
        (f"round {each.number}", each.success("student", split), "student, judged" if each is data.now else "")
        for each in newest
    ]
    columns.append(("teacher", data.now.success("teacher", split), "teacher, judged"))
    columns += [(role, data.now.success(role, split), "") for role in CHANCE]
    columns = [each for each in columns if each[1] is not None]
    rates = {name: {rate.name: rate for rate in found.by_task} for name, found, _ in columns if found}
    shown = {(view.agent, view.episode.task_id): view.anchor for view in reversed(data.episodes)}
    rows: list[Sequence[str | Cell] | Group] = []
    for family, names in _by_gap(data, split):
        rows.append(Group(title=family))
        for task in names:
            cells = [_cell(rates[name].get(task), shown.get((agent, task), "")) for name, _, agent in columns]
            rows.append([Cell(text=task, note=data.intents.get(task, "")), *cells])
    return Table(header=("task", *(name for name, _, _ in columns)), rows=rows)


def _cell(found: Rate | None, anchor: str) -> Cell:
    if found is None or not found.episodes:
        return Cell(text="–")
    return Cell(text=f"{found.solved}/{found.episodes}", shade=found.success_rate, anchor=anchor)


def _by_gap(data: ReportInput, split: SplitName) -> list[tuple[str, list[str]]]:
    """Families and their tasks, each in the order of what the student lacks to the teacher."""
    teacher = _rates(data.now.success("teacher", split))
    gaps = {name: teacher.get(name, 0.0) - rate for name, rate in _rates(data.now.success("student", split)).items()}
    families: dict[str, list[str]] = {}
    for name in sorted(gaps, key=lambda name: (-gaps[name], name)):
        families.setdefault(data.families.get(name, "other"), []).append(name)
    return sorted(families.items(), key=lambda each: (-fmean(gaps[name] for name in each[1]), each[0]))


def _rates(found: SplitResult | None) -> dict[str, float]:
    return {each.name: each.success_rate for each in found.by_task} if found else {}


def where_fell(data: ReportInput) -> list[Section]:
    """The tasks of a fall that chance does not explain; nothing when there is none."""
    found = fell(data)
    if found is None:
        return []
    before, after = found
    a, b, change = before.success("student"), after.success("student"), after.change
    if a is None or b is None or change is None:
        return []
    said = Words(
        f"Round {after.number} solved less than round {before.number} on the same {after.titles[after.main]}: it lost "
        f"{change.losses} episodes and gained {change.gains} (McNemar {p_in_words(change.p_value)}). Which tasks that "
        "was is counted here; a task has too few episodes to say more of it alone."
    )
    rows = [
        [each.task, f"{each.before.solved} of {each.before.episodes}", f"{each.after.solved} of {each.after.episodes}"]
        for each in task_changes(a, b)
        if each.rate < 0
    ]
    table = Table(header=("task", f"round {before.number}", f"round {after.number}"), rows=rows)
    return [Section(key="fell", title="Where success fell", blocks=[said, table])]
