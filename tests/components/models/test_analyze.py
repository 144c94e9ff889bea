"""A model that names the class of each token: taught here, asked over a real socket by the detector that uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from components.errors import InputError
from components.models.analyze import LONGEST, Reader, make_analyzer, names_tokens
from components.privacy.analyzer import AnalyzerDetector
from components.privacy.config import Analyzer
from tests.components.conftest import serving_app

WORDS = ("the", "library", "opens", "at", "nine", "code", "word", "is", "rose", "tulip", "daisy", "lily")
FLOWERS = WORDS[-4:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learnt which words are passwords: the flowers."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    torch.manual_seed(0)
    names = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *WORDS]
    core = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    special = {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, **special)
    labels = {0: "O", 1: "B-PASSWORD"}
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    model = BertForTokenClassification(
        BertConfig(vocab_size=len(names), id2label=labels, hidden_dropout_prob=0.0, **sizes)
    )
    steps = torch.optim.AdamW(model.parameters(), lr=3e-3)
    sorts = torch.tensor([name in FLOWERS for name in names]).long()
    for _ in range(60):
        tokens = torch.randint(2, len(names), (4, LONGEST))
        tokens[:, 0] = names.index("[CLS]")
        model(input_ids=tokens, labels=sorts[tokens]).loss.backward()
        steps.step()
        steps.zero_grad()
    path = tmp_path_factory.mktemp("reader")
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def found(reader: Reader, text: str) -> list[tuple[str, str]]:
    return [(place["entity_type"], text[place["start"] : place["end"]]) for place in reader.places(text, threshold=0.5)]


def test_a_place_goes_from_the_first_private_word_of_a_line_to_the_last(folder: Path) -> None:
    text = '[3] text "rose"\nthe library opens\n\nthe tulip or daisy is lily at nine\nlily'
    assert found(Reader(folder), text) == [
        ("PASSWORD", "rose"),
        ("PASSWORD", "tulip or daisy is lily"),
        ("PASSWORD", "lily"),
    ]


@pytest.mark.parametrize("before", [0, 1, LONGEST // 4, LONGEST, 5 * LONGEST])
def test_a_text_longer_than_the_model_takes_is_read_to_its_end(folder: Path, before: int) -> None:
    text = "the library opens\n" * before + "the code word is daisy\n" + "the library opens\n" * 200
    assert found(Reader(folder), text) == [("PASSWORD", "daisy")]


def test_a_higher_threshold_leaves_only_what_is_surer(folder: Path) -> None:
    reader, text = Reader(folder), "the code word is rose"
    (place,) = reader.places(text, threshold=0.01)
    assert reader.places(text, threshold=place["score"]) == [place]
    assert reader.places(text, threshold=(1 + place["score"]) / 2) == []


def test_the_detector_asks_it_over_a_socket(folder: Path) -> None:
    async def hits(url: str) -> list[tuple[Any, ...]]:
        detector = AnalyzerDetector(Analyzer(base_url=url))
        await detector.check()
        return [(hit.kind, hit.start, hit.end) for hit in await detector.scan("at nine\ncode word is lily")]

    with serving_app(make_analyzer(folder)) as origin:
        assert asyncio.run(hits(origin)) == [("password", 21, 25)]


def test_what_a_folder_holds_decides_how_it_is_served(folder: Path, tiny_model: Path, tmp_path: Path) -> None:
    assert names_tokens(folder)
    assert not names_tokens(tiny_model)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match="configuration"):
        names_tokens(tmp_path)
