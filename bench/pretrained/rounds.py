"""One small round of real models: a served teacher, a served student, low-rank additions, a few easy tasks.

No model is in a stage's process: the teacher is asked by the chat protocol, the student by the completions protocol.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from components.models.files import folder_digest
from components.serving.address import OwnServer
from components.serving.config import Here

TASKS = ("click-test", "click-dialog", "click-test-2", "enter-text")
HELD_OUT = ("focus-text",)
SLOW: dict[str, Any] = {"timeout": 3600, "concurrency": 4}
"""Real models on a CPU take minutes for what an endpoint does in a second."""


def recipe(*, teacher: str, address: str, student: Path, tasks: int, steps: int) -> dict[str, Any]:
    """A recipe of few steps and short prompts."""
    return {
        "name": "pretrained",
        "about": "one round of small real models on a CPU",
        "rounds": 1,
        "teacher": {
            "kind": "chat",
            "model": teacher,
            "base_url": address,
            "max_tokens": 64,
            "examples": 0,
            "window": 2,
            "prompt": {"page": 600, "history": 200},
            **SLOW,
        },
        "tasks": {"benchmark": "miniwob", "train": list(TASKS[:tasks]), "heldout": list(HELD_OUT)},
        "play": {"max_steps": 3, "useless_steps": 2, "episode_seconds": 3600, "decision_seconds": 3600},
        "explore": {"teacher_seeds": 4, "speculative_seeds": 1, "student_seeds": 1},
        "evaluate": {"seeds": 1, "task_seeds": 1},
        "distill": {
            "student": str(student),
            "lora_rank": 8,
            "steps": steps,
            "batch": 4,
            "warmup": 2,
            "context": 768,
            "learning_rate": 2e-4,
            "variants": 1,
            "validate_every": steps,
            "validation_examples": 4,
        },
    }


def play(*, teacher: Path, student: Path, out: Path, tasks: int, steps: int) -> int:
    """Plays the round, or goes on with it, and prints what came out; the status of `symbiont run`."""
    out.mkdir(parents=True, exist_ok=True)
    server, digest = OwnServer(Here(), work=out), folder_digest(teacher)
    try:
        # the port is another one each time, and no part of who the teacher is
        address = server.open(teacher, digest)
        told = recipe(teacher=digest, address=address, student=student, tasks=tasks, steps=steps)
        place = {"name": "pretrained", "serving": {"kind": "here", **SLOW}, "browser": {"pages": 4}}
        for name, document in (("recipe", told), ("place", place)):
            (out / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
        command = [sys.executable, "-m", "pipelines.cli", "run", "--run", "pretrained", "--rounds", "1"]
        files = ["--recipe", str(out / "recipe.yaml"), "--place", str(out / "place.yaml"), "--out", str(out / "run")]
        status = subprocess.run([*command, *files]).returncode
    finally:
        server.close()
    if status == 0:
        show(out / "run" / "summary.json")
    return status


def show(summary: Path) -> None:
    """The round's figures, a line each."""
    told = json.loads(summary.read_text())
    last = told["rounds"][-1]
    for who in ("student_start", "student", "teacher"):
        for split, rate in last[who].items():
            if rate:
                print(f"{who}, {split}: {rate['solved']} of {rate['episodes']}")
    print("outcomes:", last["outcomes"])
    print("audit:", (last["audit"] or {}).get("verdict"), (last["audit"] or {}).get("because"))
    print("seconds:", last["seconds"])
    print("report:", summary.parent / told["report"])
