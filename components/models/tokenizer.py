"""A byte-level BPE tokenizer made for look-ups: a word is the same token wherever it stands.

Ordinary byte-level tokenizers glue the space before a word to it, so `"bob"` on a page and ` bob` in a goal share no
token and a tiny model must learn that they are the same. Here letters, digits (at most two together, so a reference up
to 99 is one token) and everything else are split apart first; runs like `"\\n[` still become one token.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

END = "<|end|>"
PAD = "<|pad|>"

# One turn of text in, the completion out: a chat endpoint over this model sees exactly the prompt it was sent.
CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def train_tokenizer(texts: Iterable[str], *, vocabulary: int, context: int) -> Any:
    """A `PreTrainedTokenizerFast` with exactly `vocabulary` tokens; any text survives encoding and decoding."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{L}+|\d{1,2}|[^\p{L}\d]+"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, PAD],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )
