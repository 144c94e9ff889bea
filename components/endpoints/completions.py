"""Chat completions and completions, read leniently, because endpoints differ.

Content may be a text, nothing, or chunks of which only texts count. Other parts of a message (reasoning fields, tool
calls) are no answer. Usage that is not two sensible numbers counts as absent.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, field_validator

MOST_TOKENS = 100_000_000
"""More tokens than one request can have: a count above it is none."""
MOST_MARKS = 8
"""Tokens of an answer that says nothing: templates begin and end it by some."""
TEXT_CHUNKS = ("text", "output_text")
CUT = ("length", "max_tokens", "max_output_tokens", "model_length")
FILTERED = ("content_filter", "safety", "sensitive", "prohibited_content", "recitation", "blocklist")
BROKEN = ("error", "network_error", "insufficient_system_resource", "abort")
"""How endpoints say why an answer ended: OpenAI's words, Gemini's, Mistral's, DeepSeek's, GLM's and vLLM's."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Usage(_Shape):
    """Tokens as the endpoint counts them. A prompt always has some."""

    prompt_tokens: int = Field(ge=1, le=MOST_TOKENS)
    completion_tokens: int = Field(ge=0, le=MOST_TOKENS)


class Message(_Shape):
    """What was said. `thought` is what reasoning models give beside it."""

    content: str = ""
    refusal: str = ""
    thought: str = ""

    @field_validator("content", mode="before")
    @classmethod
    def _joined(cls, content: Any) -> str:
        if content is None or isinstance(content, str):
            return content or ""
        if isinstance(content, dict):
            content = [content]
        if not isinstance(content, list):
            raise ValueError(f"content is {type(content).__name__}")
        return "".join(map(_text_of, content))


class Choice(_Shape):
    message: Message
    finish_reason: str = ""

    @field_validator("finish_reason", mode="before")
    @classmethod
    def _named(cls, reason: Any) -> str:
        return reason.strip().lower() if isinstance(reason, str) else ""


class Completion(_Shape):
    """An answer. `error` is what some endpoints put into a reply whose status says that all is well."""

    choice: Choice
    usage: Usage | None = None

    @field_validator("usage", mode="wrap")
    @classmethod
    def _absent(cls, usage_data: Any, validate: Any) -> Usage | None:
        try:
            usage: Usage | None = validate(usage_data)
        except ValidationError:
            return None
        return usage

    @property
    def text(self) -> str:
        return self.choice.message.content or self.choice.message.refusal

    @property
    def cut(self) -> bool:
        """Whether it ended because the longest answer was reached."""
        return self.choice.finish_reason in CUT

    @property
    def unsaid(self) -> bool:
        """Whether it has no text though one was written: a server took all of it for thoughts or calls, or lost it."""
        tokens = self.usage.completion_tokens if self.usage else 0
        return not self.text and not self.cut and (bool(self.choice.message.thought) or tokens > MOST_MARKS)

    @property
    def filtered(self) -> bool:
        """Whether a filter took the answer away."""
        return self.choice.finish_reason.startswith(FILTERED) and not self.choice.message.content


class Continuation(_Shape):
    """What a model writes after a prompt. `scores` are the log-probabilities of its tokens."""

    text: str
    scores: list[FiniteFloat]
    prompt_tokens: int = Field(ge=1, le=MOST_TOKENS)
    completion_tokens: int = Field(ge=0, le=MOST_TOKENS)

    @property
    def score(self) -> float:
        return sum(self.scores)


def read_json(text: str) -> Any:
    """A reply as JSON.

    Raises:
        ValueError: it is none; nested deeper than can be read counts as none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        start = text.lstrip()[:5]
        kind = "an event stream" if start in ("data:", "event") else "no JSON"
        raise ValueError(f"{kind}: {' '.join(text[:400].split())[:200]!r}") from error


def read_completion(text: str) -> Completion:
    """The first choice of a reply.

    Raises:
        ValueError: it is no chat completion, whatever its status says.
    """
    reply, start = read_json(text), " ".join(text[:400].split())[:200]
    choices = reply.get("choices") if isinstance(reply, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ValueError(f"not a chat completion: {start!r}")
    first = dict(choices[0])
    if isinstance(first.get("message"), dict):
        first["message"] = _fields_of(first["message"])
    try:
        completion = Completion.model_validate({"choice": first, "usage": reply.get("usage")})
    except ValidationError as error:
        (wrong, *_) = error.errors()
        place = ".".join(map(str, wrong["loc"]))
        raise ValueError(f"not a chat completion, {place}: {wrong['msg']}: {start!r}") from error
    if completion.choice.finish_reason in BROKEN:
        raise ValueError(f"the endpoint broke off ({completion.choice.finish_reason}): {start!r}")
    return completion


def _fields_of(message: dict[str, Any]) -> dict[str, Any]:
    """The message's fields that are read, with reasoning under one name."""
    thoughts = (message.get(name) for name in ("reasoning_content", "reasoning"))
    refusal = message.get("refusal")
    return {
        "content": message.get("content"),
        "refusal": refusal if isinstance(refusal, str) else "",
        "thought": next((text for text in thoughts if isinstance(text, str)), ""),
    }


def _text_of(chunk: Any) -> str:
    if isinstance(chunk, str):
        return chunk
    if not isinstance(chunk, dict) or chunk.get("type", "text") not in TEXT_CHUNKS:
        return ""
    text = chunk.get("text")
    text = text.get("value") if isinstance(text, dict) else text  # as OpenAI's assistants write it
    return text if isinstance(text, str) else ""


def read_continuation(text: str) -> Continuation:
    """The first choice of a reply to a completion that asked for log-probabilities.

    Raises:
        ValueError: it is none, whatever its status says.
    """
    reply = read_json(text)
    try:
        choice, usage = reply["choices"][0], reply["usage"]
        return Continuation(
            text=choice["text"],
            scores=choice["logprobs"]["token_logprobs"],
            prompt_tokens=usage["prompt_tokens"],
            completion_tokens=usage["completion_tokens"],
        )
    except (KeyError, IndexError, TypeError, ValidationError) as error:
        start = " ".join(text[:400].split())[:200]
        raise ValueError(f"not a completion with log-probabilities: {start!r}") from error
