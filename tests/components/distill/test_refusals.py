"""Wrong input is named before any training, and nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.distill.config import DistillConfig
from components.distill.examples import length_histogram
from components.distill.run import run
from components.errors import InputError
from components.models.devices import Devices
from components.trajectories.rounds import Round

Rows = list[dict[str, Any]]
MakeRound = Callable[..., Round]


def _refused(round: Round, *, memory_gb: float = 0, **settings: Any) -> str:
    before, devices = sorted(round.store.list("")), Devices(memory_gb=memory_gb)
    with pytest.raises(InputError) as error:
        run(config=DistillConfig(**{"context": 256, "steps": 2, **settings}), round=round, devices=devices)
    assert sorted(round.store.list("")) == before
    assert not (round.work / "distill").exists()
    return str(error.value)


def test_no_examples(make_round: MakeRound, tiny_model: Path) -> None:
    round = make_round()
    empty = Round(run="other", number=1, seed=0, store=round.store, work=round.work)
    assert "explore and synthesize first" in _refused(empty, student=str(tiny_model))


def test_a_tokenizer_larger_than_the_embedding(make_round: MakeRound, tiny_model: Path, tmp_path: Path) -> None:
    from components.models.lessons.make_base import learn_tokenizer
    from components.models.tiny import TinyConfig

    folder = shutil.copytree(tiny_model, tmp_path / "model")
    learn_tokenizer(TinyConfig(vocabulary=700), seed=1, lessons=200).save_pretrained(folder)
    assert "700 tokens, the model's embedding 600 rows" in _refused(make_round(), student=str(folder))


def test_a_tokenizer_that_loses_text(make_round: MakeRound, tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["normalizer"] = {"type": "Lowercase"}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    assert "does not give text back" in _refused(make_round(), student=str(folder))


def test_a_tokenizer_without_an_end_of_text(make_round: MakeRound, tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    del settings["eos_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    assert "no end-of-text token" in _refused(make_round(), student=str(folder))


def test_a_chat_template_that_is_not_there(make_round: MakeRound, tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    (folder / "chat_template.jinja").unlink()
    assert "no chat template" in _refused(make_round(), student=str(folder), template="chat")


def test_a_context_the_student_does_not_have(make_round: MakeRound, tiny_model: Path) -> None:
    assert "at most 512 tokens, 4096 were asked for" in _refused(make_round(), student=str(tiny_model), context=4096)


def test_a_training_that_does_not_fit_the_memory(make_round: MakeRound, tiny_model: Path) -> None:
    message = _refused(make_round(), student=str(tiny_model), memory_gb=0.1)
    assert "on the device to be trained with these settings, which has 0.1 GB" in message
    assert "logits" in message


def test_pages_that_do_not_fit_come_with_a_histogram(make_round: MakeRound, tiny_model: Path, rows: Rows) -> None:
    for row in rows:
        row["observation"] += '\n[9] button "Much more"' * 40
    message = _refused(make_round("long", examples=rows), student=str(tiny_model))
    assert "are longer than the context of 256 tokens" in message
    assert "513-1024" in message
    assert "#####" in message


def test_no_goal_fits_the_context(make_round: MakeRound, tiny_model: Path, rows: Rows) -> None:
    for row in rows:
        row["prompt_intent"] = "very " * 400
    message = _refused(make_round("goal", examples=rows), student=str(tiny_model), longest_share=1.0)
    assert "no example to learn from fits the context of 256 tokens" in message


def test_a_histogram_counts_every_example_once() -> None:
    assert length_histogram([1, 64, 65, 300]) == {"1-64": 2, "65-128": 1, "129-256": 0, "257-512": 1}
