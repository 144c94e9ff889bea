"""Tokens per second and peak memory of training, ours beside TRL's SFTTrainer; writes bench/train.json.

    python -m bench.training [--model FOLDER] [--optimizer adamw] [--steps 60] [--repeats 5] [--batch 32]
    python -m bench.training --shape llama-1b --steps 8 --repeats 2

The same examples, model, machine and number type (fp32 weights; products in bf16, or in fp32 where the CPU has no bf16)
in one run. Each contender takes a turn in a process of its own, then each again in the other order, so that other load
on the machine hits all alike; ratios are taken between neighbouring turns only. On a machine that is always busy use
the ratio of CPU times with one thread each (`--threads 1`). TRL has an environment of its own over ours (the same torch
and transformers), and trains with AdamW, grouped by length and packed. On a CPU it packs by cutting the examples' text
into rows, so that examples attend to each other: keeping them apart is slower there, and impossible with layers that
carry state. It is timed all the same.

A shape is of random weights, on random examples, with settings of its own (shapes.py). Where each is as long as the
context TRL does without packing, since every row is full, and is timed compiled as well; where some are shorter, we are
timed packed, too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from bench.layered import layered
from bench.training.shapes import SHAPES, make_tokens
from components.files import write_whole
from components.models.files import BASE_FOLDER
from components.models.lessons.make_base import lesson
from components.models.prompting import load_prompting
from components.preflight.machine import machine

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "bench/train.json"
TRL_VERSION = "1.16.0"
EXAMPLES = 1024
OURS, OURS_PACKED, OURS_ALONE = "symbiont", "symbiont, packed", "symbiont, one process"
PROCESSES = 2
"""Of `IN_PROCESSES`, on a CPU."""
TRL_IN_PROCESSES = "trl, grouped by length, two processes"
IN_PROCESSES = (OURS, TRL_IN_PROCESSES)
ON_A_CPU = (OURS, OURS_ALONE, "trl, as it comes", "trl, grouped by length", TRL_IN_PROCESSES, "trl, packed")
MANY_LENGTHS = (OURS, "trl, grouped by length", "trl, packed", OURS_PACKED)
FULL_ROWS = (OURS, "trl", "trl, compiled")
EXAMPLES_OF_A_SHAPE = 64
CONTEXT = 1024
SPEEDS = {"tokens_per_second": "clock", "tokens_per_cpu_second": "processor"}
Turn = dict[str, dict[str, float]]
"""What each contender measured."""


def make_examples(model: Path) -> list[dict[str, Any]]:
    """Look-ups on pages of many sizes, tokenized; what is learnt begins at `start`."""
    prompting, rng, examples = load_prompting(model), Random(1), list[dict[str, Any]]()
    while len(examples) < EXAMPLES:
        turn = lesson(rng, size=rng.randint(4, 32))[0]
        prompt, end = prompting.encode_prompt(turn.prompt), prompting.encode_completion(turn.answer)
        if len(prompt) + len(end) <= CONTEXT:
            examples.append({"tokens": prompt + end, "start": len(prompt)})
    return examples


def measured(who: str, python: Path, spec: Path, *, processes: int) -> dict[str, float]:
    together = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"] if processes > 1 else []
    process = subprocess.run(
        [python, *together, ROOT / "bench/training/steps.py", who, spec],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])},
    )
    speeds: dict[str, float] = json.loads(process.stdout.splitlines()[-1])
    return speeds | {"load": os.getloadavg()[0]}


def row(who: str, turns: list[Turn]) -> dict[str, Any]:
    """One contender's figures; of TRL also how many times as fast we are, turn by turn."""
    result: dict[str, Any] = named(who)
    for name in (*SPEEDS, "peak_memory_mb"):
        result |= middle(name, [turn[who][name] for turn in turns])
    if "mfu" in turns[0][who]:
        result |= middle("mfu", [turn[who]["mfu"] for turn in turns], digits=3)
    for name, per in SPEEDS.items() if who != OURS else ():
        result |= middle(
            f"symbiont_times_as_fast_by_{per}", [turn[OURS][name] / turn[who][name] for turn in turns], digits=2
        )
    return result


def named(who: str) -> dict[str, str]:
    """A contender as rows name it: symbiont or trl, and in which way, where there are several."""
    name, _, mode = who.partition(", ")
    return {"who": name, "way": mode}


def contender(row: dict[str, Any]) -> tuple[str, ...]:
    """What a row is about; there is one row of each."""
    return tuple(row[field] for field in ("model", "device", "who", "way"))


def middle(name: str, values: list[float], *, digits: int | None = None) -> dict[str, Any]:
    low, median, high = (round(value, digits) for value in (min(values), statistics.median(values), max(values)))
    return {name: median, f"{name}_spread": [low, high]}


def keep(turns: list[Turn], about: dict[str, Any], settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Writes what the turns so far say over their own rows of this model and device: a machine may be taken away."""
    loads = [figures["load"] for turn in turns for figures in turn.values()]
    shared = settings | {"repeats": len(turns)} | middle("load", loads, digits=1)
    rows = [about | row(who, turns) | shared for who in turns[0]]
    before = json.loads(ROWS.read_text()) if ROWS.is_file() else []
    anew = {contender(result) for result in rows}
    earlier_rows = [earlier for earlier in before if contender(earlier) not in anew]
    write_whole(ROWS, json.dumps([*earlier_rows, *rows], indent=1) + "\n")
    return rows


def device() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BASE_FOLDER, help="folder; another is more rows of the file")
    parser.add_argument("--shape", choices=SHAPES, help="random weights in this shape instead")
    parser.add_argument("--optimizer", choices=("muon", "adamw"), default="muon", help="ours; the laptop's is muon")
    parser.add_argument("--steps", type=int, default=60, help="of which the first quarter is not timed")
    parser.add_argument("--repeats", type=int, default=5, help="turns of everybody")
    parser.add_argument("--batch", type=int, default=32, help="examples of a step; a shape has its own")
    parser.add_argument("--threads", type=int, default=0, help="of each process; 0: torch's choice")
    parser.add_argument("--who", nargs="+", help="some of those who are compared, symbiont first; left out: all")
    arguments = parser.parse_args()
    import torch

    shape = SHAPES[arguments.shape] if arguments.shape else None
    settings = shape.settings if shape else {name: getattr(arguments, name) for name in ("batch", "optimizer")}
    settings = {"context": CONTEXT, **settings}
    full = shape is not None and shape.shortest == settings["context"]
    contenders = arguments.who or (FULL_ROWS if full else MANY_LENGTHS if shape else ON_A_CPU)
    several = () if shape or torch.cuda.is_available() else IN_PROCESSES
    trl = layered(ROOT / "out/bench-trl", (f"trl=={TRL_VERSION}",))
    if arguments.threads:
        os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    about = {"model": arguments.shape or arguments.model.resolve().name, "device": device()}
    turns, rows = list[Turn](), list[dict[str, Any]]()
    with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
        examples, spec = Path(folder) / "examples.json", Path(folder) / "spec.json"
        examples_made = (
            make_tokens(EXAMPLES_OF_A_SHAPE, shortest=shape.shortest, context=settings["context"])
            if shape
            else make_examples(arguments.model)
        )
        examples.write_text(json.dumps(examples_made))
        spec_content = {"model": str(arguments.model), "shape": arguments.shape, "examples": str(examples)}
        spec.write_text(json.dumps(spec_content | {"steps": arguments.steps, "settings": settings}))
        for number in range(arguments.repeats):
            turn: Turn = {}
            for who in contenders if number % 2 == 0 else reversed(contenders):
                python = Path(sys.executable) if who.startswith(OURS) else trl
                turn[who] = measured(who, python, spec, processes=PROCESSES if who in several else 1)
                print(f"{who}: {turn[who]}", flush=True)
            turns.append(turn)
            rows = keep(turns, about, settings | {"steps": arguments.steps, "threads": arguments.threads})
    for result in rows[1:]:
        for per in SPEEDS.values():
            low, high = result[f"symbiont_times_as_fast_by_{per}_spread"]
            times = result[f"symbiont_times_as_fast_by_{per}"]
            print(f"{times} times ({low} to {high}) as fast as {result['who']} {result['way']} by the {per}")


if __name__ == "__main__":
    main()
