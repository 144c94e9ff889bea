"""What an audit is asked about: models by reference, from wherever they are.

A reference is one of
- a folder of a saved model, or `base`, the shipped one;
- `hf:owner/name` on the Hugging Face hub;
- `models:/name@alias` or `models:/name/version` in the MLflow registry, or a digest of the store;
- `https://host/v1#model`, an endpoint of the OpenAI protocol and the model's name there;
- a file of stored answers, JSONL of {"probe_id": ..., "answer": ...}.

`NAME=REFERENCE` gives it the name by which the report, the policy and the result speak of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InputError

Kind = Literal["model", "endpoint", "answers"]
NAMED = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9._-]*)=(?P<reference>.+)", re.DOTALL)
NAME = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,79}$"


class Named(BaseModel):
    """A model of an audit: what it is called there, and where it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME, description="name in the report and the policy")
    reference: str = Field(min_length=1, description="folder, hf:, models:/, digest, endpoint#model, file of answers")

    @property
    def kind(self) -> Kind:
        if self.reference.startswith(("http://", "https://")):
            return "endpoint"
        return "answers" if Path(self.reference).is_file() else "model"

    @property
    def endpoint(self) -> tuple[str, str]:
        """(base_url, model) of an endpoint's reference."""
        url, _, model = self.reference.partition("#")
        return url, model


def parse_named(text: str, *, where: str) -> Named:
    """A reference as it is typed, with or without a name of its own.

    Raises:
        InputError: it is empty, or an endpoint's that does not name the model or holds a key.
    """
    match = None if Path(text).exists() else NAMED.fullmatch(text)
    reference = match["reference"] if match else text
    name = match["name"] if match else default_name(reference)
    if reference.startswith(("http://", "https://")):
        _check_endpoint(reference, where=where)
    if not re.fullmatch(NAME, name):
        raise InputError(
            f"{text!r} gives no name that a report could use",
            where=where,
            fix=f"give it one: {where} NAME={text or 'REFERENCE'}",
        )
    return Named(name=name, reference=reference)


def default_name(reference: str) -> str:
    """The last part of a reference, without what no name may hold."""
    if reference.startswith(("http://", "https://")):
        last = reference.partition("#")[2]
    elif reference.startswith("models:/"):
        last = reference.removeprefix("models:/").replace("/", "-")
    else:
        path = Path(reference)
        last = (path.resolve().stem if path.is_file() else path.resolve().name) if path.exists() else path.name
    last = last.rpartition("/")[2].removeprefix("hf:")
    return re.sub(r"[^A-Za-z0-9._@-]+", "-", last).strip("-._@")[:80]


def _check_endpoint(reference: str, *, where: str) -> None:
    url, _, model = reference.partition("#")
    if not model:
        raise InputError(
            "the endpoint's reference does not say which model",
            where=f"{where} {reference}",
            fix=f"write the model's name at the endpoint behind #: {url}#MODEL",
        )
    if "@" in url or "?" in url:
        raise InputError(
            "an endpoint's reference holds a log-in or a query; secrets do not belong on a command line",
            where=where,
            fix="put the key into an environment variable and name that with --api-key-env",
        )
