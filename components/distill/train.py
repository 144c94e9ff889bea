"""The training loop: multi-task, on completions only, resumable bit for bit.

A loop of our own instead of a Trainer. Logits only at completion positions, batches as a function of the step, and
checkpoints in one file would all need hooks there, and at this size a Trainer's overhead is most of a step.

Loss (AgentSymbiotic, eq. 7): cross-entropy of the action task plus lambda_r times that of the reason task. The paper
conditions the reason on the action in its formula and the action on the reason in its figure 4 and its code; we follow
the code: two completions of one prompt, `action` and `reason, then action`. Each example counts by the mean over its
tokens, so that a long reason does not outweigh many short actions.
"""

from __future__ import annotations

import io
import math
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from components.distill.batches import Plan, divide, to_tensors
from components.distill.checkpoints import restore_checkpoint, save_checkpoint
from components.distill.config import DistillConfig
from components.distill.group import ALONE, Group, layers_of, own_rows, put_together
from components.distill.learnt import Learnt, Masters
from components.distill.loss import batch_loss, check_reading, measure
from components.distill.samples import Sample, Samples
from components.errors import InputError
from components.models.attention import attention
from components.models.devices import computed_in, peak_flops, peak_memory
from components.models.flops import work_of
from components.models.optimizers import make_optimizers, set_rate
from components.progress import Progress
from components.results.distill import Point

NOTED_EVERY = 10
"""Steps between two points of the training loss."""
MILDER = "lower distill.learning_rate or distill.clip, give more distill.warmup, or set distill.precision to fp32"


def learning_rate(step: int, config: DistillConfig) -> float:
    """Linear to the peak, then a cosine down to a tenth of it at the last step."""
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    share = (step - config.warmup) / max(1, config.steps - config.warmup)
    return config.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, share))))


def _autocast(precision: str, model: Any) -> Any:
    import torch

    on_cpu = model.device.type == "cpu"  # a GPU's student is in bf16 itself
    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16" and on_cpu)


def _compile(model: Any) -> None:
    """One layer's program serves them all.

    Raises:
        InputError: this machine has no C compiler, which Triton makes its launchers with.
    """
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        problem = "layers are to be compiled, and this machine has no C compiler"
        raise InputError(problem, where="distill.compile", fix="set it to false, or install gcc")
    for layer in layers_of(model):
        layer.compile()


def _learnt(model: Any, *, config: DistillConfig, group: Group) -> Learnt:
    """What is learnt; where one GPU has all of the student, in masters of it. FSDP keeps its own."""
    mixed = (config.precision, config.states) == ("bf16", "fp32")
    return Masters(model) if mixed and model.device.type == "cuda" and group.shares == 1 else Learnt(model)


def _unheard(_point: Point) -> None:
    """The default listener of the learning curve, which ignores it."""


class Training:
    """A model on its way through `config.steps` steps; `run` goes from the last checkpoint to the end.

    Args:
        group: the processes that train it together, each with a `Training` of its own.
        keep: called with every checkpoint that is written.
    """

    def __init__(
        self,
        *,
        model: Any,
        samples: Samples,
        config: DistillConfig,
        pad: int,
        seed: int,
        checkpoints: Path,
        group: Group = ALONE,
        keep: Callable[[Path], None] | None = None,
    ) -> None:
        import torch

        config = config.model_copy(update={"precision": computed_in(config.precision)})
        self.model, self.samples, self.config, self.pad, self.folder = model, samples, config, pad, checkpoints
        self.plan = Plan(samples=samples.train, batch=config.batch, seed=seed, reason_share=config.reason_share)
        if config.epochs:
            self.config = config.model_copy(update={"steps": self.plan.steps(config.epochs)})
        self.group, self.keep = group, keep
        if config.compile and model.device.type == "cuda":
            _compile(model)
        self.work = work_of(model)
        self.learner = group.learner(model, precision=config.precision)
        self.learnt = _learnt(model, config=config, group=group)
        self.optimizers = make_optimizers(
            config.optimizer, self.learnt.tensors, model=model, weight_decay=config.weight_decay
        )
        if config.gradient_checkpointing:
            model.gradient_checkpointing_enable()
        with torch.no_grad(), _autocast(config.precision, model):
            self.learner(check_reading, samples.train, pad=pad, packed=config.packed)
        torch.manual_seed(seed)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.flops, self.noted = 0.0, 0.0
        self.running: float | None = None
        self._saved = 0.0
        self.curve: list[Point] = []

    def run(self, on_point: Callable[[Point], None] = _unheard) -> list[Point]:
        """Trains to the end; `on_point` hears of each new point of the learning curve, which is returned whole.

        Raises:
            InputError: the loss is no longer a finite number, or the student ends worse than one that guesses. Nothing
                of that is kept: the newest checkpoint is from before.
        """
        self._resume()
        self.model.train()
        if self.step == 0 and not self.curve:
            self._note(on_point, measured=True)
        self._saved = time.monotonic()
        began = self._saved - self.seconds
        stream = None if self.group.rank == 0 else io.StringIO()
        with Progress("distill", self.config.steps, done=self.step, stream=stream) as progress:
            for batch in self.plan.starting_at(self.step):
                if self.step >= self.config.steps:
                    break
                self.take_step(batch)
                self.seconds = time.monotonic() - began
                last = self.step == self.config.steps
                measured = last or self.step % self.config.validate_every == 0
                if measured or self.step == 1 or self.step % NOTED_EVERY == 0:
                    self._note(on_point, measured=measured)
                if last or self.step % self.config.checkpoint_every == 0 or self._is_overdue():
                    self._save()
                progress.advance()
        self._check_learnt()
        return self.curve

    def take_step(self, batch: Sequence[Sample]) -> None:
        """Learns from these examples."""
        import torch

        set_rate(self.optimizers, learning_rate(self.step, self.config))
        losses: list[Any] = []
        for rows, counted in self.group.mine(divide(batch, self.config.accumulate * self.group.size)):
            part = to_tensors(
                rows,
                pad=self.pad,
                reason_weight=self.config.reason_weight,
                packed=self.config.packed,
            ).on(self.model.device)
            with attention(self.model, part.tokens, packed=self.config.packed):
                with _autocast(self.config.precision, self.model):
                    loss = counted * self.learner(batch_loss, part, rows=len(batch))
                loss.backward()
            losses.append(loss.detach())
        total = self.group.total(sum(loss.item() for loss in losses))
        self.group.add_up(self.learnt.tensors.values())
        norm = put_together(torch.nn.utils.clip_grad_norm_(self.learnt.tensors.values(), self.config.clip))
        self.step += 1
        self._check_finite("loss", total)
        self._check_finite("norm of the gradient", float(norm))
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.learnt.hand_out()
        self.tokens += sum(len(sample.tokens) for sample in batch)
        self.flops += self.work.flops((len(sample.tokens), len(sample.tokens) - sample.start) for sample in batch)
        running = total if self.running is None else self.running
        self.running = running + (total - running) * max(0.05, 1 / self.step)

    def _check_finite(self, name: str, value: float) -> None:
        if math.isfinite(value):
            return
        rate = learning_rate(self.step - 1, self.config)
        raise InputError(
            f"the {name} is {value} at step {self.step} of {self.config.steps}, "
            f"with learning rate {rate:g} and clip {self.config.clip:g}",
            where="distill.learning_rate",
            fix=MILDER,
        )

    def _check_learnt(self) -> None:
        """Raises `InputError` for a student that predicts worse than its start and worse than uniform guessing."""
        losses = [
            point.train_loss if point.validation_loss is None else point.validation_loss
            for point in self.curve
            if point.validation_loss is not None or not self.samples.validation
        ]
        measured = [loss for loss in losses if loss is not None]
        guessing = math.log(self.model.config.vocab_size)
        if measured[-1] > max(measured[0], guessing):
            raise InputError(
                f"the student ends at {measured[-1]:.3g} nats per token; it began at {measured[0]:.3g}, and guessing "
                f"among all tokens has {guessing:.3g}: the training ran away",
                where="distill.learning_rate",
                fix=MILDER,
            )

    def _note(self, on_point: Callable[[Point], None], *, measured: bool) -> None:
        """A point of the learning curve, with what the held-out examples say where they are `measured`."""
        loss, accuracy = self._measure() if measured and self.samples.validation else (None, None)
        point = Point(
            step=self.step,
            train_loss=self.running,
            validation_loss=loss,
            action_accuracy=accuracy,
            tokens=self.tokens,
            seconds=round(self.seconds, 2),
            memory_mb=round(peak_memory() / 1e6),
            mfu=self._utilization(),
        )
        self.curve.append(point)
        on_point(point)

    def _utilization(self) -> float | None:
        """Model FLOPs utilization of the GPUs since the last point, from 0 to 1; None without GPUs."""
        peak, spent = peak_flops(), self.seconds - self.noted
        share = self.flops / (spent * peak * self.group.size) if peak and spent > 0 else None
        self.flops, self.noted = 0.0, self.seconds
        return share

    def _measure(self) -> tuple[float, float]:
        import torch

        self.model.eval()
        with torch.no_grad(), _autocast(self.config.precision, self.model):
            loss, accuracy = self.learner(measure, self.samples.validation, pad=self.pad, group=self.group)
        self.model.train()
        self._check_finite("validation loss", loss)
        return loss, accuracy

    def _is_overdue(self) -> bool:
        """Whether the last checkpoint is `checkpoint_minutes` old, by the first process's clock."""
        limit = 60 * self.config.checkpoint_minutes
        overdue = self.group.rank == 0 and time.monotonic() - self._saved > limit
        return limit > 0 and self.group.total(float(overdue)) > 0

    def _save(self) -> None:
        tensors = (own_rows(tensor.detach()) for tensor in self.learnt.tensors.values())
        summed = sum(float(tensor.abs().max()) for tensor in tensors if tensor.numel())
        self._check_finite("sum of the largest weights", self.group.total(summed))
        self._saved = time.monotonic()
        if self.group.rank >= self.group.shares:
            return
        notes = {
            "tokens": self.tokens,
            "running": self.running,
            "seconds": self.seconds,
            "curve": [point.model_dump() for point in self.curve],
        }
        kept = self.config.checkpoints_kept
        path = save_checkpoint(
            self.folder,
            learnt=self.learnt.tensors,
            optimizers=self.optimizers,
            step=self.step,
            notes=notes,
            keep=kept if self.keep is None else max(2, kept),  # the one before may be on its way to the store
            group=self.group,
        )
        if self.keep is not None:
            self.keep(path)

    def _resume(self) -> None:
        restored = restore_checkpoint(
            self.folder, learnt=self.learnt.tensors, optimizers=self.optimizers, group=self.group
        )
        if restored is not None:
            self.learnt.hand_out()
            self.step = restored.step
            self.tokens, self.running = restored.notes["tokens"], restored.notes["running"]
            self.seconds = self.noted = restored.notes["seconds"]
            self.curve = [Point(**point) for point in restored.notes["curve"]]
