"""Frames of the same site but another origin that is allowed are read and acted in; others are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.browser.actions import parse_action
from components.browser.origins import same_site
from components.browser.page import Page
from tests.components.browser.conftest import Site


async def feedback(page: Page, text: str) -> str:
    return (await page.act(parse_action(text))).feedback


FORM = """<p id=out>-</p><p style="height:700px">tall</p>
<script>const show = (t) => setTimeout(() => out.textContent = t, 200)</script>
<button onclick="show('clicked ' + event.isTrusted)">Press</button>
<input aria-label=Name value=old oninput="show(value)">
<select aria-label=Colour onchange="show(value)"><option>Red<option>Blue</select><a href=/next>Next</a>"""


def test_what_is_in_a_neighbouring_frame_is_seen_clicked_typed_and_chosen(
    visit: Callable[..., None], site: Site, neighbour: Site
) -> None:
    neighbour.pages["/form"] = FORM
    neighbour.pages["/next"] = "<p>second</p><button>Last</button>"
    html = f"""<button>Before</button><p style="height:900px">tall</p>
    <iframe title=Pay src="{neighbour.origin}/form" style="margin:40px;border:9px solid;height:120px"></iframe>
    <button onclick="this.after(document.createElement('input'))">After</button>"""

    async def scenario(page: Page) -> None:
        page.allow((site.origin, neighbour.origin))
        seen = await page.observe()
        by_name = {element.name: ref for ref, element in seen.elements.items()}
        assert list(by_name) == ["Before", "Press", "Name", "Colour", "Next", "After"]
        assert len(set(by_name.values())) == 6
        assert "other site" not in seen.text
        for action, effect in (
            (f"click [{by_name['Press']}]", 'text "clicked true"'),
            (f'type [{by_name["Name"]}] "new"', 'text "new"'),
            (f'select [{by_name["Colour"]}] "Blue"', 'text "Blue"'),
        ):
            assert await feedback(page, action) == ""
            assert effect in (await page.observe()).text
        assert await feedback(page, f"click [{by_name['After']}]") == ""
        seen = await page.observe()
        assert {e.name: ref for ref, e in seen.elements.items() if e.name} == by_name  # the same numbers as before
        assert await feedback(page, f"click [{by_name['Next']}]") == ""
        seen = await page.observe()
        assert "second" in seen.text
        assert await feedback(page, f"click [{by_name['Press']}]") == (
            f"element [{by_name['Press']}] is no longer on the page"
        )

    visit(html, scenario)


def test_frames_in_frames_are_read_and_what_covers_them_is_told(
    visit: Callable[..., None], site: Site, neighbour: Site
) -> None:
    site.pages["/inner"] = "<button onclick=\"this.textContent = 'Hit'\">Deep</button>"
    neighbour.pages["/middle"] = f'<p style="height:90px">m</p><iframe src="{site.origin}/inner"></iframe>'
    html = f"""<iframe style="height:300px" src="{neighbour.origin}/middle"></iframe>
    <button onclick="veil.hidden = false">Cover</button>
    <div id=veil hidden style="position:fixed;inset:0">Please wait</div>"""

    async def scenario(page: Page) -> None:
        page.allow((site.origin, neighbour.origin))
        seen = await page.observe()
        deep, cover = (next(ref for ref, e in seen.elements.items() if e.name == name) for name in ("Deep", "Cover"))
        assert await feedback(page, f"click [{deep}]") == ""
        assert (await page.observe()).elements[deep].name == "Hit"
        assert await feedback(page, f"click [{cover}]") == ""
        assert "covered by div" in await feedback(page, f"click [{deep}]")

    visit(html, scenario)


LAID_OUT = {
    "scaled": '<div style="transform:scale(.6);transform-origin:0 0">FRAME</div>',
    "turned": '<div style="transform:rotate(-70deg) scale(.8)">FRAME</div>',
    "zoomed": '<div style="zoom:1.25;padding:9px">FRAME</div>',
    "under a bar": """<div style="position:sticky;top:0;height:300px;z-index:1;background:#ccc">Bar</div>
      <p style="height:900px">tall</p>FRAME<p style="height:900px">tall</p>""",
    "taller than the view": '<p style="height:900px">tall</p><div class=tall>FRAME</div>',
}
DEEP = """<body style="margin:0;height:2500px"><button style="position:absolute;left:120px;top:90px" onclick="note(1)">
One</button><button style="position:absolute;left:20px;top:2200px" onclick="note(2)">Two</button>
<input aria-label=Name style="position:absolute;left:60px;top:400px"><script>let n = [];
const note = (x) => { n.push(x); document.title = n };</script><p id=out></p>"""


@pytest.mark.parametrize("how", LAID_OUT)
def test_in_neighbouring_frames_the_element_that_is_meant_is_clicked(
    how: str, visit: Callable[..., None], neighbour: Site
) -> None:
    neighbour.pages["/deep"] = DEEP.replace("document.title = n", "out.textContent = 'clicked ' + n")
    height = 2600 if "tall" in how else 260
    frame = f'<iframe src="{neighbour.origin}/deep" style="width:500px;height:{height}px;border:7px solid"></iframe>'

    async def scenario(page: Page) -> None:
        page.allow((page.url, neighbour.origin))
        by_name = {element.name: ref for ref, element in (await page.observe()).elements.items()}
        for count, name in enumerate(("One", "Two", "One"), start=1):
            assert await feedback(page, f"click [{by_name[name]}]") == ""
            assert f'"clicked {"1,2,1"[: count * 2 - 1]}"' in (await page.observe()).text
        assert await feedback(page, f'type [{by_name["Name"]}] "Ann"') == ""
        assert (await page.observe()).elements[by_name["Name"]].value == "Ann"

    visit(LAID_OUT[how].replace("FRAME", frame), scenario)


def test_a_press_that_misses_a_neighbouring_frame_is_held_back_and_told(
    visit: Callable[..., None], neighbour: Site
) -> None:
    neighbour.pages["/in"] = """<button id=a style="display:block;width:200px;height:50px"
      onmousemove="b.style.cssText = 'position:absolute;left:0;top:0;width:300px;height:100px'">Safe</button>
      <button id=b onclick="this.textContent = 'Deleted'">Risky</button>"""
    html = f"""<iframe id=f src="{neighbour.origin}/in"></iframe><div id=pane style="position:fixed;inset:0" hidden
      onclick="this.textContent = 'Clicked'">Pane</div>
      <button onclick="f.onpointerenter = () => pane.hidden = false">Trap"""

    async def scenario(page: Page) -> None:
        page.allow((page.url, neighbour.origin))
        refs = {element.name: ref for ref, element in (await page.observe()).elements.items()}
        assert 'came to button "Risky"' in await feedback(page, f"click [{refs['Safe']}]")
        assert "Deleted" not in (await page.observe()).text
        assert await feedback(page, f"click [{refs['Trap']}]") == ""
        assert 'came to div "Pane"' in await feedback(page, f"click [{refs['Risky']}]")
        assert "Clicked" not in (await page.observe()).text

    visit(html, scenario)


def test_a_frame_of_another_site_is_named_and_no_reference_of_it_is_given(
    visit: Callable[..., None], site: Site
) -> None:
    site.pages["/secret"] = "<button>Other site's</button>"
    html = f'<iframe title=Ad src="{site.other}/secret"></iframe><button>Mine</button>'

    async def scenario(page: Page) -> None:
        seen = await page.observe()
        assert [element.name for element in seen.elements.values()] == ["Mine"]
        assert "other site" in seen.text
        assert "Ad" in seen.text

    visit(html, scenario)


def test_a_frame_of_an_origin_that_is_not_allowed_is_not_read(visit: Callable[..., None], neighbour: Site) -> None:
    neighbour.pages["/secret"] = "<p>another task's</p><button>Not mine</button>"
    html = f"""<iframe title=Port src="{neighbour.origin}/secret"></iframe><iframe title=Data
        src="data:text/html,<p>inline"></iframe>
    <iframe title=Boxed sandbox srcdoc="<p>boxed"></iframe><iframe title=Later loading=lazy src=/never></iframe>
    <button>Mine</button>"""

    async def scenario(page: Page) -> None:
        seen = await page.observe()
        assert [element.name for element in seen.elements.values()] == ["Mine"]
        assert "another task" not in seen.text
        assert 'iframe "Port"' in seen.text
        assert (await page.act(parse_action("click [1]"))).feedback == ""

    visit(html, scenario)


def test_a_page_that_lies_about_its_frames_is_read_all_the_same(visit: Callable[..., None]) -> None:
    html = """<button>Mine</button><script>const was = JSON.stringify;
    JSON.stringify = (x) => was(x).replace(/0\\]$/, '7]'); </script><svg onclick="1" class="frame:3"></svg>"""

    async def scenario(page: Page) -> None:
        assert "Mine" in (await page.observe()).text

    visit(html, scenario)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:2", True),
        ("http://127.0.0.1:1", "http://127.0.0.2:1", False),
        ("http://localhost:1", "http://localhost:2", True),
        ("https://pay.shop.example", "https://www.shop.example", True),
        ("https://shop.example", "https://pay.shop.example:8443", True),
        ("https://shop.example", "http://shop.example", False),
        ("https://shop.example", "https://workshop.example", False),
        ("https://a.co.uk", "https://b.co.uk", False),
        ("https://a.b.co.uk", "https://b.co.uk", True),
        ("https://shop.example", "", False),
        ("https://shop.example", "null", False),
    ],
)
def test_a_site_is_a_registered_name_of_one_scheme(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same
    assert same_site(other, one) is same
