"""What a person sees and can use has a reference, by whichever construction, and the reference does what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.browser.actions import parse_action
from components.browser.page import Page

TILES = """<div id=menu class=menu><div class=tile>Apples</div><div class=tile>Pears</div><div
        class=tile>Plums</div></div>
<p id=out>-</p><script>const say = (text) => { out.textContent = 'chose ' + text; };</script>"""

# How a page may handle the clicks on its tiles without a listener on each.
DELEGATIONS = {
    "the box asks for it": "menu.addEventListener('click', (e) => say(e.target.closest('.tile').textContent))",
    "the document does": """document.addEventListener('click', (e) => { const tile = e.target.closest(".tile");
        if (tile) say(tile.textContent) })""",
    "the window does": """addEventListener('click', (e) => { if (!e.target.closest('.menu')) return;
        if (e.target.matches('.tile')) say(e.target.textContent) })""",
    "by the class": """document.body.onclick = (e) => {
        if (e.target.classList.contains('tile')) say(e.target.textContent) }""",
    "by the document's attribute": "document.onclick = (e) => say(e.target.closest('.tile').textContent)",
    "by the tag": "menu.onclick = function (e) { if (e.target.tagName === 'DIV') say(e.target.textContent) }",
    "by what was hit": "menu.addEventListener('pointerdown', ({ target }) => say(target.textContent))",
    "by an attribute that listens": "menu.setAttribute('onclick', 'say(event.target.innerText)')",
    "by an object that listens": """menu.addEventListener('click', { handleEvent(e) {
        say(e.target.closest('.tile').textContent) } })""",
}


def test_the_things_that_a_container_handles_clicks_for_are_targets(visit: Callable[..., None], site: Any) -> None:
    for number, script in enumerate(DELEGATIONS.values()):
        site.pages[f"/{number}"] = f"{TILES}<script>{script}</script>"

    async def scenario(page: Page) -> None:
        for number, way in enumerate(DELEGATIONS):
            await page.goto(f"{site.origin}/{number}")
            lines = [element.line for element in (await page.observe()).elements.values()]
            assert lines == ['clickable "Apples"', 'clickable "Pears"', 'clickable "Plums"'], way
            for ref, name in ((3, "Plums"), (1, "Apples")):
                assert (await page.act(parse_action(f"click [{ref}]"))).feedback == ""
                assert f'"chose {name}"' in (await page.observe()).text, way

    visit("", scenario)


def test_a_handler_of_its_own_makes_one_target_and_closing_handlers_none(visit: Callable[..., None]) -> None:
    html = """<div id=card><p>Title</p><p>Words</p></div><table
        id=rows><tr><td>Ann</td></tr><tr><td>Bob</td></tr></table>
    <p id=plain>Plain</p><div class=panel>Panel</div><script>
    card.addEventListener('click', () => document.title = 'card');
    rows.addEventListener('click', (e) => document.title = e.target.closest('tr').rowIndex);
    plain.onclick = () => document.title = 'plain';
    document.addEventListener('click', (e) => { if (!e.target.closest('.panel')) document.title = 'closed';
        });</script>"""

    async def scenario(page: Page) -> None:
        lines = [element.line for element in (await page.observe()).elements.values()]
        assert lines == [
            'clickable "Title Words"', 'clickable "Ann"', 'clickable "Bob"', 'clickable "Plain"',
        ]  # fmt: skip

    visit(html, scenario)


HIDDEN = {
    "clipped": "position:absolute;clip:rect(0,0,0,0)",
    "clipped by a path": "position:absolute;clip-path:inset(50%)",
    "of one pixel": "position:absolute;width:1px;height:1px;margin:-1px;appearance:none",
    "off the page": "position:absolute;left:-9999px",
    "not to be hit": "position:absolute;pointer-events:none;opacity:0",
    "not drawn": "display:none",
    "invisible": "visibility:hidden",
    "stretched and transparent": "position:absolute;opacity:0;inset:0;width:100%;height:100%",
}


def test_a_drawn_label_stands_for_a_control_that_cannot_be_seen(visit: Callable[..., None]) -> None:
    html = "<style>label { position: relative; display: block }</style>" + "".join(
        f"<label><input type={kind} name=n{number} style='{style}'><span>{way}</span></label>"
        for number, (way, style) in enumerate(HIDDEN.items())
        for kind in ("checkbox", "radio")
    )

    async def scenario(page: Page) -> None:
        seen = await page.observe()
        expected = [f'{kind} "{way}"' for way in HIDDEN for kind in ("checkbox", "radio")]
        assert [element.line for element in seen.elements.values()] == expected
        for ref in seen.elements:
            assert (await page.act(parse_action(f"click [{ref}]"))).feedback == "", seen.elements[ref].line
        lines = [element.line for element in (await page.observe()).elements.values()]
        assert lines == [line + " checked" for line in expected]

    visit(html, scenario)


def test_what_has_no_role_or_one_of_its_own_is_listed(visit: Callable[..., None]) -> None:
    html = """<div tabindex=0>Focusable</div><div tabindex=-1>Not by the keyboard</div><div onclick="1">Handled</div>
    <div contenteditable>Note</div><details><summary>More</summary><p>folded</p></details>
    <input type=date aria-label=Day><input type=color aria-label=Paint value=#00ff00><input type=range
        aria-label=Size value=7>
    <input type=file aria-label=Photo><label><input type=file hidden>Upload</label>
    <input list=cities aria-label=City><input role=combobox list=cities aria-label=Town>
    <datalist id=cities><option>Rome<option value=Oslo>Norway</datalist>
    <svg width=90 height=20><a xlink:href="#x"><text y=15>Drawn link</text></a></svg>
    <video controls title=Film width=200></video><audio title=Silent></audio>
    <x-card></x-card><script>customElements.define('x-card', class extends HTMLElement { constructor() { super();
      this.attachShadow({mode: 'open'}).innerHTML = '<button><slot>Inside</slot></button>'; } });</script>"""

    async def scenario(page: Page) -> None:
        assert [element.line for element in (await page.observe()).elements.values()] == [
            'clickable "Focusable"',
            'clickable "Handled"',
            'textbox value "Note"',
            'button "More" collapsed',
            'date "Day"',
            'color "Paint" value "#00ff00"',
            'slider "Size" value "7"',
            'file "Photo" unusable',
            'file "Upload" unusable',
            'textbox "City" options "Rome", "Oslo"',
            'textbox "Town" options "Rome", "Oslo"',
            'link "Drawn link"',
            'video "Film"',
            'button "Inside"',
        ]

    visit(html, scenario)


def test_the_parts_of_a_picture_that_are_links_are_listed_and_clicked(visit: Callable[..., None]) -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    html = f"""<div style="height:900px">tall</div><img usemap="#plan" alt=Plan src="{pixel}" width=300 height=100>
    <map name=plan><area coords="0,0,99,99" href="#hall" alt=Hall><area coords="100,0,199,99" alt=Yard
      onclick="document.title = 'yard'"><area shape=circle coords="250,50,20" href="#well" alt=Well>
    <area shape=poly coords="200,0,215,0,215,99,200,99" onclick="document.title = 'wall'" alt=Wall>
    <area shape=default alt=Nothing></map>"""

    async def scenario(page: Page) -> None:
        seen = await page.observe()
        assert [element.line for element in seen.elements.values()] == [
            'link "Hall"', 'clickable "Yard"', 'link "Well"', 'clickable "Wall"',
        ]  # fmt: skip
        for ref, effect in ((1, "#hall"), (2, "yard"), (3, "#well"), (4, "wall")):
            assert (await page.act(parse_action(f"click [{ref}]"))).feedback == ""
            assert effect in await page.evaluate("() => location.hash + document.title"), effect

    visit(html, scenario)


def test_what_holds_more_than_it_shows_says_so(visit: Callable[..., None]) -> None:
    rows = "".join(f"<p>City {i}</p>" for i in range(40))
    html = f"""<div role=dialog aria-label=Pick><div
        style="height:120px;overflow-y:auto">{rows}<button>Last</button></div></div>
    <div style="height:50px;overflow:auto"><p>fits</p></div><ul style="height:90px;overflow:scroll">{
        "<li>x" * 30
    }</ul>"""

    async def scenario(page: Page) -> None:
        lines = (await page.observe()).text.splitlines()
        assert lines[:3] == ['dialog "Pick" open', "  group scrollable", '    text "City 0"']
        assert "list scrollable" in lines
        assert sum("scrollable" in line for line in lines) == 2

    visit(html, scenario)
