"""The task of a training, for this process or for several that read it from a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from components.distill.config import DistillConfig


class Task(BaseModel):
    """
    Attributes:
        base: folder of the model to start from.
        scratch: folder of everything that is made on the way; outlives a killed process.
        copies: of many processes each has the whole student; else its rows of every tensor.
        store, prefix: where checkpoints of many processes are sent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    config: DistillConfig
    base: Path
    scratch: Path
    seed: int
    copies: bool
    store: str
    prefix: str

    @property
    def checkpoints(self) -> Path:
        return self.scratch / "checkpoints"

    @property
    def samples(self) -> Path:
        """Folder of the tokenized examples."""
        return self.scratch / "samples"

    @property
    def student(self) -> Path:
        return self.scratch / "model"
