"""Kills runs at random moments, from the first second on, and checks that they end like an undisturbed run.

    python -m bench.kills [--kills 50] [--rounds 3] [--seed 1] [--stages] [--out out/kills]

A small recipe is run once undisturbed. Then the same command is started in fresh folders, and again and again one of
its processes is killed with SIGKILL: the command itself, a stage, a server, a browser; with `--stages` only a stage's
process, as when a cluster loses a pod. It is started again until it ends. Episodes, examples, students and verdicts
must be those of the undisturbed run, and nothing may be left running. Ends with status 1 where something differs.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import yaml

from bench.compare_runs import facts, runs

RECIPE = {
    "name": "kills",
    "tasks": {"train": ["click-test-2", "click-button", "focus-text-2", "enter-text"], "heldout": ["click-link"]},
    "explore": {"teacher_seeds": 3, "speculative_seeds": 1, "student_seeds": 1},
    "distill": {"steps": 12, "batch": 8, "validate_every": 6, "checkpoint_every": 3, "validation_share": 0.2},
    "evaluate": {"seeds": 4, "task_seeds": 4},
    "detect": {
        "probes": 20,
        "probes_per_replicate": 4,
        "shadow": {"hidden": 16, "layers": 1, "experts": 4},
        "test": {"replicates": 5},
    },
    "report": {"episodes": 6},
}
SHORTEST, LONGEST = 0.2, 25.0
"""Seconds between a start, or a kill that the command survived, and the next kill; `LONGEST` at least, and a fifth of
what the undisturbed run took, so that kills come in all of its stages and not only while it starts."""
MOST_STARTS = 200
EXECUTOR, FUNCTION = "kfp.dsl.executor_main", "--function_to_execute"


def start(folder: Path, *, rounds: int) -> subprocess.Popen[bytes]:
    recipe = folder.parent / "recipe.yaml"
    recipe.write_text(yaml.safe_dump(RECIPE))
    command = [sys.executable, "-m", "pipelines.cli", "run", "--recipe", str(recipe), "--rounds", str(rounds)]
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        return subprocess.Popen([*command, "--out", str(folder)], stdout=log, stderr=log, start_new_session=True)


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The command and everything below it."""
    try:
        top = psutil.Process(process.pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_one(process: subprocess.Popen[bytes], rng: random.Random, *, stages: bool) -> str:
    """Kills the command in half of the cases, else any process of it, or a stage's alone; returns what it was."""
    members = family(process)
    if stages:
        members = [member for member in members if _stage(member)]
    if not members:
        return ""
    victim = members[0] if rng.random() < 0.5 else rng.choice(members)
    try:
        name = _stage(victim) or _short(" ".join(victim.cmdline()[:4]))
        victim.kill()
    except psutil.NoSuchProcess:
        return ""
    return "the command" if victim.pid == process.pid else name


def _stage(process: psutil.Process) -> str:
    """The stage whose process it is, as kfp starts it."""
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return ""
    return words[words.index(FUNCTION) + 1] if EXECUTOR in words and FUNCTION in words else ""


def _short(command: str) -> str:
    for word in ("chrom", "mlflow", "tracking", "guard", "execut", "node", "kfp"):
        if word in command:
            return word
    return "something else"


def disturbed(
    folder: Path, *, rounds: int, kills: int, stages: bool, longest: float, rng: random.Random, killed: Counter[str]
) -> None:
    """Runs the command to its end, killing on the way until `kills` were made in all."""
    for _ in range(MOST_STARTS):
        process = start(folder, rounds=rounds)
        while process.poll() is None and killed.total() < kills:
            pause = SHORTEST + rng.random() ** 2 * (longest - SHORTEST)
            try:
                process.wait(timeout=pause)
            except subprocess.TimeoutExpired:
                if victim := kill_one(process, rng, stages=stages):
                    killed[victim] += 1
                    last = last_line(folder)
                    print(f"{killed.total()}: {victim} after {pause:.1f} s, at: {last}", flush=True)
        if process.wait() == 0:
            return
    raise SystemExit(f"{folder} did not end in {MOST_STARTS} starts")


def last_line(folder: Path) -> str:
    """The last line that the command printed: where in the round it was."""
    lines = (folder.parent / f"{folder.name}.log").read_text(errors="replace").splitlines()
    return lines[-1].strip()[:60] if lines else ""


def left_over(folder: Path) -> list[str]:
    """Processes that still name the folder, some seconds after the command ended."""
    for _ in range(50):
        commands = [
            " ".join(process.info["cmdline"])
            for process in psutil.process_iter(["cmdline"])
            if process.info["cmdline"] and str(folder) in " ".join(process.info["cmdline"])
        ]
        if not commands:
            return []
        time.sleep(0.2)
    return commands


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", action="store_true", help="kill stages' processes and nothing else")
    parser.add_argument("--out", type=Path, default=Path("out/kills"))
    arguments = parser.parse_args()
    out, began = arguments.out.absolute(), time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if start(out / "undisturbed", rounds=arguments.rounds).wait() != 0:
        raise SystemExit(f"the undisturbed run failed: see {out}/undisturbed.log")
    longest = max(LONGEST, (time.monotonic() - began) / 5)
    expected = dict(facts(runs(out / "undisturbed")[0]))
    rng, killed, wrong, number = random.Random(arguments.seed), Counter[str](), 0, 0
    while killed.total() < arguments.kills:
        number += 1
        folder = out / f"killed-{number}"
        disturbed(
            folder,
            rounds=arguments.rounds,
            kills=arguments.kills,
            stages=arguments.stages,
            longest=longest,
            rng=rng,
            killed=killed,
        )
        actual = dict(facts(runs(folder)[0]))
        different = [name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name)]
        survivors = left_over(folder)
        wrong += len(different) + len(survivors)
        print(f"{folder.name}: {len(different)} of {len(expected)} differ, {len(survivors)} processes left", flush=True)
        for name in (*different[:5], *survivors[:5]):
            print(f"    {name}")
    print(f"{killed.total()} kills {dict(killed)} in {number} runs of {arguments.rounds} rounds: {wrong} differences; "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
