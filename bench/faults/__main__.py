"""Every fault of a web run in one run: `python -m bench.faults [--episodes 200] [--seed 1] [--to FILE]`.

A shop that stands at several addresses (shared by leases), four tasks there and a model behind the chat protocol that
decides by rules are explored by shards and then judged, once undisturbed and once while

- the shop answers 500, hangs or drops the connection: to a page, to a reset, to a check's own question;
- the model answers 429, 500, half a body, half a message, nothing, not in time, or is down for a whole decision;
- browsers and pages' processes are killed, leases deleted, and a shard is killed with SIGKILL and started again.

An episode is tried up to five times, not three times as by default: in a short run one meets several of these faults.
Writes what was injected and met, outcomes, and what differs. Ends with status 1 unless every episode is stored once, no
fault counts as the agent's failure and the same episodes are solved.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from bench.faults.compare import compare
from bench.faults.run import play
from bench.faults.world import disturbed, peaceful
from components.files import write_whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, help="a JSON file for what was found")
    parser.add_argument("--out", type=Path, default=Path("out/faults"), help="for stores and logs; emptied first")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out, ignore_errors=True)
    world, out = peaceful(arguments.episodes), arguments.out.absolute()
    quiet = play(world, folder=out / "undisturbed", disturb=None)
    struck = disturbed(world, seed=arguments.seed)
    loud = play(struck, folder=out / "disturbed", disturb=arguments.seed)
    result = {"seed": arguments.seed, **compare(struck, loud, quiet=quiet)}
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if arguments.to:
        write_whole(arguments.to, text.encode())
    print(text, end="")
    sys.exit(bool(result["wrong"]))


if __name__ == "__main__":
    main()
