"""A training that runs away stops with its step and settings, and leaves no model and no result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.distill.config import DistillConfig
from components.distill.run import run
from components.errors import InputError
from components.results.distill import Point
from components.results.place import result_key
from components.trajectories.rounds import Round

MakeRound = Callable[..., Round]
STOPPED = r"is (nan|inf) at step \d+ of 30, with learning rate .* and clip 0\.5"


def _config(tiny_model: Path, **settings: Any) -> DistillConfig:
    defaults = {"steps": 30, "batch": 8, "checkpoint_every": 5, "validate_every": 10, "context": 256, "warmup": 0}
    return DistillConfig(student=str(tiny_model), **{**defaults, **settings})


def _left_nothing(round: Round) -> None:
    assert not list(round.store.list("models/"))
    assert not round.store.exists(result_key(round, "distill"))


@pytest.mark.parametrize("settings", [{"learning_rate": 1e30}, {"learning_rate": 1e35, "validation_share": 0}])
def test_a_loss_that_is_not_finite_stops_before_a_checkpoint(
    make_round: MakeRound, tiny_model: Path, settings: dict[str, Any]
) -> None:
    import torch
    from safetensors.torch import load_file

    round, config = make_round(), _config(tiny_model, clip=0.5, checkpoint_every=1, **settings)
    said = []
    for _ in range(2):  # the same command goes on from its checkpoint and meets the same
        with pytest.raises(InputError, match=STOPPED) as raised:
            run(config=config, round=round)
        assert "distill.learning_rate" in raised.value.fix
        said.append(raised.value.what)
    assert said[0] == said[1]
    _left_nothing(round)
    for path in round.work.rglob("step-*.safetensors"):
        assert all(torch.isfinite(tensor).all() for name, tensor in load_file(path).items() if name.startswith("model"))


def test_one_weight_of_many_that_is_no_number_is_no_checkpoint(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of them, in the last step, after which no loss would show it."""
    import torch

    from components.distill.learnt import Learnt

    hands_out, steps = Learnt.hand_out, []

    def spoil(self: Learnt) -> None:
        steps.append(1)
        if len(steps) == 6:
            with torch.no_grad():
                list(self.tensors.values())[-1].view(-1)[0] = float("nan")
        hands_out(self)

    monkeypatch.setattr(Learnt, "hand_out", spoil)
    round = make_round()
    with pytest.raises(InputError, match="is nan at step 6 of 6"):
        run(config=_config(tiny_model, steps=6, validate_every=50, validation_share=0), round=round)
    _left_nothing(round)


def test_a_gradient_that_is_not_finite_stops_too(
    make_round: MakeRound, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss may still be a number when its gradient is none: of a square root at zero, for instance."""
    import torch

    from components.distill import train
    from components.distill.loss import batch_loss

    def steep(model: Any, batch: Any, *, rows: int) -> Any:
        weight = next(model.parameters()).flatten()[0]
        return batch_loss(model, batch, rows=rows) + torch.sqrt((weight - weight.detach()).abs())

    monkeypatch.setattr(train, "batch_loss", steep)
    round = make_round()
    with pytest.raises(InputError, match="norm of the gradient is nan at step 1 of 30"):
        run(config=_config(tiny_model), round=round)
    _left_nothing(round)


@pytest.mark.parametrize("share", [0.2, 0])
def test_a_student_that_ends_worse_than_guessing_is_not_published(
    make_round: MakeRound, tiny_model: Path, share: float
) -> None:
    round, config = make_round(), _config(tiny_model, learning_rate=30, clip=100, validation_share=share)
    with pytest.raises(InputError, match="the training ran away") as error:
        run(config=config, round=round)
    assert "nats per token; it began at" in error.value.what
    _left_nothing(round)


def test_the_curve_starts_where_it_was_measured(make_round: MakeRound, tiny_model: Path) -> None:
    result = run(config=_config(tiny_model, steps=23), round=make_round())
    assert [point.step for point in result.curve] == [0, 1, 10, 20, 23]
    assert result.curve[0].train_loss is None
    assert all(point.train_loss is not None and point.train_loss > 1 for point in result.curve[1:4])
    assert [point.step for point in result.curve if point.validation_loss is not None] == [0, 10, 20, 23]
    assert not result.worse_than_start


def test_a_point_that_is_no_number_is_refused() -> None:
    for name in ("train_loss", "validation_loss", "action_accuracy", "seconds"):
        values = {"step": 1, "train_loss": 1.0, "tokens": 1, "seconds": 1.0, name: float("nan")}
        with pytest.raises(ValidationError, match="finite"):
            Point(**values)


def test_a_training_is_as_good_as_its_last_measurement(make_round: MakeRound, tiny_model: Path) -> None:
    """Worse than its start and still better than guessing is a result, and says so."""
    round = make_round()
    first = run(config=_config(tiny_model, steps=120, learning_rate=4e-3), round=round)
    again = make_round(number=2)
    second = run(config=_config(tiny_model, steps=8, learning_rate=2e-1), round=again, base=first.model_digest)
    assert not first.worse_than_start
    assert second.worse_than_start
    assert again.store.exists(f"models/{second.model_digest}/config.json")
