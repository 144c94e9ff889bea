"""Typing sends what a keyboard sends, and says what a field holds where that is not what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.browser.page import Page
from components.browser.quoting import quote
from tests.components.browser.test_acting import LOG, feedback, log


def test_a_number_is_typed_and_what_hangs_on_its_keys_is_computed(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<input id=n type=number value=1 aria-label=Quantity><output id=t>10</output>
    <button id=o disabled>Order</button><script>
    n.onkeyup = () => { t.value = n.value * 10; o.disabled = !n.value }; n.oninput = () => note(n.value)</script>"""
    )

    async def scenario(page: Page) -> None:
        for text, total in (("5", "50"), ("12.5", "125"), ("-3", "-30"), ("1e3", "10000")):
            await page.observe()
            assert await feedback(page, f'type [1] "{text}"') == ""
            assert await page.evaluate("() => t.value + o.disabled") == total + "false"
        assert await feedback(page, 'type [1] "1,99"') == 'element [1] does not take "1,99"; it wants a number'
        assert await feedback(page, 'type [1] ""') == ""
        assert await page.evaluate("() => n.value") == ""

    visit(html, scenario)


@pytest.mark.parametrize(
    ("kind", "text", "holds"),
    [
        ("date", "2026-03-04", "2026-03-04"),
        ("time", "13:45", "13:45"),
        ("month", "2026-03", "2026-03"),
        ("week", "2026-W05", "2026-W05"),
        ("datetime-local", "2026-03-04 13:45", "2026-03-04T13:45"),
        ("number", "42", "42"),
        ("email", "a@b.c", "a@b.c"),
        ("tel", "+1 234", "+1 234"),
        ("search", "x y", "x y"),
        ("url", "http://a.b/?c", "http://a.b/?c"),
        ("password", "s3cret,", "s3cret,"),
    ],
)
def test_every_kind_of_field_sends_keys(kind: str, text: str, holds: str, visit: Callable[..., None]) -> None:
    html = (
        LOG
        + f"""<input type={kind} aria-label=F><script>const f = document.querySelector('input');
      for (const type of ['keydown', 'input', 'keyup']) f.addEventListener(type, e => note(type, e.key || f.value));
    </script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, f'type [1] "{text}"') == ""
        assert await page.evaluate("() => f.value") == holds
        seen = await log(page)
        assert [seen[-3], seen[-2], seen[-1]] == [f"keydown {text[-1]}", f"input {holds}", f"keyup {text[-1]}"]

    visit(html, scenario)


BOXES = "<form>" + "<input inputmode=numeric size=1 aria-label=C {more}>" * 4 + "</form><script>{script}</script>"
AUTOTAB = """const all = [...document.querySelectorAll('input')];
  all.forEach((f, i) => f.addEventListener('input', () => {
    f.value = f.value.slice(-1); if (all[i + 1]) all[i + 1].focus() }))"""


@pytest.mark.parametrize(
    "html",
    [
        BOXES.format(more="maxlength=1", script=AUTOTAB),
        BOXES.format(more="", script=AUTOTAB),
        BOXES.replace(" size=1", "").format(more="", script=AUTOTAB),  # nothing tells beforehand
        BOXES.format(
            more="maxlength=1",
            script=AUTOTAB.replace("'input', ()", "'keyup', ()").replace("f.value = f.value.slice(-1); ", ""),
        ),
    ],
)
def test_a_code_goes_on_in_the_next_box(html: str, visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, 'type [1] "4829"') == ""
        assert (
            await page.evaluate("() => [...document.querySelectorAll('input')].map(f => f.value).join()") == "4,8,2,9"
        )

    visit(html, scenario)


@pytest.mark.parametrize(
    ("html", "text", "said"),
    [
        ("<input id=f maxlength=4>", "123456", 'element [1] now holds "1234"'),
        ("<input id=f oninput=\"value = value.replace(/\\D/g, '')\">", "a1b2", 'element [1] now holds "12"'),
        (
            "<input id=f type=tel oninput=\"value = value.replace(/\\D/g, '')"
            ".replace(/^(...)(...)(.*)/, '($1) $2-$3')\">",
            "1234567890",
            'element [1] now holds "(123) 456-7890"',
        ),
        (
            "<input id=f oninput=\"value = value.replace(/ /g, '').replace(/(....)(?=.)/g, '$1 ')\">",
            "4242424242424242",
            'element [1] now holds "4242 4242 4242 4242"',
        ),
        ("<input id=f type=password maxlength=3>", "secret", "element [1] now holds 3 characters"),
        ("<input id=f oninput=\"value = ''\">", "x", 'element [1] now holds ""'),
        ("<input id=f type=range min=0 max=10>", "99", 'element [1] now holds "10"'),
        ("<input id=f readonly>", "x", "element [1] is read-only"),
        ("<fieldset disabled><input id=f></fieldset>", "x", "element [1] is disabled"),
        ("<input id=f aria-readonly=true>", "x", "element [1] is read-only"),
        ("<input id=f onfocus='g.focus()'><input id=g aria-label=Find>", "x",
         'element [1] gave the keyboard to input "Find"; nothing was typed'),
    ],
)  # fmt: skip
def test_what_a_field_holds_instead_is_told(html: str, text: str, said: str, visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, f'type [1] "{text}"') == said

    visit(html.replace("id=f", "id=f aria-label=F"), scenario)


TEXTS = [
    "naïve 日本語", "שלום עולם", "👨‍👩‍👧 ok 👍🏽", "e\u0301", "a  b", "tab\tbed", 'quo"te\\', "x" * 300, "٣٤ ۵", "🇩🇪",
]  # fmt: skip


@pytest.mark.parametrize(
    "html",
    [
        "<input aria-label=F>",
        "<textarea aria-label=F>old</textarea>",
        "<div contenteditable aria-label=F><p>old <b>words</b></p></div>",
        """<div contenteditable aria-label=F id=e>old</div><script>let held = 'old';
        e.addEventListener('beforeinput', (event) => { event.preventDefault();
          const all = getSelection().toString() === held && held !== '';
          held = (all ? '' : held) + (event.data || ''); e.textContent = held; getSelection().selectAllChildren(e);
          getSelection().collapseToEnd(); })</script>""",  # editors that keep a model of their own
    ],
)
def test_every_text_is_typed_as_it_is(html: str, visit: Callable[..., None]) -> None:
    held = "() => { const f = document.querySelector('[aria-label=F]'); return f.value ?? f.textContent }"

    async def scenario(page: Page) -> None:
        await page.observe()
        for text in TEXTS:
            if "contenteditable" in html and text in ("a  b", "tab\tbed"):
                continue  # spaces of other kinds
            assert await feedback(page, f"type [1] {quote(text)}") == ""
            assert await page.evaluate(held) == text

    visit(html, scenario)


@pytest.mark.parametrize("frame", ["<body contenteditable><p>Old words</p>", "<body contenteditable>", "<p>Old", ""])
def test_a_document_that_is_a_text_field_is_typed_into(frame: str, visit: Callable[..., None], site: Any) -> None:
    site.pages["/ed"] = frame
    mode = "" if "contenteditable" in frame else "onload=\"contentDocument.designMode = 'on'\""

    async def scenario(page: Page) -> None:
        (ref,) = (await page.observe()).elements
        for text in ("New words", "Others"):
            assert await feedback(page, f'type [{ref}] "{text}"') == ""
            assert (await page.evaluate("() => frames[0].document.body.innerText")).strip() == text

    visit(f'<iframe title=Body src=/ed style="height:200px" {mode}></iframe>', scenario)


def test_a_comma_and_other_keys_make_a_tag(visit: Callable[..., None]) -> None:
    html = (
        LOG
        + """<input id=f aria-label=Tags><script>f.onkeydown = (e) => { note(e.key, e.code, e.keyCode, e.shiftKey);
      if (e.keyCode === 188 && !e.shiftKey) { e.preventDefault(); note('[' + f.value + ']'); f.value = '' } };
      f.onkeypress = (e) => note(e.charCode)</script>"""
    )

    async def scenario(page: Page) -> None:
        await page.observe()
        assert await feedback(page, 'type [1] "blue"') == ""
        await log(page)
        assert await feedback(page, 'press ","') == ""
        assert await log(page) == [", Comma 188 false", "[blue]"]
        assert await feedback(page, 'press "?"') == ""
        assert await log(page) == ["? Slash 191 true", "63"]
        assert await feedback(page, 'type [1] "red,"') == 'element [1] now holds ""'
        assert (await log(page))[-1] == "[red]"

    visit(html, scenario)


LISTS = """<select aria-label=A><option>One<option>&nbsp;HTML&nbsp;5&nbsp;<option value=x>Two&shy;fold<option>A<option>A
</select><select aria-label=B><optgroup label=Off disabled><option>Same</optgroup><optgroup label=On>
<option value=on>Same
<option disabled>Gone</optgroup></select><input aria-label=C list=l><datalist id=l><option>x</datalist>
<label>D <select id=d><option>1<option>2</select></label><select aria-label=E id=e><option>keep<option>other</select>
<script>for (const s of document.querySelectorAll('select'))
  for (const type of ['input', 'change']) s.addEventListener(type, () => note(type, s.value));
e.addEventListener('change', () => { e.value = 'keep' })</script>"""


def test_options_are_chosen_by_what_they_show(visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        refs = {element.name: ref for ref, element in (await page.observe()).elements.items()}
        for name, label, value in (
            ("A", "HTML 5", "\u00a0HTML\u00a05\u00a0"),
            ("A", "twofold", "x"),
            ("A", "A", "A"),
            ("B", "Same", "on"),
            ("D", "2", "2"),
        ):
            await page.evaluate("(d) => { document.querySelectorAll('select')[1].selectedIndex = -1 }")
            assert await feedback(page, f'select [{refs[name]}] "{label}"') == ""
            assert await log(page) == [f"input {value}", f"change {value}"]
        assert await feedback(page, f'select [{refs["B"]}] "Gone"') == 'option "Gone" is disabled'
        assert "use type" in await feedback(page, f'select [{refs["C"]}] "x"')
        said = await feedback(page, f'select [{refs["E"]}] "other"')
        assert said == f'element [{refs["E"]}] now holds "keep"'

    visit(LOG + LISTS, scenario)
