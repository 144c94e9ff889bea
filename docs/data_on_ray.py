"""Tables of rounds on Ray Data, for what outgrows one machine: python docs/data_on_ray.py out/store/runs/NAME

Reads `steps.parquet` of every round of a run a piece at a time and says, of each task, how often it was solved and what
its solved episodes did most. Ray starts in this process alone; on a cluster, `RAY_ADDRESS` names its head, and
the folder is s3://BUCKET/PREFIX/runs/NAME, read with the credentials of its workers. Needs ray[data], aiohttp.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import ray
import ray.data

COLUMNS = ["episode_key", "task_id", "outcome", "step", "action"]


def verbs(steps: pa.Table) -> pa.Table:
    """Of each step, the word its action begins with."""
    verb = pc.list_element(pc.split_pattern(steps["action"], " "), 0)
    return steps.drop_columns(["action"]).append_column("verb", verb)


def of_a_task(steps: pa.Table) -> pa.Table:
    """One row for a task's steps: episodes, solved ones, and the action that those take most; ties by name."""
    solved = steps.filter(pc.equal(steps["outcome"], "solved"))
    taken = (
        solved.group_by("verb")
        .aggregate([("step", "count")])
        .sort_by([("step_count", "descending"), ("verb", "ascending")])
    )
    return pa.table(
        {
            "task_id": [steps["task_id"][0].as_py()],
            "episodes": [pc.count_distinct(steps["episode_key"]).as_py()],
            "solved": [pc.count_distinct(solved["episode_key"]).as_py()],
            "mostly": [taken["verb"][0].as_py() if taken.num_rows else ""],
        }
    )


def tables(run: str) -> list[str]:
    """Addresses of the run's tables of steps."""
    import pyarrow.fs

    system, root = pyarrow.fs.FileSystem.from_uri(run if "://" in run else str(Path(run).absolute()))
    found = system.get_file_info(pyarrow.fs.FileSelector(root, recursive=True))
    scheme = "s3://" if run.startswith("s3://") else ""
    return sorted(f"{scheme}{each.path}" for each in found if each.path.endswith("/tables/steps.parquet"))


def main() -> None:
    ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
    steps = ray.data.read_parquet(tables(sys.argv[1]), columns=COLUMNS)
    rows = (
        steps.map_batches(verbs, batch_format="pyarrow")
        .groupby("task_id")
        .map_groups(of_a_task, batch_format="pyarrow")
    )
    for row in sorted(rows.take_all(), key=lambda row: row["task_id"]):
        print(f"{row['task_id']}: {row['solved']} of {row['episodes']} solved, mostly by {row['mostly'] or 'nothing'}")


if __name__ == "__main__":
    main()
