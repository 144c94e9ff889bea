"""A model folder that is not whole, or says what it is wrongly, is refused with its mend, before it is used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from components.errors import InputError
from components.models.files import weight_files
from components.models.memory import read_shape
from components.models.prompting import load_prompting
from components.models.weights import load_model

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
LAST = "model.layers.2.feed_forward.w1.weight"


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def shard(folder: Path) -> list[Path]:
    """Divides the weights of a folder into two files and an index."""
    tensors = load_file(folder / WEIGHTS)
    (folder / WEIGHTS).unlink()
    names = sorted(tensors)
    places = {name: f"model-0000{1 + number % 2}-of-00002.safetensors" for number, name in enumerate(names)}
    for file in set(places.values()):
        save_file({name: tensors[name] for name in names if places[name] == file}, folder / file, {"format": "pt"})
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return sorted(folder.glob("model-*"))


@pytest.mark.parametrize("change", ["left out", "of another shape"])
def test_a_tensor_that_would_be_drawn_by_chance_is_named(folder: Path, change: str) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensor = tensors.pop(LAST)
    if change == "of another shape":
        tensors[LAST] = tensor[:-1].contiguous()
    save_file(tensors, folder / WEIGHTS, {"format": "pt"})
    with pytest.raises(InputError, match=f"1 tensors of the model are missing.*{LAST}"):
        load_model(folder)


def test_the_same_weights_in_another_form_beside_them_are_not_counted(folder: Path, tiny_model: Path) -> None:
    tensors = {f"of-another-program.{name}": tensor for name, tensor in load_file(folder / WEIGHTS).items()}
    save_file(tensors, folder / "consolidated.safetensors")
    assert read_shape(folder) == read_shape(tiny_model)
    files = shard(folder)
    assert weight_files(folder) == files
    assert read_shape(folder) == read_shape(tiny_model)
    assert load_model(folder).num_parameters() == load_model(tiny_model).num_parameters()


def _no_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()


def _twice(folder: Path) -> None:
    shutil.copy(folder / WEIGHTS, folder / "kept")
    shard(folder)
    (folder / "kept").rename(folder / WEIGHTS)


def _a_shard_less(folder: Path) -> None:
    shard(folder)[1].unlink()


def _torn_index(folder: Path) -> None:
    shard(folder)
    (folder / INDEX).write_text("{")


def _cut(folder: Path) -> None:
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[: len(whole) // 2])


def _not_weights(folder: Path) -> None:
    (folder / WEIGHTS).write_text("<html>not found</html>")


@pytest.mark.parametrize(
    ("tear", "said", "fix"),
    [
        (_no_weights, "no weights", "saved as safetensors"),
        (_twice, "weights twice", "whichever is the older"),
        (_a_shard_less, "1 of 2 files of weights are missing: model-00002", "download the model again"),
        (_torn_index, "list of weights cannot be read", "copy it again"),
        (_cut, "model.safetensors is cut short", "download it again"),
        (_not_weights, "cannot be read", "download it again"),
    ],
    ids=lambda each: getattr(each, "__name__", "").strip("_"),
)
def test_weights_that_are_not_whole_are_noticed_without_reading_them(
    folder: Path, tear: Callable[[Path], None], said: str, fix: str
) -> None:
    tear(folder)
    with pytest.raises(InputError, match=said) as error:
        read_shape(folder)
    assert fix in error.value.fix


def test_a_configuration_with_a_number_that_is_none_is_refused_by_whoever_reads_it(folder: Path) -> None:
    fields = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**fields, "hidden_size": None}))
    for read in (load_prompting, read_shape, load_model):
        with pytest.raises(InputError, match="hidden_size"):
            read(folder)


@pytest.mark.parametrize(
    "text", ["", '{"template": "pla', '{"template": "Chat"}', '{"reads": ["menu"]}', '{"context": 0}']
)
def test_how_a_student_is_asked_is_not_guessed(folder: Path, text: str) -> None:
    (folder / "symbiont.json").write_text(text)
    with pytest.raises(InputError, match="how the model is asked cannot be read") as error:
        load_prompting(folder)
    assert error.value.where.endswith("symbiont.json")


def test_a_chat_template_that_was_not_copied_is_missed_before_the_first_prompt(folder: Path) -> None:
    (folder / "symbiont.json").write_text('{"template": "chat", "context": 512}')
    load_prompting(folder)
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template") as error:
        load_prompting(folder)
    assert "copy chat_template.jinja" in error.value.fix


def test_a_model_that_says_no_longest_context_is_asked_for_one(folder: Path) -> None:
    (folder / "symbiont.json").unlink()
    for name, field in (("config.json", "max_position_embeddings"), ("tokenizer_config.json", "model_max_length")):
        fields = json.loads((folder / name).read_text())
        fields[field] = 0 if name == "config.json" else None
        (folder / name).write_text(json.dumps(fields))
    with pytest.raises(InputError, match="how many tokens the model takes"):
        load_prompting(folder)
    assert load_prompting(folder, context=256).context == 256
    (folder / "symbiont.json").write_text('{"context": 128}')
    assert load_prompting(folder).context == 128
