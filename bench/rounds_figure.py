"""README's picture and tables of runs: success over rounds, the rows of chance, and how far runs differ.

    python -m bench.rounds_figure [OUT/summary.json ...] [--to docs/rounds.svg]

Draws the first run and prints the tables as Markdown, both from the runs' own summaries. Summaries that are named are
copied to `bench/rounds.json`; without any the figure is made from that file.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from pydantic import TypeAdapter

from components.drawing.charts import Point, Series, line_chart, marker, percent
from components.files import write_whole
from components.trajectories.phases import CHANCE, HELD_OUT, SPLITS, SplitName
from pipelines.summary import Figure, RoundSummary, Splits, Summary

TO = Path(__file__).parents[1] / "docs" / "rounds.svg"
KEPT = Path(__file__).parent / "rounds.json"
"""The summaries of README's runs; the first one is drawn."""
SUMMARIES = TypeAdapter(tuple[Summary, ...])
AGENTS = {
    "student": ("student", "student"),
    "teacher": ("teacher with what the student found", "teacher"),
    "teacher_without_knowledge": ("teacher alone", "teacher-plain"),
    "random": ("acting at random", "chance"),
    "stop": ("stopping at once", "idle"),
}
STYLE = (
    "<style>svg{background:#fff;font:13px sans-serif}text{fill:#444}.grid{stroke:#ddd}.zero{stroke:#888}"
    ".line,.whisker{fill:none;stroke:var(--t);stroke-width:2}.whisker{stroke-width:1.4}"
    ".mark{fill:var(--t)}.mark.hollow{fill:#fff;stroke:var(--t);stroke-width:2}"
    ".series{--t:#1f5fbf}.series.teacher{--t:#b45309}.series.teacher-plain{--t:#8a6d3b}"
    ".series.chance,.series.idle{--t:#777}"
    ".teacher-plain .line{stroke-dasharray:5 4}.chance .line{stroke-dasharray:1.5 3.5}"
    ".idle .line{stroke-dasharray:1.5 7}</style>"
)
"""A file of its own is read without a page's style sheet."""
LINE, TITLE = 20, 22
"""Height of a line of the legend, and of a panel's title."""


def seen(summary: Summary, agent: str, split: str) -> Iterator[tuple[int, Figure]]:
    """Rounds and figures of one agent; the student's begin before the first round."""
    if agent == "student" and (start := getattr(summary.start["student"], split)):
        yield 0, start
    for round in summary.rounds:
        if figure := getattr(_splits(round, agent), split):
            yield round.round, figure


def _splits(round: RoundSummary, agent: str) -> Splits:
    splits: Splits = getattr(round, agent)
    return splits


def _judged(summary: Summary) -> list[tuple[SplitName, str]]:
    """What the student was judged on, in words: new pages and tasks; training tasks again if that is all."""
    splits = [split for split in SPLITS if any(seen(summary, "student", split))]
    return [(split, SPLITS[split]) for split in [split for split in splits if split in HELD_OUT] or splits]


def picture(summary: Summary) -> str:
    """Both splits beside each other as one SVG that needs nothing beside it."""
    panels = [_panel(summary, split, title, at=number) for number, (split, title) in enumerate(_judged(summary))]
    high = int(max(height for _, _, height in panels)) + TITLE
    wide = int(sum(width for _, width, _ in panels))
    legend = "".join(
        f'<g class="series {style}"><path class="line" d="M20 {at}H48"/>{marker(style, 34, at)}'
        f'<text x="58" y="{at + 4}">{name}</text></g>'
        for at, (name, style) in zip(range(high + 10, 10_000, LINE), AGENTS.values(), strict=False)
    )
    tall = high + 10 + LINE * len(AGENTS)
    drawn = "".join(drawing for drawing, _, _ in panels)
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {wide} {tall}" width="{1.3 * wide:g}">'
    return f"{opening}<title>Success after each round</title>{STYLE}{drawn}{legend}</svg>\n"


def _panel(summary: Summary, split: str, title: str, *, at: int) -> tuple[str, float, float]:
    """The chart of one split in its place, its width and its height."""
    series = [
        Series(
            name=name,
            style=style,
            points=[
                Point(x=number, y=figure.success_rate, low=figure.interval[0], high=figure.interval[1])
                for number, figure in seen(summary, agent, split)
            ],
        )
        for agent, (name, style) in AGENTS.items()
    ]
    label = f"Success on {title} after each round, with 95 % intervals"
    drawn = line_chart(series, label=label, x_name="round", whole_x=True, y_range=(0, 1), y_text=percent)
    _, _, width, height = (float(size) for size in drawn.split('viewBox="')[1].split('"')[0].split())
    placed = drawn.replace("<svg", f'<svg x="{at * width:g}" y="{TITLE}" width="{width:g}" height="{height:g}"', 1)
    return f'<text x="{at * width + 20:g}" y="14">{title}</text>{placed}', width, height


def table(summary: Summary) -> str:
    """Markdown: of each split a row for each agent, chance first, and a column for each round."""
    head = ["", "start", *(f"round {round.round}" for round in summary.rounds)]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for split, title in _judged(summary):
        rows: dict[tuple[str, ...], str] = {}
        for agent in sorted(AGENTS, key=lambda agent: agent not in CHANCE):
            figures = dict(seen(summary, agent, split))
            cells = tuple(_cell(figures.get(number)) for number in range(len(summary.rounds) + 1))
            name = AGENTS[agent][0]
            rows[cells] = f"{rows[cells]}, and {name}" if cells in rows else name
        episodes = max(figure.episodes for _, figure in seen(summary, "student", split))
        lines.append(f"| **{title}**, {episodes} episodes | {' | '.join('' for _ in head[1:])} |")
        lines += [f"| {name} | {' | '.join(cells)} |" for cells, name in rows.items()]
    return "\n".join(lines)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    low, high = (round(100 * end) for end in figure.interval)
    return f"{figure.success_rate:.0%} ({low}-{high})"


def table_of_runs(summaries: Sequence[Summary]) -> str:
    """Markdown: of each run the student's success at the start and after its last round, and the mean of all runs."""
    splits = _judged(summaries[0])
    head = ["`--seed`", *(f"{title}, {when}" for _, title in splits for when in ("start", "end"))]
    rates = [[rate for split, _ in splits for rate in _ends(summary, split)] for summary in summaries]
    rows = [
        [str(summary.seed), *map(_percent, rates_of_run)]
        for summary, rates_of_run in zip(summaries, rates, strict=True)
    ]
    rows.append(["mean", *(_percent(fmean(column)) for column in zip(*rates, strict=True))])
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _ends(summary: Summary, split: str) -> tuple[float, float]:
    """The student's success before the first round and after the last."""
    rates = [figure.success_rate for _, figure in seen(summary, "student", split)]
    return rates[0], rates[-1]


def _percent(rate: float) -> str:
    return f"{rate:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("summaries", nargs="*", type=Path, metavar="OUT/summary.json")
    parser.add_argument("--to", type=Path, default=TO)
    arguments = parser.parse_args()
    if arguments.summaries:
        all_summaries = tuple(Summary.model_validate_json(path.read_text()) for path in arguments.summaries)
        if not _judged(all_summaries[0]):
            parser.error(f"no student was judged in {arguments.summaries[0]}: nothing can be drawn")
        write_whole(KEPT, SUMMARIES.dump_json(all_summaries, indent=1).decode() + "\n")
    summaries = SUMMARIES.validate_json(KEPT.read_text())
    write_whole(arguments.to, picture(summaries[0]))
    print(table(summaries[0]), table_of_runs(summaries), sep="\n\n")


if __name__ == "__main__":
    main()
