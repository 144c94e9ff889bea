"""Wordings that the base's errands share with a benchmark's goals: runs of words that occur in both.

    python -m bench.base_wording [--store out/store] [--errands 5000]

Reads the goals of the evaluations in a store. For runs of three to eight words it prints how many goals of the errands
share one with the benchmark, and the most frequent of the longest runs. Quoted texts count as one word.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from components.models.lessons.errands import errand
from components.trajectories.open_store import open_store
from components.trajectories.phases import EVALUATE
from components.trajectories.table_files import read_rows

SHORTEST, LONGEST = 3, 8
SHOWN = 5
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
WORD = re.compile(r"[^\W_]+")

Run = tuple[str, ...]


def words_of(text: str) -> list[str]:
    return WORD.findall(QUOTED.sub(" quoted ", text).lower())


def runs(words: Sequence[str], length: int) -> Iterator[Run]:
    """All runs of `length` words in a sentence."""
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def goals_in(store: str) -> set[str]:
    """Of all evaluated episodes."""
    opened_store = open_store(store)
    tables = (key for key in opened_store.list("runs/") if re.search(rf"/tables/{EVALUATE}[a-z_]+\.parquet$", key))
    return {str(row["intent"]) for key in tables for row in read_rows(opened_store, key, columns=("intent",))}


def goals_of_errands(count: int) -> list[str]:
    rng = Random("wording")
    turns = (turn for _ in range(count) for turn in errand(rng, size=20))
    return [turn.prompt.rpartition("GOAL: ")[2].partition("\nACTION")[0] for turn in turns]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", default=str(Path("out/store")))
    parser.add_argument("--errands", type=int, default=5000, help="pages, each with several goals")
    arguments = parser.parse_args()
    goals = [words_of(goal) for goal in goals_in(arguments.store)]
    ours = [words_of(goal) for goal in goals_of_errands(arguments.errands)]
    print(f"{len(ours)} goals of errands beside {len(goals)} goals of the evaluations\n")
    print(
        "| words in a row | goals of errands that share some | how many different | most frequent |\n|---|---|---|---|"
    )
    for length in range(SHORTEST, LONGEST + 1):
        known_runs = {run for goal in goals for run in runs(goal, length)}
        shared = [{run for run in runs(goal, length) if run in known_runs} for goal in ours]
        counts = Counter(run for goal_runs in shared for run in goal_runs)
        common = ", ".join(f"{' '.join(run)} ({times})" for run, times in counts.most_common(SHOWN))
        print(f"| {length} | {sum(map(bool, shared)) / len(ours):.2%} | {len(counts)} | {common} |")


if __name__ == "__main__":
    main()
