"""The mouse reaches the element that is meant, whatever the page does to its geometry, or says why it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.browser.page import Page
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
