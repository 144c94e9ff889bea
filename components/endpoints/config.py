"""How an endpoint of the OpenAI protocol is asked; part of every configuration that names one."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError


class Endpoint(BaseModel):
    """How one endpoint is asked. Keys are never written down: only the name of the variable that holds one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key_env: str = Field("", description="environment variable with the API key; the key itself is never stored")
    temperature: float | None = Field(
        0.0, ge=0, description="sampling temperature; null: not sent, for endpoints that refuse it"
    )
    send_seed: bool = Field(True, description="send a seed; false for endpoints that refuse one")
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="parameter that limits the length of an answer at this endpoint"
    )
    concurrency: int = Field(8, ge=1, description="requests sent at once")
    timeout: float = Field(120, gt=0, description="time limit of a request in seconds, from its first byte to its last")
    retries: int = Field(5, ge=0, description="retries of a request after a temporary error")
    backoff: float = Field(1.0, ge=0, description="seconds before the first retry; doubled for each further one")
    usd_per_million_prompt: float = Field(0.0, ge=0, description="price of a million prompt tokens in US dollars")
    usd_per_million_completion: float = Field(
        0.0, ge=0, description="price of a million completion tokens in US dollars"
    )


def api_key(variable: str, *, whose: str) -> str:
    """The key in an environment variable, without the line break that files bring along; empty where none is named.

    Args:
        whose: what needs the key, for the message.

    Raises:
        InputError: the variable is not set, or holds what no header can carry.
    """
    if not variable:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(
            f"the environment variable {variable} with the key of {whose} is not set",
            where="api_key_env",
            fix=f"export {variable}=..., or name another variable",
        )
    if not (key.isascii() and key.isprintable()):
        raise InputError(
            f"the environment variable {variable} holds characters that no key has",
            where="api_key_env",
            fix=f"set {variable} to the key alone, in one line",
        )
    return key
