"""Tokens per second and peak memory of training, ours beside TRL's SFTTrainer; writes bench/train.json.

    python -m bench.training [--model FOLDER] [--steps 60] [--repeats 3] [--batch 32]

The same examples, model, machine and number type (fp32 weights, bf16 products) in one run, one after the other, thrice.
TRL has an environment of its own over ours (the same torch and transformers); it is tried grouped by length and packed;
the better of the two is its row. On a CPU its packing lets examples see each other; it is timed all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import site
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from components.files import write_whole
from components.models.files import BASE_FOLDER
from components.models.lessons.make_base import lesson
from components.models.prompting import load_prompting
from components.preflight.machine import machine

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "bench/train.json"
TRL = ROOT / "out/bench-trl"
TRL_VERSION = "1.16.0"
EXAMPLES = 1024
CONTENDERS = ("symbiont", "trl, grouped by length", "trl, packed")


def make_examples(model: Path) -> list[dict[str, Any]]:
    """Look-ups on pages of many sizes, tokenized; what is learnt begins at `start`."""
    prompting, rng, made = load_prompting(model), Random(1), list[dict[str, Any]]()
    while len(made) < EXAMPLES:
        turn = lesson(rng, size=rng.randint(4, 32))[0]
        prompt, end = prompting.encode_prompt(turn.prompt), prompting.encode_completion(turn.answer)
        if len(prompt) + len(end) <= 1024:
            made.append({"tokens": prompt + end, "start": len(prompt)})
    return made


def make_environment() -> Path:
    """TRL over this environment's packages; the path of its Python."""
    python = TRL / "bin/python"
    if not list(TRL.glob("lib/python*/site-packages/trl")):
        print(f"making {TRL}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(TRL)], check=True)
        (folder,) = TRL.glob("lib/python*/site-packages")
        (folder / "ours.pth").write_text("\n".join(site.getsitepackages()))
        subprocess.run([python, "-m", "pip", "install", "-q", f"trl=={TRL_VERSION}"], check=True)
    return python


def measured(python: Path, who: str, model: Path, examples: Path, *, steps: int, batch: int) -> dict[str, float]:
    command = [python, ROOT / "bench/training/steps.py", who, model, examples, str(steps), str(batch)]
    done = subprocess.run(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def row(who: str, model: str, runs: list[dict[str, float]], *, load: float) -> dict[str, Any]:
    import torch

    speeds, peaks = ([run[name] for run in runs] for name in ("tokens_per_second", "peak_memory_mb"))
    return {
        "model": model,
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else f"{machine()} ({platform.machine()})",
        "who": who,
        "tokens_per_second": round(statistics.median(speeds)),
        "tokens_per_second_spread": [round(min(speeds)), round(max(speeds))],
        "peak_memory_mb": round(statistics.median(peaks)),
        "peak_memory_mb_spread": [round(min(peaks)), round(max(peaks))],
        "load": round(load, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BASE_FOLDER, help="folder; another is a row more of the file")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32)
    arguments = parser.parse_args()
    environment, load = make_environment(), os.getloadavg()[0]
    runs: dict[str, list[dict[str, float]]] = {who: [] for who in CONTENDERS}
    with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
        examples = Path(folder) / "examples.json"
        examples.write_text(json.dumps(make_examples(arguments.model)))
        for _ in range(arguments.repeats):
            for who in CONTENDERS:
                python = Path(sys.executable) if who == "symbiont" else environment
                told = {"steps": arguments.steps, "batch": arguments.batch}
                runs[who].append(measured(python, who, arguments.model, examples, **told))
                print(f"{who}: {runs[who][-1]}", flush=True)
    name = arguments.model.name
    rows = [row(who, name, found, load=load) for who, found in runs.items()]
    best = max(rows[1:], key=lambda each: each["tokens_per_second"])
    before = json.loads(ROWS.read_text()) if ROWS.is_file() else []
    kept = [each for each in before if (each["model"], each["device"]) != (name, rows[0]["device"])]
    write_whole(ROWS, json.dumps([*kept, rows[0], best], indent=1) + "\n")
    print(f"symbiont trains {rows[0]['tokens_per_second'] / best['tokens_per_second']:.2f} times as fast; {ROWS}")


if __name__ == "__main__":
    main()
