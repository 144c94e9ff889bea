"""Scrolling moves what a person's mouse wheel would move."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.browser.page import Page
from tests.components.browser.test_acting import LOG, feedback

CITIES = """<div id=list style="height:200px;overflow-y:auto"></div><script>let n = 0;
const more = () => { for (let i = 0; i < 10; i++) list.insertAdjacentHTML('beforeend', `<button style="display:block;
  height:38px">City ${++n}</button>`) };
more();
list.onscroll = () => { if (n < 40 && list.scrollTop + list.clientHeight > list.scrollHeight - 20) more() }</script>"""
DIALOG = f'<div HOW style="position:fixed;inset:80px;background:#fff"><h2>Choose</h2>{CITIES}</div>'
TALL = '<p style="height:3000px">page</p>'
PAGES = {
    "in a dialog": TALL + DIALOG.replace("HOW", "role=dialog aria-modal=true"),
    "in a dialog over a locked page": "<style>body { overflow: hidden }</style>" + TALL
    + DIALOG.replace("HOW", "role=dialog aria-modal=true"),
    "in a native dialog": f"{TALL}<dialog id=d>{CITIES}</dialog><script>d.showModal()</script>",
    "at the middle of the view": TALL + DIALOG,
    "in a list aside, in a dialog": TALL
    + f"""<div role=dialog aria-modal=true style="position:fixed;inset:10px;background:#fff">
      <div style="position:absolute;left:0;top:0;width:150px">{CITIES}</div></div>""",
    "in a frame": """<style>body { overflow: hidden; margin: 0 }</style>
      <iframe style="position:fixed;inset:0;width:100%;height:100%" src=/cities></iframe>""",
    "the only one, at the edge": f'<div style="position:absolute;left:0;top:0;width:150px">{CITIES}</div>',
}  # fmt: skip


@pytest.mark.parametrize("where", PAGES)
def test_a_list_that_grows_is_scrolled_to_its_end(where: str, visit: Callable[..., None], site: object) -> None:
    site.pages["/cities"] = "<body style='display:grid;align-content:center;height:500px'>" + CITIES  # type: ignore[attr-defined]

    async def scenario(page: Page) -> None:
        for _ in range(16):
            if "City 40" in (await page.observe()).text:
                break
            assert await feedback(page, "scroll down") == ""
        assert "City 40" in (await page.observe()).text
        assert await page.evaluate("() => scrollY") == 0

    visit(LOG + PAGES[where], scenario)


def test_a_dialog_inside_a_component_is_scrolled_and_not_the_page_behind(visit: Callable[..., None]) -> None:
    html = (
        TALL
        + """<div id=host></div><script>host.attachShadow({ mode: 'closed' }).innerHTML =
        `<div role=dialog aria-modal=true style="position:fixed;inset:80px;background:#fff"><div onscroll=
        "document.title = 'inside'" style="height:90px;overflow-y:auto">${'<p>City</p>'.repeat(60)}</div>
        </div>`</script>"""
    )

    async def scenario(page: Page) -> None:
        assert await feedback(page, "scroll down") == ""
        assert (await page.observe()).title == "inside"
        assert await page.evaluate("() => scrollY") == 0

    visit(html, scenario)


def test_around_the_last_element_acted_on_then_what_is_around_that(visit: Callable[..., None]) -> None:
    area = """<div class=area style="overflow:auto;height:120px;width:200px;position:absolute;left:{left}px;top:20px">
      <button style="margin-bottom:300px">{name}</button></div>"""
    html = area.format(left=0, name="Left") + area.format(left=500, name="Right") + TALL
    where = "() => [...document.querySelectorAll('.area')].map(a => a.scrollTop > 0).join() + (scrollY > 0)"

    async def scenario(page: Page) -> None:
        refs = {element.name: ref for ref, element in (await page.observe()).elements.items()}
        assert await feedback(page, f"click [{refs['Right']}]") == ""
        assert await feedback(page, "scroll down") == ""
        assert await page.evaluate(where) == "false,truefalse"
        for _ in range(4):
            assert await feedback(page, "scroll down") == ""
        assert await page.evaluate(where) == "false,truetrue"

    visit(html, scenario)


@pytest.mark.parametrize(
    "html",
    [
        "<style>html { overflow: hidden }</style>" + TALL,
        "<style>body { overflow: clip }</style>" + TALL,
        "<p>short</p>",
        '<div style="height:100px;overflow:hidden"><p style="height:900px">cut</p></div>',
        "",
    ],
)
def test_what_no_person_could_scroll_is_not(html: str, visit: Callable[..., None]) -> None:
    async def scenario(page: Page) -> None:
        for direction in ("down", "up"):
            assert await feedback(page, f"scroll {direction}") == f"the page does not scroll further {direction}"
        assert (
            await page.evaluate("() => scrollY + [...document.querySelectorAll('*')].some(e => e.scrollTop > 0)") == 0
        )

    visit(html, scenario)


def test_chats_that_begin_at_the_bottom_and_rows_that_go_sideways_are_scrolled(visit: Callable[..., None]) -> None:
    html = """<div id=c style="height:300px;overflow:auto;display:flex;flex-direction:column-reverse"><p
      style="min-height:2000px">chat</p></div>"""
    row = '<div id=c style="overflow:auto;white-space:nowrap;height:500px"><p style="width:5000px">row</p></div>'

    async def chat(page: Page) -> None:
        assert await feedback(page, "scroll up") == ""
        assert await page.evaluate("() => c.scrollTop") < 0
        assert await feedback(page, "scroll down") == ""
        assert await feedback(page, "scroll down") == "the page does not scroll further down"

    async def sideways(page: Page) -> None:
        assert await feedback(page, "scroll down") == ""
        assert await page.evaluate("() => c.scrollLeft") > 0

    visit(html, chat)
    visit(row, sideways)
