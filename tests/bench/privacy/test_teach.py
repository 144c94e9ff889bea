"""A reader of private data: what it is taught from, and what one finds that was taught here by a few families."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from itertools import islice
from pathlib import Path

import pytest

from bench.privacy.asides import HEADS
from bench.privacy.labelled import NOTHING, Family, families, pages
from bench.privacy.teach import lines_in, made_pages, teach, text_of, values_in
from components.errors import InputError
from components.models.analyze import make_analyzer
from components.models.files import BASE_FOLDER
from components.models.reader import FILE, WINDOW, Reader
from components.models.serve import serve
from components.privacy.analyzer import AnalyzerDetector
from components.privacy.config import Analyzer
from components.privacy.hits import Hit
from tests.components.conftest import serving_app

SETS = ("seen-13", "seen-14", "seen-15", "seen-16")


@pytest.fixture(scope="module")
def pool() -> list[Family]:
    """Ways to write an e-mail address or a card's number, and as many lines without anything private."""
    english = [family for family in families("tuned") if family.language == "en" and family.lists[0].stem in SETS]
    private = [family for family in english if family.kind in ("email", "card")]
    return [*private, *[family for family in english if family.kind == NOTHING][:: len(SETS)][: len(private)]]


@pytest.fixture(scope="module")
def folder(pool: list[Family], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("taught") / "reader"
    teach(pool, base=BASE_FOLDER, out=out, passes=12, seed=0)
    return out


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return Reader(folder)


def test_every_template_of_the_newest_set_stands_on_its_pages_and_none_is_taught() -> None:
    new = {family.template for family in families("fresh-13")}
    assert new == {page.template.partition(" ")[2] for page in pages("fresh-13")}
    assert not new & {family.template for family in families("tuned")}


def test_every_family_stands_once_on_the_pages_that_teach_with_its_value_where_it_is_said(pool: list[Family]) -> None:
    made = [*made_pages(pool, random.Random(0), "a seed")]
    shown = [family.template for page in made for family, _ in page if family.template not in HEADS]
    assert sorted(shown) == sorted(family.template for family in pool)
    for page in islice(made, 20):
        text = text_of(page)
        told = [(fragment.text[fragment.start : fragment.end], fragment.kind) for _, fragment in page if fragment.kind]
        assert [(text[start:end], label.lower()) for start, end, label in values_in(page)] == told
        assert "\n".join(text[start:end] for start, end, *_ in lines_in(page)) == text


def met(reader: Reader, family: Family) -> bool:
    """Whether exactly what is private in a fragment is found, with values that nobody was taught."""
    page = family.filled("never taught")
    found = [
        place["entity_type"].lower() == page.kind and place["start"] < page.end and place["end"] > page.start
        for place in reader.places(page.text, threshold=0.5)
    ]
    return found == [True] if page.kind else not found


def test_what_was_taught_is_found_in_fragments_with_other_values(pool: list[Family], reader: Reader) -> None:
    assert sum(met(reader, family) for family in pool) >= 0.75 * len(pool)


def test_a_place_holds_whole_words_and_the_value(pool: list[Family], reader: Reader) -> None:
    covered = 0
    chosen = [family for family in pool if family.kind == "email"]
    for family in chosen:
        page = family.filled("never taught")
        for place in reader.places(page.text, threshold=0.5):
            text = page.text[place["start"] : place["end"]]
            assert text == text.strip()
            covered += place["start"] <= page.start and place["end"] >= page.end
    assert covered >= 0.75 * len(chosen)


@pytest.mark.parametrize("before", [0, 1, WINDOW // 6, WINDOW, 4 * WINDOW])
def test_a_text_longer_than_is_read_at_once_is_read_to_its_end(before: int, pool: list[Family], reader: Reader) -> None:
    family = next(family for family in pool if family.kind == "card" and met(reader, family))
    page, filler = family.filled("never taught"), 'text "Opening hours of the library"\n'
    text = filler * before + page.text + "\n" + filler * 50
    start = before * len(filler)
    assert any(
        place["start"] < start + page.end and place["end"] > start + page.start
        for place in reader.places(text, threshold=0.5)
    )


@pytest.mark.parametrize("text", ["", "\n", " \n\n ", "a"])
def test_a_text_without_words_holds_nothing(text: str, reader: Reader) -> None:
    assert reader.places(text, threshold=0.5) == []


def test_a_higher_threshold_leaves_what_is_surer(pool: list[Family], reader: Reader) -> None:
    text = text_of([(family, family.filled("never taught")) for family in pool[:10]])
    places = reader.places(text, threshold=0.1)
    middle = sorted(place["score"] for place in places)[len(places) // 2]
    surer = reader.places(text, threshold=middle)
    assert surer == [place for place in places if place["score"] >= middle]
    assert 0 < len(surer) < len(places)


def test_the_detector_asks_it_over_a_socket(folder: Path, pool: list[Family], reader: Reader) -> None:
    text = text_of([(family, family.filled("never taught")) for family in pool[:6]])

    async def hits(url: str) -> list[Hit]:
        detector = AnalyzerDetector(Analyzer(base_url=url))
        await detector.check()
        return [*await detector.scan(text)]

    with serving_app(make_analyzer(folder)) as url:
        found = asyncio.run(hits(url))
    assert [(hit.start, hit.end, hit.kind.upper()) for hit in found] == [
        (place["start"], place["end"], place["entity_type"]) for place in reader.places(text, threshold=0.5)
    ]


def test_a_reader_that_is_torn_is_named_before_it_serves(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    about = json.loads((folder / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps({**about, "limits": about["limits"][1:]}))
    with pytest.raises(InputError, match="the reader cannot be loaded"):
        serve(tmp_path, host="127.0.0.1", port=1)


def test_a_model_whose_layers_cannot_be_read_is_named(pool: list[Family], tmp_path: Path) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    base = tmp_path / "base"
    shutil.copytree(BASE_FOLDER, base)
    GPT2LMHeadModel(GPT2Config(n_embd=16, n_head=2, n_layer=2, vocab_size=4096)).save_pretrained(base)
    with pytest.raises(InputError, match="GPT2LMHeadModel has no layers"):
        teach(pool, base=base, out=tmp_path / "out", passes=1, seed=0)
