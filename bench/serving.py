"""Decisions per second of a student behind an address against the same student in the stage's own process.

    python -m bench.serving [--model components/models/base] [--decisions 300] [--episodes 32] [--precision bf16]

The same turns, made-up pages of a dozen elements, are decided greedily by as many episodes at once; both are warm. The
server is the one a place with `serving: {kind: here}` starts: vLLM where it is installed, else ours. It also prints the
CPU time of a decision, the server's part included, and how many actions are equal; with our server in fp32 all should
be. With `--precision bf16` both compute in bf16, and the stage's own process in fp32 too, for comparison.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import get_args

import psutil

from components.agents.base import Agent, Turn
from components.agents.batching import Batcher
from components.agents.local import LocalAgent
from components.agents.served import ServedAgent
from components.browser.observation import Element, Observation
from components.models.devices import Precision, computed_in
from components.models.files import BASE_FOLDER
from components.serving.config import Here

ROLES, WORDS = ("button", "link", "textbox", "checkbox"), ("send", "name", "open", "price", "later", "north", "blue")


def make_turn(number: int) -> Turn:
    rng = random.Random(number)
    lines = {ref: f'{rng.choice(ROLES)} "{rng.choice(WORDS)} {rng.choice(WORDS)}"' for ref in range(1, 13)}
    page = Observation(
        url="http://site/",
        title="",
        text="\n".join(f"[{ref}] {line}" for ref, line in lines.items()),
        elements={ref: Element(ref=ref, role=line.split()[0], name="", line=line) for ref, line in lines.items()},
    )
    intent = f"Click {lines[rng.choice(list(lines))]}."
    return Turn(episode=f"t/{number}", task_id="t", template="", intent=intent, observation=page, history=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Attributes: `seconds`: of the clock; `processor`: of the processor, that of a server of ours with it."""

    actions: list[str]
    seconds: float
    processor: float


def processor_seconds() -> float:
    """Of this process and of all that it started and that still run."""
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:2]) for process in (me, *me.children(recursive=True)))


async def decided(agent: Agent, turns: Sequence[Turn], *, episodes: int) -> Decided:
    """One decision before them warms the model up."""
    batcher, actions = Batcher(agent), dict[str, str]()
    waiting = list(turns)

    async def episode() -> None:
        with batcher.episode():
            while waiting:
                turn = waiting.pop()
                (decision,) = await batcher.decide([turn])
                actions[turn.episode] = decision.action

    await agent.decide([make_turn(-1)])
    began, used = time.monotonic(), processor_seconds()
    await asyncio.gather(*(episode() for _ in range(episodes)))
    seconds, processor = time.monotonic() - began, processor_seconds() - used
    await batcher.close()
    return Decided(actions=[actions[turn.episode] for turn in turns], seconds=seconds, processor=processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BASE_FOLDER)
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--episodes", type=int, default=32)
    parser.add_argument("--precision", choices=get_args(Precision), default="fp32")
    arguments = parser.parse_args()
    turns = [make_turn(number) for number in range(arguments.decisions)]
    asked: Precision = arguments.precision
    if (precision := computed_in(asked)) != asked:
        print(f"this CPU has no instructions for {asked}: all of it is {precision}")
    formats: tuple[Precision, ...] = (precision, "fp32")
    results = dict[str, Decided]()
    with tempfile.TemporaryDirectory(prefix="symbiont-") as work:
        for kept_in in dict.fromkeys(formats):
            agent: Agent = LocalAgent(arguments.model, precision=kept_in)
            results[f"in process, {kept_in}"] = asyncio.run(decided(agent, turns, episodes=arguments.episodes))
        agent = ServedAgent(arguments.model, Here(precision=precision), work=Path(work))
        results[f"served, {precision}"] = asyncio.run(decided(agent, turns, episodes=arguments.episodes))
    for name, result in results.items():
        each = 1000 * result.processor / len(turns)
        print(f"{name}: {len(turns) / result.seconds:.1f} decisions/s, {each:.0f} ms of the processor each")
    for one, other in combinations(results, 2):
        pairs = zip(results[one].actions, results[other].actions, strict=True)
        print(f"equal actions, {one} and {other}: {sum(first == second for first, second in pairs)} of {len(turns)}")


if __name__ == "__main__":
    main()
