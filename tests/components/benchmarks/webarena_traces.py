"""Network records of right and wrong behaviour, made from what a task's evaluators expect, in the form of our recorder.

What a browser would have sent is written down here (form, JSON, headers, cookies) and goes through the recorder's own
removal of secrets, so that a rule that removed too much would fail a task.
"""

from __future__ import annotations

import itertools
import json
import re
import re._parser as sre_parse  # type: ignore[import-not-found]  # what the standard library makes of a pattern
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from components.benchmarks.webarena.benchmark import WebArenaVerified
from components.browser.network import RecordRules, post_data, public_json, public_url
from components.browser.settings import BrowserSettings

SETTINGS = WebArenaVerified.view.over(BrowserSettings())
KEPT = RecordRules(bodies=SETTINGS.record_bodies, cookies=SETTINGS.record_cookies)
ADDRESSES = {
    site: f"http://127.0.0.1:{port}"
    for site, port in (("gitlab", 8023), ("map", 3030), ("reddit", 9999), ("shopping", 7770), ("wikipedia", 8888))
} | {"shopping_admin": "http://127.0.0.1:7780/admin"}
Entry = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def har(path: Path, *entries: Entry) -> Path:
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}))
    return path


def entry(
    url: str,
    *,
    method: str = "GET",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
    mime: str = FORM,
    answer: str = "",
    cookies: Mapping[str, str] | None = None,
) -> Entry:
    """One request as the recorder keeps it; a GET without other headers is one that a person's click made."""
    sent = {"accept": "text/html,application/xhtml+xml", "cookie": "PHPSESSID=s3cr3t"} | dict(headers or {})
    request: Entry = {
        "method": method,
        "url": public_url(url),
        "headers": [KEPT.header(name, value) for name, value in sent.items()],
        "queryString": [{"name": n, "value": v} for n, v in parse_qsl(urlsplit(url).query, keep_blank_values=True)],
        "cookies": [],
    }
    if body is not None:
        request["postData"] = post_data(body, mime)
    set_cookies = [{"name": "set-cookie", "value": f"{n}={v}; path=/"} for n, v in (cookies or {}).items()]
    content = {"mimeType": "application/json", "text": public_json(answer)} if answer else {"mimeType": "text/html"}
    return {
        "request": request,
        "response": {
            "status": status,
            "headers": [KEPT.header(each["name"], each["value"]) for each in set_cookies],
            "cookies": KEPT.set_cookies(set_cookies),
            "redirectURL": "",
            "content": content,
        },
    }


def expected(task: Any, *, change: Callable[[str, Any], Any] = lambda _, value: value) -> list[Entry]:
    """The requests that a task's evaluators look for.

    Args:
        change: is shown every value by the name of its field and gives the one that is sent.
    """
    return [_entry(each.expected, change) for each in task.network_event_evaluator_cfgs if not each.should_not_exist]


def _entry(spec: Any, change: Callable[[str, Any], Any]) -> Entry:
    found = spec.model_dump(mode="json", exclude_none=True)
    url = _plain(found["url"])
    query = {name: change(f"query {name}", _plain(value)) for name, value in found.get("query_params", {}).items()}
    url = change("url", _url(url)) + (f"{'&' if '?' in url else '?'}{urlencode(query, doseq=True)}" if query else "")
    headers = {
        name: change(f"header {name}", _url(_plain(v).strip("x") if name == "Cookie" else _plain(v)))
        for name, v in found.get("headers", {}).items()
    }
    body, mime = _body({k: change(f"post {k}", _plain(v)) for k, v in found.get("post_data", {}).items()})
    content = {k: change(f"content {k}", _plain(v)) for k, v in found.get("response_content", {}).items()}
    cookies = {k: change(f"cookie {k}", _plain(v)) for k, v in found.get("response_cookies", {}).items()}
    return entry(
        url,
        method=found["http_method"],
        status=change("status", found["response_status"]),
        headers=headers,
        body=body,
        mime=mime,
        answer=json.dumps(_nested(content)) if content else "",
        cookies=cookies,
    )


def _url(text: str) -> str:
    text = _plain(text)
    for site, address in sorted(ADDRESSES.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"__{site.upper()}__", address)
    return ADDRESSES["map"] + text if text.startswith("/") else text


def _plain(value: Any) -> Any:
    """A text that a pattern fits; of several patterns or words the first, where each is one."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _plain(value[0])
    fits = isinstance(value, str) and value.startswith("^") and value.endswith("$")
    return "".join(map(_example, sre_parse.parse(value))) if fits else value


def _example(part: tuple[Any, Any]) -> str:
    """The shortest text that a part of a pattern fits, the first of what may stand there."""
    what, given = str(part[0]), part[1]
    match what:
        case "LITERAL":
            return chr(given)
        case "ANY":
            return "."  # of an address, whose dots are seldom escaped
        case "IN":
            return _member(given[0])
        case "BRANCH":
            return "".join(map(_example, given[1][0]))
        case "SUBPATTERN":
            return "".join(map(_example, given[-1]))
        case "MAX_REPEAT":
            least, _, repeated = given
            return "x" * max(1, least) if str(repeated[0][0]) == "ANY" else "".join(map(_example, repeated)) * least
        case "ASSERT":
            return "".join(map(_example, given[1]))
    return ""


def _member(part: tuple[Any, Any]) -> str:
    what, given = str(part[0]), part[1]
    if what == "CATEGORY":
        return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(given), "x")
    return chr(given[0] if what == "RANGE" else given)


def _body(fields: Mapping[str, Any]) -> tuple[str | None, str]:
    """JSON where a value could not stand in a form, else a form; None stands for a field that is not sent."""
    sent = {name: value for name, value in fields.items() if value is not None}
    sent = {_plain(name.removeprefix("$.")) if name.startswith("$.^") else name: v for name, v in sent.items()}
    if any(name.startswith("$.") or isinstance(value, int | list) for name, value in sent.items()):
        return json.dumps(_nested(sent)), JSON
    return (urlencode({"form_key": "s3cr3t", **sent}) if fields else None), FORM


def _nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`$.items[0].name` as the objects that it names."""
    whole: dict[str, Any] = {}
    for name, value in fields.items():
        path = re.findall(r"[^.\[\]]+", name.removeprefix("$."))
        if not name.startswith("$."):
            path = [name]
        at: Any = whole
        for step, after in itertools.pairwise(path):
            new: Any = [{}] if after.isdigit() else {}
            at = at[int(step)] if step.isdigit() else at.setdefault(step, new)
        at[path[-1]] = value
    return whole
