"""What privacy costs: the same tasks and seeds played by the better agent alone, by the hybrid, and by the one at home.

No vendor's model is used: the better agent is the hand-written rules, the one at home the shipped base. The figures
show the loss if the agent at home is much worse; another pair will lose more or less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from components.agents.base import Agent
from components.agents.build import build_agent
from components.agents.config import LocalConfig, ScriptedConfig
from components.agents.hybrid import HybridAgent
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, play_phases
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.statistics import clustered_wilson
from components.trajectories.open_store import open_store
from components.trajectories.phases import explore_phase
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome

TASKS = (
    *("login-user", "login-user-popup", "enter-password", "phone-book", "email-inbox", "email-inbox-forward-nl"),
    *("click-button", "click-link", "click-dialog", "enter-text", "focus-text", "click-tab", "choose-list"),
)
"""Six with passwords, numbers or mail, and seven without."""


def cost(out: Path, *, seeds: int) -> list[dict[str, Any]]:
    """A row for each of the three: success with interval, and the share of steps at home by class."""
    return [_row(name, out / name.replace(" ", "-"), seeds=seeds) for name in ("better alone", "hybrid", "home alone")]


def cost_table(rows: Sequence[dict[str, Any]]) -> Table:
    """The rows for a terminal; shares are of all steps, and a step may stay at home for several classes."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("agent", "episodes", "success", "95 %", "steps", "at home", "by class"):
        table.add_column(name)
    for row in rows:
        low, high = (f"{100 * end:.0f}" for end in row["interval"])
        classes = ", ".join(f"{kind} {count / row['steps']:.0%}" for kind, count in row["by_class"].items())
        share = f"{row['at_home'] / row['steps']:.0%}"
        table.add_row(
            row["agent"],
            str(row["episodes"]),
            f"{row['success']:.0%}",
            f"{low}-{high}",
            str(row["steps"]),
            share,
            classes,
        )
    return table


def _row(name: str, out: Path, *, seeds: int) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    benchmark, split = TasksConfig().open()
    round = Round(run=out.name, number=1, seed=0, store=open_store(out / "store"), work=out)
    phase = Phase(
        name=explore_phase("teacher"),
        round=round,
        plan=[(benchmark.tasks[task], seed) for task in TASKS for seed in split.train_seeds(seeds)],
        benchmark=benchmark,
        agent=_agent(name, out),
        decided_by="teacher",
        play=PlaySettings(),
        browser=BrowserSettings(pages=2),
        label=name,
    )
    play_phases([phase])
    solved, steps, home, classes = dict[str, list[float]](), 0, 0, Counter[str]()
    for episode in phase.episodes():
        solved.setdefault(episode.task_id, []).append(float(episode.outcome is Outcome.SOLVED))
        steps += len(episode.steps)
        home += sum(bool(step.private) for step in episode.steps)
        classes.update(kind for step in episode.steps for kind in step.private)
    flat = [value for values in solved.values() for value in values]
    low, high = clustered_wilson(solved)
    return {
        "agent": name,
        "episodes": len(flat),
        "success": round_(sum(flat) / len(flat)),
        "interval": [round_(low), round_(high)],
        "steps": steps,
        "at_home": home,
        "by_class": dict(sorted(classes.items())),
    }


def _agent(name: str, out: Path) -> Agent:
    better = build_agent(ScriptedConfig(), store=None, work=out)
    if name == "better alone":
        return better
    home = build_agent(LocalConfig(model="base"), store=None, work=out)
    if name == "home alone":
        return home
    return HybridAgent(remote=better, local=home, detectors=Detectors(PrivacyConfig()))


def round_(share: float) -> float:
    return round(share, 4)
