"""Every field of every network record that WebArena-Verified looks for, sent as another: what scores all the same?

    python -m tests.components.benchmarks.on_all_of_webarena

Some 2,000 verdicts, twenty seconds of a processor; no part of the tests. `test_webarena` tries one of each kind.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from components.benchmarks.webarena.evaluator import judge
from tests.components.benchmarks.webarena_traces import ADDRESSES, Entry, entry, expected, har


def solved(task: Any, *entries: Entry) -> bool:
    found = task.expected_agent_response.model_dump(mode="json")
    answer = json.dumps({name: found[name] for name in ("task_type", "status", "retrieved_data")})
    with tempfile.TemporaryDirectory() as folder:
        network = har(Path(folder) / "n.har", *entries)
        return judge(str(task.task_id), answer=answer, network=network, addresses=ADDRESSES).outcome == "solved"


def fields_of(task: Any) -> list[str]:
    names: dict[str, None] = {}
    expected(task, change=lambda name, value: (names.setdefault(name), value)[1])
    return list(names)


def with_other(task: Any, field: str) -> list[Entry]:
    def change(name: str, value: Any) -> Any:
        if name != field:
            return value
        return value + 100 if isinstance(value, int) else f"{value}-else" if name == "url" else "else"

    return expected(task, change=change)


def main() -> None:
    logging.disable(logging.WARNING)
    from webarena_verified import WebArenaVerified

    tried, passed, idle, unmade = Counter[str](), defaultdict[str, list[int]](list), list[int](), 0
    for task in WebArenaVerified().get_tasks():
        begun = entry(f"{ADDRESSES[task.sites[0].value]}/")
        if not task.network_event_evaluator_cfgs or not solved(task, begun, *expected(task)):
            continue
        if solved(task, begun):
            idle.append(task.task_id)
        for field in fields_of(task):
            try:
                sent = with_other(task, field)
            except (IndexError, KeyError, TypeError):  # a word where a list is to go on
                unmade += 1
                continue
            kind = field.partition(" ")[0]
            tried[kind] += 1
            if solved(task, begun, *sent):
                passed[kind].append(task.task_id)
    print(f"{tried.total()} records with one field else ({dict(tried)}), {unmade} that could not be made")
    for kind, tasks in passed.items():
        print(f"score 1 with another {kind}: {len(tasks)}: {', '.join(map(str, tasks))}")
    print(f"score 1 with the first page of the site and the right words alone: {', '.join(map(str, idle))}")


if __name__ == "__main__":
    main()
