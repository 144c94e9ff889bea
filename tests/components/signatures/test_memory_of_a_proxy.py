"""An existing mixture-of-experts of many shards: what it takes to read and to learn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from components.signatures.proxy import byte_bpe

TEXTS = ["press the red button", "type bob into the field", "open the inbox tab"] * 2
CHILD = """
import json, sys, threading
from pathlib import Path
import torch
import transformers.models.olmoe.modeling_olmoe
from components.signatures.config import ShadowConfig
from components.signatures.shadow import Block, shadow_block

def anonymous():
    said = Path("/proc/self/status").read_text()
    return int(said.split("RssAnon:")[1].split()[0]) * 1024

texts, config, work = json.loads(sys.argv[1]), ShadowConfig.model_validate_json(sys.argv[2]), Path(sys.argv[3])
before, peak, ended = anonymous(), 0, threading.Event()

def watch():
    global peak
    while not ended.wait(0.002):
        peak = max(peak, anonymous() - before)

watching = threading.Thread(target=watch)
watching.start()
block = Block(
    seed=1, prompts=texts, domains=[0, 1] * 3, names=("a", "b"), replicates=[0, 0, 0, 1, 1, 1],
    responses={"teacher": [text[::-1] for text in texts], "student": texts}, teachers=("teacher",),
)
made = shadow_block(block, config=config, work=work)
ended.set()
watching.join()
print(json.dumps({"peak": peak, "counts": made.first["student"].recording.layers[0].counts.shape}))
"""


@pytest.fixture(scope="module")
def olmoe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint in the form of OLMoE's: bf16, its experts one by one, in shards."""
    import torch
    from transformers import OlmoeConfig, OlmoeForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("olmoe")
    tokenizer = byte_bpe(TEXTS, vocabulary=300)
    shape = OlmoeConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=512,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_experts=64,
        num_experts_per_tok=8,
    )
    with torch.device("meta"):
        model = OlmoeForCausalLM(shape)
    model = model.to(torch.bfloat16).to_empty(device="cpu")
    with torch.no_grad():
        for each in model.parameters():
            each.fill_(0.01) if each.ndim == 1 else each.uniform_(-0.05, 0.05)
    model.save_pretrained(folder, max_shard_size="40MB")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(folder)
    return folder


def measured(folder: Path, work: Path, **settings: object) -> int:
    told = {"proxy": str(folder), "prompt_tokens": 8, "response_tokens": 8, "batch": 2, **settings}
    child = [sys.executable, "-c", CHILD, json.dumps(TEXTS), json.dumps(told), str(work)]
    said = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    assert said["counts"] == [2, 2, 64]
    return int(said["peak"])


def size(folder: Path) -> int:
    shards = [*folder.glob("*.safetensors")]
    assert len(shards) > 3
    return sum(path.stat().st_size for path in shards)


def test_a_proxy_that_reads_takes_little_more_than_its_weights(olmoe: Path, tmp_path: Path) -> None:
    assert measured(olmoe, tmp_path) < 1.5 * size(olmoe)


def test_a_proxy_that_learns_takes_weights_gradients_and_moments_in_fp32_and_no_copy(
    olmoe: Path, tmp_path: Path
) -> None:
    in_fp32 = 2 * size(olmoe)
    assert measured(olmoe, tmp_path, steps=1, common_steps=1, checkpoint_seconds=1e-3) < 4.6 * in_fp32
