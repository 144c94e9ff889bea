"""Shadows in training: repeatable by seed, and a killed one ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from components.errors import InputError
from components.signatures import shadow as shadow_module
from components.signatures import training
from components.signatures.config import ShadowConfig
from components.signatures.measurement import Measurement
from components.signatures.proxy import Proxy, byte_bpe, make_proxy
from components.signatures.reading import Reading, read
from components.signatures.shadow import Block, shadow_block
from components.signatures.training import Example, train

TINY = ShadowConfig(
    vocabulary=300, hidden=8, layers=1, experts=3, prompt_tokens=8, response_tokens=8, common_steps=3, steps=3, batch=4
)
TEXTS = ["press the red button", "type bob into the field", "open the inbox tab"] * 2


def block(**changes: Any) -> Block:
    fields: dict[str, Any] = {
        "seed": 3,
        "prompts": TEXTS,
        "domains": [0, 1, 0, 1, 0, 1],
        "names": ("a", "b"),
        "replicates": [0, 0, 0, 1, 1, 1],
        "responses": {"teacher": [text[::-1] for text in TEXTS], "student": TEXTS},
        "teachers": ("teacher",),
    }
    return Block(**(fields | changes))


def proxy() -> Proxy:
    return make_proxy(TINY, seed=1, texts=TEXTS)


def trained(one: Proxy, path: Path, *, steps: int) -> dict[str, Any]:
    examples = [Example(ids=one.encode(text), start=1) for text in TEXTS]
    train(one.model, examples, steps=steps, rate=1e-2, batch=4, seed=5, checkpoint=path, every=0.0)
    return weights(one)


def weights(one: Proxy) -> dict[str, Any]:
    return dict(one.model.state_dict())


def same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return all(torch.equal(a[name], b[name]) for name in a)


def same_routing(a: Measurement[Reading], b: Measurement[Reading]) -> bool:
    pairs = [(one, b.first[name]) for name, one in a.first.items()]
    pairs += [(one, b.second[name]) for name, one in a.second.items()]
    return all(
        (x.recording.layers[0].mass == y.recording.layers[0].mass).all()
        and (x.profile.layers[0].mass == y.profile.layers[0].mass).all()
        and x.recording.subject == y.recording.subject
        for x, y in pairs
    )


def test_a_proxy_is_the_same_for_a_seed_and_another_for_another() -> None:
    assert same(weights(proxy()), weights(proxy()))
    assert not same(weights(proxy()), weights(make_proxy(TINY, seed=2, texts=TEXTS)))


def test_a_killed_training_ends_with_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(proxy(), tmp_path / "whole", steps=5)
    real, calls = training._step, 0

    def dies(*arguments: Any, **named: Any) -> float:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(training, "_step", dies)
    with pytest.raises(KeyboardInterrupt):
        trained(proxy(), tmp_path / "killed", steps=5)
    assert (tmp_path / "killed").exists()
    monkeypatch.setattr(training, "_step", real)
    steps = []
    monkeypatch.setattr(training, "_step", lambda *arguments, **named: steps.append(1) or real(*arguments, **named))
    assert same(whole, trained(proxy(), tmp_path / "killed", steps=5))
    assert len(steps) == 2
    assert not (tmp_path / "killed").exists()


def test_both_sides_start_alike_and_equal_responses_give_equal_shadows(tmp_path: Path) -> None:
    twin = block(responses={"teacher": TEXTS, "student": TEXTS})
    made = shadow_block(twin, config=TINY, work=tmp_path)
    assert (set(made.first), set(made.second)) == ({"teacher", "student"}, {"teacher"})
    assert (made.first["teacher"].recording.layers[0].mass == made.first["student"].recording.layers[0].mass).all()
    assert (made.first["teacher"].recording.layers[0].mass != made.second["teacher"].recording.layers[0].mass).any()


def test_finished_shadows_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shadow_block(block(), config=TINY, work=tmp_path)
    monkeypatch.setattr(shadow_module, "make_proxy", None)
    again = shadow_block(block(), config=TINY, work=tmp_path)
    assert same_routing(first, again)


def test_a_block_killed_between_shadows_ends_with_the_same_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shadow_block(block(), config=TINY, work=tmp_path / "whole")
    calls = 0

    def dies(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return read(*arguments, **named)

    monkeypatch.setattr(shadow_module, "read", dies)
    with pytest.raises(KeyboardInterrupt):
        shadow_block(block(), config=TINY, work=tmp_path / "killed")
    monkeypatch.setattr(shadow_module, "read", read)
    again = shadow_block(block(), config=TINY, work=tmp_path / "killed")
    assert same_routing(whole, again)


def test_other_responses_or_settings_are_another_block() -> None:
    assert block().digest(TINY) == block().digest(TINY.model_copy(update={"checkpoint_seconds": 1.0}))
    assert block().digest(TINY) != block().digest(TINY.model_copy(update={"steps": 9}))
    assert block().digest(TINY) != block(responses={"teacher": TEXTS, "student": TEXTS}).digest(TINY)


def test_a_tokenizer_of_few_texts_still_encodes_everything() -> None:
    tokenizer = byte_bpe(["abc"], vocabulary=300)
    assert tokenizer.decode(tokenizer.encode("Ünïcode \U0001f600\n").ids) == "Ünïcode \U0001f600\n"


def test_an_existing_mixture_of_experts_can_be_the_proxy(tmp_path: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    PreTrainedTokenizerFast(tokenizer_object=byte_bpe(TEXTS, vocabulary=300), eos_token="<end>").save_pretrained(
        tmp_path / "proxy"
    )
    proxy().model.save_pretrained(tmp_path / "proxy")
    config = TINY.model_copy(update={"proxy": str(tmp_path / "proxy"), "common_steps": 0})
    made = shadow_block(block(), config=config, work=tmp_path / "work")
    assert made.first["student"].recording.layers[0].counts.shape == (2, 2, 3)


def test_a_proxy_whose_weights_are_a_pickle_is_not_opened(tmp_path: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    folder = tmp_path / "proxy"
    PreTrainedTokenizerFast(tokenizer_object=byte_bpe(TEXTS, vocabulary=300), eos_token="<end>").save_pretrained(folder)
    model = proxy().model
    model.save_pretrained(folder)
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="proxy cannot be loaded"):
        make_proxy(TINY.model_copy(update={"proxy": str(folder)}), seed=0, texts=TEXTS)


def test_a_source_may_be_called_as_if_it_were_a_teachers_second(tmp_path: Path) -> None:
    named = block(responses={"teacher": TEXTS, "teacher again": [text[::-1] for text in TEXTS]})
    made = shadow_block(named, config=TINY, work=tmp_path)
    again, second = made.first["teacher again"], made.second["teacher"]
    assert again.recording.subject.name == "teacher again"
    assert (again.profile.layers[0].mass != second.profile.layers[0].mass).any()
    assert second.recording.tokens.sum() == made.first["teacher"].recording.tokens.sum()


def test_without_training_a_teachers_second_is_itself_on_other_probes(tmp_path: Path) -> None:
    plain = TINY.model_copy(update={"steps": 0, "common_steps": 0})
    made = shadow_block(block(), config=plain, work=tmp_path)
    first, second = made.first["teacher"], made.second["teacher"]
    assert (first.profile.layers[0].mass == second.profile.layers[0].mass).all()
    assert (first.recording.layers[0].mass == second.recording.layers[0].mass[::-1]).all()


def test_a_proxy_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="proxy cannot be loaded") as caught:
        make_proxy(TINY.model_copy(update={"proxy": str(tmp_path / "nothing")}), seed=0, texts=TEXTS)
    assert "detect.shadow.proxy" in caught.value.where


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_is_named_before_anything_is_loaded() -> None:
    on_a_gpu = TINY.model_copy(update={"device": "cuda", "proxy": "nothing"})
    with pytest.raises(InputError, match="torch sees none here") as caught:
        make_proxy(on_a_gpu, seed=0, texts=TEXTS)
    assert caught.value.where == "shadow.device"
