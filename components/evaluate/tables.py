"""What an evaluation found, as tables for a terminal: by agent and split, and by site beside what others published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.table import Table

from components.benchmarks.base import Benchmark
from components.results.evaluate import EvaluateResult, SplitResult
from components.trajectories.phases import HELD_OUT, SplitName

SPLITS: Mapping[SplitName, str] = {**HELD_OUT, "transductive": "transductive"}


def success_table(found: tuple[EvaluateResult, ...]) -> Table:
    """A row for each agent and split."""
    table = Table(box=None)
    for name in ("agent", "what", "solved", "success", "interval", "mean of families", "interval", "not counted"):
        table.add_column(name)
    for one in found:
        for split, each in one.splits.items():
            errors = sum(each.outcomes.values()) - each.episodes
            table.add_row(
                one.agent.name,
                SPLITS[split],
                f"{each.solved} of {each.episodes}",
                f"{each.success_rate:.1%}",
                _interval(each.interval),
                "" if each.macro_rate is None else f"{each.macro_rate:.1%}",
                _interval(each.macro_interval),
                str(errors) if errors else "",
            )
    return table


def site_table(found: tuple[EvaluateResult, ...], benchmark: Benchmark) -> Table | None:
    """By site, beside what others published; None where the benchmark has one site."""
    sites = sorted({site.name for one in found for each in one.splits.values() for site in each.by_site})
    if not sites:
        return None
    alone = [site for site in sites if "+" not in site]
    columns = [*alone, "several"] if len(alone) < len(sites) else alone
    table = Table(box=None)
    for name in ("agent", "what", "all", *columns):
        table.add_column(name)
    for one in found:
        for split, each in one.splits.items():
            shown = _by_site(each)
            cells = (shown.get(column, "") for column in columns)
            table.add_row(one.agent.name, SPLITS[split], f"{each.success_rate:.0%}", *cells)
    for name, rates in benchmark.published.items():
        table.add_row(name, "published", *(f"{rates[c]:.0%}" if c in rates else "" for c in ("all", *columns)))
    return table


def _by_site(found: SplitResult) -> dict[str, str]:
    """Rate and interval of each site; tasks of several sites are told together."""
    shown = {each.name: f"{each.success_rate:.0%} ({_interval(each.interval)})" for each in found.by_site}
    several = [each for each in found.by_site if "+" in each.name]
    if episodes := sum(each.episodes for each in several):
        shown["several"] = f"{sum(each.solved for each in several) / episodes:.0%} of {episodes}"
    return shown


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
    if benchmark.published_on and any(each.by_site for each in found[0].splits.values()):
        yield f"published: {benchmark.published_on}"
