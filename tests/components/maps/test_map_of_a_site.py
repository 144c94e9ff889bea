"""Maps of real sites: what is alike, what is walked over and what is left alone, what a kill costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.maps.address import address_of, sections_of
from components.maps.crawl import Walk, harms
from components.maps.kept import KeptMap
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.sites.config import Site
from components.sites.login import logs_out
from components.sites.replica import Replica
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step
from tests.components.maps.desk import PAGES, desk, walked

SITE = "http://127.0.0.1:80"


def test_addresses_of_one_kind_are_one_section() -> None:
    topics = [f"/topic/{n}/{name}/" for n, name in enumerate(("boots", "tents", "maps", "boots"))]
    deeds = [f"/comment/{n}/{what}/" for n in range(3) for what in ("find", "update")]
    names = [f"/tag/{name}" for name in ("red", "blue", "green", "grey", "pink", "gold", "black")]
    words = ["/topic/publish/", "/topic/unread/", "/", "/about", "/help"]
    found = sections_of([*topics, *deeds, *names, *words, "/?page=2", "/?page=3"])
    assert {found[each] for each in topics} == {"/topic/*/*/"}
    assert {found[each] for each in deeds} == {"/comment/*/find/", "/comment/*/update/"}
    assert {found[each] for each in names} == {"/tag/*"}
    assert [found[each] for each in words] == words
    assert found["/?page=2"] == found["/?page=3"] == "/?page=*"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (f"{SITE}/a/?b=2&a=1#part", "/a/?a=1&b=2"),
        (f"{SITE}/a/?next=/b/&x=1", "/a/?x=1"),
        (SITE, "/"),
        ("http://127.0.0.1:81/a", ""),
        ("javascript:void(0)", ""),
        (f"{SITE}/{'a' * 600}", ""),
    ],
)
def test_an_address_is_what_stands_after_the_site(url: str, address: str) -> None:
    assert address_of(url, site=SITE) == address


def test_a_walk_sees_every_section_and_leaves_alone_what_it_must() -> None:
    with desk() as (address, asked):
        map = walked(address, pages=10)
    assert len(map.gains) == len(map.looks) == 10
    assert len([each for each in map.known if each.startswith("/thing/")]) == 41
    assert {map.sections[each] for each in map.looks} == {"/", "/shelf/*", "/thing/*/*/", "/thing/*/lend?x=*"}
    assert not {"/secret/", "/user/logout/", "/thing/3/delete", "/manual.pdf"} & set(asked)
    assert map.depths()["/thing/*/lend?x=*"] == 2
    assert map.summary("/thing/*/lend?x=*").endswith("; to send: Lend")
    [form] = map.looks["/thing/0/lend?x=0"].forms
    assert (form.method, form.address, form.button, form.shown) == ("POST", "/lend", "Lend", True)
    assert [(field.name, field.label, field.kind) for field in form.visible] == [("who", "Who", "text")]


def test_where_a_reset_undoes_it_a_link_that_deletes_is_followed_and_one_that_leaves_is_not() -> None:
    with desk() as (address, asked):
        walked(address, pages=100, resettable=True)
    assert "/thing/3/delete" in asked
    assert not {"/secret/", "/user/logout/"} & set(asked)


def test_robots_say_how_fast_a_walk_may_be() -> None:
    with desk({**PAGES, "/robots.txt": "User-agent: *\nCrawl-delay: 1\n"}) as (address, _):
        replica = Replica(name="desk", site=Site(at=(address,)), folder=Path(), address=address)
        robots, pause = Walk(replica=replica, cookies=(), pages=1, pause=0.2, keep=lambda _: None)._robots()
    assert pause == 1
    assert robots.can_fetch("symbiont", f"{address}/secret/")


def test_a_walk_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path), work=tmp_path)
    whole = KeptMap(Look, here, site="desk", user="")

    def killed(look: Look) -> None:
        KeptMap(Look, here, site="desk", user="").keep(look)
        if look.asked.startswith("/thing"):
            raise KeyboardInterrupt

    with desk() as (address, asked):
        expected = walked(address, pages=7)
        with pytest.raises(KeyboardInterrupt):
            walked(address, pages=7, keep=killed)
        asked.clear()
        looks = list(whole.met())
        assert len(looks) >= 2
        map = walked(address, pages=7, kept=SiteMap(looks), keep=KeptMap(Look, here, site="desk", user="").keep)
    assert list(map.looks.values()) == list(expected.looks.values())
    assert not {look.asked for look in looks} & set(asked)
    assert list(KeptMap(Look, here.at(2), site="desk", user="").met()) == list(map.looks.values())
    assert not list(KeptMap(Look, here, site="desk", user="ann").met())


def test_an_agent_that_was_somewhere_is_on_the_map() -> None:
    steps = [
        Step(index=n, url=f"http://x:1{path}", observation="", action="wait") for n, path in enumerate(("/", "/a"))
    ]
    episode = Episode(
        run="r",
        round=2,
        phase="explore-student",
        benchmark="sites",
        task_id="t",
        family="f",
        template="",
        seed=0,
        intent="",
        start_url="http://x:1/",
        agent=AgentInfo(name="a", kind="local", digest=""),
        steps=tuple(steps),
        outcome=Outcome.FAILED,
        started_at="",
        seconds=0,
    )
    map = SiteMap(episodes=[episode])
    assert map.edges == {("/", "/a"): 1}
    assert map.visits["/a"].steps == {"student": 1}
    assert map.visits["/a"].rounds == {2}


@pytest.mark.parametrize("words", ["Log out", "/user/logout/", "Sign off", "sign-out"])
def test_what_ends_a_log_in_is_known_by_its_name(words: str) -> None:
    assert logs_out(words)


def test_what_harms_is_known_by_its_name() -> None:
    assert all(map(harms, ("Delete topic", "/thing/3/delete", "Pay now", "Send", "Remove", "/cart/checkout")))
    assert not any(map(harms, ("Publish", "All about compost", "/topic/3/senders-and-paying/"[:9], "Save", "Open")))
