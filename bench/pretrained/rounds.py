"""One small round of real models: a served teacher, a served student, low-rank additions, a few easy tasks.

No model is in a stage's process: the teacher is asked by the chat protocol, the student by the completions protocol.
The same teacher also plays a few tasks of the forum, whose pages are those of a web site.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from components.models.files import folder_digest
from components.serving.address import OwnServer
from components.serving.config import Here
from pipelines.summary import Summary

TASKS = ("click-test", "click-dialog", "click-test-2", "enter-text")
HELD_OUT = ("focus-text",)
OF_THE_FORUM = {"train": ["open-category", "open-topic", "who-started"], "heldout": ["open-profile"]}
SLOW: dict[str, Any] = {"timeout": 3600, "concurrency": 4}
"""Seconds: real models on a CPU take minutes for what an endpoint does in a second."""


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
    with served(teacher, out=out) as (digest, address):
        text = recipe(teacher=digest, address=address, student=student, tasks=tasks, steps=steps)
        status = symbiont("run", "--run", "pretrained", "--rounds", "1", recipe=text, out=out)
    if status == 0:
        show(out / "run" / "summary.json")
    return status


def play_forum(*, teacher: Path, student: Path, out: Path) -> int:
    """Plays a case of each of a few tasks of the forum; the status of `symbiont evaluate`, 0 once all were played."""
    with served(teacher, out=out) as (digest, address):
        text = recipe(teacher=digest, address=address, student=student, tasks=0, steps=1)
        forum = {"name": "pretrained-forum", "tasks": {"benchmark": "forum", **OF_THE_FORUM}}
        return symbiont("evaluate", "teacher", "--alone", recipe=text | forum, out=out)


@contextmanager
def served(teacher: Path, *, out: Path) -> Iterator[tuple[str, str]]:
    """The teacher's digest, and its address, whose port is another one each time and no part of who it is."""
    out.mkdir(parents=True, exist_ok=True)
    server, digest = OwnServer(Here(), work=out), folder_digest(teacher)
    try:
        yield digest, server.open(teacher, digest)
    finally:
        server.close()


def symbiont(*words: str, recipe: dict[str, Any], out: Path) -> int:
    """The status of a command with this recipe, on a place with a few pages."""
    place = {"name": "pretrained", "serving": {"kind": "here", **SLOW}, "browser": {"pages": 4}}
    for name, document in (("recipe", recipe), ("place", place)):
        (out / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    files = ["--recipe", str(out / "recipe.yaml"), "--place", str(out / "place.yaml"), "--out", str(out / "run")]
    return subprocess.run([sys.executable, "-m", "pipelines.cli", *words, *files]).returncode


def show(summary: Path) -> None:
    """The round's figures, a line each."""
    content = Summary.model_validate_json(summary.read_text())
    last = content.rounds[-1]
    for agent, splits in (("start", last.student_start), ("student", last.student), ("teacher", last.teacher)):
        for split, rate in splits:
            if rate:
                print(f"{agent}, {split}: {rate.success_rate:.0%} of {rate.episodes}")
    print("outcomes:", last.outcomes)
    print("audit:", last.audit)
    print("seconds:", last.seconds)
    print("report:", summary.parent / content.report)
