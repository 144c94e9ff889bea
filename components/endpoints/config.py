"""How an endpoint of the OpenAI protocol is asked; part of every configuration that names one."""

from __future__ import annotations

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError


class Endpoint(BaseModel):
    """How one endpoint is asked. Keys are never written down: only the name of the variable that holds one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key_env: str = Field("", description="environment variable that holds the key; the key itself is never stored")
    temperature: float | None = Field(0.0, ge=0, description="null where the endpoint refuses the setting")
    send_seed: bool = Field(True, description="false where the endpoint refuses a seed")
    max_tokens_name: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="what the endpoint calls the longest answer"
    )
    concurrency: int = Field(8, ge=1, description="requests under way at once")
    timeout: float = Field(120, gt=0, description="seconds a request may take, from its first byte to its last")
    retries: int = Field(5, ge=0, description="further attempts of a request after an error that may pass")
    backoff: float = Field(1.0, ge=0, description="seconds before the first retry; doubled before each further one")
    usd_per_million_prompt: float = Field(0.0, ge=0, description="price of a million prompt tokens")
    usd_per_million_completion: float = Field(0.0, ge=0, description="price of a million answer tokens")


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
