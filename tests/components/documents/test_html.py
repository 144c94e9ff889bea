"""HTML that stops Python's own parser is read to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.documents.text_files import read_text
from components.sites.web import hidden_fields

FORM = "<form><input type=hidden name=csrf value=abc></form><p>The end</p>"


@pytest.mark.parametrize(
    "before",
    [
        "<![foo[ x ]]>",
        "<![",
        "<![if !IE]>",
        "&#" + "9" * 5000 + ";",
        "&#x110000;",
        "<!" * 999,
        "<?",
        "<a " + "x='y'" * 9,
    ],
)
def test_what_stands_before_hides_nothing(tmp_path: Path, before: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<p>Begin</p>{before}><!-- a comment -->{FORM}")
    assert "The end" in read_text(page)
    assert hidden_fields(page.read_text()) == {"csrf": "abc"}
