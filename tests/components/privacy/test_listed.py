"""Where a team lists the pages that may leave, an address decides, and nothing of any other page is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.browser.quoting import quote
from components.detect.collect import _turns
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.episodes import as_marked, redacted
from components.privacy.guard import PrivacyGuard
from components.privacy.told import is_hidden
from components.synthesize.pieces import pieces
from components.trajectories.schema import Episode, Step
from tests.components.vendor import guarded_by
from tests.conftest import MakeEpisode

SHOP = PrivacyConfig(public=("https://shop.example/products/*", "https://*.help.example:*/*", "http://127.0.0.1:8000/"))
SECRET = "she has been seeing somebody about her nerves"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://shop.example/products/12?colour=red", True),
        ("https://SHOP.example:443/products/", True),
        ("https://shop.example/products/12#reviews", True),
        ("https://en.help.example:8443/any/thing", True),
        ("http://127.0.0.1:8000", True),
        ("https://shop.example/account", False),
        ("https://shop.example/", False),
        ("http://shop.example/products/12", False),
        ("https://shop.example:8443/products/12", False),
        ("https://shop.example@evil.example/products/12", False),
        ("https://evil.example/shop.example/products/12", False),
        ("https://evil.example/x.help.example:1/", False),
        ("https://shop.example.evil.example/products/1", False),
        ("https://help.example/", False),
        ("http://127.0.0.1:8000/?q=1", False),
        ("http://127.0.0.1:8000@evil.example/", False),
        ("about:blank", False),
        ("", False),
    ],
)
def test_an_address_fits_a_pattern_in_every_part(url: str, may: bool) -> None:
    assert SHOP.may_leave(url, "") is may
    assert PrivacyConfig().may_leave(url, ""), "where nothing is listed"


@given(st.text())
def test_no_address_is_an_error_and_none_fits_by_chance(url: str) -> None:
    assert not PrivacyConfig(public=("https://shop.example/products/*",)).may_leave(url, "")


@pytest.mark.parametrize(
    "pattern", ["shop.example/*", "https://shop.example", "https://shop.example*", "https://*/x", "*", "ftp://a/", ""]
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(ValidationError, match="write scheme, host and path"):
        PrivacyConfig(public=(pattern,))


def test_a_page_that_names_the_tab_of_another_stays_too() -> None:
    url, other = "https://shop.example/products/1", "https://shop.example/account"
    tabs = [f'tab 1 "A \\"tab\\"", {quote(url)} (shown)', f'tab 2 "Mine", {quote(other)}']
    assert SHOP.may_leave(url, "\n".join((tabs[0], 'heading "Lamp"')))
    assert not SHOP.may_leave(url, "\n".join((*tabs, 'heading "Lamp"')))
    assert SHOP.may_leave(url, "\n".join(('heading "Lamp"', tabs[1]))), "no tab of the browser"


@pytest.fixture
def visit(make_episode: MakeEpisode, make_step: Any) -> Episode:
    """A public page, the account, a public page again, and the account."""

    def step(index: int, url: str, action: str, **more: Any) -> Step:
        made: Step = make_step(action, index=index, page=more.pop("page", ""), **more)
        return made.model_copy(update={"url": f"https://shop.example/{url}", "title": SECRET if "acc" in url else ""})

    steps = [
        step(0, "products/1", "click [1]"),
        step(1, "account", f'type [2] "{SECRET}"', page=SECRET, reason=SECRET, feedback=SECRET),
        step(2, "products/1", "click [1]", page=f"You wrote: {SECRET}"),
        step(3, "account", f'stop "{SECRET}"', page=SECRET),
    ]
    episode = make_episode(steps=steps)
    more = {"answer": SECRET, "message": SECRET, "start_url": steps[0].url, "end_url": f"{steps[1].url}?q={SECRET}"}
    return episode.model_copy(update={**more, "network": "digest", "extra": {"said": SECRET}})


def test_of_a_page_that_is_not_listed_judges_writers_and_traces_are_told_only_what_was_done(visit: Episode) -> None:
    with guarded_by(PrivacyGuard(SHOP, log=None)):
        told = as_marked(visit)
    assert SECRET in visit.model_dump_json()
    assert SECRET not in told.model_dump_json()
    assert [is_hidden(step) for step in told.steps] == [False, True, False, True]
    assert [step.action for step in told.steps] == ["click [1]", 'type [2] "[text]"', "click [1]", 'stop "[text]"']
    assert (told.start_url, told.end_url, told.network) == (visit.start_url, "", None)
    assert told.steps[1].private == ("page",), "so that a trace says nothing of what a model was asked there"


def test_exports_and_questions_of_the_audit_leave_such_a_page_out(visit: Episode) -> None:
    public = redacted(visit, Detectors(SHOP))
    assert public is not None
    assert SECRET not in public.model_dump_json()
    with guarded_by(PrivacyGuard(SHOP, log=None)):
        assert [probe.told is not None for _, probe in _turns(visit)] == [True, False, True, False]


def test_what_a_hybrid_kept_because_of_its_address_stays_hidden_whatever_is_listed_later(visit: Episode) -> None:
    steps = [step.model_copy(update={"private": ("page",)}) if step.index % 2 else step for step in visit.steps]
    exported = redacted(visit.model_copy(update={"steps": tuple(steps)}), Detectors(PrivacyConfig()))
    assert exported is not None
    assert SECRET not in exported.model_dump_json()


def test_no_piece_of_the_knowledge_base_goes_over_such_a_page(visit: Episode) -> None:
    plain = visit.model_copy(update={"steps": tuple(step.model_copy(update={"feedback": ""}) for step in visit.steps)})
    with guarded_by(PrivacyGuard(SHOP, log=None)):
        made = list(pieces(plain, solved=True, longest=4))
    assert [piece.start for piece in made] == [0, 2]
    assert all(SECRET not in piece.model_dump_json() and piece.end == "[page]" for piece in made)
