"""The network record: whole, embedded, and without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.browser.actions import parse_action
from components.browser.network import post_data, public_url
from components.browser.page import Page
from components.browser.settings import BrowserSettings


def test_every_request_is_recorded_with_its_content_and_no_secret(visit: Callable[..., None], site: Any) -> None:
    site.pages["/data"] = ("application/json", '{"answer": 42}')
    site.pages["/dot"] = ("application/octet-stream", b"\x89PNG\xff")
    site.pages["/login"] = "<p>welcome</p>"
    html = """<form action=/login method=post><input name=user><input name=password type=password>
    <button>Go</button></form><script>fetch('/dot');
    fetch('/data?q=1', {headers: {Authorization: 'Bearer top-' + 'secret-token', 'X-Plain': 'kept'}})</script>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        for action in ('type [1] "ann"', 'type [2] "top-secret-password"', "click [3]"):
            assert (await page.act(parse_action(action))).feedback == ""
        raw = await page.network()
        assert b"top-secret" not in raw
        log = json.loads(raw)["log"]
        found = {entry["request"]["url"].removeprefix(site.origin): entry for entry in log["entries"]}
        assert next(iter(found)) == "/"
        assert found["/data?q=1"]["response"]["content"]["text"] == '{"answer": 42}'
        assert found["/data?q=1"]["request"]["queryString"] == [{"name": "q", "value": "1"}]
        headers = {h["name"].lower(): h["value"] for h in found["/data?q=1"]["request"]["headers"]}
        assert headers["x-plain"] == "kept"
        assert headers["authorization"] == "[removed]"
        assert found["/dot"]["response"]["content"]["encoding"] == "base64"
        post = found["/login"]["request"]
        assert post["method"] == "POST"
        assert {"name": "user", "value": "ann"} in post["postData"]["params"]
        assert "welcome" in found["/login"]["response"]["content"]["text"]
        assert "set-cookie" in {h["name"].lower() for h in found["/login"]["response"]["headers"]}

    visit(html, scenario, record_network=True)


def test_recording_is_off_unless_asked_for(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        with pytest.raises(ValueError, match="record_network"):
            await page.network()
        assert (await page.camera.viewport()).startswith(b"\x89PNG")

    visit("<p>x</p>", scenario)
    assert BrowserSettings().record_network is False


def test_credentials_leave_urls_and_forms() -> None:
    assert public_url("http://ann:pw@site:80/a?b=c") == "http://site:80/a?b=c"
    form = post_data("user=ann&password=p%26w&csrf_token=zz", "application/x-www-form-urlencoded; charset=utf-8")
    assert form["text"] == "user=ann&password=[removed]&csrf_token=[removed]"
    assert post_data('{"a": 1}', "application/json") == {"mimeType": "application/json", "text": '{"a": 1}'}
