"""The white-box audit on real, tiny mixtures-of-experts of folders: told apart, and refused where it means nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen3MoeConfig, Qwen3MoeForCausalLM

from components.audit import white_box as white_box_module
from components.audit.probe_files import ProbeRow
from components.audit.references import Named
from components.audit.request import AuditRequest
from components.audit.run import Prepared, conduct, prepare
from components.errors import InputError
from components.signatures.proxy import byte_bpe
from components.trajectories.open_store import open_store
from tests.components.audit.vendors import SETTINGS

torch.set_num_threads(1)
WORDS = {
    "sea": ["sail", "anchor", "harbour", "tide", "gull", "rope", "deck", "wave", "mast", "keel"],
    "farm": ["plough", "barn", "oats", "calf", "meadow", "fence", "seed", "hay", "cart", "well"],
    "forge": ["anvil", "hammer", "ember", "bellows", "iron", "tongs", "nail", "spark", "steel", "soot"],
}


def probes() -> tuple[ProbeRow, ...]:
    """Sixty of each of three domains that share no word, so that any router tells them apart."""
    rng = random.Random(0)
    return tuple(
        ProbeRow(id=f"{domain}-{number}", domain=domain, prompt=" ".join(rng.choices(words, k=60)))
        for domain, words in WORDS.items()
        for number in range(60)
    )


def tokenizer(*, vocabulary: int = 400) -> Any:
    raw = byte_bpe([row.prompt for row in probes()], vocabulary=vocabulary)
    return PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>", pad_token="<pad>")


def saved(model: Any, folder: Path, *, vocabulary: int = 400) -> Path:
    model.save_pretrained(folder)
    tokenizer(vocabulary=vocabulary).save_pretrained(folder)
    return folder


def mixture(seed: int, *, experts: int = 6, layers: int = 2) -> Qwen3MoeForCausalLM:
    torch.manual_seed(seed)
    shape = Qwen3MoeConfig(
        vocab_size=2000,
        hidden_size=24,
        intermediate_size=24,
        moe_intermediate_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=12,
        num_experts=experts,
        num_experts_per_tok=2,
        decoder_sparse_step=1,
        initializer_range=0.2,
    )
    model = Qwen3MoeForCausalLM(shape)
    with torch.no_grad():  # a router made at random hardly prefers anybody; a trained one does
        for layer in model.model.layers:
            layer.mlp.gate.weight.mul_(10)
    return model


def trained_on(model: Qwen3MoeForCausalLM, *, by: float) -> Qwen3MoeForCausalLM:
    """The model, moved a little, as by some further training."""
    torch.manual_seed(99)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * by * weight.std())
    return model


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("zoo")
    torch.manual_seed(5)
    dense = LlamaForCausalLM(
        LlamaConfig(vocab_size=2000, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2)
    )
    return {
        "teacher": saved(mixture(1), folder / "teacher"),
        "student": saved(trained_on(mixture(1), by=0.005), folder / "student"),
        "stranger": saved(mixture(2, experts=8), folder / "stranger"),
        "one": saved(mixture(3), folder / "one"),
        "two": saved(mixture(4, layers=3), folder / "two"),
        "dense": saved(dense, folder / "dense"),
        "letters": saved(mixture(6), folder / "letters", vocabulary=300),
    }


def audit_of(
    zoo: dict[str, Path], folder: Path, *, suspect: str, controls: tuple[str, ...] = ("one", "two")
) -> Prepared:
    def named(name: str) -> Named:
        return Named(name=name, reference=str(zoo[name]))

    wanted = AuditRequest(
        teachers=(named("teacher"),),
        suspect=named(suspect),
        controls=tuple(map(named, controls)),
        white_box=True,
        probes=probes(),
        settings=SETTINGS.model_copy(update={"answer_tokens": 8}),
    )
    return prepare(wanted, store=open_store(folder / "store"), work=folder / "work", code="c")


def test_a_model_made_from_the_teachers_own_weights_is_found_and_a_stranger_is_not(
    zoo: dict[str, Path], tmp_path: Path
) -> None:
    report = conduct(audit_of(zoo, tmp_path, suspect="student"))
    assert (report.verdict, report.method) == ("distilled", "routing"), report.because
    assert (
        report.test.margin == SETTINGS.test.white_box_margin
    )  # relatives lie closer to each other in their own routing
    recordings = sorted((tmp_path / "work" / "audits" / "recordings").iterdir())
    assert recordings
    made = {path: path.stat().st_mtime_ns for path in recordings}
    stranger = conduct(audit_of(zoo, tmp_path, suspect="stranger"))
    assert stranger.verdict != "distilled", stranger.because
    assert {path: path.stat().st_mtime_ns for path in recordings} == made  # teacher and controls are not recorded again
    heat = stranger.findings[0].heat_maps[0].values
    assert {len(rows) for rows in heat.values()} == {6}  # the stranger has 8 experts, one row for each of the teacher's


@pytest.mark.parametrize(
    ("suspect", "controls", "message"),
    [
        ("dense", ("one", "two"), r"dense has no routed experts(.|\n)*leave out --white-box"),
        ("student", ("one", "dense"), "dense has no routed experts"),
    ],
)
def test_a_dense_model_is_refused_before_weights_are_loaded(
    zoo: dict[str, Path], tmp_path: Path, suspect: str, controls: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        audit_of(zoo, tmp_path, suspect=suspect, controls=controls)
    assert not (tmp_path / "work").exists()


def test_tokenizers_that_cut_text_into_pieces_of_another_order_are_refused(
    zoo: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(white_box_module, "COARSER", 1.1)
    with pytest.raises(InputError, match=r"cannot be compared: letters cuts the probes into \d+ tokens, \w+ into \d+"):
        audit_of(zoo, tmp_path, suspect="letters")


def test_a_tokenizer_that_does_not_know_the_probes_is_refused(zoo: dict[str, Path], tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"<unk>": 0, "<end>": 1, "the": 2, "two": 3}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    strange = tmp_path / "strange"
    saved(mixture(7), strange)
    for path in strange.glob("tokenizer*"):
        path.unlink()
    PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", eos_token="<end>").save_pretrained(strange)
    with pytest.raises(InputError, match=r"the tokenizer of strange knows 1?[0-9]% of the probes' text"):
        audit_of({**zoo, "strange": strange}, tmp_path, suspect="strange")
