"""Real models in reach: `python -m bench.pretrained round|forum|audit [--teacher FOLDER] [--student FOLDER] ...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.pretrained.fetch import GEMMA, OUT, QWEN, fetch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("fetch", "round", "forum", "audit"))
    parser.add_argument("--teacher", type=Path, help="folder; left out: Qwen2.5-Coder-0.5B-Instruct is fetched")
    parser.add_argument("--student", type=Path, help="folder; left out: Gemma 3 270M is fetched")
    parser.add_argument("--tasks", type=int, default=4, help="training tasks of the round, up to 4")
    parser.add_argument("--steps", type=int, default=36, help="of each training")
    parser.add_argument("--prompts", type=int, default=192, help="that students of the audit learn the answers to")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    teacher, student = arguments.teacher or fetch(QWEN), arguments.student or fetch(GEMMA)
    if arguments.what == "round":
        from bench.pretrained.rounds import play

        options = {"out": arguments.out / "round", "tasks": arguments.tasks, "steps": arguments.steps}
        sys.exit(play(teacher=teacher.resolve(), student=student.resolve(), **options))
    if arguments.what == "forum":
        from bench.pretrained.rounds import play_forum

        sys.exit(play_forum(teacher=teacher.resolve(), student=student.resolve(), out=arguments.out / "forum"))
    if arguments.what == "audit":
        from bench.pretrained.students import examine

        options = {"out": arguments.out / "audit", "steps": arguments.steps, "prompts": arguments.prompts}
        sys.exit(examine(teacher=teacher.resolve(), base=student.resolve(), **options))
