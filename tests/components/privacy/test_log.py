"""The log of what left: whole, in order, and any change of it is seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from components.errors import InfraError
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import PrivacyGuard
from components.privacy.log import EPISODE, Log, read_chains, sent_texts
from components.privacy.summary import summarize
from components.trajectories.episodes import blob_key, save_episode
from components.trajectories.open_store import open_store
from components.trajectories.schema import AgentInfo
from components.trajectories.store import Store
from tests.conftest import MakeEpisode

URL = "https://user:key@vendor.example/v1/chat/completions?secret=1"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def write(log: Log, text: str, *, episode: str = "click-test/1", stopped: int = 0) -> None:
    token = EPISODE.set(episode)
    body = {"messages": [{"role": "user", "content": text}]}
    counts = Counter({"email": stopped} if stopped else {})
    log.write(endpoint=URL, body=body, stopped=counts, refused=False, detectors=("rules 1",))
    EPISODE.reset(token)


@pytest.fixture
def three(store: Store) -> list[str]:
    """Keys of a chain of three entries."""
    log = Log(store, run="r", name="round-001-explore-teacher")
    for text in ("one", "two [email 1] [email 1]", "three [birth date 2]"):
        write(log, text)
    return list(store.list("runs/r/privacy/"))


def test_a_chain_that_nobody_touched_is_whole(store: Store, three: list[str]) -> None:
    assert len(three) == 3
    (chain,) = read_chains(store, "r")
    assert not chain.broken
    assert [entry.redactions for entry in chain.entries] == [{}, {"email": 2}, {"birth_date": 1}]
    assert chain.entries[0].endpoint == "https://vendor.example/v1/chat/completions", "no key and no query"
    assert [entry.previous for entry in chain.entries[1:]] == [entry.hash for entry in chain.entries[:-1]]


def changed(store: Store, keys: list[str]) -> None:
    entry = json.loads(store.get(keys[1]))
    store.put(keys[1], json.dumps(entry | {"redactions": {}}).encode())


def without_the_second(store: Store, keys: list[str]) -> None:
    store.delete(keys[1])


def renumbered(store: Store, keys: list[str]) -> None:
    second = store.get(keys[1])
    store.delete(keys[0])
    store.put(keys[0], second)


def torn(store: Store, keys: list[str]) -> None:
    store.put(keys[2], b"{")


@pytest.mark.parametrize("tamper", [changed, without_the_second, renumbered, torn])
def test_a_chain_that_was_altered_is_broken(
    tamper: Callable[[Store, list[str]], None], store: Store, three: list[str]
) -> None:
    tamper(store, three)
    (chain,) = read_chains(store, "r")
    assert chain.broken
    assert not summary(store).in_order


def summary(store: Store, **config: object):  # type: ignore[no-untyped-def]
    return summarize(store, run="r", rounds=[1], detectors=Detectors(PrivacyConfig.model_validate(config)))


@pytest.fixture
def played(store: Store, make_episode: MakeEpisode, make_step: Callable[..., object]) -> Store:
    """An episode of a hybrid: two steps of the remote model, one at home."""
    steps = [make_step("click [1]", index=index) for index in range(3)]
    asked = {"exchange": "0" * 64}
    told = (
        steps[0].model_copy(update=asked),  # type: ignore[attr-defined]
        steps[1].model_copy(update={"private": ("email", "health")}),  # type: ignore[attr-defined]
        steps[2].model_copy(update=asked),  # type: ignore[attr-defined]
    )
    agent = AgentInfo(name="hybrid", kind="hybrid", digest="0" * 64)
    save_episode(store, make_episode(steps=told).model_copy(update={"run": "r", "agent": agent}))
    return store


def test_what_a_redaction_lays_bare_is_taken_out_as_well(store: Store) -> None:
    guard = PrivacyGuard(PrivacyConfig(), log=Log(store, run="r"))
    words = "; ".join(f"Password: {each}" for each in ("Tiger!77", "password: Bear!88", "Wolf!99"))
    allowed = guard.outgoing_now("https://vendor.example/v1", {"content": f"{words} then content"})
    assert not [each for each in ("Tiger", "Bear", "Wolf") if each in json.dumps(allowed)]
    assert [*allowed] == ["content"]
    assert summary(store).in_order


def test_steps_are_counted_by_site_and_class(played: Store) -> None:
    log = Log(played, run="r", name="round-001-explore-teacher")
    write(log, "a")
    write(log, "b [email 1]", stopped=1)
    write(Log(played, run="r", name="round-002-explore-teacher"), "another round")
    found = summary(played)
    (site,) = found.sites.values()
    assert (site.steps, site.at_home, site.classes) == (3, 1, {"email": 1, "health": 1})
    assert (found.requests, found.redactions, found.stopped, found.in_order) == (2, {"email": 1}, {"email": 1}, True)


def test_a_question_that_the_log_lacks_is_noticed(played: Store) -> None:
    write(Log(played, run="r"), "a")
    assert summary(played).unlogged == ("click-test/1",)


def test_what_was_sent_is_looked_at_with_todays_detectors(store: Store) -> None:
    write(Log(store, run="r"), "about Project Heron and kim@example.org")
    assert summary(store).found_today == {"email": 1}
    found = summary(store, terms=("Project Heron",))
    assert found.found_today == {"email": 1, "term": 1}
    assert not found.in_order


def test_what_can_no_longer_be_read_is_counted(store: Store) -> None:
    write(Log(store, run="r"), "a")
    (chain,) = read_chains(store, "r")
    store.delete(blob_key(chain.entries[0].digest, "json"))
    assert summary(store).unread == 1


def test_an_entry_that_was_kept_although_the_store_failed_breaks_no_chain(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, put_new, failing = Log(store, run="r"), store.put_new, [True]

    def kept_and_failed(key: str, data: bytes) -> bool:
        kept = put_new(key, data)
        if "/privacy/" in key and failing and failing.pop():
            raise InfraError("the connection was lost after the object was stored")
        return kept

    monkeypatch.setattr(store, "put_new", kept_and_failed)
    with pytest.raises(InfraError):
        write(log, "never left")
    write(log, "one")
    write(log, "two")
    (chain,) = read_chains(store, "r")
    assert not chain.broken
    said = [" ".join(sent_texts(store, entry)) for entry in chain.entries]
    assert [text.split()[-1] for text in said] == ["left", "one", "two"]
