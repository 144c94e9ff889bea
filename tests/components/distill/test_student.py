"""The student a distillation leaves, used as the next stages use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.agents.base import Turn
from components.agents.local import LocalAgent
from components.detect.collect import read_observation
from components.distill.config import DistillConfig
from components.distill.run import run
from components.errors import InputError
from components.models.prompting import load_prompting
from components.models.storing import fetch_model
from components.trajectories.rounds import Round

Rows = list[dict[str, Any]]
MakeRound = Callable[..., Round]


def _turn(row: dict[str, Any]) -> Turn:
    page = read_observation(row["observation"], url="http://a", title="")
    return Turn(
        episode=f"{row['task_id']}/{row['seed']}",
        task_id=row["task_id"],
        template="",
        intent=row["prompt_intent"],
        observation=page,
        history=(),
    )


@pytest.mark.parametrize("template", ["plain", "chat"])
def test_a_student_acts_as_it_was_taught(make_round: MakeRound, tiny_model: Path, rows: Rows, template: Any) -> None:
    few = rows[:8]
    round = make_round("few", examples=few)
    config = DistillConfig(
        student=str(tiny_model),
        steps=120,
        batch=8,
        learning_rate=4e-3,
        context=256,
        reason_share=1.0,
        reason_weight=1.0,
        validation_share=0,
        variants=0,
        validate_every=120,
        template=template,
    )
    result = run(config=config, round=round)
    folder = fetch_model(round.store, result.model_digest, round.work)
    taught = load_prompting(folder)
    assert (taught.template, taught.context, load_prompting(tiny_model).context) == (template, 256, 512)
    with pytest.raises(InputError, match="reads at most 512 tokens, 513 were asked for"):
        load_prompting(folder, context=513)
    before, after = LocalAgent(tiny_model), LocalAgent(folder)
    turns = [_turn(row) for row in few if row["kind"] == "action"]
    wanted = [row["action"] for row in few if row["kind"] == "action"]
    assert [each.action for each in asyncio.run(after.decide(turns))] == wanted
    assert not set(wanted) & {each.action for each in asyncio.run(before.decide(turns))}
    reasoned = asyncio.run(LocalAgent(folder, kind="reason_action").decide(turns))
    assert [(each.action, each.reason) for each in reasoned] == [
        (row["action"], row["reason"]) for row in few if row["kind"] == "action"
    ]


@pytest.mark.parametrize(("settings", "share"), [({"lora_rank": 8}, 1.0), ({"states": "bf16"}, 0.5)])
def test_what_saves_memory_learns_too_and_leaves_a_plain_student(
    make_round: MakeRound, tiny_model: Path, rows: Rows, settings: dict[str, Any], share: float
) -> None:
    """Additions of low rank are merged, and only they are in the checkpoints; weights in bf16 take half."""
    from safetensors import safe_open

    round = make_round("few", examples=rows[:8])
    config = DistillConfig(
        student=str(tiny_model), steps=60, batch=8, learning_rate=1e-2, context=256, validation_share=0, **settings
    )
    result = run(config=config, round=round)
    assert result.curve[-1].train_loss is not None
    assert result.curve[1].train_loss is not None
    assert result.curve[-1].train_loss < 0.75 * result.curve[1].train_loss
    folder = fetch_model(round.store, result.model_digest, round.work)
    names = {}
    for name, where in (("before", tiny_model), ("after", folder)):
        with safe_open(where / "model.safetensors", framework="pt") as file:
            names[name] = set(file.keys())
    assert names["after"] == names["before"]
    (last,) = round.work.rglob("step-00000060.safetensors")
    with safe_open(last, framework="pt") as file:
        kept = [name for name in file.keys() if name.startswith("model.")]  # noqa: SIM118
        assert {file.get_tensor(name).element_size() for name in kept} == {4 * share}
    assert all("lora" in name for name in kept) == bool(config.lora_rank)


def test_a_round_learns_from_all_rounds_and_goes_on_from_the_model_it_is_given(
    make_round: MakeRound, tiny_model: Path, rows: Rows
) -> None:
    config = DistillConfig(student=str(tiny_model), steps=8, batch=4, context=256, validation_share=0, variants=0)
    first = run(config=config, round=make_round("two", examples=rows[:10]))
    second_round = make_round("two", number=2, examples=rows[6:20])
    second = run(config=config, round=second_round, base=first.model_digest)
    assert second.base_digest == first.model_digest
    assert list(second.sources) == [f"runs/test/round-00{n}/tables/examples.parquet" for n in (1, 2)]
    assert sum(second.examples.values()) == 20
    alone = make_round("alone", number=2, examples=rows[6:20])
    assert run(config=config, round=alone).base_digest == first.base_digest


def test_the_curve_reaches_mlflow(make_round: MakeRound, tiny_model: Path, mlflow_uri: str) -> None:
    import mlflow

    config = DistillConfig(student=str(tiny_model), steps=4, batch=4, context=256, validate_every=2)
    result = run(config=config, round=make_round(number=7))  # which no other test of this server tracks
    client = mlflow.MlflowClient(tracking_uri=mlflow_uri)
    experiment = client.get_experiment_by_name("symbiont")
    own = "tags.`symbiont.stage` = 'distill' and tags.`symbiont.round` = '7'"
    (found,) = client.search_runs([experiment.experiment_id], own)
    history = client.get_metric_history(found.info.run_id, "distill/validation_loss")
    assert [(each.step, each.value) for each in sorted(history, key=lambda each: each.step)] == [
        (point.step, pytest.approx(point.validation_loss))
        for point in result.curve
        if point.validation_loss is not None
    ]
    assert found.data.params["steps"] == "4"
