"""Tables are the same bytes for the same rows and know their sources; episodes are found by what they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from components.errors import InputError
from components.trajectories.episodes import episode_digest, save_episode
from components.trajectories.listing import EpisodeFilter, find_episodes, list_rows
from components.trajectories.open_store import open_store
from components.trajectories.rows import EPISODE_COLUMNS, STEP_COLUMNS, episode_row, step_rows, to_table
from components.trajectories.schema import Candidate, Episode, Outcome, Speculation, Step
from components.trajectories.store import Store
from components.trajectories.table_files import read_rows
from components.trajectories.tables import (
    MANIFEST_SUFFIX,
    is_whole,
    read_table,
    read_table_manifest,
    table_info,
    write_table,
)

MakeEpisode = Callable[..., Episode]


def steps_table(episodes: list[Episode]) -> Any:
    return to_table((row for episode in episodes for row in step_rows(episode)), columns=STEP_COLUMNS)


def episodes_table(episodes: list[Episode]) -> Any:
    return to_table(map(episode_row, episodes), columns=EPISODE_COLUMNS)


KEY = "runs/run/round-001/tables/steps.parquet"


def test_a_table_reads_back_and_names_its_sources(store: Store, make_episode: MakeEpisode) -> None:
    episode = make_episode("click [1]", "click [2]")
    sources = {episode.key: episode_digest(episode)}
    info = write_table(store, KEY, steps_table([episode]), sources=sources)
    assert write_table(store, KEY, steps_table([episode]), sources=sources) == info == table_info(store, KEY)
    assert read_table(store, KEY).column("action").to_pylist() == ["click [1]", "click [2]"]
    assert read_table(store, KEY, columns=("step",)).column_names == ["step"]
    assert read_table_manifest(store, KEY).sources == sources
    assert info.rows == 2


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, make_episode: MakeEpisode) -> None:
    episodes = [make_episode("click [1]", seed=seed) for seed in range(20)]
    stores = [open_store(tmp_path / name) for name in "ab"]
    digests = {write_table(store, KEY, steps_table(episodes), sources=["x"]).digest for store in stores}
    assert len(digests) == 1


def test_a_table_of_no_rows_has_the_columns_of_any_other(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    write_table(store, KEY, steps_table([]), sources=[])
    assert read_table(store, KEY).schema == steps_table([make_episode()]).schema


def test_what_a_killed_writer_left_without_manifest_is_replaced(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    store.put_new(KEY, b"half of something else")
    with pytest.raises(KeyError):
        read_table(store, KEY)
    write_table(store, KEY, steps_table([make_episode()]), sources=["x"])
    assert read_table(store, KEY).num_rows == 1


@pytest.mark.parametrize(
    ("seed", "source", "differs"), [(2, "x", "with other rows"), (1, "y", "made from other sources")]
)
def test_another_table_at_the_same_key_is_refused(
    tmp_path: Path, make_episode: MakeEpisode, seed: int, source: str, differs: str
) -> None:
    store = open_store(tmp_path)
    write_table(store, KEY, steps_table([make_episode(seed=1)]), sources=["x"])
    with pytest.raises(InputError, match=f"{differs} already stands"):
        write_table(store, KEY, steps_table([make_episode(seed=seed)]), sources=[source])
    assert read_table(store, KEY).column("seed").to_pylist() == [1]


def test_a_changed_table_is_refused(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    write_table(store, KEY, steps_table([make_episode()]), sources=["x"])
    store.put(KEY, store.get(KEY) + b" ")
    with pytest.raises(InputError, match="not the one its manifest describes"):
        read_table(store, KEY)
    store.put(KEY + MANIFEST_SUFFIX, b"{}")
    with pytest.raises(InputError, match="broken manifest"):
        read_table(store, KEY)


def test_a_table_that_is_gone_is_named_and_made_again_by_its_maker(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store, rows = open_store(tmp_path), steps_table([make_episode()])
    info = write_table(store, KEY, rows, sources=["x"])
    good = store.get(KEY)
    store.delete(KEY)
    with pytest.raises(InputError, match="the table is gone") as error:
        read_table(store, KEY)
    assert KEY in error.value.where
    assert "makes it whole" in error.value.fix
    for torn in (None, b"", good[:-1], good[:100] + b"x" + good[101:]):
        store.delete(KEY)
        if torn is not None:
            store.put(KEY, torn)
        assert not is_whole(store, KEY, digest=info.digest)
        assert write_table(store, KEY, rows, sources=["x"]) == info
        assert is_whole(store, KEY, digest=info.digest)
    store.put(KEY + MANIFEST_SUFFIX, b'{"digest')
    assert not is_whole(store, KEY, digest=info.digest)
    with pytest.raises(InputError, match="a broken manifest") as error:
        read_table(store, KEY)
    assert MANIFEST_SUFFIX in error.value.where


def test_arrow_reads_a_table_from_nothing_that_python_owns(
    tmp_path: Path, make_episode: MakeEpisode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its threads may hold what they read until after Python's end, and giving back what is Python's then aborts."""
    store = open_store(tmp_path)
    write_table(store, KEY, steps_table([make_episode()]), sources=["x"])
    get, read, data, sources = store.get, pq.ParquetFile, store.get(KEY), list[Any]()

    def spied(source: Any, *rest: Any, **named: Any) -> Any:
        sources.append(source)
        return read(source, *rest, **named)

    monkeypatch.setattr(store, "get", lambda key: data if key == KEY else get(key))
    monkeypatch.setattr(pq, "ParquetFile", spied)
    monkeypatch.setattr(pq, "read_table", lambda source, columns: spied(source).read(columns))
    assert read_table(store, KEY).num_rows == len(list(read_rows(store, KEY, columns=["step"]))) == 1
    of_memory, of_file = sources
    assert isinstance(of_memory, pa.BufferReader)
    of_memory.seek(0)
    assert of_memory.read_buffer().address != pa.py_buffer(data).address
    assert isinstance(of_file, str)


def test_other_programs_read_the_tables(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    episodes = [make_episode(seed=seed, outcome=Outcome.SOLVED if seed % 3 else Outcome.FAILED) for seed in range(9)]
    write_table(store, "t/episodes.parquet", episodes_table(episodes), sources=["x"])
    query = f"select outcome, count(*) from '{tmp_path}/t/episodes.parquet' group by 1 order by 1"
    assert duckdb.sql(query).fetchall() == [("failed", 3), ("solved", 6)]


def test_a_step_row_says_what_was_proposed(make_episode: MakeEpisode, make_step: Callable[..., Step]) -> None:
    proposal = Speculation(
        proposed=Candidate(action="click [1]"), candidates=(Candidate(action="click [2]"),), accepted=False
    )
    steps = [make_step("click [2]", speculation=proposal), make_step("click [1]", index=1, decided_by="student")]
    rows = steps_table([make_episode(steps=steps)]).to_pylist()
    assert [(row["proposed"], row["accepted"], row["target"]) for row in rows] == [
        ("click [1]", False, 'textbox "Name"'),
        (None, None, 'button "Ok"'),
    ]
    assert episodes_table([make_episode(steps=steps)]).column("teacher_steps").to_pylist() == [1]


@pytest.fixture
def listed(tmp_path: Path, make_episode: MakeEpisode) -> Store:
    store = open_store(tmp_path)
    for phase in ("explore-teacher", "explore-student", "evaluate-student-heldout_seeds"):
        for round in (1, 2):
            for seed in (1, 12):
                outcome = Outcome.SOLVED if phase == "explore-teacher" else Outcome.FAILED
                save_episode(store, make_episode(phase=phase, round=round, seed=seed, outcome=outcome))
    save_episode(store, make_episode('type [2] "Zebra"', task_id="enter-text", intent="Type it."))
    return store


@pytest.mark.parametrize(
    ("filter", "number"),
    [
        (EpisodeFilter(), 13),
        (EpisodeFilter(run="run"), 13),
        (EpisodeFilter(round=2), 6),
        (EpisodeFilter(phase="explore"), 9),
        (EpisodeFilter(phase="explore-student", seed=1), 2),
        (EpisodeFilter(task_id="enter-text"), 1),
        (EpisodeFilter(outcome="failed"), 8),
        (EpisodeFilter(agent="scripted", round=1), 7),
        (EpisodeFilter(agent="student"), 8),
        (EpisodeFilter(text="zebra"), 1),
    ],
)
def test_episodes_are_found_by_what_they_are(listed: Store, filter: EpisodeFilter, number: int) -> None:
    rows = list_rows(listed, filter)
    assert len(rows) == number
    assert [row["episode_key"] for row in rows] == [episode.key for episode in find_episodes(listed, filter)]


@pytest.mark.parametrize(
    ("given", "said", "fix"),
    [
        ({"outcome": "solvd"}, "no episode's outcome is called 'solvd'", "did you mean 'solved'?"),
        ({"outcome": "won"}, "no episode's outcome is called 'won'", "there are solved, failed, env_error"),
        ({"task_id": "enter-txt"}, "no episode's task is called 'enter-txt'", "did you mean 'enter-text'"),
        ({"task_id": "book"}, "no episode's task is called 'book'", "there are click-test, enter-text"),
        ({"phase": "student"}, "no episode's phase is called 'student'", "explore-student"),
        ({"run": "ru"}, "no episode's run is called 'ru'", "did you mean 'run'?"),
    ],
)
def test_a_name_that_nothing_has_is_told_instead_of_an_empty_list(
    listed: Store, given: dict[str, str], said: str, fix: str
) -> None:
    with pytest.raises(InputError, match=said) as error:
        list_rows(listed, EpisodeFilter(**given))  # type: ignore[arg-type]
    assert fix in error.value.fix


def test_a_store_without_episodes_is_an_empty_list(tmp_path: Path) -> None:
    assert list_rows(open_store(tmp_path), EpisodeFilter(task_id="click-test")) == []
