"""Sites of strangers: what one page does is that page's misfortune, and a walk over the others ends."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from components.browser.events import PageLost
from components.browser.settings import BrowserSettings
from components.errors import InputError
from components.maps import crawl
from components.maps.address import address_of, sections_of
from components.maps.kept import KeptMap
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.components.maps.desk import desk, walked

LINK = "<h1>Here</h1><a href=/there>There</a>"
FORM = "<form method=post action=/send><label>Who <input name=who></label>{fields}<button name=go>Send</button></form>"
TRICKS = {
    "a form's fields are called like what is asked of it": FORM.format(
        fields="".join(
            f"<input name={each}>" for each in ("elements", "getAttribute", "action", "querySelector", "method")
        )
    ),
    "pictures are called like what is asked of the document": "".join(
        f"<img name={each}>" for each in ("links", "forms", "title", "body", "querySelector", "querySelectorAll")
    ),
    "lists and texts are the page's": "<script>Array.from = () => [1]; for (const name of ['slice', 'map', 'filter', "
    "'sort', 'join']) Array.prototype[name] = () => ['x']; String.prototype.trim = () => 'evil';"
    "String.prototype.replace = () => 'x'.repeat(1e7); Set.prototype.add = () => {}</script>",
    "everything has its own JSON": "<script>Object.prototype.toJSON = () => 1; Array.prototype.toJSON = () => 2;"
    "String.prototype.toJSON = () => 3</script>",
    "getters throw": "<script>for (const [kind, name] of [[Document, 'links'], [Document, 'forms'], [Node, "
    "'parentElement'], [HTMLElement, 'innerText'], [HTMLFormElement, 'elements'], [HTMLAnchorElement, 'href']])"
    "Object.defineProperty(kind.prototype, name, { get() { throw 1; } })</script>",
    "getters never return": "<script>Object.defineProperty(document, 'links', { get() { for (;;); } })</script>",
    "addresses are none": "<a href='http://[bad'>x</a><a href='http://h:99999/'>y</a>"
    "<form action='http://[bad'></form>",
    "halves of characters": "<a id=half href='/x'>x</a><script>half.textContent = '\\ud83d';"
    "document.title = '\\udc00'; half.href = '/?q=\\ud83d'</script>",
    "thousands of everything": "<script>for (let i = 0; i < 450; i++) document.write(`<a href=/p/${i}>${i}</a>"
    "<form action=/f/${i}><input name=n${i}></form>`)</script>",
}


HANGS = "<script>setTimeout(() => { for (;;); }, 50)</script>"


def test_what_a_page_offers_is_read_whatever_it_does() -> None:
    home = "<h1>Here</h1>" + "".join(f"<a href=/trick/{n}/>{n}</a>" for n in range(len(TRICKS)))
    pages = {f"/trick/{n}/": LINK + FORM.format(fields="") + trick for n, trick in enumerate(TRICKS.values())}
    with desk({"/": home, "/there": "<p>there</p>", **pages}) as (address, _):
        looks = walked(address, pages=len(TRICKS) + 6, settings=BrowserSettings(pages=1, hang_seconds=60)).looks
    for path, trick in zip(pages, TRICKS, strict=True):
        found = looks[path]
        assert found.heading == "Here", trick
        assert "/there" in [each.address for each in found.links], trick
        first = found.forms[0]
        assert (first.method, first.address, first.button) == ("POST", "/send", "Send"), trick
        assert (first.fields[0].name, first.fields[0].label) == ("who", "Who"), trick
        assert len(found.model_dump_json()) < 200_000, trick
        Look.model_validate_json(found.model_dump_json())


def test_a_page_that_hangs_costs_that_page_alone() -> None:
    links = "".join(f"<a href={path}>{path}</a>" for path in ("/a", "/hangs", "/the-last"))
    with desk({"/": f"<h1>Here</h1>{links}", "/hangs": HANGS}) as (address, asked):
        map = walked(address, pages=9, settings=BrowserSettings(pages=1, hang_seconds=5))
    assert "/hangs" in asked
    assert set(map.looks) == {"/", "/a", "/the-last"}


def test_a_site_whose_every_page_is_lost_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "MOST_LOST", 2)
    home = "<h1>Here</h1>" + "".join(f"<a href=/{n}>{n}</a>" for n in range(9))
    stuck = {f"/{n}": "<script>for (;;);</script>" for n in range(9)}
    settings = BrowserSettings(pages=1, navigation_seconds=2, hang_seconds=2)
    with desk({"/": home, **stuck}) as (address, asked), pytest.raises(PageLost):
        walked(address, pages=30, settings=settings)
    assert len(set(asked)) == 4, "robots.txt, the first page and two of the others"


@pytest.mark.parametrize("rule", ["Disallow: http://[bad", "Disallow: //[", "Crawl-delay: \u00b2", "Request-rate: x/y"])
def test_a_rule_that_cannot_be_read_leaves_the_others(rule: str) -> None:
    robots = f"User-agent: *\n{rule}\nDisallow: /secret/\n"
    home = "<h1>Here</h1><a href=/secret/>s</a><a href=/open>o</a>"
    with desk({"/": home, "/robots.txt": robots}) as (address, asked):
        walked(address, pages=5)
    assert "/open" in asked
    assert "/secret/" not in asked


def test_pauses_that_would_last_for_ever_are_refused_in_words() -> None:
    pages = {"/": LINK, "/robots.txt": "User-agent: *\nCrawl-delay: 99999999\n"}
    with desk(pages) as (address, asked), pytest.raises(InputError, match=r"asks for 99999999 seconds"):
        walked(address, pages=5)
    assert asked == ["/robots.txt"]


def test_an_address_of_two_slashes_is_of_this_site() -> None:
    link = "document.write(`<a href='${location.origin}//elsewhere.example/x'>x</a>`)"
    with desk({"/": f"<h1>Here</h1><script>{link}</script>"}) as (address, _):
        assert "//elsewhere.example/x" in walked(address, pages=5).looks


def test_any_address_has_a_section() -> None:
    rng = Random(11)
    parts = [
        "/",
        "//",
        "a",
        "12",
        "%",
        "%00",
        "%5B",
        "[",
        "?",
        "&",
        "=",
        "#",
        "*",
        "{x}",
        "..",
        ";",
        "\ud83d",
        "\0",
        "é",
        "\n",
        "@",
    ]
    urls = [f"http://h/{''.join(rng.choices(parts, k=rng.randint(1, 200)))}" for _ in range(300)]
    urls += ["http://h" + "/" * 490, "http://h/" + "a/" * 240]
    found = [address for url in urls if (address := address_of(url, site="http://h/"))]
    assert len(found) > 200
    assert sections_of(found).keys() == set(found)


def test_a_page_that_was_deleted_is_looked_at_again_and_a_torn_one_is_named(tmp_path: Path) -> None:
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path), work=tmp_path)
    links = "".join(f"<a href=/{n}>{n}</a>" for n in range(3))

    def walk() -> list[str]:
        kept = KeptMap(Look, here, site="desk", user="")
        return list(walked(address, pages=4, kept=SiteMap(kept.met()), keep=kept.keep).looks)

    with desk({"/": f"<h1>Here</h1>{links}"}) as (address, asked):
        before = walk()
        keys = list(here.store.list("runs/"))
        here.store.put(keys[1], b"{")
        with pytest.raises(InputError, match="a broken part of a map") as error:
            walk()
        assert keys[1] in error.value.where
        here.store.delete(keys[1])
        here.store.put_new("runs/r/round-001/map/notes.json", b"{}")
        asked.clear()
        assert sorted(walk()) == sorted(before)
        assert len(asked) == 2, "robots.txt, and the one page"
        assert len(list(KeptMap(Look, here, site="desk", user="").met())) == 4
