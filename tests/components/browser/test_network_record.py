"""The network record: whole, embedded, and without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.browser.actions import parse_action
from components.browser.network import RecordRules, post_data, public_json, public_url
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
    for mime in ("text/plain;charset=UTF-8", "application/x-ndjson", ""):
        assert post_data('{"password": "x1"}', mime)["text"] == '{"password": "[removed]"}'
        assert post_data("the password is words", mime)["text"] == "the password is words"


@pytest.mark.parametrize("name", ["Referer", "location", "Content-Location", "Origin", ":path"])
def test_credentials_leave_headers_that_are_addresses(name: str) -> None:
    given = "http://ann:pw@s/reset?private_token=x1&page=2&pass%77ord=x3#access_token=x4"
    kept = RecordRules().header(name, given)
    removed = "http://s/reset?private_token=[removed]&page=2&pass%77ord=[removed]#access_token=[removed]"
    assert kept == {"name": name, "value": removed}
    assert RecordRules().header(name, "/list?q=a%20b#top")["value"] == "/list?q=a%20b#top"
    assert RecordRules().header(name, "http://[token=x5")["value"] == "[removed]"


def test_secrets_leave_addresses_json_and_parts_of_forms_and_nothing_else_does() -> None:
    assert (
        public_url("http://site/a?private_token=x1&page=2&q=a%20b")
        == "http://site/a?private_token=[removed]&page=2&q=a%20b"
    )
    assert public_url("http://site/a?q=token") == "http://site/a?q=token"
    body = '{"note": {"api_key": "x1", "text": "about a token"}, "tokens": [{"secret": 5}], "password_set": true}'
    assert json.loads(public_json(body)) == {
        "note": {"api_key": "[removed]", "text": "about a token"},
        "tokens": [{"secret": "[removed]"}],
        "password_set": True,
    }
    assert public_json("no JSON, but a token") == "no JSON, but a token"
    for deep in ("[" * 60_000 + '{"token": "x1"}', "[" * 900 + '{"token": "x1"}' + "]" * 900):
        assert "x1" not in public_json(deep), "whoever nests it deep hides neither the secret nor the request"
    parts = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    sent = parts.format("title", "The token") + parts.format("user[password]", "x1\r\nx2") + "--b--"
    found = post_data(sent, "multipart/form-data; boundary=b")["text"]
    assert "x1" not in found
    assert "x2" not in found
    assert found == sent.replace("x1\r\nx2", "[removed]")
    assert (
        post_data("user%5Bpassword%5D=x1&a=%7E", "application/x-www-form-urlencoded")["text"]
        == "user%5Bpassword%5D=[removed]&a=%7E"
    )


def test_cookies_that_are_no_secrets_are_kept_by_name() -> None:
    kept = RecordRules(cookies=("engine",))
    assert kept.header("Cookie", "sid=x1; engine=car; enginex=y") == {"name": "Cookie", "value": "engine=car"}
    assert kept.header("cookie", "sid=x1")["value"] == "[removed]"
    assert kept.header("Set-Cookie", "engine=car; path=/")["value"] == "[removed]"
    set_cookies = [
        {"name": "set-cookie", "value": "sid=x1; path=/\nengine=a=b; HttpOnly"},
        {"name": "x", "value": "engine=z"},
    ]
    assert kept.set_cookies(set_cookies) == [{"name": "engine", "value": "a=b"}]
    assert RecordRules(bodies=("application/json",)).body("Application/JSON; charset=utf-8")
    assert not RecordRules(bodies=("application/json",)).body("text/html")
    assert RecordRules().body("text/html")
