"""`symbiont run` on a benchmark without seeds, from preflight to report: two applications, one of them held out;
evaluations are in shards, and an S3 server keeps it all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.commands import store_of
from pipelines.summary import Summary
from tests.components.benchmarks.test_infinity import CHECKOUT
from tests.conftest import OpenAIServer

pytestmark = pytest.mark.xdist_group("round in shards")
RECIPE = {
    "name": "tiny",
    "rounds": 1,
    "play": {"max_steps": 5},
    "explore": {"teacher_seeds": 1, "speculative_seeds": 0, "student_seeds": 1},
    "distill": {"steps": 4, "batch": 4, "validate_every": 4, "checkpoint_every": 4, "validation_share": 0.4},
    "evaluate": {"seeds": 1, "task_seeds": 1},
    "detect": {
        "probes": 20,
        "probes_per_replicate": 4,
        "shadow": {"common_steps": 4, "steps": 2, "hidden": 16, "layers": 1, "experts": 4},
        "test": {"replicates": 5},
    },
    "report": {"episodes": 2},
}


def two_applications(folder: Path) -> Path:
    """The checkout with a second application, whose tasks say the same in other words."""
    checkout = Path(shutil.copytree(CHECKOUT, folder / "checkout"))
    other = Path(shutil.copytree(checkout / "apps/notes", checkout / "apps/todo"))
    for name in ("real-tasks.json", "function-tasks.json"):
        (other / name).write_text((other / name).read_text().replace("note ", "entry "))
    return checkout


def solves(text: str, _seed: int) -> str:
    """A teacher that knows the application: it does the next thing that the goal and the page ask for."""
    before, _, page = text.rpartition("PAGE (")
    if "Eggs" in before:
        wanted = "Drop 2" if "Eggs" in page else ""
    elif "Tea" in before and "Finish 3" not in page:
        wanted = "Add" if "Tea" in page else "Suggest"
    else:
        wanted = "" if "(done)" in page else "Finish 3" if "Tea" in before else "Finish 1"
    found = re.search(rf'\[(\d+)\] button "{wanted}"', page)
    return f"REASON: Next.\nACTION: click [{found[1]}]" if found else 'REASON: Done.\nACTION: stop "done"'


def symbiont(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What is found out about the applications is kept in the user's folder: here in one of the test."""
    browsers = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache/ms-playwright"))
    env = {**os.environ, "HOME": str(folder), "PLAYWRIGHT_BROWSERS_PATH": browsers}
    command = [sys.executable, "-m", "pipelines.cli", *arguments, "--out", "out", "--json"]
    return subprocess.run(command, cwd=folder, env=env, text=True, capture_output=True, timeout=900, check=False)


def test_a_round_without_seeds_is_done_to_its_report(tmp_path: Path, openai_server: OpenAIServer) -> None:
    openai_server.answer = solves
    options = {"folder": str(two_applications(tmp_path)), "subset": "all", "heldout": ["todo"]}
    teacher = {"kind": "chat", "model": "m", "base_url": openai_server.base_url}
    tasks = {"benchmark": "webarena-infinity", "options": options}
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump({**RECIPE, "teacher": teacher, "tasks": tasks}))
    (tmp_path / "shards.yaml").write_text("{name: here, evaluators: 2, s3_server: true}")
    done = symbiont(tmp_path, "run", "--recipe", "tiny.yaml", "--place", "shards.yaml")
    assert done.returncode == 0, done.stderr[-4000:]

    (round,) = Summary.model_validate_json(done.stdout).rounds
    for agent in (round.student, round.teacher, round.teacher_without_knowledge, round.random, round.stop):
        assert agent.heldout_seeds is None
        assert agent.heldout_tasks is not None
        assert agent.transductive is not None
        assert (agent.heldout_tasks.episodes, agent.transductive.episodes) == (3, 3)
    assert round.teacher.transductive is not None
    assert round.teacher.transductive.success_rate > 0
    assert round.audit is not None, "the audit takes its probes from training tasks, played again"
    assert round.audit.verdict in ("distilled", "independent", "inconclusive")
    assert round.promotion is not None
    assert re.search(r"student \d+% -> \d+% on held-out tasks \(at random \d+%\),", done.stderr)

    assert round.student.heldout_tasks is not None
    (line,) = json.loads(symbiont(tmp_path, "runs", "--place", "shards.yaml").stdout)
    assert (line["split"], line["success_rate"]) == ("heldout_tasks", round.student.heldout_tasks.success_rate)
    with store_of(str(tmp_path / "shards.yaml"), out=tmp_path / "out") as (_, store):
        card = store.get(f"models/{round.digests.model}/README.md").decode()
    assert "| who | held-out tasks (disjoint) | training tasks again (transductive) |" in card
    page = (tmp_path / "out/reports/report.html").read_text()
    for words in ("held-out tasks (disjoint)", "training tasks again (transductive)", "By site:"):
        assert words in page, words
    assert "paired episodes of held-out tasks (" in page
    assert page.count("held-out seeds") == 1, "in the glossary alone"
