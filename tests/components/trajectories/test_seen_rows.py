"""What shards played is counted and listed from the tables they left; what is in no table is read itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from components.episodes.phase import seen_row
from components.trajectories import table_files
from components.trajectories.episodes import list_episodes, save_episode
from components.trajectories.listing import EpisodeFilter, list_rows
from components.trajectories.open_store import open_store
from components.trajectories.rows import STEP_COLUMNS, step_rows, to_table
from components.trajectories.schema import Episode, Outcome
from components.trajectories.seen import forget_rows, leave_rows, rows_at
from components.trajectories.store import Store
from components.trajectories.table_files import TableFile, read_rows
from components.trajectories.tables import read_table, write_table

MakeEpisode = Callable[..., Episode]
COLUMNS = ("episode_key", "task_id", "states")
PREFIX = "runs/run/round-001"


def test_an_episode_of_a_table_is_not_read_again_and_one_of_none_is(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    seen = [make_episode("click [1]", seed=seed, phase=phase) for phase in ("explore-student", "explore-teacher")
            for seed in (1, 2)]  # fmt: skip
    for episode in seen:
        save_episode(store, episode)
    expected = list_rows(store, EpisodeFilter())
    for phase in ("explore-student", "explore-teacher"):
        leave_rows(store, [seen_row(each) for each in seen if each.phase == phase])
    for episode in seen:
        store.put(episode.key, b"unreadable")
    late = make_episode("click [2]", seed=3, phase="explore-teacher", outcome=Outcome.FAILED)
    save_episode(store, late)
    assert list_rows(store, EpisodeFilter())[:-1] == expected
    assert [row["seed"] for row in list_rows(store, EpisodeFilter(outcome="failed"))] == [3]
    rows = list(rows_at(store, list_episodes(store, f"{PREFIX}/episodes/explore-t"), columns=COLUMNS, row=seen_row))
    assert [row["episode_key"] for row in rows] == [seen[2].key, seen[3].key, late.key]
    assert all(len(row["states"]) == 1 for row in rows)


def test_a_torn_table_and_one_that_was_forgotten_are_not_believed(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    episode = make_episode(outcome=Outcome.FAILED)
    save_episode(store, episode)
    leave_rows(store, [{**seen_row(episode), "outcome": "solved"}])

    def outcome() -> str:
        [row] = list_rows(store, EpisodeFilter())
        return str(row["outcome"])

    assert outcome() == "solved"
    [table] = [key for key in store.list(f"{PREFIX}/tables/") if key.endswith(".parquet")]
    whole = store.get(table)
    store.put(table, whole[:-1])
    assert outcome() == "failed"
    store.put(table, whole)
    forget_rows(store, episode.key)
    assert outcome() == "failed"
    assert not list(store.list(f"{PREFIX}/tables/"))


def filled(store: Store, key: str, path: Path, episodes: list[Episode]) -> str:
    file = TableFile(path, columns=STEP_COLUMNS)
    for episode in episodes:
        for row in step_rows(episode):
            file.add(row)
    return file.keep(store, key, sources={"all": "x"}).digest


def test_a_table_made_in_a_file_is_the_one_made_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_episode: MakeEpisode
) -> None:
    store = open_store(tmp_path / "store")
    episodes = [make_episode('type [2] "bob"', "click [1]", seed=seed) for seed in range(20)]
    rows = [row for episode in episodes for row in step_rows(episode)]
    write_table(store, "memory.parquet", to_table(rows, columns=STEP_COLUMNS), sources={"all": "x"})
    filled(store, "file.parquet", tmp_path / "file", episodes)
    assert store.get("file.parquet") == store.get("memory.parquet")
    filled(store, "empty.parquet", tmp_path / "empty", [])
    assert read_table(store, "empty.parquet").num_rows == 0
    monkeypatch.setattr(table_files, "GROUP_CHARS", 500)
    digest = filled(store, "groups.parquet", tmp_path / "groups", episodes)
    assert list(read_rows(store, "groups.parquet", columns=tuple(STEP_COLUMNS))) == rows
    store.put("groups.parquet", b"torn")
    assert filled(store, "groups.parquet", tmp_path / "again", episodes) == digest
    assert read_table(store, "groups.parquet").to_pylist() == rows
