"""A byte-level BPE tokenizer for look-ups: a word is the same token wherever it stands.

Ordinary byte-level tokenizers merge a word with the space before it. Then `"bob"` on a page and ` bob` in a goal share
no token, and a tiny model has to learn that they are the same. Here letters, digits and everything else are split
first. At most two digits stay together, so a reference up to 99 is one token; runs like `"\\n[` can still become one
token.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

END = "<|end|>"
PAD = "<|pad|>"

# Adds nothing to a message, so that a chat endpoint gives the model exactly the prompt that it was sent.
CHAT_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def train_tokenizer(texts: Iterable[str], *, vocabulary: int, context: int) -> Any:
    """A `PreTrainedTokenizerFast` of exactly `vocabulary` tokens; decoding gives back any encoded text.

    Args:
        texts: what it is trained on.
        context: the longest sequence in tokens.
    """
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
