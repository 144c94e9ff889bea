"""How an encoder is taught where private values stand: a page's labels, and a small one that learns them."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bench.privacy.labelled import NOTHING, Family, families, pages
from bench.privacy.teach import SKIPPED, encoded, made_pages, taught
from components.models.analyze import LONGEST, Reader

LABELS = ["O", "EMAIL", "PHONE"]


@pytest.fixture(scope="module")
def pool() -> list[Family]:
    """Ways to write an e-mail address or a telephone number, and as many lines without either."""
    english = [family for family in families("tuned") if family.language == "en" and family.lists[0].stem == "seen-16"]
    private = [family for family in english if family.kind in ("email", "phone")]
    return [*private, *[family for family in english if family.kind == NOTHING][: len(private)]]


@pytest.fixture(scope="module")
def base(pool: list[Family], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder that knows nothing, with a tokenizer of these pages."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
    core = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    texts = [family.filled(str(number)).text for family in pool for number in range(5)]
    core.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=600, special_tokens=[*special.values()]))
    torch.manual_seed(0)
    sizes = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 96}
    folder = tmp_path_factory.mktemp("base")
    BertModel(BertConfig(vocab_size=core.get_vocab_size(), **sizes), add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=core, **special).save_pretrained(folder)
    return folder


def test_every_template_of_the_newest_set_stands_on_its_pages_and_none_is_taught() -> None:
    new = {family.template for family in families("fresh-12")}
    assert new == {page.template.partition(" ")[2] for page in pages("fresh-12")}
    assert not new & {family.template for family in families("tuned")}


def test_a_pages_tokens_have_the_class_of_the_value_that_they_are_part_of(pool: list[Family], base: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    for fragments in islice(made_pages(pool, random.Random(0)), 40):
        tokens, wanted = encoded(fragments, tokenizer, LABELS)
        assert len(tokens) == len(wanted) <= LONGEST
        if len(tokens) == LONGEST:
            continue
        told = [page for page in fragments if page.kind]
        learnt = [
            "".join(words(tokenizer, [t for t, label in zip(tokens, wanted, strict=True) if label == at]))
            for at in (1, 2)
        ]
        values = ["".join(page.text[page.start : page.end].split()) for page in told]
        assert len("".join(learnt)) >= len("".join(values))
        if not told:
            assert set(wanted) <= {0, SKIPPED}


def words(tokenizer: Any, tokens: list[int]) -> list[str]:
    return [piece.removeprefix("##") for piece in tokenizer.convert_ids_to_tokens(tokens)]


def test_what_was_taught_is_found_in_pages_with_other_values(pool: list[Family], base: Path, tmp_path: Path) -> None:
    tokenizer, model = taught(pool, base=base, passes=60, seed=0)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    reader = Reader(tmp_path)
    right = told = 0
    for family in pool:
        page = family.filled("never taught")
        places = reader.places(page.text, threshold=0.5)
        told += 1
        right += bool(page.kind) == any(
            place["start"] < page.end
            and place["end"] > page.start
            and place["entity_type"] == (page.kind or "").upper()
            for place in places
        )
    assert right >= 0.9 * told
