"""An application of a WebArena-Infinity checkout as one's own site: what is proposed for it, and from which map.

Its tasks, verifiers and code are not used: it is started as its authors start it, and explored by clicks.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.files import write_whole
from components.maps.kept import KeptMap
from components.maps.state_map import StateMap, Try
from components.propose.config import ProposeConfig
from components.propose.run import run
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

SITE = "app"


def as_site(folder: Path, *, out: Path) -> Path:
    """A folder with the `sites.yaml` of an application."""
    serve = f"cd '{folder.resolve()}' && exec {{python}} server.py --port {{port}}"
    site = {"start": ["sh", "-c", serve], "replicas": 2, "reset": {"post": "/api/reset"}}
    view = {"width": 1440, "height": 900, "budget_tokens": 4000}
    (out / "site").mkdir(parents=True, exist_ok=True)
    write_whole(out / "site" / "sites.yaml", yaml.safe_dump({"view": view, "sites": {SITE: site}}).encode())
    return out / "site"


def round_in(out: Path) -> Round:
    return Round(run="one-app", number=1, seed=0, store=open_store(out / "store"), work=out)


def map_in(out: Path) -> StateMap:
    return StateMap(KeptMap(Try, round_in(out), site=SITE, user="").met())


def propose_for(folder: Path, *, out: Path, clicks: int) -> dict[str, Any]:
    """Proposes for an application, with the teacher made of rules; counts."""
    result = run(
        config=ProposeConfig(by=("clicks",), clicks=clicks, most=500, per_region=40),
        tasks=TasksConfig(benchmark="sites", options={"folder": str(as_site(folder, out=out))}, train=()),
        play=PlaySettings(useless_steps=2),
        browser=BrowserSettings(pages=2),
        round=round_in(out),
        agent=ScriptedTeacher(),
    )
    map = map_in(out)
    return {
        "app": folder.name,
        "deeds": len(map.tries),
        "failed_deeds": sum(bool(tried.feedback) for tried in map.tries),
        "states": len(map.states),
        "proposals": len(result.proposals),
        "feasible_and_distinct": len(result.played),
        "cases": sum(proposal.cases for proposal in result.played),
        "reasons": dict(
            Counter(proposal.reason.split(" task")[0][:60] for proposal in result.proposals).most_common(12)
        ),
        "seconds": round(result.seconds),
    }
