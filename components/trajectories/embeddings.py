"""Vectors of texts from an OpenAI-compatible endpoint, for the knowledge base's third way of retrieval."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from components.endpoints.complaints import Passing, RequestRefused, check_reply
from components.endpoints.completions import read_json
from components.endpoints.config import api_key
from components.endpoints.insist import insist
from components.endpoints.wire import Wire, one_line
from components.errors import InfraError, InputError
from components.text import clean

RETRIES, BACKOFF = 4, 0.5
LARGEST = 64_000_000
"""Bytes of a reply: a batch of 64 vectors of 8,192 numbers is a sixth of it."""


class EmbeddingEndpoint(BaseModel):
    """Which model makes the vectors, and where it is served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="address of the API, up to and with /v1")
    model: str = Field(description="the model's name there")
    api_key_env: str = Field("OPENAI_API_KEY", description="environment variable that holds the key; may be unset")
    batch: int = Field(64, ge=1, description="texts per request")
    max_chars: int = Field(8000, ge=100, description="longer texts are cut, as the model's context demands")
    timeout: float = Field(30.0, gt=0, description="seconds a request may take, as a whole")

    @property
    def table(self) -> str:
        """Name of the table of this model's vectors: another model's vectors are no use beside them."""
        return f"vectors_{hashlib.sha256(self.model.encode()).hexdigest()[:12]}"


def embed(endpoint: EmbeddingEndpoint, texts: Sequence[str]) -> list[list[float]]:
    """One vector per text, in order. Called from code that is not asynchronous.

    Raises:
        InputError: the endpoint refuses the key or the texts, or does not know the model.
        InfraError: it does not answer, after retries with back-off.
    """
    return asyncio.run(_embed(endpoint, texts))


def check_embedding(endpoint: EmbeddingEndpoint) -> None:
    """Asks for one vector, before anything expensive.

    Raises:
        InputError: there is none.
    """
    try:
        embed(endpoint, ["symbiont"])
    except InfraError as error:
        raise InputError(
            f"the endpoint of vectors gives none: {error}",
            where="synthesize.knowledge.embedding",
            fix="start its server, or correct base_url or model",
        ) from error


async def _embed(endpoint: EmbeddingEndpoint, texts: Sequence[str]) -> list[list[float]]:
    there = os.environ.get(endpoint.api_key_env, "").strip()
    key = api_key(endpoint.api_key_env, whose=f"model {endpoint.model!r}") if there else ""
    wire = Wire(endpoint.base_url, key=key, timeout=endpoint.timeout, largest=LARGEST)
    asked = [clean(text[: endpoint.max_chars]) for text in texts]
    request = {"model": endpoint.model, "input": asked, "encoding_format": "float"}

    async def once() -> list[list[float]]:
        reply = await wire.ask("embeddings", request)
        check_reply(reply, where=endpoint.base_url, model=endpoint.model, secret=key)
        return read_vectors(reply.text, count=len(texts))

    try:
        return await insist(once, where=endpoint.base_url, retries=RETRIES, backoff=BACKOFF)
    except RequestRefused as error:
        fix = f"lower max_chars ({endpoint.max_chars}), or correct model or base_url"
        raise InputError(f"the embedding {error}", where="synthesize.knowledge.embedding", fix=fix) from error
    finally:
        await wire.close()


class _Vector(BaseModel):
    model_config = ConfigDict(extra="ignore")

    index: int
    embedding: list[FiniteFloat] = Field(min_length=1)


class _Vectors(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Vector]


def read_vectors(text: str, *, count: int) -> list[list[float]]:
    """The vectors of a reply, in the texts' order.

    Raises:
        Passing: it is not one vector of one length for each text.
    """
    try:
        found = _Vectors.model_validate(read_json(text)).data
    except ValueError as error:
        raise Passing(f"not a list of vectors: {one_line(str(error), longest=300)}") from error
    ordered = sorted(found, key=lambda vector: vector.index)
    if [vector.index for vector in ordered] != list(range(count)):
        raise Passing(f"{len(found)} vectors for {count} texts")
    if len({len(vector.embedding) for vector in ordered}) > 1:
        raise Passing("vectors of different lengths")
    return [vector.embedding for vector in ordered]
