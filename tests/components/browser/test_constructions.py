"""Elements that pages build in unusual ways are seen and used; each kind is one that failed with other tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.browser.actions import parse_action
from components.browser.page import Page

OUT = "<p id=out>-</p><script>var say = (text) => { out.textContent = 'said ' + text; };</script>"
ROWS = "<div class=row>Apples</div><div class=row>Pears</div>"

# A page; the lines of its elements; an action, and the answer that the page then shows.
USED: dict[str, tuple[str, list[str], str, str]] = {
    "handlers that React before version 17 keeps": (
        f"<div id=root>{ROWS}</div>" + OUT + """<script>
        document.querySelectorAll('.row').forEach((row) => {
          row['__reactInternalInstance$a1'] = {};
          row['__reactEventHandlers$a1'] = { onClick() { say(row.textContent) } } });
        document.addEventListener('click', (e) => e.target['__reactEventHandlers$a1']?.onClick());</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "handlers of a jQuery that the page keeps to itself": (
        f"<div id=box>{ROWS}<p>Words</p></div>" + OUT + """<script>{
        const kept = 'jQuery3710483920174829301', go = (e) => {
          const { selector } = box[kept].events.click[0], hit = e.target['closest'](selector);
          if (hit) say(hit.textContent) };
        const handle = function (e) { return go(e) };
        box[kept] = { events: { click: [{ selector: '.row' }] }, handle };
        box.addEventListener('click', handle) }</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "clicks bound by attributes that one handler reads": (
        "<div jsaction='click:x1; focus:y'>Apples</div><div phx-click=pick>Pears</div><div on:click='a.js#b'>Plums"
        "</div><div data-track-click=z>Counted</div>" + OUT + """<script>addEventListener('click', (e) => {
        if (e.target.hasAttribute('on:click')) say(e.target.textContent) })</script>""",
        ['clickable "Apples"', 'clickable "Pears"', 'clickable "Plums"'], "click [3]", "said Plums",
    ),
    "clicks bound by attributes of Qwik's second version": (
        "<div q-e:click='q.js#a'>Apples</div><div q-e:click='q.js#b'>Pears</div><div q-e:mouseover=z>Hover</div>"
        + OUT + """<script>document.addEventListener('click', (e) => {
        if (e.target.getAttribute('q-e:click')) say(e.target.textContent) }, { capture: true })</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "handlers that Svelte keeps as lists": (
        f"<div id=root>{ROWS}</div>" + OUT + """<script>
        document.querySelectorAll('.row').forEach((row) => { row.__click = [(e, what) => say(what), row.textContent] });
        document.addEventListener('click', (e) => { const kept = e.composedPath()[0].__click;
          if (kept) kept[0](e, ...kept.slice(1)) });</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "handlers that Svelte keeps under a symbol": (
        f"<div id=root>{ROWS}</div>" + OUT + """<script>{ const kept = Symbol('events');
        document.querySelectorAll('.row').forEach((row) => { row[kept] = { click: () => say(row.textContent) } });
        root[kept] = { input: say }; root[Symbol('host')] = document.body;
        document.addEventListener('click', (e) => { const [hit] = e.composedPath();
          if (hit[kept]) hit[kept][e.type](e) }) }</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "handlers that Vue keeps without a virtual document": (
        f"<div id=root>{ROWS}</div>" + OUT + """<script>
        document.querySelectorAll('.row').forEach((row) => { row.$evtclick = () => say(row.textContent) });
        document.addEventListener('click', (e) => { const [hit] = e.composedPath();
          if (hit['$evt' + e.type]) hit['$evt' + e.type](e) });</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "handlers that Blazor keeps by their names": (
        f"<div id=root>{ROWS}</div>" + OUT + """<script>
        document.querySelectorAll('.row').forEach((row) => { row._blazorEvents_1 = { handlers: { click: 3 } } });
        root._blazorEvents_1 = { handlers: { keydown: 4 } };
        document.addEventListener('click', (e) => { const [hit] = e.composedPath();
          if (hit._blazorEvents_1) say(hit.textContent) });</script>""",
        ['clickable "Apples"', 'clickable "Pears"'], "click [2]", "said Pears",
    ),
    "a closed root that stands in the markup": (
        "<x-card><template shadowrootmode=closed><button onclick='say(1)'>Inside</button><slot></slot></template>"
        "<b>slotted</b></x-card>" + OUT + """<script>customElements.define('x-card', class extends HTMLElement {
        constructor() { super(); this.inner = this.attachInternals() } })</script>""",
        ['button "Inside"'], "click [1]", "said 1",
    ),
    "attributes for the pointer": (
        "<div onpointerdown='say(1)'>Down</div><div onpointerup='say(2)'>Up</div>" + OUT,
        ['clickable "Down"', 'clickable "Up"'], "click [2]", "said 2",
    ),
    "a listener that the browser has taken away": (
        "<div id=a>Once</div><div id=b>Off</div><div id=c>On</div>" + OUT + """<script>
        const off = new AbortController(); b.addEventListener('click', say, { signal: off.signal }); off.abort();
        a.addEventListener('click', say, { once: true }); a.click();
        c.addEventListener('click', () => say('on'), { signal: new AbortController().signal });</script>""",
        ['clickable "On"'], "click [1]", "said on",
    ),
    "elements without a box": (
        "<a href=#x style='display:contents' onclick='say(1)'>Open</a><button style='display:contents' "
        "onclick='say(2)'>Press</button>" + OUT,
        ['link "Open"', 'button "Press"'], "click [2]", "said 2",
    ),
    "what stands behind the body": (
        OUT + "<button>In</button><script>const bar = document.createElement('div');"
        "bar.innerHTML = '<button onclick=\"say(9)\">Accept</button>'; document.documentElement.append(bar)</script>",
        ['button "In"', 'button "Accept"'], "click [2]", "said 9",
    ),
    "what an inner scroller has scrolled away": (
        "<style>body{margin:0;overflow:hidden}#m{height:200px;overflow:auto}.c{height:180px;position:relative}"
        ".c button{position:absolute;right:5px}</style><div id=m>"
        + "".join(f"<div class=c><button onclick='say({n})'>Buy {n}</button></div>" for n in range(4))
        + "</div><script>m.scrollTop = 500</script>" + OUT,
        [f'button "Buy {n}"' for n in range(4)], "click [1]", "said 0",
    ),
    "slides before the one that is shown": (
        "<style>#m{width:300px;height:60px;overflow-x:auto;position:relative}.c{position:absolute}</style><div id=m>"
        + "".join(f"<div class=c style='left:{n * 300}px'><button onclick='say({n})'>Go {n}</button></div>"
                  for n in range(3))
        + "</div><script>m.scrollLeft = 600</script>" + OUT,
        [f'button "Go {n}"' for n in range(3)], "click [1]", "said 0",
    ),
    "far to the left of a page that runs from the right": (
        "<html dir=rtl>" + OUT + "<div style='position:absolute;right:1500px;top:60px'><button onclick='say(1)'>Far"
        "</button></div></html>",
        ['button "Far"'], "click [1]", "said 1",
    ),
    "details without a summary": (
        "<details ontoggle='say(open)'><p>Inner</p></details>" + OUT,
        ['button "Details" collapsed'], "click [1]", "said true",
    ),
    "a field that lets itself be written to at a click": (
        "<input aria-label=User readonly onfocus='readOnly = false' oninput='say(value)'>" + OUT,
        ['textbox "User" readonly'], 'type [1] "bob"', "said bob",
    ),
    "an editor by EditContext": (
        "<div id=e tabindex=0 aria-label=Code style='height:40px;border:1px solid'></div>" + OUT + """<script>
        const edit = new EditContext(); e.editContext = edit;
        edit.addEventListener('textupdate', () => { e.textContent = edit.text; say(edit.text) });</script>""",
        ['textbox "Code"'], 'type [1] "hi"', "said hi",
    ),
    "the same option in two groups": (
        "<select aria-label=Size onchange='say(value)'><optgroup label=Men><option value=m>42</optgroup><optgroup "
        "label=Women><option value=w>42<option value=v>43</optgroup></select>" + OUT,
        ['combobox "Size" value "Men: 42" options "Men: 42", "Women: 42", "43"'], 'select [1] "Women: 42"', "said w",
    ),
    "a document of the page's own markup in a sandbox": (
        """<iframe sandbox=allow-scripts srcdoc="<button onclick='this.textContent = `paid`'>Pay</button>"></iframe>""",
        ['button "Pay"'], "click [1]", "paid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", USED)
def test_what_can_be_used_is_listed_and_used(kind: str, visit: Callable[..., None]) -> None:
    html, lines, action, shown = USED[kind]

    async def scenario(page: Page) -> None:
        assert [element.line for element in (await page.observe()).elements.values()] == lines
        assert (await page.act(parse_action(action))).feedback == ""
        assert f'"{shown}"' in (await page.observe()).text

    visit(html, scenario)


# A page, and its text.
SEEN = {
    "words of a style": (
        "<style>.s::before{content:'Save all'}.i::before{content:'\\e900'}</style><button class=s></button><button "
        "class=i></button>",
        '[1] button "Save all"\n[2] button .i',
    ),
    "signs of what has no words": (
        "<button><svg width=9 height=9><use href='#i-bin'/></svg></button><button><i class='fa fa-pen'></i></button>"
        "<button data-original-title='Delete row' class=btn></button>",
        '[1] button #i-bin\n[2] button .fa.fa-pen\n[3] button "Delete row"',
    ),
    "dots in the place of what is typed": (
        "<input aria-label=PIN style='-webkit-text-security:disc' value=4711>",
        '[1] textbox "PIN" value "••••"',
    ),
    "nothing of what is folded until it is found": (
        "<div hidden=until-found><button>Folded</button>secret</div><div style='content-visibility:auto'>"
        "<button>Below</button></div>",
        '[1] button "Below"',
    ),
    "nothing of a body that is not shown": ("<style>body{display:none}</style><button>Ghost</button>", ""),
}


@pytest.mark.parametrize("kind", SEEN)
def test_what_is_seen_is_told_and_nothing_else(kind: str, visit: Callable[..., None]) -> None:
    html, text = SEEN[kind]

    async def scenario(page: Page) -> None:
        assert (await page.observe()).text == text

    visit(html, scenario)


def test_a_click_opens_a_field_that_stays_read_only_and_says_so(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        told = await page.act(parse_action('type [1] "2026-01-01"'))
        assert told.feedback == "element [1] is read-only"
        assert '"said calendar"' in (await page.observe()).text

    visit("<input aria-label=When readonly onclick=\"say('calendar')\">" + OUT, scenario)


def test_an_option_that_may_be_one_of_several_is_not_guessed(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        told = await page.act(parse_action('select [1] "42"'))
        assert 'has option "42" in several groups' in told.feedback
        assert '"-"' in (await page.observe()).text

    visit(USED["the same option in two groups"][0], scenario)


def test_a_sandbox_with_a_document_from_elsewhere_stays_a_name(visit: Callable[..., None], site: Any) -> None:
    site.pages["/mail"] = "<button>Theirs</button>"

    async def scenario(page: Page) -> None:
        assert not (await page.observe()).elements

    visit(
        f"<iframe sandbox src={site.other}/mail></iframe><iframe src='data:text/html,<button>D</button>'></iframe>",
        scenario,
    )
