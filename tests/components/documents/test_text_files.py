"""Documents in parts: nothing of them is lost, and no part is longer than is read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.documents.text_files import PART_CHARS, parts_of, read_text

WORDS = [f"word{number}" for number in range(5000)]


@pytest.mark.parametrize("between", [" ", "\n", "\n\n", "\n \n", "\n\n\n\n"])
def test_every_word_of_a_document_is_in_a_part(between: str) -> None:
    parts = parts_of(between.join(WORDS))
    assert [word for part in parts for word in part.split()] == WORDS
    assert max(map(len, parts)) <= PART_CHARS + 2
    assert len(parts) < 40, "short paragraphs stand together"


def test_a_word_that_is_longer_than_a_part_is_cut() -> None:
    parts = parts_of("x" * (2 * PART_CHARS + 5))
    assert [len(part) for part in parts] == [PART_CHARS, PART_CHARS, 5]


def test_nothing_has_no_parts() -> None:
    assert parts_of(" \n\n \n") == []


def test_a_page_has_all_of_its_words(tmp_path: Path) -> None:
    """Its paragraphs are no blank lines."""
    page = tmp_path / "manual.html"
    page.write_text("<style>p {}</style>" + "".join(f"<p>{word}</p>" for word in WORDS))
    assert [word for part in parts_of(read_text(page)) for word in part.split()] == WORDS
