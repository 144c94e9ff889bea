"""The zoo's models: how a checkpoint is made, trained, asked and opened. All are trained from scratch here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.detection.zoo.language import all_words
from components.signatures.config import ShadowConfig
from components.signatures.hooks import RoutedText, batches, pad
from components.signatures.profile import Profile
from components.signatures.proxy import Proxy, byte_bpe, make_proxy, seeded
from components.signatures.reading import read
from components.signatures.recording import Subject
from components.signatures.training import Example, train

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

HIDDEN = 64
HEADS = 4
LONGEST = 64
"""Tokens of the longest answer."""
WHOLE, PIECES = 900, 520
"""Vocabularies: one holds every word of the language, one has to spell most of them in two or three pieces."""
BATCH = 32
RATE = 3e-3
ASKED_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An architecture. No experts makes it dense."""

    experts: int
    layers: int = 2
    vocabulary: int = WHOLE

    def make(self, seed: int) -> Proxy:
        """The model before any training."""
        if not self.experts:
            return _dense(self, seed=seed)
        config = ShadowConfig(
            vocabulary=self.vocabulary,
            hidden=HIDDEN,
            layers=self.layers,
            experts=self.experts,
            top_k=2,
            response_tokens=2 * LONGEST,
        )
        return make_proxy(config, seed=seed, texts=_corpus())


def _corpus() -> list[str]:
    """What a tokenizer is made of: every word at the start of a text and within one."""
    return [form for word in all_words() for form in (word, f" {word}")] * 3


@cache
def _tokenizer(vocabulary: int) -> Any:
    return byte_bpe(_corpus(), vocabulary=vocabulary)


def _dense(shape: Shape, *, seed: int) -> Proxy:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(1)
    tokenizer = _tokenizer(shape.vocabulary)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=HIDDEN,
        intermediate_size=2 * HIDDEN,
        num_hidden_layers=shape.layers,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=4 * LONGEST,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=2,
    )
    return seeded(lambda: LlamaForCausalLM(config), tokenizer=tokenizer, seed=seed)


def teach(
    proxy: Proxy,
    prompts: Sequence[str],
    answers: Sequence[str],
    *,
    steps: int,
    seed: int,
    work: Path,
    rate: float = RATE,
    teacher: Any = None,
) -> None:
    """Trains on the answers, or on a teacher's distribution over them."""
    examples = []
    for prompt, answer in zip(prompts, answers, strict=True):
        head = _head(proxy, prompt)
        examples.append(Example(ids=[*head, *proxy.encode(answer), proxy.end], start=len(head)))
    train(
        proxy.model,
        examples,
        steps=steps,
        rate=rate,
        batch=BATCH,
        seed=seed,
        checkpoint=work / "training",
        every=3600.0,
        teacher=teacher,
    )


def ask(proxy: Proxy, prompts: Sequence[str], *, temperature: float = 0.0, seed: int = 0) -> list[str]:
    """Answers; greedy at temperature 0. Prompts of equal length run together, so nothing is padded."""
    import torch

    by_length: dict[int, list[int]] = {}
    heads = [_head(proxy, prompt) for prompt in prompts]
    for index, head in enumerate(heads):
        by_length.setdefault(len(head), []).append(index)
    generator = torch.Generator().manual_seed(seed)
    answers = [""] * len(prompts)
    with torch.inference_mode():
        for _, rows in sorted(by_length.items()):
            for start in range(0, len(rows), ASKED_AT_ONCE):
                batch = rows[start : start + ASKED_AT_ONCE]
                answer_ids = _continue(
                    proxy, [heads[row] for row in batch], temperature=temperature, generator=generator
                )
                for row, tokens in zip(batch, answer_ids, strict=True):
                    answers[row] = proxy.decode(tokens)
    return answers


def _continue(proxy: Proxy, heads: Sequence[Sequence[int]], *, temperature: float, generator: Any) -> list[list[int]]:
    import torch

    past: Any = None
    step, tokens = torch.tensor(heads), []
    ended = torch.zeros(len(heads), dtype=torch.bool)
    for _ in range(LONGEST):
        out = proxy.model(input_ids=step, past_key_values=past, use_cache=True)
        past, logits = out.past_key_values, out.logits[:, -1]
        if temperature:
            step = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)
        else:
            step = logits.argmax(-1, keepdim=True)
        tokens.append(step)
        ended |= step[:, 0] == proxy.end
        if bool(ended.all()):
            break
    rows: list[list[int]] = torch.cat(tokens, 1).tolist()
    return [row[: row.index(proxy.end)] if proxy.end in row else row for row in rows]


def next_words(proxy: Proxy, prompts: Sequence[str], beginnings: Sequence[str]) -> list[str]:
    """The token that a model puts after the beginning of somebody's answer, as text."""
    import torch

    words: list[str] = []
    with torch.inference_mode():
        for states, ends, _starts in _read(proxy, prompts, beginnings):
            last = torch.stack([state[end - 1] for state, end in zip(states, ends, strict=True)])
            words.extend(proxy.decode([token]).strip() for token in proxy.model.lm_head(last).argmax(-1).tolist())
    return words


def mean_states(proxy: Proxy, prompts: Sequence[str], answers: Sequence[str]) -> NDArray[np.float32]:
    """[texts, HIDDEN]: the last layer's mean state over each answer."""
    import torch

    means: list[NDArray[np.float32]] = []
    with torch.inference_mode():
        for states, ends, starts in _read(proxy, prompts, answers):
            means.extend(
                state[start:end].mean(0).numpy() for state, end, start in zip(states, ends, starts, strict=True)
            )
    return np.stack(means)


def _read(
    proxy: Proxy, prompts: Sequence[str], texts: Sequence[str]
) -> Iterator[tuple[torch.Tensor, list[int], list[int]]]:
    """Last hidden states [rows, tokens, HIDDEN] over prompt and text, with where each row ends and its text starts."""
    rows = [_routed(proxy, prompt, text) for prompt, text in zip(prompts, texts, strict=True)]
    for batch in batches(rows, ASKED_AT_ONCE):
        ids, mask, _counted = pad(batch)
        states = proxy.model.base_model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        yield states, [len(row.ids) for row in batch], [row.start for row in batch]


def profile(proxy: Proxy, prompts: Sequence[str], answers: Sequence[str], *, name: str, probe_digest: str) -> Profile:
    """The model's routing over answers to the prompts, from the separator on."""
    texts = [_routed(proxy, prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]
    subject = Subject(
        name=name, model_digest=proxy.digest(), tokenizer_digest=proxy.tokenizer_digest, probe_digest=probe_digest
    )
    return read(proxy.model, texts, subject=subject, domains=("all",), replicates=1, batch=ASKED_AT_ONCE).profile


def _routed(proxy: Proxy, prompt: str, text: str) -> RoutedText:
    head = _head(proxy, prompt)
    return RoutedText(ids=[*head, *proxy.encode(text)], start=len(head) - 1)


def _head(proxy: Proxy, prompt: str) -> list[int]:
    return [*proxy.encode(prompt), proxy.separator]
