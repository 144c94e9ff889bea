"""Where a round happens: loopback is asked directly whatever proxies the environment names, a place has one store."""

from __future__ import annotations

import os
from urllib.request import getproxies, proxy_bypass

import pytest
from pydantic import ValidationError

from components.place import NO_PROXY, Place, announce


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


@pytest.mark.parametrize("store", [{"store": "s3://bucket/main"}, {"store": "/data"}, {"s3_endpoint": "http://s3"}])
def test_a_place_that_starts_a_store_names_no_other(store: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="starts a store of its own"):
        Place.model_validate({"name": "here", "s3_server": True, **store})
