"""Embeddings of texts from an OpenAI-compatible endpoint, for the knowledge base's third way of retrieval."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from components.endpoints.complaints import Passing, RequestRefused, check_reply
from components.endpoints.completions import MOST_TOKENS, read_json
from components.endpoints.config import api_key
from components.endpoints.insist import insist
from components.endpoints.wire import Reply, Wire, one_line
from components.errors import InfraError, InputError
from components.text import clean
from components.trajectories.budget import LETTERS_PER_TOKEN, Budget
from components.trajectories.ledger import Ledger

RETRIES, BACKOFF = 4, 0.5
WHERE = "synthesize.knowledge.embedding"
LARGEST = 64_000_000
"""Bytes of a reply: a batch of 64 vectors of 8,192 numbers is a sixth of it."""
Vector = list[FiniteFloat]


class EmbeddingEndpoint(BaseModel):
    """Which model makes the vectors, and where it is served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="address of the API, up to and including /v1")
    model: str = Field(description="the model's name there")
    api_key_env: str = Field("OPENAI_API_KEY", description="environment variable with the API key; may be unset")
    batch: int = Field(64, ge=1, description="texts in each request")
    max_chars: int = Field(
        8000, ge=100, description="longer texts are cut to so many characters, to fit the model's context"
    )
    timeout: float = Field(30.0, gt=0, description="time limit of a whole request in seconds")
    usd_per_million_prompt: float = Field(0.0, ge=0, description="price of a million tokens in US dollars")
    budget_tokens: int | None = Field(
        None,
        ge=1,
        description="token limit of the whole run; once it is reached the run stops and can be continued with a "
        "larger one",
    )
    budget_usd: float | None = Field(
        None, gt=0, description="cost limit of the whole run in US dollars; it stops there likewise"
    )

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.budget_usd is not None and not self.usd_per_million_prompt:
            raise ValueError("budget_usd needs a price: set usd_per_million_prompt, or use budget_tokens")
        return self

    @property
    def table(self) -> str:
        """Name of the table of this model's vectors: another model's vectors are no use beside them."""
        return f"vectors_{hashlib.sha256(self.model.encode()).hexdigest()[:12]}"


class Embedder:
    """Asks one endpoint for vectors, from any thread but an event loop's own; nothing is open before the first request.

    Its requests share an event loop in a thread of its own, because a client and a budget belong to one.

    Args:
        ledger: what the run has spent on the model; left out where there is no run.
    """

    def __init__(self, endpoint: EmbeddingEndpoint, *, ledger: Ledger | None = None) -> None:
        self.endpoint, self.ledger = endpoint, ledger
        self._lock = threading.Lock()
        self._session: _Session | None = None

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector per text, in order.

        Raises:
            InputError: the endpoint refuses the key or the texts, or does not know the model; or our own guard lets
                the texts out in no form.
            BudgetError: the budget was spent before the request.
            InfraError: it does not answer, after retries with back-off.
        """
        try:
            return self._vectors(texts)
        except RequestRefused as error:
            raise InputError(str(error), where=WHERE, fix=error.fix) from error

    def of_query(self, text: str) -> Vector:
        """The vector of what an agent looks for. Raises as `embed`, but for our guard's refusal that refusal itself: a
        model at home may then decide instead."""
        [vector] = self._vectors([text])
        return vector

    def _vectors(self, texts: Sequence[str]) -> list[Vector]:
        with self._lock:
            session = self._session = self._session or self._start()
            vectors = asyncio.run_coroutine_threadsafe(session.embed(texts), session.loop)
        return vectors.result()

    def close(self) -> None:
        """Closes the connection; a later `embed` opens a new one."""
        with self._lock:
            session, self._session = self._session, None
        if session is None:
            return
        try:
            asyncio.run_coroutine_threadsafe(session.close(), session.loop).result()
        finally:
            session.loop.call_soon_threadsafe(session.ended.set)
            session.thread.join()

    def _start(self) -> _Session:
        endpoint = self.endpoint
        secret = os.environ.get(endpoint.api_key_env, "").strip()
        key = api_key(endpoint.api_key_env, whose=f"model {endpoint.model!r}") if secret else ""
        wire = Wire(endpoint.base_url, key=key, timeout=endpoint.timeout, largest=LARGEST)
        budget = Budget(
            model=endpoint.model,
            tokens=endpoint.budget_tokens,
            usd=endpoint.budget_usd,
            usd_per_million_prompt=endpoint.usd_per_million_prompt,
            ledger=self.ledger,
        )
        loop = Future[asyncio.AbstractEventLoop]()
        ended = asyncio.Event()

        async def live() -> None:
            loop.set_result(asyncio.get_running_loop())
            await ended.wait()

        thread = threading.Thread(target=lambda: asyncio.run(live()), name="vectors", daemon=True)
        thread.start()
        return _Session(endpoint=endpoint, wire=wire, budget=budget, loop=loop.result(), thread=thread, ended=ended)


@dataclass(frozen=True, kw_only=True)
class _Session:
    endpoint: EmbeddingEndpoint
    wire: Wire
    budget: Budget
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    ended: asyncio.Event

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        endpoint = self.endpoint
        inputs = [clean(text[: endpoint.max_chars]) for text in texts]
        letters = sum(map(len, inputs))
        request = {"model": endpoint.model, "input": inputs, "encoding_format": "float"}

        async def once() -> list[Vector]:
            async with self.budget.request(highest_cost=self.budget.price(prompt_tokens=letters, completion_tokens=0)):
                reply = await self.wire.ask("embeddings", request)
                self._check(reply)
                vectors, tokens = read_vectors(reply.text, count=len(texts))
                await self.budget.charge(prompt_tokens=tokens or letters // LETTERS_PER_TOKEN, completion_tokens=0)
            return vectors

        return await insist(once, where=endpoint.base_url, retries=RETRIES, backoff=BACKOFF)

    def _check(self, reply: Reply) -> None:
        """Raises as `check_reply`, with an InputError for what the endpoint refuses."""
        endpoint = self.endpoint
        try:
            check_reply(reply, where=endpoint.base_url, model=endpoint.model, secret=self.wire.key)
        except RequestRefused as error:
            fix = f"lower max_chars ({endpoint.max_chars}), or correct model or base_url"
            raise InputError(f"the embedding {error}", where=WHERE, fix=fix) from error

    async def close(self) -> None:
        await self.wire.close()
        await self.budget.close()


def check_embedding(endpoint: EmbeddingEndpoint) -> None:
    """Asks for one vector, before anything expensive.

    Raises:
        InputError: there is none.
    """
    try:
        with closing(Embedder(endpoint)) as embedder:
            embedder.embed(["symbiont"])
    except InfraError as error:
        raise InputError(
            f"the endpoint of vectors gives none: {error}",
            where=WHERE,
            fix="start its server, or correct base_url or model",
        ) from error


class _Vector(BaseModel):
    model_config = ConfigDict(extra="ignore")

    index: int
    embedding: Vector = Field(min_length=1)


class _Vectors(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Vector]
    usage: Any = None


def read_vectors(text: str, *, count: int) -> tuple[list[Vector], int]:
    """The vectors of a reply, in the texts' order, and the tokens that it counts; 0 where it counts none.

    Raises:
        Passing: it is not one vector of one length for each text.
    """
    try:
        reply = _Vectors.model_validate(read_json(text))
    except ValueError as error:
        raise Passing(f"not a list of vectors: {one_line(str(error), longest=300)}") from error
    ordered = sorted(reply.data, key=lambda vector: vector.index)
    if [vector.index for vector in ordered] != list(range(count)):
        raise Passing(f"{len(ordered)} vectors for {count} texts")
    if len({len(vector.embedding) for vector in ordered}) > 1:
        raise Passing("vectors of different lengths")
    tokens = reply.usage.get("prompt_tokens") if isinstance(reply.usage, dict) else None
    return [vector.embedding for vector in ordered], tokens if type(tokens) is int and 0 < tokens <= MOST_TOKENS else 0
