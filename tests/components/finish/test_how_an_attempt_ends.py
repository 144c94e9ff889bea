"""The end of an attempt: sites are free, and the end that is written is the one that happened."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from components.errors import InfraError, InputError
from components.finish.run import as_markdown, run
from components.sites.leases import Leases
from components.trajectories.attempts import ATTEMPT, Attempt, Failure
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round, done_key
from components.trajectories.store import Store
from tests.components.dying import deaths


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def begun(store: Store, *, name: str = "one", number: int = 2) -> tuple[Attempt, Round]:
    attempt = Attempt(store=store, run="main", name=name)
    here = Round(run="main", number=number, seed=0, store=store, work=Path())
    attempt.begin(here)
    return attempt, here


def test_a_finished_round_is_done(store: Store) -> None:
    _, here = begun(store)
    store.put_new(done_key(here), b"{}")
    end = run(store, run="main", attempt="one", stopped=True)
    assert (end.state, end.round) == ("done", 2), "it was over before somebody asked for its end"


def test_a_round_that_is_not_finished_failed_or_was_stopped(store: Store) -> None:
    begun(store, name="failed")
    begun(store, name="stopped")
    assert run(store, run="main", attempt="failed").state == "failed"
    assert run(store, run="main", attempt="stopped", stopped=True).state == "stopped"
    assert run(store, run="main", attempt="never-began").round is None


def test_a_wrong_form_for_a_finished_round_is_a_failure(store: Store) -> None:
    attempt, here = begun(store)
    store.put_new(done_key(here), b"{}")
    wrong = InputError("round 2 was begun with something else", where="manifest", fix="go back")
    attempt.failed(Failure.of("preflight", wrong))
    end = run(store, run="main", attempt="one")
    assert end.state == "failed"
    assert as_markdown(end) == (
        "# failed in preflight\n\nround 2 was begun with something else\n\nin: manifest\n\nfix: go back\n"
    )


def test_without_a_word_of_a_stage_the_pods_are_pointed_at(store: Store) -> None:
    begun(store)
    assert "the pods that Kubeflow shows as failed" in as_markdown(run(store, run="main", attempt="one"))


def test_the_end_is_written_once(store: Store) -> None:
    attempt, _ = begun(store)
    attempt.failed(Failure.of("distill", InfraError("the store is gone")))
    first = run(store, run="main", attempt="one")
    attempt.mended("distill")
    assert run(store, run="main", attempt="one", stopped=True) == first


async def hold(store: Store, name: str, *, killed: bool) -> None:
    """Takes a slot; a killed holder never gives it back."""
    leases = Leases(store, name=name, capacity=1, ttl=600)
    if killed:
        await leases._acquire()
        return
    async with leases.hold():
        pass


def test_what_the_attempt_held_is_free_and_what_others_hold_is_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(store)
    for attempt, site in (("one", "shop"), ("two", "forum")):
        monkeypatch.setenv(ATTEMPT, attempt)
        asyncio.run(hold(store, site, killed=True))
    run(store, run="main", attempt="one")
    started = time.monotonic()
    asyncio.run(asyncio.wait_for(hold(store, "shop", killed=False), 30))
    assert time.monotonic() - started < 30
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(hold(store, "forum", killed=False), 1.5))


def test_an_end_that_dies_anywhere_is_written_by_the_same_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT, "one")

    def begin(store: Store) -> None:
        begun(store)[0].failed(Failure.of("distill", InfraError("the store is gone")))
        for site in ("shop", "forum"):
            asyncio.run(hold(store, site, killed=True))

    def end(store: Store) -> object:
        return run(store, run="main", attempt="one")

    found = list(deaths(end, folder=tmp_path, begun=begin))
    assert len(found) >= 2 * 3
    for each in found:
        assert not list(Leases.of_attempt(each, "one"))
        ended = Attempt(store=each, run="main", name="one").ended
        assert ended is not None
        assert str(ended) == "failed in distill: the store is gone"
