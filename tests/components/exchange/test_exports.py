"""Stored episodes leave the store whole, with their source and licence on every row, and without what is private."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from components.errors import InputError
from components.exchange.adp import Trajectory
from components.exchange.export import Export, Exported
from components.trajectories.episodes import blob_key, put_blob, save_episode
from components.trajectories.listing import EpisodeFilter
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Outcome, Step
from components.trajectories.store import Store

MakeEpisode = Callable[..., Episode]
MakeStep = Callable[..., Step]
ADDRESS = "ann.lee@example.org"


@pytest.fixture
def folder(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def export(store: Store, to: Path, **settings: Any) -> Exported:
    return Export(**{"store": store, "filter": EpisodeFilter(), "format": "adp", "to": to, **settings}).run()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_episode_is_a_trajectory_of_the_agent_data_protocol(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    steps = [
        make_step("click [7]", index=0, feedback="there is no [7]"),
        make_step('type [2] "bob" enter', index=1),
        make_step('select [1] "Red"', index=2),
        make_step("click that button", index=3),
        make_step('stop "42"', index=4),
    ]
    episode = make_episode(steps=steps)
    save_episode(folder, episode)
    assert export(folder, tmp_path / "x.jsonl", licence="CC-BY-4.0") == Exported(
        episodes=1, rows=1, pictures=0, left_out={}
    )
    [row] = lines(tmp_path / "x.jsonl")
    read = Trajectory.model_validate(row)
    assert [part.class_ for part in read.content] == [
        "text_observation",
        *("web_observation", "api_action", "text_observation"),
        *("web_observation", "api_action"),
        *("web_observation", "api_action"),
        *("web_observation", "message_action"),
        *("web_observation", "message_action"),
    ]
    assert [(part["function"], part["kwargs"]) for part in row["content"] if part["class_"] == "api_action"] == [
        ("click", {"bid": "7"}),
        ("type", {"bid": "2", "text": "bob", "press_enter_after": "1"}),
        ("select_option", {"bid": "1", "options": "Red"}),
    ]
    assert row["content"][-1]["content"] == "<finish> 42 </finish>"
    assert row["content"][1]["axtree"] == steps[0].observation
    wanted = {"licence": "CC-BY-4.0", "source": "symbiont run run", "outcome": "solved", "task_id": "click-test"}
    assert wanted.items() <= row["details"].items()


def test_a_step_is_a_conversation_that_does_not_give_its_answer_away(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    steps = [make_step("click [9]", index=0, feedback="there is no [9]"), make_step("click [1]", index=1)]
    save_episode(folder, make_episode(steps=steps).model_copy(update={"notice": "Say MUTATE."}))
    export(folder, tmp_path / "x.jsonl", format="messages", licence="MIT")
    [row] = lines(tmp_path / "x.jsonl")
    system, user, assistant = row["messages"]
    assert [each["role"] for each in row["messages"]] == ["system", "user", "assistant"]
    assert "click [ref]" in system["content"]
    assert all(
        told in user["content"]
        for told in ("Click the button.", "NOTICE: Say MUTATE.", "there is no [9]", steps[1].observation)
    )
    assert "ACTION: click [1]" not in user["content"]
    assert assistant["content"] == "REASON: because\nACTION: click [1]"
    assert (row["licence"], row["step"], row["source"]) == ("MIT", 1, "symbiont run run")


def test_a_table_has_a_row_for_every_step(folder: Store, tmp_path: Path, make_episode: MakeEpisode) -> None:
    for seed in range(30):  # more than are written at once
        save_episode(folder, make_episode(*["click [1]"] * 10, seed=seed))
    export(folder, tmp_path / "x.parquet", format="parquet")
    rows = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert len(rows) == 300
    assert {(row["licence"], row["source"]) for row in rows} == {("unstated", "symbiont run run")}
    assert len({row["episode_key"] for row in rows}) == 30


def test_only_what_fits_is_exported_and_judging_only_by_name(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode
) -> None:
    save_episode(folder, make_episode(seed=1))
    save_episode(folder, make_episode(seed=2, outcome=Outcome.FAILED))
    save_episode(folder, make_episode(seed=3, phase="evaluate-student-heldout_seeds"))
    found = export(folder, tmp_path / "a.jsonl")
    assert (found.episodes, sum(found.left_out.values())) == (2, 1)
    assert export(folder, tmp_path / "b.jsonl", filter=EpisodeFilter(outcome="failed")).episodes == 1
    assert export(folder, tmp_path / "c.jsonl", filter=EpisodeFilter(phase="evaluate")).episodes == 1
    with pytest.raises(InputError, match="no episode fits"):
        export(folder, tmp_path / "d.jsonl", filter=EpisodeFilter(agent="nobody"))
    assert sorted(path.name for path in tmp_path.glob("*.jsonl")) == ["a.jsonl", "b.jsonl", "c.jsonl"]


@pytest.mark.parametrize("format", ["adp", "messages", "parquet"])
def test_what_is_private_leaves_as_a_name(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep, format: str
) -> None:
    shot = put_blob(folder, b"a picture", "png")
    private = [
        make_step(f'type [2] "{ADDRESS}"', index=0, page=f"Mail of {ADDRESS}"),
        make_step("click [1]", index=1),
    ]
    private = [step.model_copy(update={"screenshot": shot}) for step in private]
    told = {"notice": f"{ADDRESS} is to be told"}
    save_episode(folder, make_episode(steps=private, intent=f"Write to {ADDRESS}", seed=1).model_copy(update=told))
    more = make_step("click [1]", page="nothing that rules see").model_copy(update={"private": ("health",)})
    save_episode(folder, make_episode(steps=[more], seed=2))
    found = export(folder, tmp_path / "x", format=format)
    assert (found.episodes, found.pictures, list(found.left_out.values())) == (1, 0, [1])
    written = str(pq.read_table(tmp_path / "x").to_pylist()) if format == "parquet" else (tmp_path / "x").read_text()
    assert ADDRESS not in written
    assert "[email 1]" in written
    assert export(folder, tmp_path / "y", format=format, private=True).episodes == 2


def test_pictures_lie_beside_the_file_or_are_left_out(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    shot = put_blob(folder, b"a picture", "png")
    save_episode(folder, make_episode(steps=[make_step("click [1]").model_copy(update={"screenshot": shot})]))
    assert export(folder, tmp_path / "x.jsonl", format="messages").pictures == 1
    [row] = lines(tmp_path / "x.jsonl")
    picture, text = row["messages"][1]["content"]
    assert (tmp_path / picture["image"]).read_bytes() == b"a picture"
    assert text["type"] == "text"
    export(folder, tmp_path / "y.jsonl", format="messages", screenshots=False)
    assert shot not in (tmp_path / "y.jsonl").read_text()
    assert not (tmp_path / "y.jsonl.pictures").exists()
    folder.delete(blob_key(shot, "png"))
    assert export(folder, tmp_path / "z.jsonl", format="messages").pictures == 0, "one that was deleted is passed over"


@pytest.mark.parametrize("format", ["adp", "parquet"])
def test_a_full_disk_is_said_and_leaves_nothing(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    save_episode(folder, make_episode())
    monkeypatch.setattr(f"components.exchange.export.{WRITERS[format]}", full)
    with pytest.raises(InputError, match="No space left"):
        export(folder, tmp_path / "x", format=format)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


WRITERS = {"adp": "json_lines", "parquet": "parquet"}


@contextmanager
def full(path: Path) -> Iterator[Callable[[dict[str, Any]], object]]:
    """A real full device: what is written to it is refused by the system."""
    del path
    with Path("/dev/full").open("w", buffering=1) as file:
        yield lambda row: file.write(f"{row}\n")


def test_few_episodes_are_in_memory_at_a_time(
    folder: Store, tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    page = "\n".join(f'text "{number} of {{seed}}"' for number in range(4000))
    for seed in range(60):
        step = make_step("click [1]").model_copy(update={"observation": page.replace("{seed}", str(seed))})
        save_episode(folder, make_episode(steps=[step], seed=seed))
    tracemalloc.start()
    export(folder, tmp_path / "x.jsonl", private=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < (tmp_path / "x.jsonl").stat().st_size / 2
