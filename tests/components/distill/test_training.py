"""What a training step learns from, and what it must not."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.browser.actions import parse_action
from components.distill.batches import Plan, to_tensors
from components.distill.config import DistillConfig
from components.distill.examples import held_out, make_samples
from components.distill.loss import batch_loss, check_reading, measure
from components.distill.samples import Sample, Samples
from components.distill.train import Training, learning_rate
from components.errors import InputError
from components.models.prompting import load_prompting
from components.models.weights import load_model

Rows = list[dict[str, Any]]
CONFIG = DistillConfig(
    context=256, steps=5, batch=8, validation_share=0.2, reason_share=1.0, precision="fp32", variants=0
)


@pytest.fixture
def samples(tiny_model: Path, rows: Rows, tmp_path: Path) -> Samples:
    return make_samples(rows, prompting=load_prompting(tiny_model), config=CONFIG, folder=tmp_path)


def said(samples: Sequence[Sample]) -> list[tuple[Any, ...]]:
    """What examples hold, to be compared."""
    return [(each.kind, tuple(each.tokens), each.start, each.weight) for each in samples]


def test_only_the_completion_and_the_end_of_text_are_learnt(tiny_model: Path, samples: Samples) -> None:
    prompting = load_prompting(tiny_model)
    batch = to_tensors(samples.train[:6], pad=prompting.pad, reason_weight=0.5)
    targets = batch.targets[: sum(batch.counts)].split(batch.counts)
    assert batch.targets[sum(batch.counts) :].tolist() == [-100] * (len(batch.targets) - sum(batch.counts))
    for each, sample in zip(targets, samples.train[:6], strict=True):
        learnt = each.tolist()
        assert learnt == list(sample.tokens[sample.start :])
        assert learnt[-1] == prompting.tokenizer.eos_token_id
        text = prompting.decode(learnt)
        assert text.startswith(" click [") if sample.kind == "action" else "\nACTION: click [" in text


def test_examples_are_the_same_in_whatever_order_their_rows_come(tiny_model: Path, rows: Rows, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"variants": 2, "rehearse": 0.3, "reason_share": 0.3})

    def made(rows: Rows, name: str) -> list[list[Any]]:
        found = make_samples(rows, prompting=load_prompting(tiny_model), config=config, folder=tmp_path / name)
        return [said(found.train), said(found.validation)]

    forth = made(rows, "forth")
    assert len(forth[0]) > 3 * len(rows) / 2
    assert forth == made(rows[::-1], "back")


def test_an_example_too_long_without_its_page_is_left_out_and_counted(
    tiny_model: Path, rows: Rows, tmp_path: Path
) -> None:
    rows[0]["prompt_intent"] = "very " * 400
    config = CONFIG.model_copy(update={"longest_share": 1 / len(rows)})
    prompting = load_prompting(tiny_model)
    made = make_samples(rows, prompting=prompting, config=config, folder=tmp_path)
    others = make_samples(rows[1:], prompting=prompting, config=config, folder=tmp_path / "others")
    assert (said(made.train), said(made.validation)) == (said(others.train), said(others.validation))
    assert (made.cut, others.cut) == (1, 0)


def test_examples_are_written_while_their_rows_are_read(tiny_model: Path, rows: Rows, tmp_path: Path) -> None:
    """Memory does not hold four bytes a token, let alone the pages."""
    page = "\n".join(f'[{ref}] button "Save {ref}"' for ref in range(1, 300))

    def long_rows(count: int = 200) -> Iterator[dict[str, Any]]:
        for number in range(count):
            yield {**rows[2 * number % len(rows)], "example_id": f"{number:03}", "observation": f"{page} {number}"}

    config, prompting = CONFIG.model_copy(update={"context": 9000}), load_prompting(tiny_model)
    make_samples(long_rows(10), prompting=prompting, config=config, folder=tmp_path)  # what is made once
    tracemalloc.start()
    made = make_samples(long_rows(), prompting=prompting, config=config, folder=tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    tokens = sum(len(each.tokens) for each in made.train)
    assert tokens > 250_000
    assert peak < 4 * tokens


def test_one_held_out_action_more_than_are_measured_costs_none_of_them(
    tiny_model: Path, rows: Rows, tmp_path: Path
) -> None:
    def measured(most: int) -> int:
        config = CONFIG.model_copy(update={"validation_share": 0.5, "validation_examples": most})
        made = make_samples(rows, prompting=load_prompting(tiny_model), config=config, folder=tmp_path)
        return len(made.validation)

    every = measured(1000)
    assert every > 2
    assert [measured(most) for most in (every, every - 1, 2, 0)] == [every, every - 1, 2, 0]


@pytest.mark.parametrize("packed", [False, True])
def test_logits_are_computed_where_the_next_token_is_learnt_and_at_few_more(samples: Samples, packed: bool) -> None:
    for rows in (1, 3, 7):
        batch = to_tensors(samples.train[:rows], pad=1, reason_weight=1.0, packed=packed)
        learnt = sum(batch.counts)
        after = batch.tokens.flatten()[batch.places[:learnt] + 1]
        assert after.tolist() == batch.targets[:learnt].tolist()
        assert not batch.weights[learnt:].any()
        assert len(batch.places) % 64 == 0
        assert len(batch.places) - learnt < 64


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("Llama", {}), ("Gemma3Text", {"final_logit_softcapping": 3.0}), ("Granite", {"logits_scaling": 8.0})],
)
def test_logits_a_piece_at_a_time_say_and_teach_the_same(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, kind: str, settings: dict[str, Any]
) -> None:
    """Also of a model that bends what its head gives."""
    import torch
    import transformers

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = getattr(transformers, f"{kind}Config")(
        **shape, num_key_value_heads=1, head_dim=16, vocab_size=600, pad_token_id=1, **settings
    )
    model = transformers.AutoModelForCausalLM.from_config(config)
    largest: list[int] = []
    model.get_output_embeddings().register_forward_hook(lambda *said: largest.append(said[2].numel()))
    batch = to_tensors(samples.train[:6], pad=1, reason_weight=0.5)
    found = []
    for most in (10**9, 600 * 7):
        monkeypatch.setattr("components.distill.loss.MOST_LOGITS", most)
        model.zero_grad()
        loss = batch_loss(model, batch, rows=6)
        loss.backward()
        gradient = torch.cat([each.grad.flatten() for each in model.parameters()])
        with torch.inference_mode():
            found.append((loss.item(), *measure(model, samples.train, pad=1), gradient))
    assert found[0][:3] == pytest.approx(found[1][:3], rel=1e-5)
    assert torch.allclose(found[0][3], found[1][3], atol=1e-6)
    assert kind == "Granite" or largest[-1] <= 600 * 7


@pytest.fixture
def attending() -> Any:
    """A small model that reads by attention alone, unlike the shipped one."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(**shape, num_key_value_heads=1, vocab_size=600, pad_token_id=1))


@pytest.mark.parametrize("kind", ["eager", "sdpa"])
def test_packed_examples_are_learnt_as_if_each_were_alone(attending: Any, samples: Samples, kind: str) -> None:
    import torch

    attending.set_attn_implementation(kind)
    few, gradients, losses = samples.train[:5], [], []
    for packed in (False, True):
        attending.zero_grad()
        batch = to_tensors(few, pad=1, reason_weight=0.5, packed=packed)
        loss = batch_loss(attending, batch, rows=5)
        loss.backward()
        losses.append(loss.item())
        gradients.append(torch.cat([each.grad.flatten() for each in attending.parameters()]))
    assert batch.tokens.shape[0] == 1
    assert batch.tokens.shape[1] < sum(len(each.tokens) for each in few) + 16
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6)


def test_a_student_that_reads_on_across_the_border_is_not_packed(
    attending: Any, tiny_model: Path, samples: Samples
) -> None:
    """Convolutions do, whatever the mask of attention says."""
    check_reading(attending, samples.train, pad=1, packed=True)
    model = load_model(tiny_model)
    check_reading(model, samples.train, pad=1, packed=False)
    with pytest.raises(InputError, match="reads on from one packed example to the next"):
        check_reading(model, samples.train, pad=1, packed=True)


def test_a_student_whose_logits_are_not_its_heads_is_refused(attending: Any, samples: Samples) -> None:
    attending.register_forward_hook(lambda _, __, said: setattr(said, "logits", said.logits * 1.5))
    with pytest.raises(InputError, match="more than its head gives"):
        check_reading(attending, samples.train, pad=1, packed=False)


def test_epochs_are_so_many_passes_over_the_examples(tiny_model: Path, samples: Samples, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"epochs": 2, "batch": 16})
    training = Training(
        model=load_model(tiny_model), samples=samples, config=config, pad=1, seed=0, checkpoints=tmp_path / "c"
    )
    curve = training.run()
    assert curve[-1].step == 2 * (len(samples.train) // 16)
    assert curve[-1].tokens <= 2 * sum(len(each.tokens) for each in samples.train)


def test_no_example_sees_another(tiny_model: Path, samples: Samples) -> None:
    """A row's loss is the same alone, with other neighbours, and with more padding."""
    model = load_model(tiny_model)
    ordered = sorted(samples.train, key=lambda each: len(each.tokens))
    first, last = ordered[0], ordered[-1]
    alone = batch_loss(model, to_tensors([first], pad=1, reason_weight=1.0).on(model.device), rows=1).detach()
    other = batch_loss(model, to_tensors([last], pad=1, reason_weight=1.0).on(model.device), rows=1).detach()
    both = batch_loss(model, to_tensors([first, last], pad=1, reason_weight=1.0).on(model.device), rows=1).detach()
    assert float(both) == pytest.approx(float(alone) + float(other), rel=1e-5)


def test_the_loss_weighs_tasks_and_examples(tiny_model: Path, samples: Samples) -> None:
    model = load_model(tiny_model)
    reason = next(each for each in samples.train if each.kind == "reason_action")
    action = next(each for each in samples.train if each.kind == "action")

    def loss(sample: Any, reason_weight: float) -> float:
        return batch_loss(
            model, to_tensors([sample], pad=1, reason_weight=reason_weight).on(model.device), rows=1
        ).item()

    assert loss(reason, 0.25) == pytest.approx(loss(reason, 1.0) / 4, rel=1e-5)
    assert loss(action, 0.25) == pytest.approx(loss(action, 1.0), rel=1e-5)


def test_a_batch_in_parts_moves_the_weights_as_a_whole_one(tiny_model: Path, samples: Samples, tmp_path: Path) -> None:
    import torch

    moved = []
    for accumulate in (1, 4):
        training = Training(
            model=load_model(tiny_model),
            samples=samples,
            config=CONFIG.model_copy(update={"accumulate": accumulate, "steps": 2}),
            pad=1,
            seed=0,
            checkpoints=tmp_path / str(accumulate),
        )
        training.run()
        moved.append(training.model.get_input_embeddings().weight.detach())
    assert torch.allclose(moved[0], moved[1], atol=1e-5)


def test_short_rows_are_attended_by_plain_products_and_learn_the_same(
    tiny_model: Path, samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    moved, used = [], []
    for largest in (0, 10**9):
        monkeypatch.setattr("components.models.attention.PLAIN_SCORES", largest)
        training = Training(
            model=load_model(tiny_model, device="cpu"),
            samples=samples,
            config=CONFIG.model_copy(update={"steps": 2}),
            pad=1,
            seed=0,
            checkpoints=tmp_path / str(largest),
        )
        layer = training.model.model.layers[-1].self_attn
        layer.register_forward_hook(lambda module, *_: used.append(module.config._attn_implementation))
        training.run()
        moved.append(training.model.get_input_embeddings().weight.detach())
        assert training.model.config._attn_implementation == "sdpa"
    assert torch.allclose(moved[0], moved[1], atol=1e-5)
    assert set(used[: len(used) // 2]) == {"sdpa"}
    assert "eager" in used[len(used) // 2 :]


def test_an_epoch_visits_every_action_once_and_a_share_of_the_reasons(samples: Samples) -> None:
    actions = [each.example_id for each in samples.train if each.kind == "action"]
    plan = Plan(samples=samples.train, batch=1, seed=1, reason_share=0.3)
    batches = plan.starting_at(0)
    seen: list[str] = []
    while not set(actions) <= set(seen):
        seen += [each.example_id for each in next(batches)]
    assert sorted(each for each in seen if each in actions) == sorted(actions)
    assert 0 < len(seen) - len(actions) < len(actions)


def test_the_order_of_examples_is_a_function_of_the_step(samples: Samples) -> None:
    plan = Plan(samples=samples.train, batch=7, seed=1, reason_share=0.5)
    from_start, later = plan.starting_at(0), plan.starting_at(23)
    for _ in range(23):
        next(from_start)
    for _ in range(20):
        assert [each.example_id for each in next(from_start)] == [each.example_id for each in next(later)]


def test_held_out_episodes_are_measured_and_never_learnt(tiny_model: Path, rows: Rows, tmp_path: Path) -> None:
    prompting = load_prompting(tiny_model)
    numbered = [{**row, "prompt_intent": f"Episode {row['seed']}."} for row in rows]
    made = make_samples(numbered, prompting=prompting, config=CONFIG, folder=tmp_path)

    def episodes(samples: Sequence[Sample]) -> list[int]:
        return sorted(int(prompting.decode(list(each.tokens)).split("Episode ")[1].split(".")[0]) for each in samples)

    held = sorted({row["seed"] for row in rows if held_out(row, share=CONFIG.validation_share)})
    assert 0 < len(held) < len(rows) / 2
    assert episodes(made.validation) == held, "by their actions alone"
    assert not {*held} & {*episodes(made.train)}
    assert len(made.train) + 2 * len(held) == len(rows)


def test_variants_are_learnt_beside_the_examples_and_never_measured(
    tiny_model: Path, rows: Rows, samples: Samples, tmp_path: Path
) -> None:
    config = CONFIG.model_copy(update={"variants": 3})
    more = make_samples(rows, prompting=load_prompting(tiny_model), config=config, folder=tmp_path / "more")
    assert set(said(samples.train)) <= set(said(more.train))
    assert len(more.train) == 4 * len(samples.train)
    assert said(more.validation) == said(samples.validation)


def test_a_share_of_what_is_visited_is_rehearsed_and_never_measured(
    tiny_model: Path, rows: Rows, samples: Samples, tmp_path: Path
) -> None:
    config = CONFIG.model_copy(update={"rehearse": 0.25, "reason_share": 0.5})
    prompting = load_prompting(tiny_model)

    def rehearsing(seed: int) -> Samples:
        return make_samples(rows, prompting=prompting, config=config, seed=seed, folder=tmp_path / f"seed {seed}")

    more = rehearsing(3)
    assert said(more.train[: len(samples.train)]) == said(samples.train)
    assert said(more.validation) == said(samples.validation)
    errands = more.train[len(samples.train) :]
    visited = sum(1 if each.kind == "action" else 0.5 for each in samples.train)
    assert len(errands) / (len(errands) + visited) == pytest.approx(0.25, abs=0.01)
    for each in errands:
        assert len(each.tokens) <= config.context // 2
        assert parse_action(prompting.decode(each.tokens[each.start :]))
    assert said(rehearsing(4).train) != said(more.train)
    assert said(rehearsing(3).train) == said(more.train)


def test_the_rate_rises_then_falls() -> None:
    config = DistillConfig(steps=100, warmup=10, learning_rate=1.0)
    rates = [learning_rate(step, config) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_tiny_model_learns_its_examples(tiny_model: Path, samples: Samples, tmp_path: Path, precision: Any) -> None:
    few = Samples(train=samples.train[:6], validation=samples.train[:6], cut=0, histogram={})
    config = CONFIG.model_copy(update={"steps": 130, "batch": 6, "learning_rate": 4e-3, "precision": precision})
    training = Training(
        model=load_model(tiny_model), samples=few, config=config, pad=1, seed=0, checkpoints=tmp_path / "c"
    )
    curve = training.run()
    assert curve[0].action_accuracy == 0
    assert curve[-1].action_accuracy == 1
    assert curve[-1].validation_loss is not None
    assert curve[-1].validation_loss < 0.2


def test_gradient_checkpointing_changes_memory_not_the_loss(tiny_model: Path, samples: Samples, tmp_path: Path) -> None:
    curves = []
    for on in (False, True):
        config = CONFIG.model_copy(update={"gradient_checkpointing": on, "steps": 3})
        training = Training(
            model=load_model(tiny_model), samples=samples, config=config, pad=1, seed=0, checkpoints=tmp_path / str(on)
        )
        curves.append(training.run()[-1].train_loss)
    assert curves[0] == pytest.approx(curves[1], rel=1e-4)
