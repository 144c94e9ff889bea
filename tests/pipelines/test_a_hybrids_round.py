"""`symbiont run` with a hybrid teacher: one real round, of which a vendor is sent nothing private."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bench.privacy.endpoint import serving
from components.trajectories.episodes import iter_episodes
from components.trajectories.open_store import open_store

pytestmark = pytest.mark.xdist_group("round")
SECONDS = 900
CHAT = {"kind": "chat", "model": "big", "base_url": "http://vendor.example/v1", "backoff": 0.01}
RECIPE = {
    "name": "private",
    "rounds": 1,
    "teacher": {"kind": "hybrid", "remote": CHAT, "local": {"kind": "scripted"}},
    "tasks": {"train": ["click-test-2", "click-button", "login-user"], "heldout": ["click-link"]},
    "explore": {"teacher_seeds": 3, "speculative_seeds": 1, "student_seeds": 1},
    "distill": {"steps": 6, "batch": 8, "validate_every": 6, "checkpoint_every": 6, "validation_share": 0.2},
    "evaluate": {"seeds": 2, "task_seeds": 2},
    "detect": {
        "probes": 24,
        "probes_per_replicate": 4,
        "shadow": {"common_steps": 4, "steps": 2, "hidden": 16, "layers": 1, "experts": 4},
        "test": {"replicates": 6},
        "others": {"vendor": CHAT},
    },
    "report": {"episodes": 4},
}


def vendor(text: str, _: random.Random) -> str:
    """Fills in what the goal quotes, names in the place of values among it, then clicks what the goal names."""
    goal = text.rpartition("GOAL: ")[2].partition("\n")[0]
    page = text.rpartition("PAGE (")[2]
    fields = re.findall(r"\[(\d+)\] textbox([^\n]*)", page)
    empty = [ref for ref, rest in fields if 'value "' not in rest or 'value ""' in rest]
    quoted = re.findall(r'"([^"]+)"', goal)
    if empty and len(quoted) >= len(fields):
        return f'REASON: The goal says so.\nACTION: type [{empty[0]}] "{quoted[len(fields) - len(empty)]}"'
    known = re.findall(r'\[(\d+)\] (?:button|link) "([^"]+)"', page)
    named = [ref for ref, name in known if name.casefold() in goal.casefold()]
    return f"REASON: The goal names it.\nACTION: click [{[*named, *(ref for ref, _ in known), '1'][0]}]"


def symbiont(folder: Path, *arguments: str, proxy: str) -> str:
    environment = {**os.environ, "http_proxy": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "", "no_proxy": ""}
    command = [sys.executable, "-m", "pipelines.cli", *arguments, "--out", "out"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def test_of_a_hybrids_round_nothing_private_leaves_and_the_report_says_what_stayed(tmp_path: Path) -> None:
    (tmp_path / "private.yaml").write_text(yaml.safe_dump(RECIPE))
    with serving(vendor, faults=0.0) as away:
        symbiont(tmp_path, "run", "--recipe", "private.yaml", proxy=away.origin)
        told = json.loads(symbiont(tmp_path, "privacy", "report", "--json", proxy=away.origin))
    sent = "\n".join(away.received)
    episodes = [*iter_episodes(open_store(tmp_path / "out/store"), "runs/")]
    goals = {each.intent for each in episodes if each.task_id == "login-user"}
    passwords = {found[1] for goal in goals if (found := re.search(r'password "([^"]+)"', goal))}
    assert len(passwords) >= 3
    assert not [each for each in passwords if f'"{each}"' in sent or f'\\"{each}\\"' in sent]
    assert "[password 1]" in sent
    assert told["at_home"] > 0
    assert told["requests"] > 0
    assert not told["found_today"]
    assert [step for each in episodes if each.task_id == "login-user" for step in each.steps if not step.private]
    (page,) = (tmp_path / "out").rglob("report.html")
    assert "What stayed at home" in page.read_text()
