"""The same promises of a folder, of a moto server that checks signatures, and of SeaweedFS."""

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.errors import InputError
from components.trajectories.open_store import check_store, open_store
from components.trajectories.store import Store, check_key
from components.trajectories.store_folder import FolderStore


def test_an_object_is_written_once_and_read_back(store: Store) -> None:
    assert store.put_new("a/b.bin", b"\x00first") is True
    assert store.put_new("a/b.bin", b"second") is False
    assert store.get("a/b.bin") == b"\x00first"
    assert store.exists("a/b.bin")
    assert not store.exists("a/c")
    with pytest.raises(KeyError):
        store.get("a/c")


def test_a_pointer_is_replaced_and_a_deleted_object_is_gone(store: Store) -> None:
    store.put("pointer", b"1")
    store.put("pointer", b"2")
    assert store.get("pointer") == b"2"
    store.delete("pointer")
    store.delete("pointer")
    assert not store.exists("pointer")
    assert store.put_new("pointer", b"3")


def test_keys_are_listed_by_prefix_in_byte_order(store: Store) -> None:
    keys = ["a-b", "a.c", "a/b", "a/b2", "a/c/d", "a=", "b", "run/round-002/x", "run/round-010/x"]
    for key in reversed(keys):
        store.put_new(key, b"")
    for prefix in ("", "a", "a/", "a/b", "a/c", "a/c/", "run/round-0", "z", "a/b/c"):
        assert list(store.list(prefix)) == sorted(key for key in keys if key.startswith(prefix)), prefix


def test_a_listing_of_many_pages_is_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.trajectories.store_s3.PAGE", 4)
    keys = [f"many/{number:02d}" for number in range(18)]
    for key in keys:
        store.put_new(key, b"")
    assert list(store.list("many/")) == keys


def test_of_racing_writers_exactly_one_wins(store: Store) -> None:
    writers = 8
    gate = threading.Barrier(writers)

    def write(number: int) -> bool:
        gate.wait()
        return store.put_new("race", f"{number}".encode() * 50_000)

    with ThreadPoolExecutor(writers) as pool:
        won = list(pool.map(write, range(writers)))
    assert won.count(True) == 1
    assert store.get("race") == f"{won.index(True)}".encode() * 50_000


def test_the_check_of_a_store_leaves_nothing(store: Store) -> None:
    check_store(store)
    assert list(store.list()) == []
    if isinstance(store, FolderStore):
        assert [path.name for path in store.root.rglob("*")] == [".partial"], "not even an empty folder"


def test_what_other_programs_left_is_passed_over(store: Store) -> None:
    """A folder's marker, a Mac's, a copy that somebody made by hand: none can be a key, and none ends a list."""
    store.put_new("a/b", b"")
    left = [".DS_Store", "a/.DS_Store", "a/b (copy)", "a/Thumbs.db~", "new folder/x", "ä"]
    if isinstance(store, FolderStore):
        (store.root / "new folder").mkdir()
        (store.root / "empty").mkdir()
        for key in left:
            (store.root / key).write_bytes(b"x")
    else:
        client = boto3.session.Session().client("s3")
        for key in ["a/", "empty/", "/", "a//b", *left]:
            client.put_object(Bucket=urlsplit(store.url).netloc, Key=f"some/prefix/{key}", Body=b"")
    for prefix in ("", "a", "a/"):
        assert list(store.list(prefix)) == ["a/b"], prefix


BAD_KEYS = ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/.hidden", "a\\b", "a\nb", "é", "a b", "x" * 300, "a\x00"]


def test_a_key_that_could_leave_the_store_is_refused(store: Store) -> None:
    def put_new(key: str) -> None:
        store.put_new(key, b"")

    def put(key: str) -> None:
        store.put(key, b"")

    for key in BAD_KEYS:
        for use in (store.get, store.exists, store.delete, put_new, put):
            with pytest.raises(InputError, match="not a valid key"):
                use(key)


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=30))
def test_no_accepted_key_leads_out_of_its_folder(key: str) -> None:
    try:
        check_key(key)
    except InputError:
        return
    assert not key.startswith("/")
    assert all(part and not part.startswith(".") for part in key.split("/"))


@settings(derandomize=True, max_examples=10, deadline=None)
@given(objects=st.dictionaries(st.text("ab-=", min_size=1, max_size=3), st.binary(max_size=100), max_size=6))
def test_what_is_put_is_what_is_listed_and_read(
    tmp_path_factory: pytest.TempPathFactory, objects: dict[str, bytes]
) -> None:
    store = open_store(tmp_path_factory.mktemp("store"))
    for key, data in objects.items():
        assert store.put_new(f"{key}/x/{key}", data)
    assert list(store.list()) == sorted(f"{key}/x/{key}" for key in objects)
    assert all(store.get(f"{key}/x/{key}") == data for key, data in objects.items())
