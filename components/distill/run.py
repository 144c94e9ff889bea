"""Distillation, one round's student from its examples. See README.md for what it reads and writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from components.agents.prompts import PROMPT_VERSION
from components.distill.checkpoints import fetch_checkpoint
from components.distill.config import DistillConfig
from components.distill.elsewhere import Outcome, train_elsewhere
from components.distill.examples import COLUMNS, make_samples
from components.distill.samples import Samples
from components.distill.sending import sender
from components.distill.student import train_student
from components.distill.task import Task
from components.distill.torchrun import train_together
from components.errors import InputError
from components.files import write_whole
from components.models.devices import Devices
from components.models.files import folder_digest, is_local, resolve_model
from components.models.memory import check_disk_of_training, check_memory, read_shape
from components.models.prompting import load_prompting
from components.models.storing import is_stored, publish_model
from components.results.distill import DistillResult, Point
from components.results.place import ResultPlace, read
from components.results.synthesize import SynthesizeResult
from components.tracking import EXPERIMENT, track, track_round
from components.trajectories.digests import json_digest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

EXAMPLES = "tables/examples.parquet"
FINISHED = "finished"
"""A file in the folder of a training whose result is stored."""
HERE = Devices()


def run(
    *,
    config: DistillConfig,
    round: Round,
    devices: Devices = HERE,
    image: str = "",
    base: str = "",
    start: str = "",
    on_progress: Callable[[Point], None] | None = None,
) -> DistillResult:
    """Trains the round's student and publishes it; returns at once where that is already done and the model is whole.

    Killed at any moment and started again, it goes on from its last checkpoint and ends with the same bytes.

    Args:
        devices: what is trained on; this machine's memory, if left out.
        image: what pods of a job of its own run, where the place trains in one.
        base: reference of the model to go on from; empty starts from `config.student`.
        start: digest of the model that `config.student` named when the round began, which is in the store; nobody else
            is asked for it, and a name that means another model by now does not matter.
        on_progress: called with every new point of the learning curve.

    Raises:
        InputError: no examples, or tokenizer, context, data or memory do not fit; before any training.
    """
    reference = base or config.student
    stored = start if not (base or is_local(reference)) else ""
    folder = resolve_model(stored or reference, work=round.work, store=round.store)
    sources = _sources(round, config)
    inputs = json_digest(
        {
            "config": config.model_dump(exclude={"checkpoint_every", "checkpoint_minutes", "checkpoints_kept"}),
            "base": folder_digest(folder),
            "data": sources,
            "seed": round.seed,
            "prompts": PROMPT_VERSION,
        }
    )
    place = ResultPlace(
        kind=DistillResult,
        round=round,
        name="distill",
        inputs=inputs,
        other="this round already has a student distilled from other examples or with other settings",
    )
    if (result_before := place.known()) is not None and is_stored(round.store, result_before.model_digest):
        return result_before
    prompting = load_prompting(folder, template=config.template, reads=config.reads, context=config.context)
    shape = read_shape(folder)
    copies = check_memory(shape, config, devices)
    seed = round.seed * 1000 + round.number
    columns = (*COLUMNS, *config.reads)
    _check_columns(round, sources, columns=columns)
    scratch = round.work / "distill" / inputs[:16]
    _remove_finished_beside(scratch)
    if devices.job is None:
        check_disk_of_training(round.work, shape, config)
    task = Task(
        config=config,
        base=folder,
        scratch=scratch,
        seed=seed,
        copies=copies,
        store=str(round.store.url),
        prefix=f"{round.prefix}/checkpoints/{inputs[:16]}/",
    )
    rows = _rows(round, sources, columns=columns)
    with _nothing_left(task):
        samples = make_samples(rows, prompting=prompting, config=config, folder=task.samples, seed=seed)
    fetch_checkpoint(task.prefix, store=round.store, folder=task.checkpoints)
    with _threads(config.threads), _tracked(round, config, reference) as note:

        def on_point(point: Point) -> None:
            note(point)
            if on_progress is not None:
                on_progress(point)

        outcome = _train(task, samples, devices=devices, image=image, on_point=on_point)
    result = DistillResult(
        inputs=inputs,
        model_digest=outcome.model_digest,
        base=reference,
        base_digest=folder_digest(folder),
        sources=sources,
        parameters=shape.parameters,
        curve=outcome.curve,
        **_counts(samples),
    )
    stored_result = place.keep(result)
    write_whole(task.scratch / FINISHED, b"")
    for key in list(round.store.list(task.prefix)):
        round.store.delete(key)
    return stored_result


def _remove_finished_beside(scratch: Path) -> None:
    """Removes what other trainings left that have their result, checkpoints above all: those of a large student fill a
    disk. The newest one's stay, and make its model again if it is torn in the store."""
    for finished in scratch.parent.glob(f"*/{FINISHED}"):
        if finished.parent != scratch:
            shutil.rmtree(finished.parent, ignore_errors=True)


@contextmanager
def _nothing_left(task: Task) -> Iterator[None]:
    """Removes the examples of a training that is refused before it begins."""
    try:
        yield
    except InputError:
        shutil.rmtree(task.samples, ignore_errors=True)
        with suppress(OSError):  # another try's checkpoints are there
            task.scratch.rmdir()
            task.scratch.parent.rmdir()
        raise


def _train(task: Task, samples: Samples, *, devices: Devices, image: str, on_point: Callable[[Point], None]) -> Outcome:
    """Trains where the place says; the student stands in the store."""
    if devices.job:
        return train_elsewhere(task, devices=devices, image=image, on_point=on_point)
    if devices.processes > 1:
        curve = train_together(task, processes=devices.processes, on_point=on_point)
    elif devices.send_checkpoints:
        with ThreadPoolExecutor(1) as pool:
            curve = train_student(task, samples, on_point=on_point, keep=sender(task, pool))
    else:
        curve = train_student(task, samples, on_point=on_point)
    return Outcome(model_digest=publish_model(open_store(task.store), task.student), curve=tuple(curve))


def _sources(round: Round, config: DistillConfig) -> dict[str, str]:
    """Digests of the tables of examples to learn from, by key, oldest first."""
    from components.trajectories.tables import read_table_manifest

    numbers = range(1, round.number + 1) if config.rounds == "all" else (round.number,)
    digests: dict[str, str] = {}
    for number in numbers:
        earlier = round.at(number)
        synthesized = read(earlier, SynthesizeResult)
        key_of_round = f"{earlier.prefix}/{EXAMPLES}"
        for key in (key_of_round, *(synthesized.imported if synthesized else ())):
            with suppress(KeyError):  # a round that made none, or a source that was taken down
                digests[key] = read_table_manifest(round.store, key).digest
    if not digests:
        raise InputError(
            "there are no training examples", where=f"{round.prefix}/{EXAMPLES}", fix="run explore and synthesize first"
        )
    return digests


def _check_columns(round: Round, sources: Iterable[str], *, columns: Sequence[str]) -> None:
    """
    Raises:
        InputError: a table of an older release lacks a column.
    """
    from components.trajectories.tables import read_table_manifest

    for key in sources:
        if missing := sorted({*columns} - {*read_table_manifest(round.store, key).columns}):
            raise InputError(
                f"examples that an older release made do not say what distill.reads asks for: {', '.join(missing)}",
                where=f"{round.store.url}/{key}",
                fix="leave distill.reads out, take rounds: this, or start another run",
            )


def _rows(round: Round, sources: Iterable[str], *, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of all tables, some at a time; one that stands in two of them counts once, as the first says it."""
    from components.trajectories.table_files import read_rows

    ids = set[str]()
    for key in sources:
        for row in read_rows(round.store, key, columns=columns):
            if row["example_id"] not in ids:
                ids.add(row["example_id"])
                yield row


def _counts(samples: Samples) -> dict[str, Any]:
    kinds = [sample.kind for sample in samples.train]
    return {
        "examples": {kind: kinds.count(kind) for kind in ("action", "reason_action")},
        "validation_examples": len(samples.validation),
        "cut": samples.cut,
        "lengths": dict(samples.histogram),
    }


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Sets torch's threads for the training and puts them back."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _tracked(round: Round, config: DistillConfig, reference: str) -> Iterator[Callable[[Point], None]]:
    """Sends the learning curve to MLflow where a server is configured."""
    name = f"{round.run} round {round.number} distill"
    tags = {"symbiont.run": round.run, "symbiont.round": str(round.number), "symbiont.stage": "distill"}
    with (
        track_round(round.run, round.number) as (_, parent),
        track(name, experiment=EXPERIMENT, tags=tags, parent=parent.id) as tracked,
    ):
        tracked.params({"student": reference, **config.model_dump(exclude={"student"})})

        def note(point: Point) -> None:
            values = point.model_dump(exclude={"step"}, exclude_none=True)
            if point.seconds:
                values["tokens_per_second"] = point.tokens / point.seconds
            tracked.metrics({f"distill/{name}": value for name, value in values.items()}, step=point.step)

        yield note
