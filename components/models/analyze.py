"""Serves a reader by the protocol of Presidio Analyzer: a text goes in, places with a class and a score come out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from components.models.reader import NONE, Reader


class AnalyzeRequest(BaseModel):
    """The fields of a request that this server reads; it ignores all others, the text's language too."""

    model_config = ConfigDict(extra="ignore")

    text: str
    score_threshold: float = Field(0.5, gt=0, le=1)


def make_analyzer(folder: Path) -> Any:
    """A FastAPI application that answers as Presidio Analyzer does."""
    from fastapi import FastAPI

    app, reader = FastAPI(title="Symbiont: analyzer"), Reader(folder)
    one_at_a_time = asyncio.Lock()

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/supportedentities")
    async def entities() -> list[str]:
        return sorted({*reader.config.labels} - {NONE})

    @app.post("/analyze")
    async def analyze(request: AnalyzeRequest) -> list[dict[str, Any]]:
        async with one_at_a_time:
            return await asyncio.to_thread(reader.places, request.text, threshold=request.score_threshold)

    return app


def serve_analyzer(folder: Path, *, host: str, port: int) -> None:
    """Serves until it is interrupted."""
    import uvicorn

    uvicorn.run(make_analyzer(folder), host=host, port=port, log_level="warning")
