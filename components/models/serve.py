"""Serves a model by the OpenAI protocol: vLLM where it is installed, else a small server over `generate`.

Both answer `/v1/models`, `/v1/chat/completions` and `/v1/completions` with usage, so a chat agent or any client of that
protocol can be pointed at a student. A message's text is the student's prompt: a tiny model's chat template adds
nothing to it. A completion's prompt may be tokens, and the completion may be constrained by a regular expression as in
vLLM (`structured_outputs`). A model has two names: the given one and its digest.
A reader of private data (`reader`) is served by another protocol (`analyze`).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.guard import sweep_seldom
from components.loopback import HOST, free_port
from components.models.analyze import serve_analyzer
from components.models.devices import Precision, computed_in
from components.models.files import folder_digest, weight_files
from components.models.generate import TINY, Ask, Written, generate
from components.models.matching import Copied, Matching
from components.models.prompting import load_prompting
from components.models.reader import is_reader
from components.models.vllm import serve_with_vllm
from components.models.weights import load_model

PATIENCE = 0.01
"""Seconds that the first request of a batch waits for others to share it."""
MOST_ROWS = 64


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(BaseModel):
    """The fields of a chat request that this server reads; it ignores all others."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1)
    temperature: float = Field(1.0, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    seed: int | None = None
    n: Literal[1] = 1
    stream: Literal[False] = False

    def ask(self, generator: Generator, *, key: str) -> Ask:
        """Raises ValueError: the messages are not such as this model takes."""
        return Ask(tokens=generator.encode(self.messages), key=key)


class Structured(BaseModel):
    model_config = ConfigDict(extra="forbid")

    regex: str


class CompletionRequest(BaseModel):
    """The fields of a completion request that this server reads. `copied` is ours; other servers ignore it."""

    model_config = ConfigDict(extra="ignore")

    model: str
    prompt: list[int] | str
    temperature: float = Field(1.0, ge=0, le=2)
    max_tokens: int = Field(16, ge=1)
    seed: int | None = None
    logprobs: int | None = Field(None, ge=0, le=5)
    structured_outputs: Structured | None = None
    copied: Copied | None = None
    n: Literal[1] = 1
    stream: Literal[False] = False

    def ask(self, generator: Generator, *, key: str) -> Ask:
        """Raises ValueError: the prompt is none of this model."""
        pattern = self.structured_outputs
        allowed = Matching(pattern.regex, copied=self.copied) if pattern else None
        return Ask(tokens=generator.tokens(self.prompt), key=key, allowed=allowed)


class Generator:
    """A model that answers many requests at once; those that arrive together share a batch."""

    def __init__(self, folder: Path, *, precision: Precision | None) -> None:
        import torch

        self.prompting = load_prompting(folder)
        self.model = load_model(folder, kept_in=computed_in(precision)).eval()
        if self.model.num_parameters() < TINY:
            torch.set_num_threads(1)
        self._waiting: list[tuple[Ask, int, float, asyncio.Future[Written]]] = []
        self._task: asyncio.Task[None] | None = None

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of messages.

        Raises:
            ValueError: the tokenizer has no chat template for several, or one that takes no such roles.
        """
        from jinja2 import TemplateError

        if len(messages) == 1 and not self.prompting.tokenizer.chat_template:
            return self.prompting.encode_prompt(messages[0].content)
        try:
            return list(
                self.prompting.tokenizer.apply_chat_template(
                    [message.model_dump() for message in messages],
                    add_generation_prompt=True,
                    tokenize=True,
                    return_dict=True,
                )["input_ids"]
            )
        except TemplateError as error:
            raise ValueError(f"the model's chat template refuses these messages: {error}") from error

    def tokens(self, prompt: Sequence[int] | str) -> Sequence[int]:
        """A prompt's tokens.

        Raises:
            ValueError: there are none, or one is not in this model's vocabulary.
        """
        tokens_of_prompt = self.prompting.encode_prompt(prompt) if isinstance(prompt, str) else prompt
        if not tokens_of_prompt or not all(0 <= token < self.prompting.vocabulary for token in tokens_of_prompt):
            raise ValueError(f"A prompt has tokens, from 0 to {self.prompting.vocabulary - 1}.")
        return tokens_of_prompt

    async def answer(self, ask: Ask, *, max_new_tokens: int, temperature: float) -> Written:
        """The completion of a prompt, at most `max_new_tokens` tokens."""
        future: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, max_new_tokens, temperature, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(PATIENCE)
            _, max_new_tokens, temperature, _ = self._waiting[0]
            batch = [request for request in self._waiting if request[1:3] == (max_new_tokens, temperature)][:MOST_ROWS]
            self._waiting = [request for request in self._waiting if request not in batch]
            try:
                answers = await asyncio.to_thread(
                    generate,
                    self.model,
                    [prompt for prompt, *_ in batch],
                    pad=self.prompting.pad,
                    end=self.prompting.tokenizer.eos_token_id,
                    max_new_tokens=max_new_tokens,
                    temperature=temperature,
                    decode=self.prompting.decode,
                )
            except Exception as error:  # every request of the batch must hear of it, or it would wait for ever
                for *_, future in batch:
                    if not future.cancelled():
                        future.set_exception(error)
                continue
            for (*_, future), answer in zip(batch, answers, strict=True):
                if not future.cancelled():
                    future.set_result(answer)


def make_app(folder: Path, *, name: str, precision: Precision | None = None) -> Any:
    """A FastAPI application that serves the model of a folder under a name and under its digest.

    Args:
        precision: of its weights and matrix products; None: fp32.
    """
    from fastapi import FastAPI, HTTPException, Request
    from fastapi.responses import JSONResponse

    app, started = FastAPI(title=f"Symbiont: {name}"), int(time.time())
    generator = Generator(folder, precision=precision)
    names = dict.fromkeys((name, folder_digest(folder)))
    requests = 0

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        body = {"message": error.detail, "type": "invalid_request_error", "code": error.status_code}
        return JSONResponse({"error": body}, status_code=error.status_code)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        about = {"object": "model", "created": started, "owned_by": "symbiont"}
        cards = [
            {"id": model_id, **about, "max_model_len": generator.prompting.context, "copied": True}
            for model_id in names
        ]
        return {"object": "list", "data": cards}

    async def answer(
        request: ChatRequest | CompletionRequest, ask: Ask, *, max_new_tokens: int
    ) -> tuple[Written, dict[str, Any]]:
        """The completion, and the fields that every reply has."""
        nonlocal requests
        context = generator.prompting.context
        if max_new_tokens < 1 or len(ask.tokens) + max_new_tokens > context:
            raise HTTPException(
                400, f"The context is {context} tokens; {len(ask.tokens)} + {max(max_new_tokens, 1)} were requested."
            )
        requests += 1
        continuation = await generator.answer(ask, max_new_tokens=max_new_tokens, temperature=request.temperature)
        count = {"prompt_tokens": len(ask.tokens), "completion_tokens": len(continuation.tokens)}
        usage = {**count, "total_tokens": sum(count.values())}
        return continuation, {"created": int(time.time()), "model": request.model, "usage": usage}

    def ask_of(request: ChatRequest | CompletionRequest) -> Ask:
        if request.model not in names:
            raise HTTPException(404, f"The model `{request.model}` does not exist; this server has `{name}`.")
        key = f"{requests} {time.time_ns()}" if request.seed is None else str(request.seed)
        try:
            return request.ask(generator, key=key)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error

    @app.post("/v1/chat/completions")
    async def chat(request: ChatRequest) -> dict[str, Any]:
        ask = ask_of(request)
        room = generator.prompting.context - len(ask.tokens)
        max_new_tokens = request.max_completion_tokens or request.max_tokens or room
        continuation, reply = await answer(request, ask, max_new_tokens=max_new_tokens)
        message = {"role": "assistant", "content": generator.prompting.decode(continuation.tokens)}
        choice = {"index": 0, "message": message, "finish_reason": _reason(continuation, max_new_tokens)}
        return {"id": f"chatcmpl-{requests}", "object": "chat.completion", "choices": [choice], **reply}

    @app.post("/v1/completions")
    async def complete(request: CompletionRequest) -> dict[str, Any]:
        ask = ask_of(request)
        continuation, reply = await answer(request, ask, max_new_tokens=request.max_tokens)
        choice = {
            "index": 0,
            "text": generator.prompting.decode(continuation.tokens),
            "finish_reason": _reason(continuation, request.max_tokens),
            "logprobs": None if request.logprobs is None else {"token_logprobs": continuation.scores},
        }
        return {"id": f"cmpl-{requests}", "object": "text_completion", "choices": [choice], **reply}

    return app


def _reason(answer: Written, limit: int) -> str:
    return "length" if len(answer.tokens) >= limit else "stop"


def serve(
    folder: Path,
    *,
    host: str,
    port: int,
    name: str = "student",
    precision: Precision | None = None,
    arguments: Sequence[str] = (),
) -> None:
    """Serves until it is interrupted.

    Args:
        precision: of weights and matrix products; None: fp32, and as the model is kept by vLLM on a GPU.
        arguments: further words for vLLM's server.

    Raises:
        InputError: the folder is no model, the port is in use, or there are arguments and no vLLM.
        InfraError: vLLM ended with an error.
    """
    try:
        free_port(port, host=host)
    except OSError as error:
        fix = "stop what listens there, or take another port"
        raise InputError(f"cannot listen on {host}:{port}: {error.strerror}", where="port", fix=fix) from error
    weight_files(folder)
    if is_reader(folder):
        serve_analyzer(folder, host=host, port=port)
        return
    prompting = load_prompting(folder)
    prompting.check_vocabulary()
    if importlib.util.find_spec("vllm") is not None:
        names = list(dict.fromkeys((name, folder_digest(folder))))
        serve_with_vllm(
            folder,
            host=host,
            port=port,
            names=names,
            context=prompting.context,
            tiny=load_model(folder, device="meta").num_parameters() < TINY,
            precision=precision,
            arguments=arguments,
        )
        return
    if arguments:
        fix = "install vLLM beside symbiont, or leave the words out"
        raise InputError(f"our small server does not take {' '.join(arguments)}", where="serving.arguments", fix=fix)
    serve_here(folder, host=host, port=port, name=name, precision=precision)


def serve_here(folder: Path, *, host: str, port: int, name: str, precision: Precision | None = None) -> None:
    """The small server, in this process."""
    import uvicorn

    app = make_app(folder, name=name, precision=precision)
    uvicorn.run(app, host=host, port=port, log_level="warning")


def main() -> None:
    """`python -m components.models.serve FOLDER PORT [--precision bf16] [words for vLLM]`: on this machine alone."""
    sweep_seldom()
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--precision", choices=get_args(Precision))
    known, arguments = parser.parse_known_args()
    serve(known.folder, host=HOST, port=known.port, precision=known.precision, arguments=arguments)


if __name__ == "__main__":
    main()
