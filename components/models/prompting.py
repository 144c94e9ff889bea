"""How a prompt becomes a model's tokens, and tokens become text: the same in training and in inference.

A folder of weights does not say which prompts a student was trained on. That is kept in `symbiont.json` beside the
weights: the template, the context length and the optional parts of the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from components.errors import InputError
from components.lean import prepare_transformers

FILE = "symbiont.json"
UNSAID = 10**9
"""A tokenizer that knows no longest sequence says a larger number of tokens than this."""
Template = Literal["plain", "chat"]
Reads = Literal["heading", "notes", "notice"]
"""Optional parts of a student's prompt, beside goal, last action and page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompting:
    """A tokenizer, and how prompts are written for its model.

    Attributes:
        vocabulary: rows of the model's embedding.
        context: most tokens of prompt and completion together: as many as in training, else as the model takes.
        reads: the optional parts of the prompt that the model was trained with.
    """

    tokenizer: Any
    template: Template
    vocabulary: int
    context: int
    reads: tuple[Reads, ...] = ()

    def encode_prompt(self, text: str) -> list[int]:
        if self.template == "chat":
            message = [{"role": "user", "content": text}]
            return list(
                self.tokenizer.apply_chat_template(
                    message, add_generation_prompt=True, tokenize=True, return_dict=True
                )["input_ids"]
            )
        return list(self.tokenizer(text, verbose=False)["input_ids"])

    def encode_completion(self, text: str) -> list[int]:
        """Tokens of a completion, with the end-of-text token. It is encoded apart from the prompt, as in generation."""
        return [*self.tokenizer(text, add_special_tokens=False)["input_ids"], self.tokenizer.eos_token_id]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of a completion up to its first end-of-text token."""
        end = self.tokenizer.eos_token_id
        content = tokens[: list(tokens).index(end)] if end in tokens else tokens
        return str(self.tokenizer.decode(content, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    @property
    def pad(self) -> int:
        """The padding token. A tokenizer without one pads with the end-of-text token: padding is masked anyway."""
        pad = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if pad is None else pad)

    def check_vocabulary(self) -> None:
        """Checks that this tokenizer fits the model, and gives back the text of a completion unchanged.

        Raises:
            InputError: it does not, or has no end-of-text token.
        """
        where = str(getattr(self.tokenizer, "name_or_path", ""))
        fix = "use the tokenizer that was made for this model"
        if self.tokenizer.eos_token_id is None:
            raise InputError("the tokenizer has no end-of-text token", where=where, fix=fix)
        if len(self.tokenizer) > self.vocabulary:
            raise InputError(
                f"the tokenizer has {len(self.tokenizer)} tokens, the model's embedding {self.vocabulary} rows",
                where=where,
                fix=fix,
            )
        for probe in (" click [12]", ' type [7] "Ünï \\"x\\"  Y" enter', ' reason, 3.\nACTION: select [105] "a@b.c"'):
            if (back := self.decode(self.encode_completion(probe))) != probe:
                raise InputError(
                    f"the tokenizer does not give text back as it was: {probe!r} became {back!r}", where=where, fix=fix
                )


def load_prompting(
    folder: Path,
    *,
    template: Template | None = None,
    reads: tuple[Reads, ...] | None = None,
    context: int | None = None,
) -> Prompting:
    """The prompting of a model folder.

    Args:
        template, reads, context: for a student that is about to be trained; None: as `symbiont.json` says. Without that
            file the template is plain, no optional part is read, and the context is the longest that the model takes.

    Raises:
        InputError: tokenizer, configuration or `symbiont.json` cannot be read, the tokenizer lacks a chat template that
            is asked for, nothing says how many tokens the model takes, or it takes fewer than `context`.
    """
    prepare_transformers()
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        shape = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError, KeyError, StrictDataclassError) as error:
        raise InputError(
            f"the model's tokenizer or configuration cannot be read: {error}",
            where=str(folder),
            fix="save both with it",
        ) from error
    if not hasattr(shape, "vocab_size"):
        fix = "take one of text alone"
        raise InputError(f"a {shape.model_type} model reads more than text", where=str(folder), fix=fix)
    settings = _settings(folder / FILE)
    template = template or settings.template
    if template == "chat" and not tokenizer.chat_template:
        fix = "use the plain template; of a student that was taught with one, copy chat_template.jinja too"
        raise InputError("the tokenizer has no chat template", where=str(folder), fix=fix)
    longest = int(getattr(shape, "max_position_embeddings", None) or tokenizer.model_max_length)
    if context is not None and context > longest:
        raise InputError(
            f"the student reads at most {longest} tokens, {context} were asked for",
            where="distill.context",
            fix=f"set it to {longest} or less, or use another student",
        )
    context = context or min(settings.context or longest, longest)
    if context > UNSAID:
        fix = f'write {FILE} beside it, {{"context": 2048}} with the most tokens that it takes'
        raise InputError("nothing says how many tokens the model takes", where=str(folder), fix=fix)
    return Prompting(
        tokenizer=tokenizer,
        template=template,
        vocabulary=int(shape.vocab_size),
        context=context,
        reads=settings.reads if reads is None else reads,
    )


class _Settings(BaseModel):
    """What `symbiont.json` says."""

    template: Template = "plain"
    context: int | None = Field(None, ge=1)
    reads: tuple[Reads, ...] = ()


def _settings(path: Path) -> _Settings:
    if not path.is_file():
        return _Settings()
    try:
        return _Settings.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}".lstrip(": ") for one in error.errors())
        fix = "copy the model again, or ask it with the release that trained it"
        raise InputError(f"how the model is asked cannot be read: {problem}", where=str(path), fix=fix) from error
