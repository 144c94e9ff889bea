"""What an evaluation found, as tables for a terminal: by agent and split, and by site beside what others published."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from components.benchmarks.base import Benchmark
from components.results.evaluate import EvaluateResult, by_site
from components.trajectories.phases import titles


def success_table(found: tuple[EvaluateResult, ...]) -> Table:
    """A row for each agent and split."""
    table = Table(box=None)
    for name in ("agent", "what", "solved", "success", "interval", "mean of families", "interval", "not counted"):
        table.add_column(name)
    for one in found:
        names = titles(one.splits)
        for split, each in one.splits.items():
            errors = sum(each.outcomes.values()) - each.episodes
            table.add_row(
                one.agent.name,
                names[split],
                f"{each.solved} of {each.episodes}",
                f"{each.success_rate:.1%}",
                _interval(each.interval),
                "" if each.macro_rate is None else f"{each.macro_rate:.1%}",
                _interval(each.macro_interval),
                str(errors) if errors else "",
            )
    return table


def site_table(found: tuple[EvaluateResult, ...]) -> Table | None:
    """By site, beside what others published; None where the benchmark has one site."""
    sites = {site.name for one in found for each in one.splits.values() for site in by_site(each)}
    columns = sorted(sites, key=lambda name: (name == "several", name))
    if not columns:
        return None
    table = Table(box=None)
    for name in ("agent", "what", "all", *columns):
        table.add_column(name)
    for one in found:
        names = titles(one.splits)
        for split, each in one.splits.items():
            shown = {site.name: f"{site.success_rate:.0%} ({_interval(site.interval)})" for site in by_site(each)}
            cells = (shown.get(column, "") for column in columns)
            table.add_row(one.agent.name, names[split], f"{each.success_rate:.0%}", *cells)
    for name, rates in found[0].published.items():
        table.add_row(name, "published", *(f"{rates[c]:.0%}" if c in rates else "" for c in ("all", *columns)))
    return table


def _interval(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.0%} to {ends[1]:.0%}" if ends else ""


def remarks(found: tuple[EvaluateResult, ...], benchmark: Benchmark) -> Iterator[str]:
    """What is to be known beside the numbers."""
    for name, why in found[0].doubtful.items():
        yield f"task {name} is counted, and known to be wrong: {why}"
    if not benchmark.seeded:
        for why in sorted(set(benchmark.excluded.values())):
            left = [name for name, each in benchmark.excluded.items() if each == why]
            yield f"left out, {len(left)} of {len(left) + len(benchmark.tasks)}: {why} ({', '.join(left)})"
    if found[0].published_on:
        yield f"published: {found[0].published_on}"
