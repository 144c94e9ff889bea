"""Mouse and keyboard on real pages: it works, it waits, and it says why when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.browser.actions import parse_action
from components.browser.page import ActResult, Page

LOG = "<script>var log = []; function note(...a) { log.push(a.join(' ')); }</script>"


async def do(page: Page, text: str) -> ActResult:
    return await page.act(parse_action(text))


async def feedback(page: Page, text: str) -> str:
    return (await do(page, text)).feedback


async def log(page: Page) -> Any:
    return await page.evaluate("() => log.splice(0)")


def test_a_click_is_a_trusted_mouse_click_wherever_the_element_is(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<button onclick="note('top', event.isTrusted)">Top</button><div style="height:3000px"></div>
    <button onclick="note('bottom')">Bottom</button>
    <iframe style="margin:50px;border:7px solid;height:100px"
      srcdoc="<p style='height:500px'>x<button onclick=&quot;parent.note('frame')&quot;>In frame"></iframe>
    <div id=host></div>
    <label><input type=checkbox style="position:absolute;opacity:0" onchange="note('box', this.checked)">Box</label>
    <script>host.attachShadow({mode: 'open'}).innerHTML = '<button>In shadow</button>';
    host.shadowRoot.firstChild.onclick = () => note('shadow');</script>"""
    )

    async def scenario(page: Page) -> None:
        seen = await page.observe()
        for ref in seen.elements:
            assert await feedback(page, f"click [{ref}]") == ""
        assert await log(page) == ["top true", "bottom", "frame", "shadow", "box true"]

    visit(html, scenario)


def test_what_cannot_be_clicked_says_why(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<button onclick="note('covered')">Covered</button><button disabled>Off</button>
    <button id=gone>Gone</button>
    <div class=veil style="position:absolute;left:0;top:0;width:75px;height:60px">Please wait</div>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, "click [1]") == 'element [1] is covered by div "Please wait"'
        assert await feedback(page, "click [2]") == "element [2] is disabled"
        await page.evaluate("() => document.getElementById('gone').remove()")
        assert await feedback(page, "click [3]") == "element [3] is no longer on the page"
        assert await feedback(page, "click [7]") == "there is no element [7]"
        assert await feedback(page, 'type [1] "x"') == "element [1] takes no text; use click"
        assert await feedback(page, 'select [1] "x"') == "element [1] is not a list of options; use click"
        assert await log(page) == []

    visit(html, scenario)


def test_type_replaces_the_content_and_listeners_for_keys_and_input_run(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<form onsubmit="note('submit', f.value); return false"><input id=f value=old aria-label=F></form>
    <textarea aria-label=T>old</textarea><div contenteditable aria-label=E>old</div><input readonly aria-label=R>
    <script>f.onkeyup = (e) => note('key', e.key, f.value); f.onchange = () => note('change');</script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, 'type [1] "héllo 😀"') == ""
        assert await log(page) == ["key 😀 héllo 😀"]
        assert await feedback(page, 'type [1] "bob" enter') == ""
        assert await log(page) == ["key b bob", "change", "submit bob", "key Enter bob"]
        assert await feedback(page, 'type [1] ""') == ""
        assert await feedback(page, 'type [2] "one\\ntwo"') == ""
        assert await feedback(page, 'type [3] "new"') == ""
        assert "read-only" in await feedback(page, 'type [4] "new"')
        seen = await page.observe()
        assert [element.value for element in seen.elements.values()] == ["", "one\ntwo", "new", ""]

    visit(html, scenario)


def test_fields_with_a_form_of_their_own_take_it_or_say_what_they_want(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<input type=date aria-label=D><input type=range min=0 max=10 aria-label=L>
    <input type=color aria-label=C><input type=number aria-label=N>
    <select aria-label=S onchange="note('change', this.value)"><option>Red<option value=b>Deep  blue</select>
    <select multiple aria-label=M><option>A<option>B<option>C</select>
    <script>for (const i of document.querySelectorAll('input')) i.onchange = () => note(i.type, i.value);</script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        for action in ('type [1] "2026-03-04"', 'type [2] "7"', 'type [3] "#00FF00"', 'type [4] "12.5"', 'press "Tab"'):
            assert await feedback(page, action) == ""
        assert await log(page) == ["date 2026-03-04", "range 7", "color #00ff00", "number 12.5"]
        assert "a value like 2026-01-31" in await feedback(page, 'type [1] "4 March"')
        assert "a number from 0 to 10" in await feedback(page, 'type [2] "much"')
        assert await feedback(page, 'type [2] "99"') == 'element [2] now holds "10"'
        await log(page)
        assert await feedback(page, 'select [5] "deep blue"') == ""
        assert await log(page) == ["change b"]
        assert await feedback(page, 'select [5] "Green"') == 'element [5] has no option "Green"'
        for label in ("A", "C", "A", "B"):
            assert await feedback(page, f'select [6] "{label}"') == ""
        seen = await page.observe()
        assert [seen.elements[ref].value for ref in (1, 2, 5, 6)] == ["2026-03-04", "10", "Deep blue", "B, C"]

    visit(html, scenario)


def test_press_sends_real_keys(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<input aria-label=A value=abc><button onclick="note('button')">B</button>
    <script>document.addEventListener('keydown', e => note(e.code, e.key, e.ctrlKey))</script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        await do(page, "click [1]")
        for key in ("Control+A", "x", "Tab", "Enter", "Space"):
            assert await feedback(page, f'press "{key}"') == ""
        assert (await page.observe()).elements[1].value == "x"
        assert await log(page) == [
            "KeyA a true", "KeyX x false", "Tab Tab false", "Enter Enter false", "button", "Space   false", "button",
        ]  # fmt: skip

    visit(html, scenario)


def test_the_page_is_seen_after_it_has_answered_not_before(visit: Callable[..., None], site: Any) -> None:
    site.pages["/data"] = ("text/plain", "from the server")
    html = """<p id=out>-</p><script>
      const show = (text) => out.textContent = text;
      const later = (ms, f) => setTimeout(f, ms);
      addEventListener('hashchange', () => Promise.resolve().then(() => later(0, () => show('hash'))));
      let n = 0, m = 0, id;
      function fade() { id = setInterval(() => { show('fade ' + ++n); if (n == 10) clearInterval(id); }, 16); }
      function frames() { show('frame ' + m); if (m++ < 8) requestAnimationFrame(frames); }
      function xhr() {
        const x = new XMLHttpRequest();
        x.onload = () => later(20, () => show('xhr'));
        x.open('GET', '/data');
        x.send();
      }
    </script>
    <a href="#x">Hash</a>
    <button onclick="later(200, () => show('timer'))">Timer</button>
    <button onclick="later(50, () => later(50, () => show('chain')))">Chain</button>
    <button onclick="fetch('/data').then(r => r.text()).then(show)">Fetch</button>
    <button onclick="xhr()">Xhr</button>
    <button onclick="fade()">Fade</button><button onclick="frames()">Frames</button>"""
    wanted = ["hash", "timer", "chain", "from the server", "xhr", "fade 10", "frame 8"]

    async def scenario(page: Page) -> None:
        for ref, text in enumerate(wanted, start=1):
            await page.observe()
            await do(page, f"click [{ref}]")
            assert f'text "{text}"' in (await page.observe()).text

    visit(html, scenario, quiet_ms=20)  # a busy machine may need more than 5 ms between two ticks


def test_a_page_that_is_never_quiet_is_seen_after_the_cap(visit: Callable[..., None]) -> None:
    html = "<p id=n>0</p><button>B</button><script>setInterval(() => n.textContent++, 3)</script>"

    async def scenario(page: Page) -> None:
        await page.observe()
        await do(page, "click [1]")
        assert "button" in (await page.observe()).text

    visit(html, scenario, quiet_cap_ms=200)


def test_links_forms_back_and_goto_move_between_pages(visit: Callable[..., None], site: Any) -> None:
    site.pages["/two"] = "<title>Two</title><p>second</p><form action=/three><input name=q aria-label=Q></form>"
    site.pages["/three"] = "<p>third</p>"
    html = "<title>One</title><a href=/two>Two</a><p style='height:4000px'>tall</p>"

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, "scroll up") == "the page does not scroll further up"
        assert await feedback(page, "scroll down") == ""
        assert await page.evaluate("() => scrollY") > 300
        assert await feedback(page, "go_back") == "there is no page to go back to"
        assert await feedback(page, "click [1]") == ""
        assert (await page.observe()).title == "Two"
        assert await feedback(page, 'type [1] "a b" enter') == ""
        seen = await page.observe()
        assert "third" in seen.text
        assert seen.url.endswith("/three?q=a+b")
        assert await feedback(page, "go_back") == ""
        assert (await page.observe()).title == "Two"
        assert await feedback(page, f'goto "{site.origin}/"') == ""
        assert (await page.observe()).title == "One"

    visit(html, scenario)
