"""A student's training from start to end: loads the base, trains it, saves the result as it is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from components.distill.config import DistillConfig
from components.distill.group import ALONE, Group, put_together
from components.distill.samples import Samples
from components.distill.task import Task
from components.distill.train import Training
from components.models.devices import computed_in, deterministic
from components.models.lora import add_lora, merge_lora
from components.models.prompting import Prompting, load_prompting
from components.models.weights import load_model, save_model
from components.results.distill import Point


def train_student(
    task: Task,
    samples: Samples,
    *,
    on_point: Callable[[Point], None],
    group: Group = ALONE,
    keep: Callable[[Path], None] | None = None,
) -> list[Point]:
    """Trains from the newest checkpoint to the end, leaves the student in `task.student`, and returns the curve.

    Args:
        on_point: hears of each new point of the curve.
        group: the processes that train together, each of which calls this; the first saves the student.
        keep: called with each checkpoint that is written.

    Raises:
        InputError: as `Training` does.
    """
    prompting = load_prompting(
        task.base, template=task.config.template, reads=task.config.reads, context=task.config.context
    )
    with deterministic(task.config.deterministic):
        training = Training(
            model=_load(task, device=group.loads_on),
            samples=samples,
            config=task.config,
            pad=prompting.pad,
            seed=task.seed,
            checkpoints=task.checkpoints,
            group=group,
            keep=keep,
        )
        curve = training.run(on_point)
    model = training.model if group.shares == 1 else _gathered(training.model, task, group)
    if group.rank == 0:
        _save(model, config=task.config, folder=task.student, prompting=prompting)
    return curve


def _load(task: Task, *, device: str) -> Any:
    """The model, with additions to its matrices where these alone are learnt."""
    config = task.config
    if not config.lora_rank:
        return load_model(task.base, kept_in=config.states, device=device)
    model = load_model(task.base, kept_in=computed_in(config.precision), device=device)
    add_lora(model, rank=config.lora_rank, kept_in=config.states, seed=task.seed)
    return model


def _gathered(model: Any, task: Task, group: Group) -> Any:
    """A model of whole tensors again, in the first process, whose memory has one of them a second time."""
    learnt = (
        (name, put_together(parameter.detach()))
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    )
    if group.rank:
        for _ in learnt:
            pass
        return None
    import torch

    config = task.config if task.config.lora_rank else task.config.model_copy(update={"states": "bf16"})  # as saved
    whole = _load(task.model_copy(update={"config": config}), device="cpu")
    tensors = dict(whole.named_parameters())
    with torch.no_grad():
        for name, tensor in learnt:
            tensors[name].copy_(tensor)
    return whole


def _save(model: Any, *, config: DistillConfig, folder: Path, prompting: Prompting) -> None:
    """Writes the model, what was added to it merged into it."""
    if config.lora_rank:
        merge_lora(model)
    save_model(model, folder=folder, prompting=prompting)
