"""The mouse reaches the element that is meant, whatever the page does to its geometry, or says why it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.browser.input import _point
from components.browser.page import Page
from components.browser.session import ScriptError
from tests.components.browser.test_acting import LOG, feedback, log

INNER = """<body style="margin:0"><script>const note = (...a) => top.log.push(a.join(' '))</script>
<button style="position:absolute;left:100px;top:100px;width:150px;height:60px" onclick="note('keep')">Keep</button>
<button style="position:absolute;left:200px;top:200px;width:300px;height:120px" onclick="note('delete')">Delete</button>
<input aria-label=Name style="position:absolute;left:40px;top:20px" onkeyup="note(value)">
<button style="position:absolute;left:30px;top:1500px" onclick="note('far')">Far</button>"""
FRAME = "width:600px;height:500px;border:0"
PAGES = {
    "scaled": f"""<div style="transform:scale(.5);transform-origin:0 0;width:800px;height:800px">
        <iframe src=/in style="{FRAME}"></iframe></div>""",
    "scaled itself": f'<iframe src=/in style="{FRAME};transform:scale(1.4, .6) translate(30px, -80px)"></iframe>',
    "turned": f'<iframe src=/in style="{FRAME};transform:rotate(80deg) scale(.7);border:9px solid"></iframe>',
    "mirrored": f'<iframe src=/in style="{FRAME};transform:scaleX(-1)"></iframe>',
    "in perspective": f"""<div style="perspective:700px"><div style="transform:rotateY(35deg) rotateX(15deg)">
        <iframe src=/in style="{FRAME};border:4px solid;padding:3px 20px"></iframe></div></div>""",
    "zoomed": """<div style="zoom:1.3;padding:5px"><iframe src=/in style="width:500px;height:400px;padding:7px 21px;
        border:solid;border-width:3px 17px"></iframe></div>""",
    "zoomed itself": f'<iframe src=/in style="{FRAME};zoom:.55;padding:11px"></iframe>',
    "with borders": f"""<iframe src=/in style="{FRAME};border:23px solid;padding:17px 31px;
        box-sizing:border-box"></iframe>""",
    "below": f'<p style="height:2000px">tall</p><iframe src=/in style="{FRAME};height:300px"></iframe>',
    "in a scroller": f"""<div style="height:300px;width:400px;overflow:auto"><div style="width:1500px;height:1500px">
        <iframe src=/in style="{FRAME};margin:700px"></iframe></div></div>""",
    "nested": """<iframe src=/mid style="width:560px;height:460px;transform:rotate(-20deg);zoom:.9;
        border:5px solid"></iframe>""",
    "of a page with names": f"""<script>var parent = 1, innerWidth = 9, frames = 0</script>
        <iframe src=/in style="{FRAME}"></iframe>""",
}


@pytest.mark.parametrize("which", PAGES)
def test_in_frames_the_element_that_is_meant_is_clicked(which: str, visit: Callable[..., None], site: Any) -> None:
    site.pages["/in"] = INNER
    site.pages["/mid"] = (
        f'<div style="zoom:1.2;height:700px"><iframe src=/in style="{FRAME};transform:scale(.6)"></iframe></div>'
    )

    async def scenario(page: Page) -> None:
        refs = {element.name: ref for ref, element in (await page.observe()).elements.items()}
        for name in ("Keep", "Delete", "Far", "Keep"):
            assert await feedback(page, f"click [{refs[name]}]") == ""
            assert await log(page) == [name.lower()]
        assert await feedback(page, f'type [{refs["Name"]}] "Ann"') == ""
        assert (await log(page))[-1] == "Ann"

    visit(LOG + PAGES[which], scenario)


async def refs_of(page: Page) -> dict[str, int]:
    return {element.name: ref for ref, element in (await page.observe()).elements.items()}


MOVES = """<button id=safe style="position:absolute;left:10px;top:10px;width:200px;height:50px" onclick="note('safe')">
Safe</button><button id=risky style="position:absolute;left:10px;top:300px;width:200px;height:50px"
{events}>Risky</button><script>{script}</script>"""
DELETES = "onpointerdown=\"note('down')\" onmousedown=\"note('mouse')\" onclick=\"note('deleted')\""


@pytest.mark.parametrize(
    "script",
    [
        "safe.onmousemove = () => { risky.style.top = '10px'; safe.style.top = '300px' }",
        "safe.onpointerenter = () => risky.style.cssText += 'position:fixed;inset:0;width:auto;height:auto'",
        "safe.addEventListener('mouseover', () => risky.showPopover()); risky.popover = 'manual';"
        "risky.style.cssText = 'position:fixed;inset:0;margin:0;width:100%;height:100%'",
    ],
)
def test_a_press_that_comes_to_another_element_does_nothing_and_is_told(
    script: str, visit: Callable[..., None]
) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        said = await feedback(page, "click [1]")
        assert said == 'element [1] was not clicked: it came to button "Risky", which was not clicked either'
        assert await log(page) == []
        assert await feedback(page, 'press "Tab"') == ""
        await page.evaluate("() => risky.focus()")
        assert await feedback(page, 'press "Enter"') == ""
        assert await log(page) == ["deleted"]  # only the press was held back, not what comes later

    visit(LOG + MOVES.format(events=DELETES, script=script), scenario)


def test_a_place_that_is_only_looked_at_is_not_missed(visit: Callable[..., None]) -> None:
    html = LOG + "<button onclick=\"note('a')\">A</button><button onclick=\"note('b')\">B</button>"

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await page.point(1)
        assert await feedback(page, f'goto "{page.url}#x"') == ""
        assert await page.point(1)
        assert await feedback(page, "click [2]") == ""
        assert await log(page) == ["b"]

    visit(html, scenario)


def test_a_page_that_replaces_what_is_hovered_or_pressed_is_clicked_all_the_same(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<div id=a><button>One</button></div><div id=b><button onmousedown="note('down');
      b.innerHTML = '<p>open</p>'">Two</button></div><button onpointerdown="note('opened');
      document.body.insertAdjacentHTML('beforeend', '<div style=position:fixed;inset:0>Pane</div>')">Three</button>
      <script>a.onmouseover = () => { a.onmouseover = null;
        a.innerHTML = '<button>One</button>'; a.firstChild.onclick = () => note('one') };</script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        for ref in (1, 2, 3):
            assert await feedback(page, f"click [{ref}]") == ""
        assert await log(page) == ["one", "down", "opened"]

    visit(html, scenario)


def test_what_moves_away_between_press_and_release_is_told(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<textarea id=t autofocus onblur="this.style.height = '300px'" style="height:40px">a</textarea><br>
    <button style="display:block" onclick="note('clicked')">Go</button>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        await page.evaluate("() => t.focus()")
        assert await feedback(page, "click [2]") == "element [2] was not clicked: it moved away while it was pressed"
        assert await log(page) == []
        assert await feedback(page, "click [2]") == ""
        assert await log(page) == ["clicked"]

    visit(html, scenario)


COVERED = {
    "under a sticky header": """<header style="position:sticky;top:0;height:200px;background:#ccc">Bar</header>
      <p style="height:300px">x</p><button onclick="note(1)">B</button><p style="height:3000px">y</p>
      <script>scrollTo(0, 420)</script>""",
    "under a bar at the bottom": """<p style="height:520px">x</p><button onclick="note(1)">B</button>
      <p style="height:3000px">y</p><div style="position:fixed;bottom:0;left:0;right:0;height:150px">Cookies</div>""",
    "between two bars": """<div style="position:fixed;z-index:1;top:0;left:0;right:0;height:240px">T</div>
      <p style="height:1400px">x</p><button onclick="note(1)">B</button><p style="height:1400px">y</p>
      <div style="position:fixed;bottom:0;left:0;right:0;height:240px">Cookies</div>""",
    "half under a banner": """<button style="width:400px;height:80px" onclick="note(1)">B</button>
      <div style="position:absolute;left:0;top:0;width:330px;height:200px">Banner</div>""",
    "where scrolling is smooth": """<style>html { scroll-behavior: smooth }</style><p style="height:4000px">x</p>
      <button onclick="note(1)">B</button>""",
    "beside what lies on it": """<div onclick="note(event.target.id == 'card')" id=card
      style="cursor:pointer;width:300px;height:100px">B<button
      style="position:absolute;left:20px;top:20px;width:260px;height:60px"></button></div>""",
    "in a sideways scroller": """<div style="overflow-x:auto;width:300px;white-space:nowrap">
      <b style="position:sticky;left:0;display:inline-block;width:120px;background:#ccc">Col</b>
      <span style="display:inline-block;width:900px">x</span><button onclick="note(1)">B</button>
      <span style="display:inline-block;width:900px">x</span></div>""",
    "on several lines": """<p style="width:120px">word word word <a href="#x" onclick="note(1)">B and a long link
      that wraps</a></p>""",
    "by its label": """<label>B <input type=radio style="position:absolute;opacity:0;width:1px;height:1px"
      onclick="note(1)"></label>""",
    "through a text in a slot": """<x-b>B</x-b><script>customElements.define('x-b', class extends HTMLElement {
      constructor() { super(); this.attachShadow({mode: 'closed'}).innerHTML = '<button><slot></slot></button>';
      this.addEventListener('click', () => note(1)); } })</script>""",
    "through an element in a slot": """<x-b><i>B</i></x-b><script>customElements.define('x-b',
      class extends HTMLElement { constructor() { super();
      this.attachShadow({mode: 'open'}).innerHTML = '<button><slot></slot></button>';
      this.addEventListener('click', () => note(1)); } })</script>""",
    "in a map": """<img usemap="#m" width=200 height=200 alt=map src="data:,"><map name=m>
      <area shape=poly coords="0,0,200,0,200,30,30,30,30,200,0,200" alt=B href="#b" onclick="note(1)"></map>""",
}


@pytest.mark.parametrize("where", COVERED)
def test_an_element_is_brought_to_where_it_is_free(where: str, visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        refs = await refs_of(page)
        ref = next(ref for name, ref in refs.items() if name.startswith("B"))
        assert await feedback(page, f"click [{ref}]") == ""
        assert await log(page) in (["1"], ["true"])

    visit(LOG + COVERED[where], scenario)


def test_what_is_in_view_is_clicked_without_scrolling(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<nav style="position:sticky;top:0;height:100px">N</nav><div style="height:2000px">
      <button onclick="note(scrollY)">B</button></div>"""
    )

    async def scenario(page: Page) -> None:
        await page.evaluate("() => scrollTo(0, 20)")
        assert await feedback(page, f"click [{(await refs_of(page))['B']}]") == ""
        assert await log(page) == ["0"] or await log(page) == []

    visit(html, scenario)


def test_what_lies_over_an_element_is_named_whole_and_clean(visit: Callable[..., None]) -> None:
    word = "x" * 38
    html = f"""<button>B</button><button disabled id=d>D</button><label for=d>Also off</label>
      <div inert><button>I</button></div>
      <div role=dialog aria-label="{word}😀 and more" style="position:fixed;inset:0"><p><b>deep</b></p></div>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        said = await feedback(page, "click [1]")
        assert said == f'element [1] is covered by div "{word}…"'
        assert said.encode()
        assert "disabled" in await feedback(page, "click [2]")

    visit(html, scenario)


def test_what_lets_clicks_through_while_a_dialog_is_open_is_told_so(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<body style="pointer-events:none"><button onclick="note('behind')">Behind</button><label
      style="display:block">Name <input></label><div role=dialog onclick="note('hit')" style="pointer-events:auto;
      position:fixed;left:300px;top:90px"><input type=checkbox aria-label=Agree style="pointer-events:none"><button
      onclick="note('front')">Front</button></div><script>document.onclick = () => note('page')</script>"""
    )

    async def scenario(page: Page) -> None:
        refs = await refs_of(page)
        for action in (f"click [{refs['Behind']}]", f'type [{refs["Name"]}] "x"'):
            assert "takes no clicks now: the page lets them through" in await feedback(page, action)
        assert await log(page) == []
        assert await feedback(page, f"click [{refs['Front']}]") == ""
        assert await log(page) == ["front", "hit", "page"]
        assert await feedback(page, f"click [{refs['Agree']}]") == ""
        assert await log(page) == ["hit", "page"]  # its box in the dialog takes it

    visit(html, scenario)


LIES = {
    "boxes": """for (const name of ['getBoundingClientRect', 'getClientRects', 'scrollIntoView', 'closest', 'matches'])
      Element.prototype[name] = () => { throw 1 };""",
    "hits": "Document.prototype.elementFromPoint = () => document.body; Element.prototype.dispatchEvent = null;",
    "json": "Object.prototype.toJSON = Array.prototype.toJSON = () => JSON.rawJSON('1' + '0'.repeat(400));",
    "events": """window.addEventListener('pointerdown', e => e.stopImmediatePropagation(), true);
      Object.defineProperty(Event.prototype, 'composedPath', { value: () => [document.body] });
      Object.defineProperty(MouseEvent.prototype, 'offsetX', { get: () => NaN });""",
    "numbers": "Math.max = Math.min = Math.abs = () => NaN; Array.prototype.map = Array.prototype.push = null;",
    "views": "Object.defineProperty(window, 'innerWidth', { value: 1 }); window.getComputedStyle = () => ({});",
    "names": "for (const name of ['parentNode', 'labels', 'tagName', 'focus']) document.forms[0].innerHTML +="
    " `<input name=${name}>`;",
}


@pytest.mark.parametrize("what", LIES)
def test_a_page_that_lies_about_itself_is_acted_on_all_the_same(what: str, visit: Callable[..., None]) -> None:
    html = f"""{LOG}<script>addEventListener('load', () => {{ {LIES[what]} }})</script>
      <iframe srcdoc="<button onclick=&quot;parent.log[parent.log.length] = 'in'&quot;>In</button>"></iframe>
      <form></form><button onclick="log[log.length] = 'out'">Out</button><input aria-label=Name>
      <select aria-label=List><option>a<option>b</select><p style="height:3000px">tall</p>"""

    async def scenario(page: Page) -> None:
        refs = await refs_of(page)
        assert await feedback(page, f"click [{refs['Out']}]") == ""
        assert await feedback(page, f"click [{refs['In']}]") == ""
        assert await feedback(page, f'type [{refs["Name"]}] "Ann"') == ""
        assert await feedback(page, f'select [{refs["List"]}] "b"') == ""
        assert await feedback(page, "scroll down") == ""
        elements = (await page.observe()).elements
        assert [elements[refs[name]].value for name in ("Name", "List")] == ["Ann", "b"]
        if what != "json":
            assert await page.evaluate("() => log.join(' ')") == "out in"

    visit(html, scenario)


@pytest.mark.parametrize("x", [None, "1", True, -1, float("nan"), float("inf"), 10**400, 1e9, [1]])
def test_a_point_that_is_none_is_refused(x: Any) -> None:
    with pytest.raises(ScriptError):
        _point({"x": 1, "y": x})
