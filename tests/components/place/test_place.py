"""Where a round happens: loopback is asked directly whatever proxies the environment names, a place has one store."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import pytest
from pydantic import ValidationError

from components.code import code_digest
from components.errors import InfraError, InputError
from components.loopback import NO_PROXY
from components.place import FAILURE, Job, Place, announce, mark_done, stage
from components.trajectories.attempts import ATTEMPT, Attempt
from components.trajectories.rounds import done_key
from tests.components.trainjobs.trainer_server import JOBS, TrainerServer


@pytest.mark.parametrize(
    ("told", "others"),
    [
        ({}, ()),
        ({"no_proxy": "intranet.example, 10.0.0.1"}, ("intranet.example", "10.0.0.1")),
        ({"NO_PROXY": "intranet.example"}, ("intranet.example",)),
        ({"no_proxy": "a.example", "NO_PROXY": "b.example,127.0.0.1"}, ("a.example", "b.example")),
        ({"NO_PROXY": "*"}, ("anything.example",)),
    ],
)
def test_loopback_goes_by_no_proxy_and_others_stay_as_they_were(
    told: dict[str, str], others: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NO_PROXY:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name, value in {"http_proxy": "http://proxy.example:3128", **told}.items():
        monkeypatch.setenv(name, value)
    announce(Place(name="here"))
    announce(Place(name="here"))  # a stage is told again what the command line was told
    assert getproxies()["http"] == "http://proxy.example:3128"
    for host in ("127.0.0.1", "localhost", *others):
        assert proxy_bypass(host), host
    if told != {"NO_PROXY": "*"}:
        assert not proxy_bypass("model.example")
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"]
    assert os.environ["no_proxy"].count("127.0.0.1") <= 1


def test_a_log_that_shows_what_libraries_say_has_no_line_for_each_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # as kfp's executor logs
    announce(Place(name="here"))
    with TrainerServer(tmp_path) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        assert server.kubernetes().get(JOBS) == {"items": []}
        server.shutdown()
    assert not caplog.records


@pytest.mark.parametrize("store", [{"store": "s3://bucket/main"}, {"store": "/data"}, {"s3_endpoint": "http://s3"}])
def test_a_place_that_starts_a_store_names_no_other(store: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="starts a store of its own"):
        Place.model_validate({"name": "here", "s3_server": True, **store})


def job(folder: Path, *, code: str = "") -> Job:
    place = Place(name="here", store=str(folder / "store"), work=str(folder / "work"))
    return Job(place=place, run="r", round=1, seed=0, code=code)


def test_a_stage_of_other_code_than_its_round_began_with_does_nothing(tmp_path: Path) -> None:
    began = []
    other, same = (job(tmp_path, code=code).model_dump_json() for code in ("another", code_digest()))
    with pytest.raises(InputError, match="begun with code another"), stage("distill", job=other):
        began.append(True)
    assert not began
    assert json.loads((tmp_path / "work" / FAILURE).read_text())["kind"] == "InputError"
    with stage("distill", job=same):
        began.append(True)
    assert began


def test_what_failed_in_an_attempt_is_known_until_it_ends_well_and_a_mistake_ends_each_further_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ATTEMPT, "first")
    told = job(tmp_path).model_dump_json()
    with pytest.raises(InfraError), stage("distill", job=told) as here:
        raise InfraError("the store is away")
    attempt = Attempt(store=here.store, run="r", name="first")
    assert [(each.stage, each.what) for each in attempt.failures()] == [("distill", "the store is away")]
    with stage("distill", job=told):
        pass
    assert attempt.failures() == []
    tries: list[bool] = []

    def distill() -> None:
        tries.append(True)
        raise InputError("there are no examples")

    for _ in range(2):
        with pytest.raises(InputError, match="no examples"), stage("distill", job=told):
            distill()
    assert tries == [True]
    monkeypatch.setenv(ATTEMPT, "second")
    with stage("distill", job=told):
        tries.append(True)
    assert tries == [True, True], "another attempt asks again"


def test_a_round_is_marked_as_done_with_the_time_since_its_last_preflight(tmp_path: Path) -> None:
    with stage("preflight", job=job(tmp_path).model_dump_json()) as here:
        pass
    key = f"{here.prefix}/timings/preflight-0.json"
    here.store.put(key, json.dumps({"stage": "preflight", "started": 0.0, "seconds": 1.0}).encode())
    mark_done(here)
    assert 0 < json.loads(here.store.get(done_key(here)))["wall_seconds"] < 600
    mark = here.store.get(done_key(here))
    mark_done(here)
    assert here.store.get(done_key(here)) == mark, "what is done stays so"
