"""What a person writes into the form: names, YAML, and what is laid over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.documents import named
from components.errors import InputError
from components.place import place_of_form
from components.preflight.documents import recipe_of_form

CHAT = "{kind: chat, model: m, base_url: 'http://m/v1'}"


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a cluster's ConfigMaps fill."""
    for kind in ("recipes", "places"):
        (tmp_path / kind).mkdir()
    monkeypatch.setattr(named, "FOLDER", tmp_path)
    return tmp_path


def test_names_mean_mounted_files_before_shipped_ones(mounted: Path) -> None:
    assert recipe_of_form("laptop").name == "laptop"
    assert place_of_form(" cluster\n").store == "s3://symbiont/main"
    (mounted / "recipes/nightly.yaml").write_text("name: nightly\nrounds: 9")
    (mounted / "places/cluster.yaml").write_text("name: cluster\nstore: s3://ours/web")
    assert recipe_of_form("nightly").rounds == 9
    assert place_of_form("cluster").store == "s3://ours/web"


def test_a_policy_lies_beside_its_recipe_or_stands_in_it(mounted: Path) -> None:
    (mounted / "recipes/rules.yaml").write_text("distilled_from: [teacher]")
    (mounted / "recipes/nightly.yaml").write_text("name: nightly\npromote: {policy: rules.yaml}")
    policy = recipe_of_form("nightly").promote.policy
    assert policy is not None
    assert policy.distilled_from == ("teacher",)
    with pytest.raises(InputError, match="names the file of a policy"):
        recipe_of_form("name: x\npromote: {policy: rules.yaml}")


def test_the_yaml_itself_is_taken_in_one_line_or_many() -> None:
    assert recipe_of_form("{name: x, distill: {steps: 5}}").distill.steps == 5
    assert recipe_of_form("name: x\ndistill:\n  steps: 5\n").distill.steps == 5
    assert place_of_form("{name: here, store: /tmp/s}").store == "/tmp/s"


def test_overrides_are_laid_over_key_by_key_and_another_kind_stands_alone() -> None:
    recipe = recipe_of_form("laptop", overrides=f"distill: {{steps: 5}}\ntasks: {{train: [a]}}\nteacher: {CHAT}")
    assert recipe.distill.steps == 5
    assert recipe.distill.optimizer == recipe_of_form("laptop").distill.optimizer
    assert recipe.tasks.train == ("a",)
    assert recipe.teacher.kind == "chat"
    more = recipe_of_form(recipe.text, overrides="teacher: {model: n}")
    assert more.teacher.model_dump()["model"] == "n"
    back = recipe_of_form(recipe.text, overrides="teacher: {kind: scripted}")
    assert back.teacher == recipe_of_form("laptop").teacher, "nothing of the chat model is left in it"


@pytest.mark.parametrize(
    ("recipe", "overrides", "said"),
    [
        ("nightli", "", "there is no recipe 'nightli'"),
        ("laptob", "", "did you mean 'laptop'?"),
        ("laptop", "distil: {steps: 5}", "unknown key 'distil': did you mean 'distill'?"),
        ("laptop", "distill: {steps: fast}", "distill.steps wants a whole number, not 'fast'"),
        ("laptop", "faster", "overrides must be sections of a recipe"),
        ("laptop", "distill: [", "not YAML"),
        ("name: x\nrounds: 0", "", "line 2: rounds must be at least 1"),
        ("", "", "name is missing"),
        (f"name: x\ntasks: {{train: [{'t, ' * 30_000}t]}}", "", "characters with its defaults, a pipeline takes"),
    ],
)
def test_what_a_form_has_wrong_is_named(recipe: str, overrides: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        recipe_of_form(recipe, overrides=overrides)
    assert said in str(raised.value)
    assert raised.value.fix
    assert raised.value.where


def test_a_place_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InputError, match="did you mean 'cluster'"):
        place_of_form("clusta")
