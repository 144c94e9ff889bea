"""Verdicts on one's own sites are not for the judged agent to write: its tricks, beside the deeds they pretend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.benchmarks.sites.checks import Question
from components.benchmarks.sites.form import Check, PageCheck, filled, literal_path
from components.sites.config import Site
from components.sites.replica import Replica
from components.trajectories.schema import Outcome
from tests.components.benchmarks.test_own_sites import played

GUESTBOOK = Path(__file__).with_name("guestbook.py")
ANY_ITEM = {"page": {"path": "/item/5/*"}}
STOCK = {"text": "Boots are in stock"}
TRICKS: dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[str, ...], str]] = {
    "a page that is not there": (ANY_ITEM, ("click [boots]",), ("click [gone]",), "it answered 404"),
    "a made-up address": (ANY_ITEM, ("click [boots]",), ('goto "SITE/item/5/x"',), "opened by its address"),
    "a second value": (
        {"page": {"path": "/list", "query": {"q": "new"}}},
        ("click [new]",),
        ('goto "SITE/list?q=old&q=new"',),
        "the page is not /list",
    ),
    "words it asked for": (STOCK, ("click [boots]",), ('type [Find] "Boots are in stock." enter',), "wrote"),
    "words by single keys": (
        {"text": "for OK"},
        ('type [Find] "ok" enter',),
        ("click [Find]", *(f'press "{key}"' for key in ("f", "o", "r", "Space", "o", "k", "Enter"))),
        "wrote",
    ),
    "lines it asked for": (
        {"lines": ['text "Boots are in stock."']},
        ("click [boots]",),
        ('goto "SITE/item/5/boots"',),
        "opened by its address",
    ),
    "lines of a field": (
        {"lines": ['text "Nothing was found for Boots."']},
        ('type [Find] "Boots" enter',),
        ('type [Find] "Nothing was found for Boots."',),
        "the page does not show",
    ),
    "another anchor": (
        {"page": {"path": "/list", "anchor": "new"}},
        ('goto "SITE/list#new"',),
        ('goto "SITE/list#old"',),
        "the page is not /list",
    ),
    "an address that leads on": (
        STOCK,
        ("click [boots]",),
        ('goto "SITE/later?to=/item/5/boots"', "wait"),
        "opened by its address",
    ),
    "a vote of nobody": (
        {"request": {"path": "/vote", "redirected": True}},
        ("click [Vote]",),
        ("click [Log out]", "click [Front]", "click [Vote]"),
        "no POST of /vote",
    ),
}


def test_a_trick_solves_nothing_that_the_deed_solves(tmp_path: Path) -> None:
    names = dict(zip(TRICKS, "abcdefghij", strict=False))
    login = {
        "path": "/login",
        "fields": {"name": "{user}"},
        "shows": "Hello {user}",
        "users": {"ann": {"password": "x"}},
    }
    site = {"start": ["{python}", str(GUESTBOOK), "{host}", "{port}"], "login": login}
    common = {"family": "f", "intent": "Do it.", "user": "ann"}
    tasks = [{"id": names[trick], **common, "check": each[0]} for trick, each in TRICKS.items()]
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump({"sites": {"book": site}, "tasks": tasks}))
    plan = [(names[trick], 0, (*moves, 'stop ""')) for trick, (_, *both, _) in TRICKS.items() for moves in both]
    episodes = iter(played(plan, folder=tmp_path))
    for trick, (*_, why) in TRICKS.items():
        deed, forged = next(episodes), next(episodes)
        assert deed.outcome is Outcome.SOLVED, f"{trick}: {deed.message} {[step.feedback for step in deed.steps]}"
        assert forged.outcome is Outcome.FAILED, trick
        assert why in forged.message, f"{trick}: {forged.message} {[step.feedback for step in forged.steps]}"


def at(path: str, url: str, *, case: dict[str, str] | None = None, query: dict[str, str] | None = None) -> bool:
    site = Replica(name="s", site=Site(at=("http://s",)), folder=Path(), address="http://s:8/")
    check = filled(Check(page=PageCheck(path=path, query=query or {})), case or {})
    assert check.page is not None
    return Question(check=check, case={}, site="s", replicas={"s": site}).is_at(check.page, url)


@pytest.mark.parametrize(
    ("path", "url", "case"),
    [
        ("/topic/5/*", "http://s:8/topic/5/boots/?page=2#last", {}),
        ("/tool/{tool}", "http://s:8/tool/hand%20saw", {"tool": "hand saw"}),
        ("/tool/{tool}", "http://s:8/tool/S%C3%A4ge", {"tool": "Säge"}),
        ("/tool/{tool}", "http://s:8/tool/what%3F", {"tool": "what?"}),
        ("{path}", "http://s:8/wiki/C*", {"path": "/wiki/C*"}),
        (literal_path("/wiki/{x}*"), "http://s:8/wiki/{x}*", {}),
    ],
)
def test_an_address_is_what_it_says_however_it_is_written(path: str, url: str, case: dict[str, str]) -> None:
    assert at(path, url, case=case)


@pytest.mark.parametrize(
    ("path", "url", "case"),
    [
        ("/topic/5/*", "http://s:8/topic/55/boots/", {}),
        ("/topic/5/*", "http://s:8/?next=/topic/5/", {}),
        ("/topic/5/*", "http://s:8/#/topic/5/", {}),
        ("/topic/5/*", "http://s:8/topic/5/..%2f6/", {}),
        ("/topic/5/*", "http://ann@s:8/topic/5/", {}),
        ("/topic/5/*", "http://s:9/topic/5/", {}),
        ("/topic/5/*", "https://s:8/topic/5/", {}),
        ("/topic/5/*", "blob:http://s:8/topic/5/", {}),
        ("{path}", "http://s:8/wiki/C++", {"path": "/wiki/C*"}),
        (literal_path("/*"), "http://s:8/anything", {}),
    ],
)
def test_an_address_that_only_looks_like_it_is_another(path: str, url: str, case: dict[str, str]) -> None:
    assert not at(path, url, case=case)


@pytest.mark.parametrize(
    ("query", "url", "same"),
    [
        ({"q": "a"}, "http://s:8/?q=a&page=2", True),
        ({"q": "a"}, "http://s:8/?q=a&q=a", True),
        ({"q": "a"}, "http://s:8/?q=a&q=b", False),
        ({"q": "a"}, "http://s:8/?q=b&q=a", False),
        ({"q": "a"}, "http://s:8/?q=", False),
        ({"q": ""}, "http://s:8/", True),
        ({"q": ""}, "http://s:8/?q=", True),
        ({"q": ""}, "http://s:8/?q=a", False),
    ],
)
def test_a_parameter_has_one_value(query: dict[str, str], url: str, same: bool) -> None:
    assert at("/", url, query=query) is same
