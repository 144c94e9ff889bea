"""A registered model as an MLflow pyfunc, for a process in which this package is installed:

    mlflow.pyfunc.load_model("models:/symbiont-student@champion").predict({"prompt": ["..."]})

The registered artifact is small: a signature, an example, the model card, and the store and digest of the weights. They
are fetched from the store and checked when the model is loaded. A prompt is the whole text that a student was trained
on, as `agents.prompts.student_prompt` writes it; the answer is the completion, decoded greedily.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from components.models.files import CARD
from components.models.generate import Ask, generate
from components.models.prompting import Prompting, load_prompting
from components.models.storing import fetch_model
from components.models.weights import load_model

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS = "weights.json"
CACHE = Path("~/.cache/symbiont")
MOST_TOKENS = 128


def write_registered(folder: Path, *, store: str, digest: str, card: str, example: str) -> Path:
    """A folder in the form of an MLflow model.

    Args:
        folder: does not exist yet.
        store: the store's address, as whoever loads the model can reach it.
        example: a prompt.
    """
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    signature = ModelSignature(
        inputs=Schema([ColSpec(DataType.string, "prompt")]), outputs=Schema([ColSpec(DataType.string, "completion")])
    )
    data = folder.with_name(f"{folder.name}-{WEIGHTS}")
    data.write_text(json.dumps({"store": store, "digest": digest}))
    mlflow.pyfunc.save_model(
        folder,
        loader_module=_load_pyfunc.__module__,
        data_path=str(data),
        signature=signature,
        input_example={"prompt": [example]},
        pip_requirements=_packages(),
    )
    (folder / CARD).write_text(card)
    return folder


def _packages() -> list[str]:
    """Packages that loading the model needs, without this one: it is on no index, where anybody may take its name."""
    from packaging.requirements import Requirement

    requirements = (Requirement(text) for text in metadata.requires("symbiont") or ())
    needed = (
        requirement
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": "train"})
    )
    return [f"{requirement.name}{requirement.specifier}" for requirement in needed]


def _load_pyfunc(path: str) -> SimpleNamespace:
    """Called by MLflow, which prescribes the name, with the file that was given as `data_path`."""
    from components.trajectories.open_store import open_store

    reference = json.loads(Path(path).read_text())
    folder = fetch_model(open_store(reference["store"]), reference["digest"], CACHE.expanduser())
    return SimpleNamespace(predict=partial(_complete, load_model(folder).eval(), load_prompting(folder)))


def _complete(model: Any, prompting: Prompting, prompts: pd.DataFrame) -> Sequence[str]:
    """The completion of each prompt. MLflow turns `{"prompt": [...]}` into a single row that holds the list."""
    room = prompting.context - MOST_TOKENS
    answers = generate(
        model,
        [Ask(tokens=prompting.encode_prompt(prompt)[-room:]) for prompt in prompts["prompt"].explode()],
        pad=prompting.pad,
        end=prompting.tokenizer.eos_token_id,
        max_new_tokens=MOST_TOKENS,
    )
    return [prompting.decode(answer.tokens) for answer in answers]
