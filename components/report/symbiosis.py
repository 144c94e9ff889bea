"""What working together gave: the teacher with what was found in the student's place, beside those who work alone."""

from __future__ import annotations

from collections.abc import Callable

from components.drawing.blocks import Block, Section, Table, Words
from components.drawing.charts import percent
from components.report.explain import by_how_much, knowledge_content, knowledge_gain
from components.report.model import ReportInput, RoundInput
from components.results.episodes import Change
from components.results.report import Visited
from components.results.synergy import Synergy
from components.trajectories.phases import titles


def symbiosis(data: ReportInput) -> list[Section]:
    """One sentence and one table; nothing where the teacher was not judged both with and without knowledge."""
    now = data.now
    if not now.facts.synergy:
        return []
    first = next(iter(titles(now.facts.synergy)))
    blocks: list[Block] = [Words(knowledge_gain(now, first)), _table(now), Words(MEANING)]
    return [Section(key="symbiosis", title="What working together gave", blocks=blocks)]


MEANING = (
    "Each difference is of success on the same held-out pages, with its 95 % interval, tasks resampled, and McNemar's "
    "p. Delta is that of AgentSymbiotic (arXiv 2502.07942), which does not say which rates it takes. Here it is the "
    "teacher with what was found, less the better of the teacher and this round's student alone."
)


def _table(now: RoundInput) -> Table:
    kinds: list[tuple[str, Callable[[Synergy], Change | None]]] = [
        (f"{knowledge_content(now)}, beside the teacher alone", lambda synergy: synergy.gain),
        ("Delta: the same, beside the better of teacher and student alone", lambda synergy: synergy.delta),
    ]
    if now.facts.explorer not in ("", "random"):
        kinds += [
            (
                "the control: what a random explorer found, beside the teacher alone",
                lambda synergy: synergy.control_gain,
            ),
            ("what the student found, beside what the random explorer found", lambda synergy: synergy.beside_control),
        ]
    splits = titles(now.facts.synergy)
    rows = [[name, *(_cell(of(now.facts.synergy[split])) for split in splits)] for name, of in kinds]
    return Table(header=("the teacher with knowledge that holds", *splits.values()), rows=rows)


def _cell(change: Change | None) -> str:
    return "not run" if change is None else by_how_much(change)


def visited(now: RoundInput) -> Table | None:
    """N_S: what was met in the student's place that the teacher had not met, with actions and without."""
    control = now.control
    kinds = [
        ("page states", now.facts.states, control.states if control else None),
        ("page states with what was done in them", now.facts.actions, control.actions if control else None),
    ]
    rows = [
        [name, str(visits.student), str(visits.new), _share(visits), _share(chance) if chance else "not run"]
        for name, visits, chance in kinds
        if visits and now.facts.explorer
    ]
    header = ("different", "met", "new to the teacher (N_S)", "share", "a random explorer's share")
    return Table(header=header, rows=rows) if rows else None


def _share(visited: Visited) -> str:
    if not visited.student:
        return "–"
    low, high = map(percent, visited.interval)
    return f"{percent(visited.new / visited.student)} ({low} to {high})"
