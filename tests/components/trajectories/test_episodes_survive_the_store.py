"""Episodes and blobs come back as they were written, in this schema and older ones, or are refused by name."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import InputError
from components.trajectories import migrations
from components.trajectories.episodes import (
    blob_key,
    decode_episode,
    encode_episode,
    episode_digest,
    get_blob,
    iter_episodes,
    list_episodes,
    load_episode,
    put_blob,
    save_episode,
)
from components.trajectories.open_store import open_store
from components.trajectories.schema import SCHEMA_VERSION, Candidate, Episode, PageEvent, Speculation, Step, Target
from components.trajectories.store import Store

MakeEpisode = Callable[..., Episode]
FIXTURES = Path(__file__).parent / "fixtures"
texts = st.text(max_size=40)
steps = st.builds(
    Step,
    index=st.integers(0, 50),
    url=texts,
    observation=texts,
    action=texts,
    reason=texts,
    target=st.none() | st.builds(Target, ref=st.integers(0, 9), role=texts, name=texts, line=texts),
    feedback=texts,
    decided_by=st.sampled_from([None, "teacher", "student"]),
    speculation=st.none()
    | st.builds(
        Speculation,
        proposed=st.builds(Candidate, action=texts),
        candidates=st.lists(st.builds(Candidate, action=texts, reason=texts), max_size=3).map(tuple),
        accepted=st.booleans(),
    ),
    events=st.lists(st.builds(PageEvent, kind=st.sampled_from(["dialog", "crash"]), detail=texts), max_size=2).map(
        tuple
    ),
)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    steps=st.lists(steps, max_size=4),
    intent=texts,
    answer=st.none() | texts,
    seconds=st.floats(0, 1e6),
    extra=st.dictionaries(texts, st.integers() | texts | st.lists(st.booleans()), max_size=3),
)
def test_any_episode_reads_back_equal(
    make_episode: MakeEpisode, steps: list[Step], intent: str, answer: str | None, seconds: float, extra: dict[str, Any]
) -> None:
    update = {"intent": intent, "answer": answer, "seconds": seconds, "extra": extra}
    episode = Episode.model_validate(make_episode(steps=steps).model_dump() | update)
    data = encode_episode(episode)
    assert decode_episode(data, where="k") == episode
    assert encode_episode(decode_episode(data, where="k")) == data
    assert episode_digest(decode_episode(data, where="k")) == episode_digest(episode)


def test_two_workers_that_finish_the_same_episode_leave_one_record(store: Store, make_episode: MakeEpisode) -> None:
    attempts = [make_episode().model_copy(update={"seconds": float(number)}) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        saved = list(pool.map(lambda episode: save_episode(store, episode), attempts))
    assert saved.count(True) == 1
    [stored] = iter_episodes(store, "runs/run/")
    assert stored == attempts[saved.index(True)]


def test_episodes_come_in_the_order_of_their_keys_whatever_lies_beside(
    tmp_path: Path, make_episode: MakeEpisode
) -> None:
    store = open_store(tmp_path)
    for seed in range(30, 0, -1):
        save_episode(store, make_episode(seed=seed))
    store.put_new("runs/run/round-001/results/x.json.zst", b"not an episode")
    store.put_new("runs/run/round-001/episodes/explore-teacher/click-test/notes.txt", b"not one either")
    found = list(iter_episodes(store, "runs/run/round-001/"))
    assert [episode.key for episode in found] == sorted(make_episode(seed=seed).key for seed in range(1, 31))
    assert list(list_episodes(store, "runs/run/round-002/")) == []


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_every_version_of_the_schema_stays_readable(version: int) -> None:
    """One stored episode of each version is kept; a new version adds its own beside the old ones."""
    data = (FIXTURES / f"episode-v{version}.json.zst").read_bytes()
    assert json.loads(zstandard.decompress(data))["schema_version"] == version
    episode = decode_episode(data, where="fixture")
    assert episode.schema_version == SCHEMA_VERSION
    assert [step.action for step in episode.steps] == ['type [2] "bob"', "click [1]"]
    assert episode.steps[1].speculation is not None
    assert episode.steps[1].target is not None
    assert episode.key == "runs/fixture/round-003/episodes/explore-speculative/enter-text/7.json.zst"


def stored_as(episode: Episode, **changes: Any) -> bytes:
    return zstandard.compress(json.dumps({**episode.model_dump(mode="json"), **changes}).encode())


def test_an_older_schema_is_migrated_step_by_step(make_episode: MakeEpisode, monkeypatch: pytest.MonkeyPatch) -> None:
    def from_version_minus_1(record: dict[str, Any]) -> dict[str, Any]:
        return {**{k: v for k, v in record.items() if k != "goal"}, "intent": record["goal"]}

    def from_version_0(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "intent": record["intent"].upper()}

    older = {-1: from_version_minus_1, 0: from_version_0}
    monkeypatch.setattr(migrations, "MIGRATIONS", older | migrations.MIGRATIONS)
    record = make_episode(intent="x").model_dump(mode="json")
    record["goal"] = record.pop("intent")
    data = zstandard.compress(json.dumps({**record, "schema_version": -1}).encode())
    episode = decode_episode(data, where="k")
    assert (episode.intent, episode.schema_version) == ("X", SCHEMA_VERSION)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 99}, "schema_version 99, newer than this program's"),
        ({"schema_version": 0}, "schema_version 0, which this program no longer reads"),
        ({"schema_version": None}, "no readable schema_version"),
        ({"outcome": "great"}, "outcome"),
        ({"steps": [{"index": 0}]}, "steps.0.url"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_record_that_does_not_fit_names_key_field_and_fix(
    tmp_path: Path, make_episode: MakeEpisode, changes: dict[str, Any], message: str
) -> None:
    store, episode = open_store(tmp_path), make_episode()
    store.put_new(episode.key, stored_as(episode, **changes))
    with pytest.raises(InputError, match=message) as error:
        load_episode(store, episode.key)
    assert episode.key in error.value.where
    assert error.value.fix


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda _: b"", lambda data: data[:-4] + b"abcd"]
)
def test_a_damaged_object_is_refused_by_name(
    tmp_path: Path, make_episode: MakeEpisode, damage: Callable[[bytes], bytes]
) -> None:
    store, episode = open_store(tmp_path), make_episode()
    store.put_new(episode.key, damage(encode_episode(episode)))
    with pytest.raises(InputError, match="broken episode object") as error:
        list(iter_episodes(store, "runs/"))
    assert error.value.where == f"{store.url}/{episode.key}"


def test_whichever_bit_of_it_is_flipped_an_episode_is_refused_or_the_same(make_episode: MakeEpisode) -> None:
    episode = make_episode()
    data, refused = encode_episode(episode), 0
    for bit in range(8 * len(data)):
        torn = bytearray(data)
        torn[bit // 8] ^= 1 << bit % 8
        try:
            assert decode_episode(bytes(torn), where="k") == episode
        except InputError:
            refused += 1
    assert refused > 7.9 * len(data)


def test_an_episode_under_anothers_key_is_refused(tmp_path: Path, make_episode: MakeEpisode) -> None:
    store = open_store(tmp_path)
    store.put_new(make_episode(seed=2).key, encode_episode(make_episode(seed=1)))
    with pytest.raises(InputError, match="is the episode"):
        load_episode(store, make_episode(seed=2).key)


def test_equal_blobs_are_kept_once(store: Store) -> None:
    first, second = put_blob(store, b"PNG" * 100, "png"), put_blob(store, b"PNG" * 100, "png")
    record = put_blob(store, b'{"log": {}}' * 50, "har")
    assert first == second
    assert list(store.list("blobs/")) == sorted([blob_key(first, "png"), blob_key(record, "har")])
    assert get_blob(store, first, "png") == b"PNG" * 100
    assert get_blob(store, record, ".har") == b'{"log": {}}' * 50
    assert len(store.get(blob_key(record, "har"))) < 100


def test_a_blob_with_other_content_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    digest = put_blob(store, b"content", "png")
    store.put(blob_key(digest, "png"), b"other")
    with pytest.raises(InputError, match="another digest"):
        get_blob(store, digest, "png")
    with pytest.raises(KeyError):
        get_blob(store, "0" * 64, "png")
