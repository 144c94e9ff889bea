"""Every form a document takes is read: editors, framesets, pictures, plain text, documents without a body."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

from components.browser.actions import parse_action
from components.browser.page import Page


async def lines(page: Page, url: str = "") -> list[str]:
    if url:
        await page.goto(url)
    return [line.strip() for line in (await page.observe()).text.splitlines()]


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_rich_text_editor_in_a_frame_is_a_field(visit: Callable[..., None], site: Any) -> None:
    site.pages["/editor"] = "<body contenteditable=true><p>Old words</p></body>"
    site.pages["/named"] = '<body contenteditable=plaintext-only aria-label="Body of the mail"></body>'
    site.pages["/design"] = "<body><p>Drawn</p><script>document.designMode = 'on'</script></body>"
    html = """<iframe title="Rich Text Area" src=/editor></iframe><iframe title=Mail src=/named></iframe>
    <iframe name=design src=/design></iframe><iframe name=written id=w></iframe><button>Save</button>
    <script>const d = w.contentDocument;
        d.open(); d.write('<body>Old</body>'); d.close(); d.designMode = 'on'</script>"""

    async def scenario(page: Page) -> None:
        assert await lines(page) == [
            '[1] textbox "Rich Text Area" value "Old words" multiline',
            'text "Mail"',
            '[2] textbox "Body of the mail" multiline',
            '[3] textbox "design" value "Drawn" multiline',
            '[4] textbox "written" value "Old" multiline',
            '[5] button "Save"',
        ]
        for ref, text in ((4, "By hand"), (1, "New words"), (2, "Dear\\nAnn"), (3, "Sketched")):
            assert (await page.act(parse_action(f'type [{ref}] "{text}"'))).feedback == ""
        values = [element.value for element in (await page.observe()).elements.values()]
        assert values[0] == "New words"
        assert values[1].split() == ["Dear", "Ann"]
        assert values[2:4] == ["Sketched", "By hand"]
        await page.goto(f"{site.origin}/editor")
        assert await lines(page) == ['[1] textbox value "Old words" multiline']

    visit(html, scenario)


def test_framesets_and_documents_in_objects_are_read(visit: Callable[..., None], site: Any) -> None:
    site.pages["/menu"] = "<a href=/one target=main>Chapter</a>"
    site.pages["/text"] = "<p>Words of the chapter</p>"
    site.pages["/object"] = (
        "<object data=/text style='width:300px;height:100px'>no object</object><object>no data</object>"
    )
    html = "<frameset cols='30%,70%'><frame src=/menu name=menu><frame src=/text name=main></frameset>"

    async def scenario(page: Page) -> None:
        found = await lines(page)
        assert '[1] link "Chapter"' in found
        assert "Words of the chapter" in str(found)
        found = await lines(page, f"{site.origin}/object")
        assert found == ['text "Words of the chapter"', 'text "no data"']

    visit(html, scenario)


def test_documents_without_a_body_are_read(visit: Callable[..., None], site: Any) -> None:
    site.pages["/drawing"] = (
        "image/svg+xml",
        """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><title>Map</title><text y="30">Old
        town</text>
        <a href="/text"><text y="60">Harbour</text></a><g onclick="this.firstChild.textContent='Shut'"><text
        y="90">Gate</text></g></svg>""",
    )
    site.pages["/strict"] = (
        "application/xhtml+xml",
        """<html xmlns="http://www.w3.org/1999/xhtml"><body><form><input name="tagName" aria-label="Word"/>
        <button type="button">Find</button></form></body></html>""",
    )
    site.pages["/feed"] = ("text/xml", "<feed><entry>First</entry></feed>")
    site.pages["/text"] = ("text/plain", "one\ntwo")
    site.pages["/data"] = ("application/json", '{"answer": 42}')
    site.pages["/photo"] = ("image/png", picture())
    site.pages["/gone"] = "<p>x</p><script>document.documentElement.remove()</script>"
    site.pages["/bare"] = "<p>x</p><script>document.body.remove(); document.documentElement.append('left')</script>"

    async def scenario(page: Page) -> None:
        found = await lines(page, f"{site.origin}/drawing")
        assert found == ['text "Old town"', '[1] link "Harbour"', '[2] clickable "Gate"']
        assert (await page.act(parse_action("click [2]"))).feedback == ""
        assert '"Shut"' in str(await lines(page))
        assert await lines(page, f"{site.origin}/strict") == ['[1] textbox "Word"', '[2] button "Find"']
        assert "First" in str(await lines(page, f"{site.origin}/feed"))
        assert "two" in str(await lines(page, f"{site.origin}/text"))
        assert "42" in str(await lines(page, f"{site.origin}/data"))
        (shown,) = await lines(page, f"{site.origin}/photo")
        assert shown.startswith('img "photo')
        assert await lines(page, f"{site.origin}/gone") == []
        assert await lines(page, f"{site.origin}/bare") == ['text "left"']

    visit("", scenario)


def test_a_document_whose_scripts_do_not_run_is_read_at_once(visit: Callable[..., None], site: Any) -> None:
    policy = ("content-security-policy", "default-src 'none'; sandbox")
    site.pages["/raw"] = ("text/html", "<h1>Raw</h1><form><input aria-label=A><button>B</button></form>", policy)
    site.pages["/log"] = ("text/plain", "build failed", policy)

    async def scenario(page: Page) -> None:
        await page.observe()
        assert (await page.act(parse_action("click [1]"))).feedback == ""
        assert await lines(page) == ['heading "Raw"', '[1] textbox "A"', '[2] button "B"']
        assert (await page.act(parse_action('type [1] "x"'))).feedback == ""
        assert await lines(page) == ['heading "Raw"', '[1] textbox "A" value "x"', '[2] button "B"']
        assert (await page.act(parse_action("go_back"))).feedback == ""
        await page.observe()
        assert (await page.act(parse_action("click [2]"))).feedback == ""
        assert "build failed" in str(await lines(page))
        assert not page.lost

    visit("<a href=/raw>Raw</a> <a href=/log>Log</a>", scenario, hang_seconds=15)
