"""An action's consequences are waited for, whichever way a page brings them about; what has none costs no time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from components.browser.actions import parse_action
from components.browser.page import Page

HEAD = """<p id=out>-</p><style>#box { transition: visibility 0.2s } .gone { visibility: hidden }</style>
<script>const show = (text) => { out.textContent = text; };</script>"""

# What a click runs; it must end in the text "done".
WAYS = {
    "a frame, before anything changed": "requestAnimationFrame(() => requestAnimationFrame(() => show('done')))",
    "a message channel's chain": """let n = 0; const c = new MessageChannel();
        c.port1.onmessage = () => ++n < 20 ? c.port2.postMessage(0) : show('done'); c.port2.postMessage(0)""",
    "a message to itself": "window.addEventListener('message', () => show('done')); window.postMessage('x', '*')",
    "a worker": """const w = new Worker(window.URL.createObjectURL(new Blob(['onmessage = () => postMessage(1)'])));
        w.onmessage = () => show('done'); w.postMessage(0)""",
    "a database": """const asked = indexedDB.open('x'); asked.onsuccess = () => show('done')""",
    "a digest": "crypto.subtle.digest('SHA-256', new Uint8Array(1e6)).then(() => show('done'))",
    "a streamed answer": """fetch('/slow').then(async (r) => { const b = r.body.getReader();
        while (!(await b.read()).done); show('done'); })""",
    "a script": """const s = document.createElement('script'); s.src = '/late.js'; document.head.append(s)""",
    "a module": "import('/late.js')",
    "a frame's document": "out.outerHTML = '<iframe src=/frame></iframe>'",
    "what watches sizes": "new ResizeObserver(() => show('done')).observe(document.body)",
    "what watches visibility": "new IntersectionObserver(() => show('done')).observe(document.body)",
    "a transition's end": """out.style.transition = 'opacity 0.25s'; out.ontransitionend = () => show('done');
        out.style.opacity = 0.5""",
    "an animation's end": "out.animate({opacity: [0, 1]}, 250).finished.then(() => show('done'))",
    "a timer": "setTimeout(() => show('done'), 340)",
    "a promise's chain": "(async () => { for (let i = 0; i < 500; i++) await null; show('done'); })()",
    "a history entry": """history.pushState(1, ''); history.pushState(2, ''); onpopstate = () => show('done');
        history.back()""",
}


def test_a_click_is_over_when_its_effect_is_there(visit: Callable[..., None], site: Any) -> None:
    site.pages["/late.js"] = ("text/javascript", lambda: time.sleep(0.05) or "show('done')")
    site.pages["/slow"] = ("text/plain", lambda: time.sleep(0.05) or "x" * 300_000)
    site.pages["/frame"] = lambda: time.sleep(0.05) or "<p>done</p>"
    for number, script in enumerate(WAYS.values()):
        button = f'<button onclick="{script.replace(chr(34), "&quot;")}">Go</button>'
        site.pages[f"/{number}"] = f"{HEAD}<script>globalThis.show = show</script>{button}"

    async def scenario(page: Page) -> None:
        late = []
        for number, way in enumerate(WAYS):
            await page.goto(f"{site.origin}/{number}")
            assert 'text "-"' in (await page.observe()).text
            await page.act(parse_action("click [1]"))
            if 'text "done"' not in (await page.observe()).text:
                late.append(way)
        assert not late

    visit("", scenario)


def test_a_transition_that_hides_is_over_when_it_is_seen(visit: Callable[..., None]) -> None:
    html = HEAD + "<div id=box>still there</div><button onclick=\"box.classList.add('gone')\">Hide</button>"

    async def scenario(page: Page) -> None:
        assert "still there" in (await page.observe()).text
        await page.act(parse_action("click [1]"))
        assert "still there" not in (await page.observe()).text

    visit(html, scenario)


async def seconds(page: Page, action: str) -> float:
    began = time.monotonic()
    await page.act(parse_action(action))
    return time.monotonic() - began


def test_endless_decoration_and_what_ran_before_are_not_waited_for(visit: Callable[..., None], site: Any) -> None:
    site.pages["/poll"] = ("text/plain", lambda: time.sleep(3) or "news")
    html = """<style>@keyframes spin { to { transform: rotate(1turn) } } i { animation: spin 1s infinite }
    </style><i>o</i><button>Nothing</button><p id=n>0</p><script>fetch('/poll'); let turn = 0;
    (function loop() { turn++; requestAnimationFrame(loop); })(); setInterval(() => 0, 40)</script>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        await seconds(page, "click [1]")
        assert min([await seconds(page, "click [1]") for _ in range(5)]) < 0.5

    visit(html, scenario, quiet_cap_ms=1500)


def test_a_slow_timer_that_never_does_anything_is_waited_for_twice_and_one_that_does_always(
    visit: Callable[..., None],
) -> None:
    """jQuery UI's menus set a timer of 300 ms at every click, which closes what is not open; its autocompletion
    searches after one of 300 ms too."""
    html = """<button onclick="setTimeout(() => document.body.setAttribute('class', ''), 330)">Idle</button>
    <button onclick="setTimeout(function act() { out.textContent++ }, 330)">Busy</button>
    <button onclick="setTimeout(function fill() { f.value += 'x' }, 330)">Fill</button>
    <input aria-label=F id=f oninput="setTimeout(function search() { hits.textContent = f.value }, 330)">
    <p id=out>0</p><p id=hits></p><script>document.body.setAttribute('class', '')</script>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        assert [(await seconds(page, "click [1]")) > 0.33 for _ in range(2)] == [True, True]
        assert min([await seconds(page, "click [1]") for _ in range(3)]) < 0.3
        for number in range(1, 5):
            await seconds(page, "click [2]")
            assert f'"{number}"' in (await page.observe()).text
            await seconds(page, "click [3]")
            assert (await page.observe()).elements[4].value == "x" * number
        for text in ("", "", "", "late"):  # the first searches find nothing
            await page.act(parse_action(f'type [4] "{text}"'))
        assert 'text "late"' in (await page.observe()).text

    visit(html, scenario)


def test_a_page_that_is_still_loading_says_so_and_the_next_actions_wait_for_it(
    visit: Callable[..., None], site: Any
) -> None:
    site.pages["/find"] = ("text/plain", lambda: time.sleep(1.5) or "three hits")
    site.pages["/slow.js"] = ("text/javascript", lambda: time.sleep(1.5) or "show('done')")
    site.pages["/poll"] = lambda: time.sleep(20) or "news"
    ask = "fetch('/find').then((r) => r.text()).then(show)"
    script = "const s = document.createElement('script'); s.src = '/slow.js'; document.head.append(s)"
    inside = "fetch('/find').then((r) => r.text()).then((t) => parent.show(t))"
    html = f"""{HEAD}<script>globalThis.show = show</script><button onclick="{ask}">Fetch</button>
    <button onclick="{script}">Script</button><button onclick="show('-'); fetch('/poll')">Poll</button>
    <button>Nothing</button><iframe srcdoc="<button onclick=&quot;{inside}&quot;>Within</button>"></iframe>"""

    async def scenario(page: Page) -> None:
        await page.observe()
        for first, second in ((1, "click [4]"), (5, 'note "not there yet"'), (2, "wait")):
            await page.evaluate("() => show('-')")
            asked = await page.act(parse_action(f"click [{first}]"))
            assert asked.loading
            assert asked.feedback == "The page is still loading; wait lets it go on."
            for _ in range(8):
                after = await page.act(parse_action(second))
                if not after.loading:
                    break
            assert after.feedback == ""
            assert 'text "-"' not in (await page.observe()).text, second
        await page.act(parse_action("click [3]"))
        assert (await page.act(parse_action('note "x"'))).loading

    visit(html, scenario, quiet_cap_ms=500)


def test_a_page_without_timers_or_with_false_ones_is_waited_for_in_time(visit: Callable[..., None], site: Any) -> None:
    breaks = "setTimeout = setInterval = requestAnimationFrame = MessageChannel = undefined; Promise = null"
    site.pages["/broken"] = f'<script>{breaks}</script><p id=out>-</p><button onclick="out.textContent = 1">Go</button>'
    site.pages["/boxed"] = ("text/html", "<p>raw</p><button>Go</button>", ("content-security-policy", "sandbox"))

    async def scenario(page: Page) -> None:
        for path in ("/broken", "/boxed"):
            await page.goto(site.origin + path)
            assert "button" in (await page.observe()).text
            assert await seconds(page, "click [1]") < 5
            assert "button" in (await page.observe()).text

    visit("", scenario, hang_seconds=15)


def test_waiting_takes_a_while_also_where_a_page_seems_to_be_quiet(visit: Callable[..., None]) -> None:
    html = (
        f"""{HEAD}<script>globalThis.show = show</script><button onclick="setTimeout(show, 1800, 'late')">Go</button>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        await page.act(parse_action("click [1]"))
        for _ in range(4):  # as many as end an episode where nothing changes
            await page.act(parse_action("wait"))
        assert 'text "late"' in (await page.observe()).text

    visit(html, scenario)
