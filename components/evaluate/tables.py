"""What an evaluation found, as tables for a terminal: by agent and split, and by site beside what others published."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from components.benchmarks.base import Benchmark
from components.results.evaluate import EvaluateResult, by_site
from components.trajectories.phases import titles


def success_table(results: tuple[EvaluateResult, ...]) -> Table:
    """A row for each agent and split."""
    table = Table(box=None)
    for name in ("agent", "what", "solved", "success", "interval", "mean of families", "interval", "not counted"):
        table.add_column(name)
    for result in results:
        names = titles(result.splits)
        for split, summary in result.splits.items():
            errors = sum(summary.outcomes.values()) - summary.episodes
            table.add_row(
                result.agent.name,
                names[split],
                f"{summary.solved} of {summary.episodes}",
                f"{summary.success_rate:.1%}",
                _interval(summary.interval),
                "" if summary.macro_rate is None else f"{summary.macro_rate:.1%}",
                _interval(summary.macro_interval),
                str(errors) if errors else "",
            )
    return table


def site_table(results: tuple[EvaluateResult, ...]) -> Table | None:
    """By site, beside what others published; None where the benchmark has one site."""
    sites = {site.name for result in results for split in result.splits.values() for site in by_site(split)}
    columns = sorted(sites, key=lambda name: (name == "several", name))
    if not columns:
        return None
    table = Table(box=None)
    for name in ("agent", "what", "all", *columns):
        table.add_column(name)
    for result in results:
        names = titles(result.splits)
        for split, summary in result.splits.items():
            shown = {site.name: f"{site.success_rate:.0%} ({_interval(site.interval)})" for site in by_site(summary)}
            cells = (shown.get(column, "") for column in columns)
            table.add_row(result.agent.name, names[split], f"{summary.success_rate:.0%}", *cells)
    for name, rates in results[0].published.items():
        table.add_row(name, "published", *(f"{rates[c]:.0%}" if c in rates else "" for c in ("all", *columns)))
    return table


def _interval(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.0%} to {ends[1]:.0%}" if ends else ""


def remarks(results: tuple[EvaluateResult, ...], benchmark: Benchmark) -> Iterator[str]:
    """What is to be known beside the numbers."""
    for name, why in results[0].doubtful.items():
        yield f"task {name} is counted, and known to be wrong: {why}"
    if not benchmark.seeded:
        for why in sorted(set(benchmark.excluded.values())):
            left_out = [name for name, each in benchmark.excluded.items() if each == why]
            yield f"left out, {len(left_out)} of {len(left_out) + len(benchmark.tasks)}: {why} ({', '.join(left_out)})"
    if results[0].published_on:
        yield f"published: {results[0].published_on}"
