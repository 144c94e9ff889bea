"""Vectors of texts from an OpenAI-compatible endpoint, for the knowledge base's third way of retrieval."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InfraError, InputError

if TYPE_CHECKING:
    from openai import OpenAI

ATTEMPTS = 4


class EmbeddingEndpoint(BaseModel):
    """Which model makes the vectors, and where it is served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="address of the API, up to and with /v1")
    model: str = Field(description="the model's name there")
    api_key_env: str = Field("OPENAI_API_KEY", description="environment variable that holds the key; may be unset")
    batch: int = Field(64, ge=1, description="texts per request")
    max_chars: int = Field(8000, ge=100, description="longer texts are cut, as the model's context demands")
    timeout: float = Field(30.0, gt=0, description="seconds per request")

    @property
    def table(self) -> str:
        """Name of the table of this model's vectors: another model's vectors are no use beside them."""
        return f"vectors_{hashlib.sha256(self.model.encode()).hexdigest()[:12]}"


def embed(endpoint: EmbeddingEndpoint, texts: Sequence[str]) -> list[list[float]]:
    """One vector per text, in order.

    Raises:
        InputError: the endpoint refuses the key, or does not know the model.
        InfraError: it does not answer, after retries with back-off.
    """
    import openai

    where = f"{endpoint.base_url}, model {endpoint.model}"
    try:
        answer = _client(endpoint).embeddings.create(
            model=endpoint.model, input=[text[: endpoint.max_chars] for text in texts], encoding_format="float"
        )
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise InputError(
            f"the embedding endpoint refuses the key: {error}", where=where, fix=f"set {endpoint.api_key_env}"
        ) from error
    except (openai.NotFoundError, openai.BadRequestError) as error:
        raise InputError(
            f"the embedding endpoint refuses the request: {error}", where=where, fix="correct base_url or model"
        ) from error
    except openai.OpenAIError as error:
        raise InfraError(f"embedding endpoint {where}: {error}") from error
    if len(answer.data) != len(texts):
        raise InfraError(f"embedding endpoint {where}: {len(answer.data)} vectors for {len(texts)} texts")
    return [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]


@lru_cache(maxsize=4)
def _client(endpoint: EmbeddingEndpoint) -> OpenAI:
    from openai import OpenAI

    return OpenAI(
        base_url=endpoint.base_url,
        api_key=os.environ.get(endpoint.api_key_env) or "none",
        timeout=endpoint.timeout,
        max_retries=ATTEMPTS,
    )
