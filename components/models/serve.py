"""Serves a model behind the OpenAI protocol: vLLM where it is installed, else a small server over `generate`.

Both speak `/v1/models` and `/v1/chat/completions` with usage, so a chat agent or any client of that protocol can be
pointed at a student. A message's text is the student's prompt: a tiny model's chat template adds nothing to it.
"""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError
from components.models.generate import Ask, generate
from components.models.prompting import load_prompting
from components.models.weights import load_model

PATIENCE = 0.01
"""Seconds the first request of a batch waits for others."""
MOST_ROWS = 64


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(BaseModel):
    """What of a chat request is understood; other settings of the protocol are accepted and ignored, as they say."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message] = Field(min_length=1)
    temperature: float = Field(1.0, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    seed: int | None = None
    n: Literal[1] = 1
    stream: Literal[False] = False


class Generator:
    """A model that answers many requests at once; those that arrive together share a batch."""

    def __init__(self, folder: Path) -> None:
        self.prompting, self.model = load_prompting(folder), load_model(folder).eval()
        self._waiting: list[tuple[Ask, int, float, asyncio.Future[list[int]]]] = []
        self._task: asyncio.Task[None] | None = None

    def encode(self, messages: Sequence[Message]) -> list[int]:
        if len(messages) == 1 and not self.prompting.tokenizer.chat_template:
            return self.prompting.encode_prompt(messages[0].content)
        return list(
            self.prompting.tokenizer.apply_chat_template(
                [message.model_dump() for message in messages],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
            )["input_ids"]
        )

    async def answer(self, ask: Ask, *, most: int, temperature: float) -> list[int]:
        """The written tokens, at most `most`."""
        future: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, most, temperature, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(PATIENCE)
            _, most, temperature, _ = self._waiting[0]
            batch = [one for one in self._waiting if one[1:3] == (most, temperature)][:MOST_ROWS]
            self._waiting = [one for one in self._waiting if one not in batch]
            try:
                written = await asyncio.to_thread(
                    generate,
                    self.model,
                    [one[0] for one in batch],
                    pad=self.prompting.pad,
                    end=self.prompting.tokenizer.eos_token_id,
                    max_new_tokens=most,
                    temperature=temperature,
                )
            except Exception as error:  # every request of the batch must hear of it, or it would wait for ever
                for *_, future in batch:
                    future.set_exception(error)
                continue
            for (*_, future), one in zip(batch, written, strict=True):
                if not future.cancelled():
                    future.set_result(one.tokens)


def make_app(folder: Path, *, name: str) -> Any:
    """A FastAPI application that serves the model of a folder under a name."""
    from fastapi import FastAPI, HTTPException, Request
    from fastapi.responses import JSONResponse

    app, generator, started = FastAPI(title=f"Symbiont: {name}"), Generator(folder), int(time.time())
    asked = 0

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        body = {"message": error.detail, "type": "invalid_request_error", "code": error.status_code}
        return JSONResponse({"error": body}, status_code=error.status_code)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        card = {"id": name, "object": "model", "created": started, "owned_by": "symbiont"}
        return {"object": "list", "data": [{**card, "max_model_len": generator.prompting.context}]}

    @app.post("/v1/chat/completions")
    async def chat(request: ChatRequest) -> dict[str, Any]:
        nonlocal asked
        if request.model != name:
            raise HTTPException(404, f"The model `{request.model}` does not exist; this server has `{name}`.")
        tokens = generator.encode(request.messages)
        most = request.max_completion_tokens or request.max_tokens or generator.prompting.context - len(tokens)
        if most < 1 or len(tokens) + most > generator.prompting.context:
            raise HTTPException(
                400, f"The context is {generator.prompting.context} tokens; {len(tokens)} + {max(most, 1)} were asked."
            )
        asked += 1
        key = f"{asked} {time.time_ns()}" if request.seed is None else str(request.seed)
        written = await generator.answer(Ask(tokens=tokens, key=key), most=most, temperature=request.temperature)
        return _completion(name=name, number=asked, prompt=len(tokens), written=written, most=most, text=generator)

    return app


def _completion(
    *, name: str, number: int, prompt: int, written: Sequence[int], most: int, text: Generator
) -> dict[str, Any]:
    message = {"role": "assistant", "content": text.prompting.decode(written)}
    reason = "length" if len(written) >= most else "stop"
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": name,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": len(written),
            "total_tokens": prompt + len(written),
        },
    }


def serve(folder: Path, *, host: str, port: int, name: str = "student") -> None:
    """Serves until it is interrupted.

    Raises:
        InputError: the folder is no model, or the port is in use.
    """
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fix = "stop what listens there, or take another port"
            raise InputError(f"cannot listen on {host}:{port}: {error.strerror}", where="port", fix=fix) from error
    load_prompting(folder).check_vocabulary()
    if importlib.util.find_spec("vllm") is not None:
        command = [sys.executable, "-m", "vllm.entrypoints.cli.main", "serve", str(folder)]
        command += ["--served-model-name", name, "--host", host, "--port", str(port)]
        subprocess.run(command, check=True)
        return
    serve_here(folder, host=host, port=port, name=name)


def serve_here(folder: Path, *, host: str, port: int, name: str) -> None:
    """The small server, in this process."""
    import uvicorn

    uvicorn.run(make_app(folder, name=name), host=host, port=port, log_level="warning")
