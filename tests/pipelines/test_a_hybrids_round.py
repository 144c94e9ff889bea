"""`symbiont run` with a hybrid teacher and a served student: one round by configuration alone.

A vendor is sent nothing planted, and no stage reads a model's weights but the one that teaches.
"""

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

from bench.privacy.canaries import left, plant
from bench.privacy.endpoint import at_home, remote, serving
from components.results.privacy import PrivacySummary
from pipelines.summary import Summary

pytestmark = pytest.mark.xdist_group("round")
AWAY = {"kind": "chat", "model": "away", "base_url": "http://vendor.example/v1", "backoff": 0.01}
RECIPE = {
    "name": "private",
    "rounds": 1,
    "explore": {"teacher_seeds": 2, "speculative_seeds": 1, "student_seeds": 1},
    "synthesize": {
        "judge": {"kind": "model", "model": AWAY, "voices": 1},
        "knowledge": {
            "writer": AWAY,
            "embedding": {"base_url": AWAY["base_url"], "model": "away"},
            "longest": 2,
            "per_task": 2,
        },
    },
    "distill": {
        "steps": 4,
        "batch": 4,
        "longest_share": 1.0,
        "validate_every": 4,
        "checkpoint_every": 4,
        "validation_share": 0.4,
    },
    "evaluate": {"seeds": 1, "task_seeds": 1},
    "detect": {
        "probes": 24,
        "probes_per_replicate": 4,
        "shadow": {"common_steps": 4, "steps": 2, "hidden": 16, "layers": 1, "experts": 4},
        "test": {"replicates": 6},
        "others": {"away": AWAY},
    },
    "report": {"episodes": 4},
}

LEAVES_WORD = """
import atexit, json, os, safetensors, sys
stage, opened = "", []
if "--function_to_execute" in sys.argv:
    stage = sys.argv[sys.argv.index("--function_to_execute") + 1]
read = safetensors.safe_open

def open_weights(path, *arguments, **options):
    opened.append(str(path))
    return read(path, *arguments, **options)

def leave():
    with open(os.path.join(os.path.dirname(__file__), f"{stage}-{os.getpid()}"), "w") as file:
        json.dump(opened, file)

if stage:
    safetensors.safe_open = open_weights
    atexit.register(leave)
"""
"""Python's `sitecustomize`: each stage's process says at its end which models' weights it has read."""
STAGES = (
    "preflight",
    "propose",
    "explore",
    "synthesize",
    "distill",
    "evaluate",
    "detect",
    "promote",
    "report",
    "finish",
)


def vendor(text: str, chance: random.Random) -> str:
    """Wanders over the pages, and comes to an end more often than `remote`."""
    end = re.search(r'\[(\d+)\] link "(?:End|On)"', text.rpartition("PAGE (")[2])
    return f"ACTION: click [{end[1]}]" if end and chance.random() < 0.4 else remote(text, chance)


def symbiont(folder: Path, *arguments: str, proxy: str) -> str:
    """What it prints; what leaves this machine goes through the recording proxy."""
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY"), proxy) | dict.fromkeys(("no_proxy", "NO_PROXY"), "")
    command = [sys.executable, "-m", "pipelines.cli", *arguments, "--out", "out"]
    env = {**os.environ, **proxies, "PYTHONPATH": os.pathsep.join([str(folder / "word"), *sys.path[1:]])}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def test_of_a_hybrids_round_nothing_private_leaves_and_the_report_says_what_stayed(tmp_path: Path) -> None:
    planted = plant(tmp_path / "pages", tasks=3, cases=5)
    train = [f"wander-{number}" for number in range(3)]
    tasks = {"benchmark": "pages", "options": {"folder": str(planted.folder)}, "train": train, "heldout": ["calm"]}
    with serving(vendor, faults=0.0) as away, serving(at_home, faults=0.0) as home:
        small = {"kind": "chat", "model": "here", "base_url": f"{home.origin}/v1"}
        teacher = {"kind": "hybrid", "remote": AWAY, "local": small}
        (tmp_path / "private.yaml").write_text(yaml.safe_dump({**RECIPE, "tasks": tasks, "teacher": teacher}))
        (tmp_path / "place.yaml").write_text(yaml.safe_dump({"name": "served", "serving": {"kind": "here"}}))
        (tmp_path / "word").mkdir()
        (tmp_path / "word" / "sitecustomize.py").write_text(LEAVES_WORD)
        run = ("run", "--recipe", "private.yaml", "--place", "place.yaml", "--json")
        summary = symbiont(tmp_path, *run, proxy=away.origin)
        told = json.loads(symbiont(tmp_path, "privacy", "report", "--json", proxy=away.origin))
    assert left(planted, away.received) == []
    assert left(planted, home.received), "the canaries were met"

    (round,) = Summary.model_validate_json(summary).rounds
    assert round.audit is not None
    assert told.pop("played") is None
    found = PrivacySummary.model_validate(told)
    assert found.in_order
    assert 0 < found.at_home < found.steps
    assert found.redactions
    assert set(found.endpoints) >= {f"{AWAY['base_url']}/{path}" for path in ("chat/completions", "embeddings")}

    page = (tmp_path / "out/reports/report.html").read_text()
    section = re.sub(r"<[^>]+>", " ", page.partition('id="privacy"')[2].partition("</section>")[0])
    section = section.replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")
    for words in (
        "What stayed at home",
        f"{found.requests} requests left for remote models ({found.bytes:,} bytes). Every one is in the log",
        "today's rules find nothing private in any of them",
        f"{found.at_home} of {found.steps} steps",
        "What this does not show: that nothing private left.",
    ):
        assert words in section, words

    words = {
        stage: [json.loads(word.read_text()) for word in (tmp_path / "word").glob(f"{stage}-*")] for stage in STAGES
    }
    assert all(words.values()), words
    assert [stage for stage, read in words.items() if any(read)] == ["distill"], words
