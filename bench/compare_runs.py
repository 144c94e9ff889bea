"""Whether two runs of one recipe and seed gave the same episodes, examples, students and verdicts.

    python -m bench.compare_runs OUT_A OUT_B

For a change that must not change anything, such as moving code: run the same command before and after it into two
folders. Times, addresses, ports and names of runs are left out; everything an agent saw, did and was judged by, every
example, every student's weights and every verdict must be equal. Ends with status 1 where something differs.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from components.trajectories.episodes import decode_episode
from components.trajectories.schema import Episode

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
OF_THE_RUN = ("episode_key", "example_id")
"""Columns of examples that hold the run's name, or a digest of it."""
JUDGED = ("verdict", "p_value", "because", "distances")


def runs(out: Path) -> list[Path]:
    """The folders of an OUT folder's runs of rounds; what `symbiont evaluate` plays has no manifest.

    Raises:
        SystemExit: it holds none.
    """
    rounds = sorted(path.parent.parent for path in out.glob("store/**/round-001/manifest.json"))
    if not rounds:
        raise SystemExit(f"{out} holds no run of rounds: give the folder that `symbiont run --out` wrote")
    return rounds


def facts(run: Path) -> Iterator[tuple[str, Any]]:
    """Everything that must be equal, by what it is."""
    for path in sorted(run.glob("round-*/episodes/**/*.json.zst")):
        yield f"episode {path.relative_to(run)}", _episode(decode_episode(path.read_bytes(), where=path.name))
    for path in sorted(run.glob("round-*/tables/examples.parquet")):
        table = pq.read_table(path).drop_columns(list(OF_THE_RUN))
        yield f"examples {path.relative_to(run)}", sorted(map(repr, table.to_pylist()))
    for path in sorted(run.glob("round-*/results/distill.json")):
        yield f"student {path.relative_to(run)}", json.loads(path.read_text())["model_digest"]
    for path in sorted(run.glob("round-*/results/detect.json")):
        content = json.loads(path.read_text())
        yield f"verdict {path.relative_to(run)}", {key: content[key] for key in JUDGED}


def _episode(episode: Episode) -> Any:
    record = episode.model_dump(mode="json", include={"intent", "outcome", "reward", "answer", "message", "steps"})
    for step in record["steps"]:
        for key in ("timing", "url"):
            del step[key]
    return json.loads(ADDRESS.sub("http://site", json.dumps(record)))


def main() -> None:
    a, b = (dict(facts(runs(Path(out))[0])) for out in sys.argv[1:3])
    different = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    for name in different[:20]:
        print(f"differs: {name}{'' if name in a and name in b else ', which only one of them has'}")
    kinds = {kind: sum(name.startswith(kind) for name in a) for kind in ("episode", "examples", "student", "verdict")}
    print(f"{len(different)} of {len(a)} differ ({', '.join(f'{count} {kind}' for kind, count in kinds.items())})")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
