"""The proxy a shadow is trained on: a tiny mixture-of-experts made from scratch, or an existing one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.errors import InputError
from components.signatures.config import ShadowConfig

SPECIAL = ("<pad>", "<separator>", "<end>")
HASHED_AT_ONCE = 2**22
ONE_BY_ONE = "HF_DEACTIVATE_ASYNC_LOAD"
"""The variable that makes transformers read weights one after the other. Its threads run ahead of the code that stacks
a layer's experts, and would hold most of the model a second time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A mixture-of-experts and its tokenizer."""

    model: Any
    encode: Callable[[str], list[int]]
    decode: Callable[[list[int]], str]
    separator: int
    end: int
    tokenizer_digest: str

    def digest(self) -> str:
        """SHA-256 over the weights."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.model.state_dict().items()):
            digest.update(name.encode())
            for part in tensor.detach().reshape(-1).split(HASHED_AT_ONCE):
                digest.update(part.cpu().float().numpy())
        return digest.hexdigest()


def make_proxy(config: ShadowConfig, *, seed: int, texts: Sequence[str]) -> Proxy:
    """The proxy before any training. From scratch, its tokenizer is made of `texts`, the same for every side.

    Raises:
        InputError: `config.proxy` cannot be loaded, or has no experts, or this machine has no such device.
    """
    import torch

    if config.device == "cuda" and not torch.cuda.is_available():
        fix = "set it to cpu, or run the audit where there is a GPU (of a cluster: pods.detect or pods.audit)"
        raise InputError("shadows are to live on a GPU, and torch sees none here", where="shadow.device", fix=fix)
    torch.set_num_threads(config.threads)
    if config.proxy:
        return _existing(config)
    return _from_scratch(config, seed=seed, texts=texts)


def _from_scratch(config: ShadowConfig, *, seed: int, texts: Sequence[str]) -> Proxy:
    from transformers import Qwen3MoeConfig, Qwen3MoeForCausalLM

    tokenizer = byte_bpe(texts, vocabulary=config.vocabulary)
    heads = 4
    shape = Qwen3MoeConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=config.hidden,
        intermediate_size=config.hidden,
        moe_intermediate_size=config.hidden // 2,
        num_hidden_layers=config.layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=config.hidden // heads,
        num_experts=config.experts,
        num_experts_per_tok=config.top_k,
        decoder_sparse_step=1,
        norm_topk_prob=True,
        max_position_embeddings=config.prompt_tokens + config.response_tokens + 2,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=2,
    )
    proxy = seeded(lambda: Qwen3MoeForCausalLM(shape), tokenizer=tokenizer, seed=seed)
    proxy.model.set_experts_implementation("grouped_mm")
    proxy.model.to(config.device)
    return proxy


def seeded(make: Callable[[], Any], *, tokenizer: Any, seed: int) -> Proxy:
    """What `make` gives with the seed's random weights, around a tokenizer of `byte_bpe`."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make()
    return Proxy(
        model=model,
        encode=lambda text: list(tokenizer.encode(text).ids),
        decode=lambda ids: str(tokenizer.decode(ids)),
        separator=SPECIAL.index("<separator>"),
        end=SPECIAL.index("<end>"),
        tokenizer_digest=hashlib.sha256(tokenizer.to_str().encode()).hexdigest(),
    )


def byte_bpe(texts: Sequence[str], *, vocabulary: int) -> Any:
    """A byte-level BPE tokenizer of these texts; any text can be encoded."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _existing(config: ShadowConfig) -> Proxy:
    """Read as it was saved; in fp32 where it will be trained, since bf16 loses what changes a weight by little."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from components.signatures.hooks import find_routers

    name = config.proxy
    options = {"device_map": {"": config.device}, "dtype": torch.float32 if config.trained else "auto"}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        with _one_by_one():
            model = AutoModelForCausalLM.from_pretrained(name, use_safetensors=True, **options)
    except (OSError, ValueError) as error:
        raise InputError(
            f"the proxy cannot be loaded: {str(error).splitlines()[0]}",
            where=f"detect.shadow.proxy = {name!r}",
            fix="give a folder with a mixture-of-experts and its tokenizer, or leave it empty for one from scratch",
        ) from error
    find_routers(model)
    if tokenizer.eos_token_id is None:
        raise InputError("the proxy's tokenizer has no end-of-text token", where=f"detect.shadow.proxy = {name!r}")
    return Proxy(
        model=model,
        encode=lambda text: list(tokenizer(text, add_special_tokens=False)["input_ids"]),
        decode=lambda ids: str(tokenizer.decode(ids)),
        separator=int(tokenizer.eos_token_id),
        end=int(tokenizer.eos_token_id),
        tokenizer_digest=hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest(),
    )


@contextmanager
def _one_by_one() -> Iterator[None]:
    """Loads a model's shards to the device tensor by tensor."""
    before = os.environ.get(ONE_BY_ONE)
    os.environ[ONE_BY_ONE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[ONE_BY_ONE]
        else:
            os.environ[ONE_BY_ONE] = before
